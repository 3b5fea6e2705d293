"""What curators do to a public record beside editing it: retire it, put an earlier version back, confirm it."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import NamedTuple

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import history, public
from .pagecache import personal
from .public import Record, Tombstone, confirm, revive

PER_PAGE = 25
MAX_NUMBER = 2**63 - 1


def note(request: HttpRequest, of: type[models.Model] | models.Model, *, name: str, words: str) -> None:
    """Note in the log of the admin what somebody did to a row, or to a kind of rows, beside editing it.

    ``name`` is kept for long: it must name nobody.
    """
    LogEntry.objects.create(
        user=request.user,
        content_type=ContentType.objects.get_for_model(of),
        object_id=of.pk if isinstance(of, models.Model) else None,
        object_repr=name[:200],
        action_flag=CHANGE,
        change_message=words,
    )


def with_plain_line_ends(cleaned: dict) -> dict:
    """Browsers end the lines of a text by CRLF; what was not touched must not count as changed."""
    for name, value in cleaned.items():
        if isinstance(value, str):
            cleaned[name] = value.replace("\r\n", "\n")
    return cleaned


class LineForm(forms.ModelForm):
    """A form of a part of a record."""

    def clean(self):
        return with_plain_line_ends(super().clean())


class RecordForm(forms.ModelForm):
    """A form of a public record that is not saved over what a colleague has changed since it was opened."""

    seen = forms.IntegerField(required=False, min_value=0, max_value=MAX_NUMBER, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = history.latest(self.instance)

    def clean(self):
        cleaned = with_plain_line_ends(super().clean())
        if self.instance.pk and cleaned.get("seen") != self.initial["seen"]:
            self._tell_what_changed(cleaned.get("seen") or 0)
        return cleaned

    def _tell_what_changed(self, seen):
        """Say who changed what, beside the fields; a field that was not touched here takes the colleague's value."""
        differences = history.changes_since(self.instance, seen)
        if not differences:
            return
        key = (type(self.instance), self.instance.pk)
        then = history.state_at(*key, seen).rows.get(key)
        news = [version for version in history.versions(self.instance) if version.number > seen]
        who = get_text_list(list(dict.fromkeys(version.who or _("somebody") for version in news)), _("and"))
        self.add_error(None, _("This entry was changed since you opened it, by %(who)s.") % {"who": who})
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = str(self.initial["seen"])
        for difference in differences:
            self._tell_difference(difference, then)
        self.add_error(
            None, _("Nothing was saved yet, and nothing you typed is lost. To save what the form now says, save again.")
        )

    def _tell_difference(self, difference, then):
        words = {"label": difference.label, "after": difference.after or _("nothing")}
        if difference.name not in self.fields:
            self.add_error(None, _("Changed meanwhile: %(label)s. Now: %(after)s") % words)
        elif then and not self._is_touched(difference.name, then):
            self._take_over(difference.name)
            self.add_error(difference.name, _("Changed meanwhile to what you see here."))
        else:
            self.add_error(difference.name, _("Changed meanwhile to: %(after)s") % words)

    def _is_touched(self, name, then):
        field = then.instance_type._meta.get_field(name)
        return field.many_to_many or self.fields[name].has_changed(
            field.value_from_object(then.instance), self[name].data
        )

    def _take_over(self, name):
        value = self.fields[name].prepare_value(self.initial[name])
        several = value if isinstance(value, (list, tuple)) else [value]
        self.data.setlist(self.add_prefix(name), ["" if item is None else str(item) for item in several])


class SeenForm(forms.Form):
    """The newest version of the record that was on the screen when the button was pressed."""

    seen = forms.IntegerField(
        min_value=0,
        max_value=MAX_NUMBER,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ["required", "invalid", "max_value", "min_value"],
            gettext_lazy("The page did not say what you saw. Please look at it again."),
        ),
    )


class RetireForm(forms.ModelForm):
    class Meta:
        model = Tombstone
        fields = ["reason", "replacement"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 4}), "replacement": forms.TextInput(attrs={"size": 60})}


class ConfirmForm(forms.Form):
    how = forms.CharField(
        max_length=Record._meta.get_field("confirmed_how").max_length,
        label=gettext_lazy("How do you know?"),
        help_text=gettext_lazy("For example: read its website, or asked its convenor. Visitors see it."),
        widget=forms.TextInput(attrs={"size": 60}),
    )


# --- Pages of one record ------------------------------------------------------------------------


@personal
def show_history(model_admin, request: HttpRequest, record) -> HttpResponse:
    """All versions of a record, the newest first, with what each changed."""
    pages = Paginator(history.versions(record), PER_PAGE)
    context = {
        "title": _("History of %(record)s") % {"record": record},
        "page": pages.get_page(request.GET.get("page")),
        "may_change": model_admin.has_change_permission(request, record),
        "newest": history.latest(record),
    }
    return _page(model_admin, request, record, "history", context)


@personal
def restore(model_admin, request: HttpRequest, record, number: int) -> HttpResponse:
    """Show what putting a version back would change, and do it; 409 if the record has moved on meanwhile."""
    form, status = SeenForm(request.POST if request.method == "POST" else None), HTTPStatus.OK
    if form.is_valid():
        try:
            with transaction.atomic():
                history.restore(record, at=number, by=request.user, seen=form.cleaned_data["seen"])
            messages.success(request, format_html(_("{} is as it was in that version."), record))
            return redirect(_address(record, "history"))
        except history.Overtaken:
            status = HTTPStatus.CONFLICT
            form.add_error(None, _("Nothing was restored: the entry has changed since you opened this page."))
        except ValidationError as misfit:
            form.add_error(None, misfit)
    try:
        differences = history.preview(record, at=number)
    except ValidationError as missing:
        raise Http404 from missing
    context = {
        "title": _("Restore a version of %(record)s") % {"record": record},
        "differences": differences,
        "errors": [error for errors in form.errors.values() for error in errors],
        "form": SeenForm(initial={"seen": history.latest(record)}),
    }
    return _page(model_admin, request, record, "restore", context, status=status)


@personal
def retire(model_admin, request: HttpRequest, record) -> HttpResponse:
    """Ask for the reason and say what will happen; then delete the record and leave a tombstone."""
    form = RetireForm(request.POST if request.method == "POST" else None)
    needed_by = model_admin.needed_by(record)
    if not needed_by and form.is_valid():
        name = str(record)
        try:
            with transaction.atomic():
                public.retire(record, by=request.user, **form.cleaned_data)
        except models.ProtectedError:
            needed_by = model_admin.needed_by(record)
        else:
            messages.success(request, format_html(_("{} is retired. Its tombstone has a button to put it back."), name))
            return redirect(reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_changelist"))
    context = {
        "title": _("Retire %(record)s") % {"record": record},
        "form": form,
        "needed_by": needed_by,
        "address": record.get_absolute_url(),
        "is_place": "#" in record.get_absolute_url(),
        "parts": model_admin.count_parts(record),
    }
    return _page(model_admin, request, record, "retire", context)


@personal
def confirm_record(model_admin, request: HttpRequest, record) -> HttpResponse:
    """Ask how it is known that the record is still true, and write it down."""
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        confirm(record, how=form.cleaned_data["how"], by=request.user)
        messages.success(request, format_html(_("{} is confirmed."), record))
        return redirect(_address(record, "change"))
    context = {"title": _("Confirm that %(record)s is still true") % {"record": record}, "form": form}
    return _page(model_admin, request, record, "confirm", context)


@personal
def put_back(model_admin, request: HttpRequest, tombstone: Tombstone) -> HttpResponse:
    """Put the retired record back, and show it."""
    errors = []
    if request.method == "POST":
        try:
            with transaction.atomic():
                record = revive(tombstone, by=request.user)
            messages.success(request, format_html(_("{} is back at its address."), record))
            return redirect(_address(record, "change"))
        except ValidationError as misfit:
            errors = misfit.messages
    context = {"title": _("Put %(record)s back") % {"record": tombstone}, "tombstone": tombstone, "errors": errors}
    return _page(model_admin, request, tombstone, "put_back", context)


def _page(model_admin, request, record, name, context, *, status=HTTPStatus.OK):
    common = {**model_admin.admin_site.each_context(request), "opts": record._meta, "original": record}
    template = f"admin/record/{name}.html"
    return TemplateResponse(request, template, {**common, **context}, status=status)


def _address(record, page):
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{page}", args=[record.pk])


# --- The stalest --------------------------------------------------------------------------------


class Stale(NamedTuple):
    """A record in the list of those that most need a look."""

    record: Record
    kind: str
    address: str


def kinds_to_see(request: HttpRequest) -> list[type[Record]]:
    """The kinds of record that this person may look at in the admin."""
    return [
        model
        for model, model_admin in admin.site._registry.items()
        if issubclass(model, Record) and model_admin.has_view_permission(request)
    ]


def count_stale(request: HttpRequest, *, days: int) -> int:
    """How many records of these kinds nobody has confirmed in so many days, or ever; by one query."""
    first, *others = [kind.objects.order_by().filter(_stale_for(days)).values("pk") for kind in kinds_to_see(request)]
    return first.union(*others, all=True).count()


def _stale_for(days):
    since = timezone.localdate() - timedelta(days=days)
    return models.Q(confirmed_on=None) | models.Q(confirmed_on__lt=since)


class StaleFilter(forms.Form):
    """For how many days nobody has confirmed what is listed; without it, everything is."""

    days = forms.IntegerField(required=False, min_value=0, max_value=36_500)


@personal
def stalest(request: HttpRequest) -> HttpResponse:
    """All records, or those of ``?days=``, by when they were last confirmed: never, by age; then the longest ago."""
    kinds = {model._meta.label: model for model in kinds_to_see(request)}
    if not kinds:
        raise PermissionDenied
    wanted = StaleFilter(request.GET)
    days = wanted.cleaned_data["days"] if wanted.is_valid() else None
    page = Paginator(_by_staleness(list(kinds.values()), days=days), PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = _stale_records(kinds, list(page.object_list))
    context = {**admin.site.each_context(request), "title": _("What most needs to be confirmed"), "page": page}
    return TemplateResponse(request, "admin/record/stalest.html", {**context, "days": days})


def _by_staleness(kinds, *, days):
    wanted = models.Q() if days is None else _stale_for(days)
    first, *others = [
        model.objects.order_by()
        .filter(wanted)
        .annotate(
            label=models.Value(model._meta.label, output_field=models.CharField()),
            since=Coalesce("confirmed_on", models.Value(date.min)),
        )
        .values_list("label", "pk", "since", "added_at")
        for model in kinds
    ]
    return first.union(*others, all=True).order_by("since", "added_at", "label", "pk")


def _stale_records(kinds, rows):
    found = {
        label: model.objects.in_bulk([row[1] for row in rows if row[0] == label]) for label, model in kinds.items()
    }
    return [
        Stale(found[label][key], kinds[label]._meta.verbose_name, _address(found[label][key], "change"))
        for label, key, *_when in rows
    ]
