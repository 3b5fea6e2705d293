"""What becomes of personal data: deleted on request, and after their time; the decisions stay."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from contributions import erasures, moderation, notifications
from contributions.models import Contribution, ContributionFile, Draft, LostLink
from contributions.models.contribution import RECORDS, Intent, State

ALWAYS = datetime.max.replace(tzinfo=UTC)
"""A clock that was fast for a while must not keep anything from being erased."""

HELD_FOR = timedelta(days=2)
"""How long a file waits for the form that it came with; those of saved drafts wait as long as the draft."""


@transaction.atomic
def erase(contribution: Contribution) -> None:
    """Delete what is known of the sender; of what is not public also the text and the files.

    What still waited is withdrawn. The public record stays, without the name of its contributor. What the contributor
    wrote to moderators goes, what moderators decided stays. Raises OSError if the list of erasures cannot be continued.
    """
    erasures.remember_contribution(contribution.form_key)
    _erase(contribution)


@transaction.atomic
def erase_person(email: str) -> int:
    """Erase every contribution, draft, wish and mail of an address; return how many contributions."""
    erasures.remember_person(email)
    return _erase_person(email)


@transaction.atomic
def replay_erasures() -> int:
    """Erase again what was erased after the backup from which this site was restored; return how many contributions.

    What a person sent after their erasure stays.
    """
    erased, count = erasures.Erasures(), 0
    for email in _addresses() if erased else ():
        if at := erased.of_person(email):
            count += _erase_person(email, until=at)
    for contribution in Contribution.objects.filter(erased_at=None).iterator():
        if erased.of_contribution(contribution.form_key):
            _erase(contribution)
            count += 1
    return count


def prove_address(contribution: Contribution) -> None:
    """Record that the sender has shown to read the mail of their address."""
    unproved = Contribution.objects.filter(pk=contribution.pk, address_proved_at=None)
    unproved.update(address_proved_at=timezone.now())


def retain() -> str:
    """Let go of what has been kept for its time; the worker does so once a day. Returns what was done, in words."""
    closed, erased = _close_unanswered(), _erase_decided()
    drafts, _rows = Draft.objects.filter(saved_at__lte=_days_ago(settings.RETENTION_DRAFT_DAYS)).delete()
    files = _discard_held()
    return f"{closed} closed without an answer, {erased} erased, {drafts} drafts and {files} held files removed"


def closes_on(contribution: Contribution) -> datetime:
    """When a question to the sender is closed if no answer comes."""
    return contribution.events.latest("at").at + timedelta(days=settings.RETENTION_UNANSWERED_DAYS)


def erased_on(contribution: Contribution) -> datetime:
    """When the personal data of a decided contribution are deleted."""
    return contribution.decided_at + timedelta(days=_days_kept(contribution.state))


def _days_kept(state):
    return settings.RETENTION_LINK_DAYS if state == State.APPROVED else settings.RETENTION_REJECTED_DAYS


def _close_unanswered() -> int:
    waiting = Contribution.objects.filter(state=State.CHANGES_REQUESTED).annotate(last_event_at=Max("events__at"))
    unanswered = list(waiting.filter(last_event_at__lte=_days_ago(settings.RETENTION_UNANSWERED_DAYS)))
    for contribution in unanswered:
        with suppress(moderation.Overtaken):
            moderation.expire(contribution, seen=contribution.version)
    return len(unanswered)


def _erase_decided() -> int:
    past = Q()
    for state in (State.APPROVED, State.REJECTED, State.WITHDRAWN):
        past |= Q(state=state, decided_at__lte=_days_ago(_days_kept(state)))
    decided = list(Contribution.objects.filter(past, erased_at=None))
    for contribution in decided:
        _erase(contribution, keeps_credit=True)
    return len(decided)


def _discard_held() -> int:
    held = ContributionFile.objects.filter(contribution=None, arrived_at__lte=timezone.now() - HELD_FOR)
    files = list(held.exclude(form_key__in=Draft.objects.values("form_key")))
    for file in files:
        moderation.discard(file)
    return len(files)


def _erase(contribution, *, keeps_credit=False):
    contribution = Contribution.objects.select_for_update().get(pk=contribution.pk)
    # What had its time may have been opened again since it was looked up.
    if contribution.erased_at or (keeps_credit and not contribution.decided_at):
        return
    if "withdraw" in moderation.available(contribution, by="contributor"):
        moderation.withdraw(contribution, seen=contribution.version)
    if contribution.wants_credit and not keeps_credit:
        _forget_credit(contribution)
    _forget_mails(contribution)
    contribution.contributor_name = contribution.contributor_email = contribution.contributor_organization = ""
    contribution.wants_credit = False
    contribution.erased_at = timezone.now()
    # What a report of a problem says is never published, solved or not.
    if contribution.state != State.APPROVED or contribution.intent == Intent.PROBLEM:
        contribution.payload, contribution.base, contribution.signals = {}, {}, []
        contribution.title = contribution.address_key = ""
    contribution.save()
    contribution.events.all().forget()
    for file in contribution.files.all():
        moderation.discard(file)
    Draft.objects.filter(form_key=contribution.form_key).delete()


def _erase_person(email, *, until=ALWAYS):
    """Erase what came from an address, or what of it came ``until`` then."""
    found = list(Contribution.objects.filter(contributor_email__iexact=email, sent_at__lte=until))
    for contribution in found:
        _erase(contribution)
    drafts = Draft.objects.filter(email__iexact=email, saved_at__lte=until)
    for file in ContributionFile.objects.filter(contribution=None, form_key__in=drafts.values("form_key")):
        moderation.discard(file)
    drafts.delete()
    LostLink.objects.filter(email__iexact=email, asked_at__lte=until).delete()
    notifications.forget(email, until=until)
    return len(found)


def _addresses():
    """Every address of somebody who sent something or is sent something."""
    sent = Contribution.objects.exclude(contributor_email="").values_list("contributor_email", flat=True)
    drafts, wishes = (model.objects.values_list("email", flat=True) for model in (Draft, LostLink))
    return {*sent, *drafts, *wishes, *notifications.addresses()}


def _days_ago(days):
    return timezone.now() - timedelta(days=days)


def _forget_mails(contribution):
    same = Contribution.objects.filter(contributor_email__iexact=contribution.contributor_email, erased_at=None)
    # What is on its way about something else must still arrive; it is purged in its time.
    if contribution.contributor_email and not same.exclude(pk=contribution.pk).exists():
        notifications.forget(contribution.contributor_email, until=ALWAYS)


def _forget_credit(contribution):
    """Take the contributor's name off the public page, and out of its earlier versions, from which it could return."""
    model, key = RECORDS[contribution.kind], contribution.record_key
    if not hasattr(model, "credit"):
        return
    record = model.objects.filter(pk=key).exclude(credit="").first()
    if record:
        record.credit = ""
        record.save()
    model.history.filter(id=key).update(credit="")
