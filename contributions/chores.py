"""What the worker does for contributions, beside the mail: each returns in words what it did."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from contributions import notifications, signals
from contributions.models import Attachment, Contribution, FileText, LostLink, Resource
from contributions.models.contribution import State
from resourcecenter.core import extraction, fetching
from resourcecenter.core.history import change, touch

LINKS_AT_ONCE = 5
LINK_CHECK_HOLDS = timedelta(hours=12)
FILES_AT_ONCE = 20
ATTEMPTS = 3
AFTER_A_FAILURE = timedelta(days=1)
"""A file that could not be read is tried again so much later, in case the machine was short of something."""


def answer_lost_links() -> str:
    """Send their private links to those who asked for them."""
    asked = list(LostLink.objects.order_by("pk")[:100])
    for wish in asked:
        with transaction.atomic():
            if LostLink.objects.filter(pk=wish.pk).delete()[0]:
                notifications.enqueue_links(wish.email)
    return str(len(asked))


def check_links(is_stopping=lambda: False, check=fetching.check) -> str:
    """Ask the links of what waits for a moderator whether they answer, a few at each call."""
    if not settings.CHECK_LINKS:
        return ""
    due = Q(link_checked_at=None) | Q(link_checked_at__lte=timezone.now() - LINK_CHECK_HOLDS)
    waiting = Contribution.objects.filter(due, state=State.PENDING).exclude(address_key="").order_by("sent_at")
    checked = 0
    for contribution in waiting[:LINKS_AT_ONCE]:
        if is_stopping():
            break
        _check_link(contribution, check)
        checked += 1
    return str(checked)


def _check_link(contribution, check):
    with translation.override(settings.LANGUAGE_CODE):
        agent = f"{settings.SITE_NAME} ({settings.SITE_URL})"
        outcome = check(contribution.payload.get("url", ""), user_agent=agent)
    others = [stored for stored in contribution.signals if stored[0] != signals.DEAD_LINK]
    dead = [signals.Signal(signals.DEAD_LINK, str(outcome.reason))] if outcome.state == "dead" else []
    # Only if it was not changed meanwhile; its new link has its own turn.
    seen = Contribution.objects.filter(pk=contribution.pk, revision=contribution.revision)
    seen.update(signals=[*others, *dead], link_checked_at=timezone.now())


def read_files(is_stopping=lambda: False, limits=extraction.Limits()) -> str:  # noqa: B008 (it is frozen)
    """Read the text of attachments for the search, a few at each call."""
    to_retry = Q(text__attempts__lt=ATTEMPTS, text__read_at__lte=timezone.now() - AFTER_A_FAILURE)
    due = Q(text=None) | to_retry & ~Q(text__problem="")
    unread = Attachment.objects.filter(due, media_type__in=extraction.READABLE).order_by("pk")
    read = 0
    for attachment in unread.select_related("text")[:FILES_AT_ONCE]:
        if is_stopping():
            break
        _read_file(attachment, limits)
        read += 1
    return str(read)


def _read_file(attachment, limits):
    try:
        with attachment.file.open("rb") as content:
            text, problem = extraction.extract(content, attachment.media_type, limits=limits)
    except OSError as missing:  # the job that verifies files tells the operator
        text, problem = "", type(missing).__name__
    attempts = attachment.text.attempts + 1 if hasattr(attachment, "text") else 1
    values = {"text": text, "problem": problem, "attempts": attempts, "read_at": timezone.now()}
    with change():
        # Writers of public content wait from here on, so an attachment that is here now stays until its text is.
        if Attachment.objects.filter(pk=attachment.pk).exists():
            FileText.objects.update_or_create(attachment=attachment, defaults=values)
            touch(Resource, [attachment.resource_id])
