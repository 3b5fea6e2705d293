"""What the collection has, what it lacks, and the deliverables that are counted."""

from django import forms
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalogue.models import Deliverable
from contributions import coverage
from phases.models import KnowledgeStage, Level, Phase
from resourcecenter.core.pagecache import public

PER_PAGE = 50
NOT_SAID = (coverage.NOT_SAID, _("not recorded"))


@public
@require_safe
def coverage_page(request):
    """How many resources and deliverables there are of each sort, with a way to send what is missing."""
    numbers, phases = coverage.counts(generation=request.generation), list(Phase.objects.all())
    context = {
        "kinds": coverage.phases_by_kinds(numbers, phases),
        "languages": coverage.languages_by_phases(numbers, phases),
        "deliverables": coverage.levels_by_stages(numbers),
    }
    return render(request, "site/coverage.html", context)


class DeliverableFilter(forms.Form):
    level = forms.ChoiceField(
        choices=[("", _("All")), *Level.choices, NOT_SAID], required=False, label=_("Level of learning")
    )
    stage = forms.ChoiceField(
        choices=[("", _("All")), *KnowledgeStage.choices, NOT_SAID],
        required=False,
        label=_("Part of the knowledge cycle"),
    )

    def conditions(self) -> dict[str, str]:
        """What was chosen, for a queryset; a value that is no choice is left out, and its error stands at the field."""
        chosen = {name: self.cleaned_data[name] for name in self.fields if self.cleaned_data.get(name)}
        return {name: "" if value == coverage.NOT_SAID else value for name, value in chosen.items()}


@public
@require_safe
def deliverables(request):
    """The deliverables of all networks, by level and part of the knowledge cycle."""
    form = DeliverableFilter(request.GET)
    form.is_valid()
    found = Deliverable.objects.select_related("network").filter(**form.conditions()).order_by("network__name", "pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "site/deliverables.html", {"form": form, "page": page})
