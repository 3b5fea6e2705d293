"""The overview, the decision aid, the phase index, the glossary and the site's own pages."""

from urllib.parse import urlencode

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from phases.forms_of_learning import (
    FORMS,
    QUESTIONS,
    changes,
    possible_forms,
    questions_that_matter,
    read_answers,
)
from phases.models import GlossaryTerm, Page, Phase
from resourcecenter.core.pagecache import public


@public
@require_safe
def overview(request):
    """What a learning network is, and how it differs from other ways to learn together."""
    page = get_object_or_404(Page.objects.prefetch_related("sources"), slug="what-is-a-learning-network")
    return render(request, "phases/overview.html", {"page": page, "phases": Phase.objects.all()})


@public
@require_safe
def phase_list(request):
    """The six phases with their purposes."""
    return render(request, "phases/phase_list.html", {"phases": Phase.objects.all()})


@public
@require_safe
def glossary(request):
    """All terms, in alphabetical order."""
    page = get_object_or_404(Page.objects.prefetch_related("sources"), slug="glossary")
    return render(request, "phases/glossary.html", {"page": page, "terms": GlossaryTerm.objects.all()})


@public
@require_safe
def page(request, slug):
    """One of the site's own texts."""
    found = get_object_or_404(Page.objects.prefetch_related("sources"), slug=slug)
    if slug in Page.OWN_ADDRESSES:
        return redirect(found, permanent=True)
    return render(request, "phases/page.html", {"page": found})


@public
@require_safe
def which_form(request):
    """A decision aid: six questions, and the form of learning together that fits the answers in the address."""
    answers, left_out = read_answers(request.GET)
    forms = possible_forms(answers)
    form = forms[0] if len(forms) == 1 else None
    context = {
        "questions": [(question, question.option(answers.get(question.name, ""))) for question in QUESTIONS],
        "has_answers": bool(answers),
        "left_out": left_out,
        "form": form,
        "term": GlossaryTerm.objects.filter(slug=form.term).first() if form else None,
        "is_learning_network": form == FORMS["learning_network"],
        "matter": questions_that_matter(answers) if answers else [],
        "changes": changes(answers) if form else [],
        "address": urlencode(answers),
        "first_phase": Phase.objects.filter(number=1).first(),
    }
    return render(request, "phases/which_form.html", context)
