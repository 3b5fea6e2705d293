"""The moderator's review: what is shown of a contribution, and how a decision is taken in."""

from http import HTTPStatus

from csp.decorators import csp_replace, csp_update
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from contributions import moderation
from contributions.applying import DoesNotFit
from contributions.forms import VersionForm, form_for
from contributions.models import Contribution
from resourcecenter.core import files
from resourcecenter.core.pagecache import personal

WITHOUT_NOTES = {"claim", "release"}


class DecisionForm(VersionForm):
    """A moderator's decision on what was on the screen."""

    action = forms.ChoiceField(
        choices=[(name, step.label) for name, step in moderation.TRANSITIONS.items() if step.by == "moderator"]
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
        action = cleaned.get("action")
        if action and moderation.TRANSITIONS[action].needs_note and not cleaned.get("public_note"):
            self.add_error("public_note", _("Tell the contributor the reason."))
        return cleaned

    def carry_out(self, contribution, *, by):
        """Do what was decided. Raises moderation.Overtaken or applying.DoesNotFit, nothing written."""
        action = self.cleaned_data["action"]
        notes = {} if action in WITHOUT_NOTES else {k: self.cleaned_data[k] for k in ("public_note", "internal_note")}
        getattr(moderation, action)(contribution, seen=self.version, by=by, **notes)


@personal
@require_safe
@csp_update({"frame-src": ["'self'"]})
def review(request, pk):
    """The contribution as it will look, beside its fields, its history and the buttons that fit its state."""
    contribution = _get(request, pk)
    return _page(request, contribution, DecisionForm(initial=contribution.version._asdict()))


@personal
@require_POST
@csp_update({"frame-src": ["'self'"]})
def decide(request, pk):
    """Take a decision; 409 with the notes kept if the contribution is no longer as it was on the screen."""
    contribution = _get(request, pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, contribution, form)
    try:
        form.carry_out(contribution, by=request.user)
    except moderation.Overtaken as overtaken:
        return _page(request, overtaken.contribution, form, is_overtaken=True)
    except DoesNotFit as misfit:
        contribution.refresh_from_db()
        form.add_error(None, misfit)
        return _page(request, contribution, form)
    step = moderation.TRANSITIONS[form.cleaned_data["action"]]
    messages.success(request, format_html("{}: {} ({})", contribution.reference, contribution.title, step.done))
    if form.cleaned_data["action"] in WITHOUT_NOTES:
        return redirect("admin:contributions_contribution_change", pk)
    return redirect("admin:contributions_contribution_changelist")


@personal
@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})
def preview(request, pk):
    """The record as its public page will show it, for the frame on the review page."""
    contribution = _get(request, pk)
    form = _bound(contribution)
    context = {
        "resource": form.preview(),
        "phases": form.cleaned_data.get("phases", []),
        "tags": form.cleaned_data.get("tags", []),
        "attachments": contribution.files.all(),
    }
    return TemplateResponse(request, "contributions/preview.html", context)


@require_safe
def download(request, pk, file_pk):
    """A file of a contribution, for moderators."""
    file = get_object_or_404(_get(request, pk).files, pk=file_pk)
    return files.serve(file.file, name=file.name, media_type=file.media_type, sha256=file.sha256, public=False)


def _get(request, pk) -> Contribution:
    if not request.user.has_perm("contributions.moderate_contribution"):
        raise PermissionDenied
    return get_object_or_404(Contribution.objects.select_related("resource", "network", "assignee"), pk=pk)


def _bound(contribution):
    form_class = form_for(contribution.kind)
    return form_class(contribution.payload, instance=contribution.record, has_files=contribution.files.exists())


def _page(request, contribution, form, *, is_overtaken=False):
    payload = _bound(contribution)
    if is_overtaken or {"state", "revision"} & set(form.errors):
        # The notes stay; what they are about is now what is on the screen.
        form.data = form.data.dict() | contribution.version._asdict()
    payload.errors  # noqa: B018 (reading them cleans the data)
    context = {
        **admin.site.each_context(request),
        "title": contribution.title,
        "subtitle": contribution.reference,
        "opts": Contribution._meta,
        "contribution": contribution,
        "fields": [(payload[name].label, payload.words(name)) for name in payload.fields],
        "files": contribution.files.all(),
        "events": [
            (event, moderation.TRANSITIONS[event.action].done) for event in contribution.events.select_related("actor")
        ],
        "may": moderation.available(contribution, by="moderator"),
        "form": form,
        "is_overtaken": is_overtaken,
    }
    status = HTTPStatus.CONFLICT if is_overtaken else HTTPStatus.OK
    return TemplateResponse(request, "admin/contributions/contribution/review.html", context, status=status)
