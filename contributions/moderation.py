"""The life of a contribution: every change of state is a function here, and a line of TRANSITIONS."""

import uuid
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions import applying, notifications, tokens
from contributions import signals as signals_of
from contributions.models import Contribution, ContributionFile, Event
from contributions.models.contribution import Sender, Version
from resourcecenter.core.likeness import address_key

PENDING, CHANGES_REQUESTED, APPROVED, REJECTED, WITHDRAWN = Contribution.State.values
CLOSED = {APPROVED, REJECTED, WITHDRAWN}


class Transition(NamedTuple):
    """Who may do it ("contributor", "moderator" or "worker"), from which states, to which."""

    by: str
    sources: set[str]
    target: str
    label: str
    done: str
    needs_note: bool = False


TRANSITIONS = {
    "submit": Transition("contributor", set(), PENDING, _("Send"), _("Sent")),
    "revise": Transition(
        "contributor", {PENDING, CHANGES_REQUESTED}, PENDING, _("Change what I sent"), _("Changed by the contributor")
    ),
    "answer": Transition(
        "contributor", {CHANGES_REQUESTED}, PENDING, _("Answer"), _("Answered by the contributor"), needs_note=True
    ),
    "withdraw": Transition(
        "contributor", {PENDING, CHANGES_REQUESTED}, WITHDRAWN, _("Withdraw"), _("Withdrawn by the contributor")
    ),
    "appeal": Transition(
        "contributor", {REJECTED}, PENDING, _("Ask for another look"), _("Another look asked for"), needs_note=True
    ),
    "claim": Transition("moderator", {PENDING}, PENDING, _("Claim"), _("Claimed")),
    "assign": Transition("moderator", {PENDING}, PENDING, _("Assign"), _("Assigned")),
    "release": Transition("moderator", {PENDING}, PENDING, _("Release"), _("Released")),
    "amend": Transition("moderator", {PENDING}, PENDING, _("Correct the fields"), _("Corrected by a moderator")),
    "request_changes": Transition(
        "moderator", {PENDING}, CHANGES_REQUESTED, _("Ask for changes"), _("Changes asked for"), needs_note=True
    ),
    "approve": Transition("moderator", {PENDING}, APPROVED, _("Approve"), _("Approved")),
    "reject": Transition(
        "moderator", {PENDING, CHANGES_REQUESTED}, REJECTED, _("Reject"), _("Not accepted"), needs_note=True
    ),
    "reopen": Transition("moderator", {REJECTED, WITHDRAWN}, PENDING, _("Reopen"), _("Opened again")),
    "expire": Transition("worker", {CHANGES_REQUESTED}, WITHDRAWN, _("Close"), _("Closed without an answer")),
}


class Overtaken(Exception):  # noqa: N818 (named for what happened)
    """The contribution is no longer as the actor saw it, or the action does not fit its state. Nothing was written."""

    def __init__(self, contribution: Contribution):
        super().__init__(contribution.reference)
        self.contribution = contribution


class AlreadySent(Exception):  # noqa: N818 (named for what happened)
    """The key of this form came with something else before. What came first stands; nothing was written."""

    def __init__(self, contribution: Contribution):
        super().__init__(contribution.reference)
        self.contribution = contribution


def available(contribution: Contribution, *, by: str) -> dict[str, Transition]:
    """Return what ``by`` may do with the contribution as it is now."""
    return {
        action: step
        for action, step in TRANSITIONS.items()
        if step.by == by and contribution.state in step.sources and _fits(action, contribution)
    }


# --- The contributor ----------------------------------------------------------------------------


@transaction.atomic
def submit(
    payload: dict,
    *,
    title: str,
    kind: str,
    sender: Sender,
    form_key: uuid.UUID,
    intent: str = Contribution.Intent.NEW,
    record=None,
    base: dict | None = None,
    note: str = "",
    files=(),
    signals=(),
) -> Contribution:
    """Store a validated payload for a decision, and return it; the same form sent again returns the first one.

    A correction or a problem names its public ``record``, a correction also ``base``, the fields as its sender saw
    them. ``files`` are ContributionFiles, held or unsaved. The caller may tell the sender only after the transaction
    has committed. Raises AlreadySent if the form was changed after it was sent, as the back button allows.
    """
    contribution, is_new = Contribution.objects.get_or_create(
        form_key=form_key,
        defaults={
            "intent": intent,
            "kind": kind,
            "record_key": record and record.pk,
            "title": title,
            "payload": payload,
            "base": base or {},
            "contributor_name": sender.name,
            "contributor_email": sender.email,
            "contributor_organization": sender.organization,
            "wants_credit": sender.wants_credit,
            "token_hash": tokens.hash_of(tokens.token_for(form_key)),
            "address_key": address_key(payload.get("url", "")),
            "signals": list(signals),
        },
    )
    if is_new:
        _attach(contribution, files)
        _screen(contribution)
        _record("submit", contribution, seen=Version("", 1), by=None, notes=_notes(note), payload=payload)
    elif not _is_what_was_sent(contribution, payload, sender, files):
        raise AlreadySent(contribution)
    return contribution


@transaction.atomic
def revise(contribution, *, seen: Version, payload: dict, title: str = "", files=None) -> None:
    """Replace the payload by the sender's corrected one, and the files by ``files`` if given. Raises Overtaken."""
    _rewrite("revise", contribution, seen=seen, by=None, payload=payload, title=title)
    if files is not None:
        for file in contribution.files.exclude(pk__in=[file.pk for file in files]):
            discard(file)
        _attach(contribution, files)
    _screen(contribution)


@transaction.atomic
def answer(contribution, *, seen: Version, public_note: str) -> None:
    """Answer a moderator's question without changing anything. Raises Overtaken."""
    _move("answer", contribution, seen=seen, by=None, notes=_notes(public_note))


@transaction.atomic
def withdraw(contribution, *, seen: Version) -> None:
    """Take the contribution back on its sender's wish. Raises Overtaken."""
    _move("withdraw", contribution, seen=seen, by=None, **_UNCLAIMED)


@transaction.atomic
def appeal(contribution, *, seen: Version, public_note: str) -> None:
    """Ask for another look after a rejection, once. Raises Overtaken."""
    if not _fits("appeal", contribution):
        raise Overtaken(contribution)
    _move("appeal", contribution, seen=seen, by=None, notes=_notes(public_note))


# --- The moderator ------------------------------------------------------------------------------


@transaction.atomic
def claim(contribution, *, seen: Version, by) -> None:
    """Show colleagues that ``by`` is at work on it. Raises Overtaken."""
    _move("claim", contribution, seen=seen, by=by, assignee=by, claimed_at=timezone.now())


@transaction.atomic
def assign(contribution, *, seen: Version, by, to) -> None:
    """Give it to the colleague ``to``, whoever has claimed it. Raises Overtaken."""
    _move(
        "assign",
        contribution,
        seen=seen,
        by=by,
        notes=_notes("", to.get_username()),
        assignee=to,
        claimed_at=timezone.now(),
    )


@transaction.atomic
def release(contribution, *, seen: Version, by) -> None:
    """Give a claimed contribution back to the queue. Raises Overtaken."""
    _move("release", contribution, seen=seen, by=by, **_UNCLAIMED)


@transaction.atomic
def amend(contribution, *, seen: Version, by, payload: dict, title: str = "", internal_note: str = "") -> None:
    """Replace the payload by a moderator's, as a revision of their own. Raises Overtaken."""
    _rewrite("amend", contribution, seen=seen, by=by, payload=payload, title=title, notes=_notes("", internal_note))
    _screen(contribution)


@transaction.atomic
def request_changes(
    contribution, *, seen: Version, by, public_note: str, internal_note: str = "", reason: str = ""
) -> None:
    """Ask the sender to change something; ``public_note`` says what. Raises Overtaken."""
    notes = _notes(public_note, internal_note, reason)
    _move("request_changes", contribution, seen=seen, by=by, notes=notes, **_UNCLAIMED)


def approve(contribution, *, seen: Version, by, public_note: str = "", internal_note: str = ""):
    """Make the payload public, close the contribution, and return the public record; None where a problem is solved.

    ``seen`` is the version on the moderator's screen. Raises Overtaken if it, or the public record that it corrects,
    is so no longer, applying.DoesNotFit if the payload has become invalid meanwhile; in both cases nothing is written.
    """
    try:
        with transaction.atomic():
            _move("approve", contribution, seen=seen, by=by, notes=_notes(public_note, internal_note), **_UNCLAIMED)
            if contribution.intent == Contribution.Intent.PROBLEM:
                return None
            return applying.apply(contribution, by=by, record_seen=seen.record)
    except applying.RecordMoved as moved:
        # As it was before the decision, which has been rolled back.
        contribution.refresh_from_db()
        raise Overtaken(contribution) from moved


@transaction.atomic
def reject(contribution, *, seen: Version, by, public_note: str, internal_note: str = "", reason: str = "") -> None:
    """Decline it; ``public_note`` tells the sender why. Raises Overtaken."""
    _move("reject", contribution, seen=seen, by=by, notes=_notes(public_note, internal_note, reason), **_UNCLAIMED)


@transaction.atomic
def reopen(contribution, *, seen: Version, by, public_note: str = "", internal_note: str = "") -> None:
    """Put a rejected or withdrawn contribution back into the queue. Raises Overtaken."""
    _move("reopen", contribution, seen=seen, by=by, notes=_notes(public_note, internal_note))


# --- The worker ---------------------------------------------------------------------------------


@transaction.atomic
def expire(contribution, *, seen: Version) -> None:
    """Close a contribution whose sender was asked for changes long ago and never answered. Raises Overtaken."""
    _move("expire", contribution, seen=seen, by=None)


_UNCLAIMED = {"assignee": None, "claimed_at": None}
ANSWERS = {"request_changes", "approve", "reject"}
"""What ends a contributor's waiting."""


def _notes(public_note, internal_note="", reason=""):
    return {"public_note": public_note, "internal_note": internal_note, "reason": reason}


def _fits(action, contribution):
    if contribution.erased_at:
        return False
    if action == "release":
        return contribution.assignee_id is not None
    if action == "claim":
        return not contribution.claim_is_live
    if action == "appeal":
        return not contribution.events.filter(action="appeal").exists()
    return True


def _rewrite(action, contribution, *, seen, by, payload, title, notes=None):
    _move(
        action,
        contribution,
        seen=seen,
        by=by,
        notes=notes,
        payload=payload,
        title=title or contribution.title,
        address_key=address_key(payload.get("url", "")),
        link_checked_at=None,
        revision=seen.revision + 1,
    )


def _move(action, contribution, *, seen, by, notes=None, **changes):
    """Compare-and-swap on (state, revision), and on the claim where the action is about it."""
    step = TRANSITIONS[action]
    unmoved = Contribution.objects.filter(pk=contribution.pk, state=seen.state, revision=seen.revision, erased_at=None)
    if action == "claim":
        unmoved = unmoved.unclaimed()
    if action == "release":
        unmoved = unmoved.exclude(assignee=None)
    now = timezone.now()
    changes["decided_at"] = now if step.target in CLOSED else None
    if step.target == PENDING and seen.state != PENDING:
        changes["waiting_since"] = now
    if action in ANSWERS and contribution.answered_at is None:
        changes["answered_at"] = now
    won = seen.state in step.sources and unmoved.update(state=step.target, **changes)
    contribution.refresh_from_db()
    if not won:
        raise Overtaken(contribution)
    _record(action, contribution, seen=seen, by=by, notes=notes or {}, payload=changes.get("payload"))


def _record(action, contribution, *, seen, by, notes, payload=None):
    event = Event.objects.create(
        contribution=contribution,
        action=action,
        actor=by,
        from_state=seen.state,
        to_state=contribution.state,
        revision=contribution.revision,
        payload=payload,
        **notes,
    )
    notifications.enqueue(event)


def _screen(contribution):
    contribution.signals = signals_of.seen_in(contribution)
    contribution.save(update_fields=["signals"])


def _is_what_was_sent(contribution, payload, sender, files):
    checksums = sorted(file.sha256 for file in files)
    return (contribution.payload, contribution.contributor_email, checksums) == (
        payload,
        sender.email,
        sorted(contribution.files.values_list("sha256", flat=True)),
    )


def _attach(contribution, files):
    for file in files:
        file.contribution = contribution
        file.form_key = contribution.form_key
        file.save()


def held_files(form_key: uuid.UUID):
    """The files that came with a form which has not been accepted yet."""
    return ContributionFile.objects.filter(contribution=None, form_key=form_key)


def discard(file: ContributionFile) -> None:
    """Delete a file and, once that is certain, what is stored of it."""
    transaction.on_commit(partial(file.file.storage.delete, file.file.name))
    file.delete()
