"""The pages on which a stranger writes: a new entry, a correction, a problem, a draft."""

import uuid
from contextlib import suppress
from http import HTTPStatus

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from contributions import moderation, notifications, report, tokens
from contributions.desk import Desk, drop_draft
from contributions.keeping import keeps_what_was_typed
from contributions.models import Contribution, Draft
from contributions.models.contribution import RECORDS, Intent
from resourcecenter.core import limits
from resourcecenter.core.pagecache import personal, unlinked

STATUS = {
    "is_stale": HTTPStatus.FORBIDDEN,
    "is_overtaken": HTTPStatus.CONFLICT,
    "moved_fields": HTTPStatus.CONFLICT,
    "already_sent": HTTPStatus.CONFLICT,
    "minutes_to_wait": HTTPStatus.TOO_MANY_REQUESTS,
}
"""What a page with such a word in its context is answered with."""


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_what_was_typed
def contribute(request, kind):
    """Take a new resource or network; keep what was typed when it does not fit."""
    return take_in(request, Desk(request, intent=Intent.NEW, kind=kind), send=_send)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_what_was_typed
def correct(request, kind, slug):
    """Take a correction to a public record; the form begins with what is public."""
    return take_in(request, Desk(request, intent=Intent.CORRECTION, kind=kind, record=_record(kind, slug)), send=_send)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_what_was_typed
def report_problem(request, kind, slug):
    """Take the report of a problem with a public record."""
    return take_in(request, Desk(request, intent=Intent.PROBLEM, kind=kind, record=_record(kind, slug)), send=_send)


@sensitive_variables("token")
@unlinked
@personal
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_what_was_typed
def draft(request, token):
    """Go on with what was saved."""
    saved = Draft.objects.filter(token_hash=tokens.hash_of(token)).first()
    if saved is None:
        return redirect("contributions:status", _token_of_sent(token, request.POST.get("you-form_key", "")))
    record = RECORDS[saved.kind].objects.filter(pk=saved.record_key).first()
    if record is None and saved.intent != Intent.NEW:
        typed = [(name, value) for name, value in saved.data["record"].items() if isinstance(value, str)]
        return render(request, "contributions/draft_without_record.html", {"values": typed})
    desk = Desk(request, intent=saved.intent, kind=saved.kind, record=record, draft=saved)
    return take_in(request, desk, send=_send)


def _token_of_sent(draft_token, form_key):
    """The token of what became of a draft that is sent a second time, or 404."""
    with suppress(ValueError):
        sent = Contribution.objects.filter(form_key=uuid.UUID(form_key)).first()
        if sent and constant_time_compare(draft_token, tokens.draft_token_for(sent.form_key)):
            return tokens.token_for(sent.form_key, sent.token_hash)
    raise Http404


def _record(kind, slug):
    return get_object_or_404(RECORDS[kind], slug=slug)


def take_in(request, desk, *, send, **context):
    """Do what the pressed button says: look, add a row, save for later, or ``send(request, desk)``."""
    if request.method != "POST":
        return form_page(request, desk, **context)
    wanted = request.POST.get("do", "send")
    if desk.wait_s:
        return _wait_page(request, desk, desk.wait_s, **context)
    desk.hold_files()
    if getattr(request, "is_stale", False):
        return form_page(request, desk, is_stale=True, **context)
    if wanted.startswith("add:"):
        desk.add_row(wanted.removeprefix("add:"))
        return form_page(request, desk, is_unfinished=True, **context)
    if wanted == "preview":
        looks = desk.record_form.looks(attachments=desk.files)
        desk.forgive(desk.last_form)
        return form_page(request, desk, preview=looks, **context)
    if wanted == "save":
        return _save(request, desk)
    if not desk.is_valid():
        return form_page(request, desk, **context)
    return send(request, desk)


def _send(request, desk):
    if moved_fields := desk.moved_fields:
        desk.accept_what_is_public()
        return form_page(request, desk, moved_fields=moved_fields)
    if "different" not in request.POST and (alike := desk.duplicates()):
        return form_page(request, desk, duplicates=alike)
    if wait_s := limits.wait_s(request, *limits.CONTRIBUTE):
        return _wait_page(request, desk, wait_s)
    try:
        contribution = moderation.submit(**desk.submission())
    except moderation.AlreadySent as sent:
        desk.renew_key()
        return form_page(request, desk, already_sent=sent.contribution)
    drop_draft(contribution)
    return redirect("contributions:status", tokens.token_for(contribution.form_key, contribution.token_hash))


def _save(request, desk):
    """Keep a draft and send its link; only the address must be right for that."""
    desk.last_form.is_valid()
    if not desk.last_form.cleaned_data.get("email"):
        return form_page(request, desk, is_unfinished=True, needs_address=True)
    if wait_s := limits.wait_s(request, *limits.CONTRIBUTE):
        return _wait_page(request, desk, wait_s)
    token = tokens.draft_token_for(desk.form_key)
    is_sent = notifications.enqueue_draft(desk.save_draft(tokens.hash_of(token)))
    saved_at = reverse("contributions:draft", args=[token])
    return form_page(request, desk, is_unfinished=True, saved_at=saved_at, is_sent=is_sent)


def _wait_page(request, desk, wait_s, **context):
    page = form_page(request, desk, minutes_to_wait=wait_s // 60 + 1, **context)
    page["Retry-After"] = wait_s
    return page


def form_page(request, desk, *, is_unfinished=False, **context):
    """The form as it stands; while it ``is_unfinished`` its gaps are not yet errors."""
    if is_unfinished or context.get("is_stale"):
        desk.forgive()
    context |= {
        "desk": desk,
        "is_unfinished": is_unfinished,
        "errors": desk.problems(),
        "waits": report.waits(),
    }
    status = next((status for word, status in STATUS.items() if context.get(word)), HTTPStatus.OK)
    return render(request, "contributions/form.html", context, status=status)
