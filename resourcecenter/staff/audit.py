"""Who did what: what three tables keep, newest first, as one list."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.models import Event
from contributions.moderation import TRANSITIONS

from .models import Deed


class Kind(models.TextChoices):
    ACCOUNT = "account", gettext_lazy("log-ins and accounts")
    DECISION = "decision", gettext_lazy("decisions about contributions")
    EDIT = "edit", gettext_lazy("changes of what the admin lists")


class Line(NamedTuple):
    """That ``who`` (empty: somebody whom the site does not know) did ``what`` to ``of``."""

    at: datetime
    who: str
    what: str
    of: str


class AuditFilter(forms.Form):
    """What the address of the list says; what makes no sense there filters nothing."""

    who = forms.ModelChoiceField(
        get_user_model().objects.order_by("username"),
        required=False,
        label=gettext_lazy("Who"),
        empty_label=gettext_lazy("everybody"),
    )
    kind = forms.ChoiceField(
        choices=[("", gettext_lazy("everything")), *Kind.choices], required=False, label=gettext_lazy("What")
    )
    first_day = forms.DateField(
        required=False, label=gettext_lazy("From (day)"), widget=forms.DateInput(attrs={"type": "date"})
    )
    last_day = forms.DateField(
        required=False, label=gettext_lazy("To (day)"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def rows(self) -> models.QuerySet:
        """The rows that fit, as tuples of their time, kind and key; newest first."""
        self.full_clean()
        kind = self.cleaned_data.get("kind")
        first, *others = [self._rows_of(one) for one in Kind if not kind or one == kind]
        return first.union(*others, all=True).order_by("-at", "-kind", "-pk")

    def _rows_of(self, kind):
        rows, at, who = {
            Kind.ACCOUNT: (Deed.objects, "at", "actor"),
            Kind.DECISION: (Event.objects.exclude(actor=None), "at", "actor"),
            Kind.EDIT: (LogEntry.objects, "action_time", "user"),
        }[kind]
        wanted = {
            who: self.cleaned_data.get("who"),
            f"{at}__date__gte": self.cleaned_data.get("first_day"),
            f"{at}__date__lte": self.cleaned_data.get("last_day"),
        }
        rows = rows.filter(**{name: value for name, value in wanted.items() if value}).order_by()
        label = models.Value(kind.value, output_field=models.CharField())
        return rows.values_list(models.F(at), "pk").annotate(kind=label).values_list(at, "kind", "pk")


def lines(rows: list[tuple]) -> Iterator[Line]:
    """Return the rows of one page as lines; by one query for each kind."""
    found = {kind: _found(kind, [pk for _at, one, pk in rows if one == kind]) for kind in Kind}
    for _at, kind, pk in rows:
        if row := found[kind].get(pk):
            yield _line(kind, row)


def _found(kind, keys):
    rows = {
        Kind.ACCOUNT: Deed.objects.select_related("actor"),
        Kind.DECISION: Event.objects.select_related("actor", "contribution"),
        Kind.EDIT: LogEntry.objects.select_related("user", "content_type"),
    }[kind]
    return rows.in_bulk(keys)


def _line(kind, row):
    if kind == Kind.ACCOUNT:
        return Line(row.at, row.actor.get_username() if row.actor else "", row.get_action_display(), row.of)
    if kind == Kind.DECISION:
        return Line(row.at, row.actor.get_username(), TRANSITIONS[row.action].done, row.contribution.reference)
    of = _("%(kind)s: %(name)s") % {"kind": capfirst(row.content_type.name), "name": row.object_repr}
    return Line(row.action_time, row.user.get_username(), row.get_change_message() or row.get_action_flag_display(), of)
