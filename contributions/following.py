"""The private pages of somebody who contributed: where it stands, what was said, and what they may do about it.

Who knows the address may do all of it; so no page tells where it was linked from, and a GET changes nothing.
"""

from functools import partial
from http import HTTPStatus

from django.conf import settings
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contributions import applying, course, moderation, privacy, report, tokens
from contributions.desk import Desk
from contributions.forms import NoteForm, VersionForm
from contributions.forms.lost import LostLinkForm
from contributions.keeping import keeps_what_was_typed
from contributions.models import Contribution, LostLink
from contributions.writing import form_page, take_in
from resourcecenter.core import files, limits
from resourcecenter.core.pagecache import personal, unlinked

WITH_A_WORD = {"answer", "appeal"}


@sensitive_variables("token")
@unlinked
@personal
@require_safe
def status(request, token):
    """The private page of a contribution: what happened, what comes next, and what its sender may do."""
    return _status_page(request, _by_token(token), token)


@sensitive_variables("token")
@unlinked
@personal
@require_safe
def preview(request, token):
    """What was sent, as it will look."""
    contribution = _by_token(token)
    context = {"contribution": contribution, "token": token, "looks": applying.looks(contribution, heading="h2")}
    return render(request, "contributions/preview_page.html", context)


@sensitive_variables("token")
@unlinked
@personal
@require_safe
def download(request, token, file_pk):
    """A file of one's own contribution."""
    file = get_object_or_404(_by_token(token).files, pk=file_pk)
    return files.serve(file.file, name=file.name, media_type=file.media_type, sha256=file.sha256, public=False)


@sensitive_variables("token")
@unlinked
@personal
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_what_was_typed
def revise(request, token):
    """Let the sender correct what they sent."""
    contribution = _by_token(token)
    if request.method != "POST" and "revise" not in moderation.available(contribution, by="contributor"):
        return redirect("contributions:status", token)
    desk = Desk(
        request,
        intent=contribution.intent,
        kind=contribution.kind,
        record=contribution.record,
        contribution=contribution,
    )
    context = {"contribution": contribution, "token": token}
    return take_in(request, desk, send=partial(_change, **context), **context)


def _change(request, desk, *, contribution, token):
    try:
        moderation.revise(
            contribution,
            seen=desk.last_form.version,
            payload=desk.record_form.payload(),
            title=desk.title(),
            files=desk.files,
        )
    except moderation.Overtaken:
        desk.last_form = VersionForm(initial=contribution.version._asdict())
        return form_page(request, desk, is_overtaken=True, contribution=contribution, token=token)
    return redirect("contributions:status", token)


@sensitive_variables("token")
@unlinked
@personal
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_what_was_typed
def act(request, token, action):
    """Answer, ask for another look, or withdraw: a page that says what will happen, and a button that does it."""
    contribution = _by_token(token)
    if request.method != "POST" and action not in moderation.available(contribution, by="contributor"):
        return redirect("contributions:status", token)
    form_class = NoteForm if action in WITH_A_WORD else VersionForm
    form = form_class(request.POST if request.method == "POST" else None, initial=contribution.version._asdict())
    if request.method == "POST" and not getattr(request, "is_stale", False) and form.is_valid():
        words = {"public_note": form.cleaned_data["public_note"]} if action in WITH_A_WORD else {}
        try:
            getattr(moderation, action)(contribution, seen=form.version, **words)
        except moderation.Overtaken:
            return _act_page(request, contribution, token, action, form, is_overtaken=True)
        return redirect("contributions:status", token)
    return _act_page(request, contribution, token, action, form)


@sensitive_variables("token")
@unlinked
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request, token):
    """Delete what is known of the sender, and what they sent unless it is public by now."""
    contribution = _by_token(token)
    if request.method == "POST":
        privacy.erase(contribution)
        return redirect("contributions:status", token)
    return render(request, "contributions/erase.html", {"contribution": contribution, "token": token})


@sensitive_variables("token", "code")
@unlinked
@personal
@require_POST
def prove_address(request, token):
    """Take it that whoever has the code from the mail reads the mail of that address."""
    contribution = _by_token(token)
    if constant_time_compare(request.POST.get("code", ""), tokens.mail_code_for(contribution.form_key)):
        privacy.prove_address(contribution)
    return redirect("contributions:status", token)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_what_was_typed
def lost_link(request):
    """Take an address and answer always the same; the worker looks whether anything came from it."""
    form = LostLinkForm(request.POST or None)
    is_stale = getattr(request, "is_stale", False)
    context = {"form": form, "is_stale": is_stale, "days": settings.RETENTION_LINK_DAYS}
    if request.method == "POST" and not is_stale and form.is_valid():
        if wait_s := limits.wait_s(request, limits.LOST_LINK):
            context["minutes_to_wait"] = wait_s // 60 + 1
            page = render(request, "contributions/lost.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
            page["Retry-After"] = wait_s
            return page
        LostLink.objects.create(email=form.cleaned_data["email"])
        context["is_done"] = True
    context["errors"] = list(form.problems()) if form.is_bound else []
    status = HTTPStatus.FORBIDDEN if is_stale else HTTPStatus.OK
    return render(request, "contributions/lost.html", context, status=status)


def _by_token(token) -> Contribution:
    return get_object_or_404(Contribution.objects.reachable(), token_hash=tokens.hash_of(token))


def _status_page(request, contribution, token, *, is_overtaken=False):
    events = [(event, moderation.TRANSITIONS[event.action]) for event in contribution.events.all()]
    code = request.GET.get("mail", "")
    context = {
        "contribution": contribution,
        "record": contribution.record,
        "token": token,
        "events": events,
        "may": moderation.available(contribution, by="contributor"),
        "waits": report.waits(),
        "ahead": course.ahead(contribution),
        "differences": applying.differences(contribution),
        "code": code if constant_time_compare(code, tokens.mail_code_for(contribution.form_key)) else "",
        "is_overtaken": is_overtaken,
    }
    return render(request, "contributions/status.html", context)


def _question(contribution):
    """What a moderator said last, to be read beside the answer."""
    said = contribution.events.exclude(actor=None).exclude(public_note="").last()
    return said.public_note if said else ""


def _act_page(request, contribution, token, action, form, *, is_overtaken=False):
    if is_overtaken or {"state", "revision"} & set(form.errors):
        is_overtaken = True
        form.data = form.data.dict() | contribution.version._asdict()
    context = {
        "contribution": contribution,
        "token": token,
        "action": action,
        "step": moderation.TRANSITIONS[action],
        "question": _question(contribution) if action in WITH_A_WORD else "",
        "form": form,
        "errors": list(form.problems()) if form.is_bound and not is_overtaken else [],
        "is_overtaken": is_overtaken,
        "is_stale": getattr(request, "is_stale", False),
    }
    status = HTTPStatus.CONFLICT if is_overtaken else HTTPStatus.FORBIDDEN if context["is_stale"] else HTTPStatus.OK
    return render(request, "contributions/act.html", context, status=status)
