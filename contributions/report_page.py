"""The report for moderators: what came in, how it was decided and how long it took."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from contributions import report as figures
from contributions.chart import chart
from contributions.models import Contribution
from contributions.models.contribution import Intent, Kind
from resourcecenter.core.pagecache import personal

MONTHS = 12


class ReportForm(forms.Form):
    """For how many months, and of what."""

    months = forms.TypedChoiceField(
        coerce=int,
        choices=[(n, n) for n in (3, 6, MONTHS, 24, 36, 60)],
        required=False,
        empty_value=MONTHS,
        initial=MONTHS,
        label=gettext_lazy("Months"),
    )
    intent = forms.ChoiceField(
        choices=[("", gettext_lazy("all")), *Intent.choices], required=False, label=gettext_lazy("What for")
    )
    kind = forms.ChoiceField(
        choices=[("", gettext_lazy("all")), *Kind.choices], required=False, label=gettext_lazy("Kind")
    )

    def period(self) -> figures.Period:
        return figures.last_months(self.cleaned_data.get("months", MONTHS))

    def of(self) -> dict[str, str]:
        """What the figures are narrowed down to."""
        return {name: self.cleaned_data[name] for name in ("intent", "kind") if self.cleaned_data.get(name)}


@personal
@require_safe
def report(request):
    """All figures of some months; what makes no sense in the address is named, and left out."""
    if not request.user.has_perm("contributions.moderate_contribution"):
        raise PermissionDenied
    form = ReportForm(request.GET or {"months": MONTHS})
    form.full_clean()
    period, of = form.period(), form.of()
    months = figures.monthly(period, **of)
    context = {
        **admin.site.each_context(request),
        "title": _("Report"),
        "opts": Contribution._meta,
        "form": form,
        "months": months,
        "total": figures.overall(period, **of),
        "chart": chart([(month, found.received, found.decided) for month, found in months.items()]),
        "kinds": [(intent.label, kind.label, found) for (intent, kind), found in figures.by_kind(period).items()],
        "reasons": figures.reasons(period, **of),
    }
    return TemplateResponse(request, "admin/contributions/contribution/report.html", context)
