"""The moderator's review: what is shown of a contribution, and how a decision is taken in."""

from http import HTTPStatus

from csp.decorators import csp_replace
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contributions import applying, moderation, notifications, privacy, signals
from contributions.applying import DoesNotFit
from contributions.forms import VersionForm, form_for
from contributions.models import Contribution, Reason
from resourcecenter.core import files
from resourcecenter.core.curating import note
from resourcecenter.core.pagecache import personal
from resourcecenter.core.textdiff import word_diff

WITHOUT_NOTES = {"claim", "release"}
ON_ITS_OWN_PAGE = {"amend", "assign"}
STAYS = WITHOUT_NOTES | {"reopen"}
"""After these the moderator goes on with the same contribution."""


class ReasonSelect(forms.Select):
    """Each option carries its words, so that a script can begin the note with them."""

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if value:
            option["attrs"]["data_text"] = value.instance.text
        return option


class DecisionForm(VersionForm):
    """A moderator's decision on what was on the screen."""

    action = forms.ChoiceField(
        choices=[
            (name, step.label)
            for name, step in moderation.TRANSITIONS.items()
            if step.by == "moderator" and name not in ON_ITS_OWN_PAGE
        ]
    )
    reason = forms.ModelChoiceField(
        Reason.objects.all(),
        required=False,
        empty_label=gettext_lazy("None of these"),
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Begins the note below with its words. The report counts decisions by it."),
        widget=ReasonSelect(attrs={"data-enhance": "reason", "data-note": "id_public_note"}),
    )
    public_note = forms.CharField(
        required=False,
        label=gettext_lazy("Note to the contributor"),
        help_text=gettext_lazy("Needed when you ask for changes or reject: say what is missing, and what would help."),
        widget=forms.Textarea(attrs={"rows": 5, "cols": 80}),
    )
    internal_note = forms.CharField(
        required=False,
        label=gettext_lazy("Internal note"),
        help_text=gettext_lazy("Only moderators see it."),
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
    )

    def clean(self):
        cleaned = super().clean()
        action, reason = cleaned.get("action"), cleaned.get("reason")
        if reason and action and reason.action != action:
            self.add_error("reason", _("This reason is for another decision. Choose one that fits, or none."))
            return cleaned
        # Without a script the chosen reason has not written its words.
        if reason and not cleaned.get("public_note"):
            cleaned["public_note"] = reason.text
            self.data = self.data.copy()
            self.data["public_note"] = reason.text
        if action and moderation.TRANSITIONS[action].needs_note and not cleaned.get("public_note"):
            self.add_error("public_note", _("Tell the contributor the reason."))
        return cleaned

    def carry_out(self, contribution, *, by):
        """Do what was decided. Raises moderation.Overtaken or applying.DoesNotFit, nothing written."""
        action = self.cleaned_data["action"]
        notes = {} if action in WITHOUT_NOTES else {k: self.cleaned_data[k] for k in ("public_note", "internal_note")}
        if moderation.TRANSITIONS[action].needs_note:
            notes["reason"] = self.cleaned_data["reason"].name if self.cleaned_data["reason"] else ""
        getattr(moderation, action)(contribution, seen=self.version, by=by, **notes)


@personal
@require_safe
@csp_replace({"frame-src": ["'self'"]})
def review(request, pk):
    """The contribution as it will look, beside its fields, its history and the buttons that fit its state."""
    contribution = _get(request, pk)
    return _page(request, contribution, DecisionForm(initial=_seen(contribution)))


@personal
@require_POST
@csp_replace({"frame-src": ["'self'"]})
def decide(request, pk):
    """Take a decision; 409 with the notes kept if the contribution is no longer as it was on the screen."""
    contribution = _get(request, pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, contribution, form)
    if "read_first" in request.POST:
        letter = notifications.letter(contribution, form.cleaned_data["action"], form.cleaned_data["public_note"])
        return _page(request, contribution, form, letter=letter or (_("No mail will be sent."), ""))
    try:
        form.carry_out(contribution, by=request.user)
    except moderation.Overtaken as overtaken:
        return _page(request, overtaken.contribution, form, is_overtaken=True)
    except DoesNotFit as misfit:
        contribution.refresh_from_db()
        form.add_error(None, misfit)
        return _page(request, contribution, form)
    return _next(request, contribution, form.cleaned_data["action"])


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request, pk):
    """Let a moderator correct the fields before deciding; what they change is a revision of theirs."""
    contribution = _get(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = _fields_form(contribution, posted)
    version = VersionForm(posted, initial=contribution.version._asdict())
    wanted = request.POST.get("do", "")
    if wanted.startswith("add:") and wanted.removeprefix("add:") in form.rows:
        form.rows[wanted.removeprefix("add:")].with_one_more()
    elif posted and form.is_valid() and version.is_valid():
        try:
            title = contribution.title if contribution.intent == Contribution.Intent.PROBLEM else form.title()
            moderation.amend(contribution, seen=version.version, by=request.user, payload=form.payload(), title=title)
        except moderation.Overtaken as overtaken:
            fresh = VersionForm(initial=contribution.version._asdict())
            return _amend_page(request, overtaken.contribution, form, fresh, is_overtaken=True)
        messages.success(request, format_html(_("{}: corrected as revision {}."), contribution, contribution.revision))
        return redirect("admin:contributions_contribution_change", pk)
    return _amend_page(request, contribution, form, version)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request, pk):
    """Delete a contributor's personal data on their wish."""
    contribution = _get(request, pk)
    if request.method == "POST":
        with transaction.atomic():
            privacy.erase(contribution)
            note(request, contribution, name=contribution.reference, words=_("Deleted the personal data."))
        messages.success(request, format_html(_("{}: the personal data are deleted."), contribution.reference))
        return redirect("admin:contributions_contribution_change", pk)
    context = _site_context(request, contribution, title=_("Delete the personal data?"))
    return TemplateResponse(request, "admin/contributions/contribution/erase.html", context)


@personal
@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})
def preview(request, pk):
    """The record as its public page will show it, for the frame on the review page."""
    contribution = _get(request, pk)
    context = {"title": contribution.title, "looks": applying.looks(contribution)}
    return TemplateResponse(request, "contributions/preview.html", context)


@require_safe
def download(request, pk, file_pk):
    """A file of a contribution, for moderators."""
    file = get_object_or_404(_get(request, pk).files, pk=file_pk)
    return files.serve(file.file, name=file.name, media_type=file.media_type, sha256=file.sha256, public=False)


def _get(request, pk) -> Contribution:
    if not request.user.has_perm("contributions.moderate_contribution"):
        raise PermissionDenied
    return get_object_or_404(Contribution.objects.select_related("assignee"), pk=pk)


def _seen(contribution) -> dict:
    return {**contribution.version._asdict(), "record": applying.record_mark(contribution)}


def _next(request, contribution, action):
    """Go on with the contribution that has waited longest, or stay where there is more to do."""
    step = moderation.TRANSITIONS[action]
    messages.success(request, format_html("{}: {} ({})", contribution.reference, contribution.title, step.done))
    if action in STAYS:
        return _to_its_page(contribution)
    pending = Contribution.objects.filter(state=Contribution.State.PENDING).in_queue_order()
    waiting = pending.filter(assignee=request.user).first() or pending.unclaimed().first()
    if waiting:
        return _to_its_page(waiting)
    messages.info(request, _("Nothing else waits for a moderator."))
    return redirect("admin:contributions_contribution_changelist")


def _to_its_page(contribution):
    # Browsers keep the fragment of the address that was posted to: without one the page would open at its buttons.
    return redirect(reverse("admin:contributions_contribution_change", args=[contribution.pk]) + "#content-start")


def _page(request, contribution, form, *, is_overtaken=False, letter=None):
    if is_overtaken or {"state", "revision"} & set(form.errors):
        # The notes stay; what they are about is now what is on the screen.
        form.data = form.data.dict() | _seen(contribution)
    events, proposed = list(contribution.events.select_related("actor")), _proposed(contribution)
    context = _site_context(request, contribution, title=contribution.title or contribution.reference) | {
        "record": contribution.record,
        **_shown(_facts(contribution, proposed)),
        "problems": _problems(contribution, proposed),
        "has_looks": contribution.intent != Contribution.Intent.PROBLEM and bool(contribution.payload),
        "files": contribution.files.all(),
        "signals": signals.explained(contribution),
        "duplicates": signals.duplicates_of(contribution),
        "earlier": _earlier(contribution),
        "events": [(event, moderation.TRANSITIONS[event.action].done) for event in events],
        "changed": _changed_since_read(contribution, events),
        "may": {
            action: step
            for action, step in moderation.available(contribution, by="moderator").items()
            if action not in ON_ITS_OWN_PAGE
        },
        "may_amend": "amend" in moderation.available(contribution, by="moderator"),
        "form": form,
        "letter": letter,
        "is_overtaken": is_overtaken,
    }
    status = HTTPStatus.CONFLICT if is_overtaken else HTTPStatus.OK
    return TemplateResponse(request, "admin/contributions/contribution/review.html", context, status=status)


def _fields_form(contribution, posted):
    """The fields of a contribution, to be corrected; those of a correction belong to its record."""
    form_class = form_for(contribution.kind, contribution.intent)
    record = contribution.record if contribution.intent == Contribution.Intent.CORRECTION else None
    has_files = contribution.files.exists() or bool(record and form_class.takes_files and record.attachments.exists())
    of_record = {"instance": record} if record else {}
    return form_class(posted, initial=contribution.payload, has_files=has_files, **of_record)


def _amend_page(request, contribution, form, version, *, is_overtaken=False):
    context = _site_context(request, contribution, title=_("Correct the fields")) | {
        "form": form,
        "version": version,
        "problems": list(form.problems()) if form.is_bound else [],
        "is_overtaken": is_overtaken,
    }
    status = HTTPStatus.CONFLICT if is_overtaken else HTTPStatus.OK
    return TemplateResponse(request, "admin/contributions/contribution/amend.html", context, status=status)


def _site_context(request, contribution, *, title):
    return {
        **admin.site.each_context(request),
        "title": title,
        "subtitle": contribution.reference,
        "opts": Contribution._meta,
        "contribution": contribution,
    }


def _proposed(contribution):
    """The form of the record as it would be after approval; None where the public entry has been retired."""
    try:
        return applying.proposed(contribution)
    except applying.RecordMoved:
        return None


def _facts(contribution, proposed) -> list[dict]:
    """Each field in words; of a correction as the public has it now and, where changed, as it would be."""
    form_class = form_for(contribution.kind, contribution.intent)
    if not contribution.payload:
        return []
    if contribution.intent != Contribution.Intent.CORRECTION or proposed is None:
        facts = (proposed or form_class.of(contribution.payload)).facts()
        return [{"label": label, "words": words} for label, words in facts.values()]
    # A form changes its instance in memory, so that this one is another than that of the proposed.
    record = contribution.record
    public = form_class.payload_of(record)
    now, wanted = form_class.of(public, instance=record).facts(), proposed.facts()
    changes = applying.changes(contribution)
    # What the sender saw is read only where it is no longer what the public has.
    has_moved = any(contribution.base.get(name) != public.get(name) for name in changes)
    seen = form_class.of(contribution.base).facts() if has_moved else now
    return [
        {
            "label": label,
            "words": words,
            "diff": word_diff(words, wanted[name][1]) if name in changes else None,
            "moved_from": seen[name][1] if name in changes and seen[name][1] != words else None,
        }
        for name, (label, words) in now.items()
    ]


def _shown(facts) -> dict:
    """What would change first, then what is filled in; of what is empty only the names."""
    changed = [fact for fact in facts if fact.get("diff")]
    rest = [fact for fact in facts if not fact.get("diff")]
    filled = [fact for fact in rest if fact["words"]]
    return {"facts": [*changed, *filled], "empty": [str(fact["label"]) for fact in rest if not fact["words"]]}


def _problems(contribution, proposed) -> list[dict]:
    """What keeps the payload from being published as it is."""
    if proposed is None:
        return [{"label": "", "message": _("The public entry has been retired.")}]
    return [] if not contribution.payload or proposed.is_valid() else list(proposed.problems())


def _earlier(contribution):
    """What else came from the same address, newest first."""
    if not contribution.contributor_email:
        return []
    same = Contribution.objects.filter(contributor_email__iexact=contribution.contributor_email)
    return same.exclude(pk=contribution.pk).order_by("-sent_at")[:20]


def _changed_since_read(contribution, events) -> list[dict]:
    """What the sender changed after a moderator had asked for it, field by field."""
    asked = [event for event in events if event.action == "request_changes"]
    versions = [event for event in events if event.payload]
    before = [event for event in versions if asked and event.pk < asked[-1].pk]
    if not before or versions[-1].pk < asked[-1].pk:
        return []
    form_class = form_for(contribution.kind, contribution.intent)
    old, new = form_class.of(before[-1].payload).facts(), form_class.of(contribution.payload).facts()
    return [
        {"label": label, "diff": word_diff(old[name][1], words)}
        for name, (label, words) in new.items()
        if old[name][1] != words
    ]
