"""The life of a contribution: every change of state is a function here, and a line of TRANSITIONS."""

import uuid
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions import applying, notifications, tokens
from contributions.models import Contribution, Event
from contributions.models.contribution import Sender, Version

PENDING, CHANGES_REQUESTED, APPROVED, REJECTED, WITHDRAWN = Contribution.State.values


class Transition(NamedTuple):
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
    "withdraw": Transition(
        "contributor", {PENDING, CHANGES_REQUESTED}, WITHDRAWN, _("Withdraw"), _("Withdrawn by the contributor")
    ),
    "claim": Transition("moderator", {PENDING}, PENDING, _("Claim"), _("Claimed")),
    "release": Transition("moderator", {PENDING}, PENDING, _("Release"), _("Released")),
    "request_changes": Transition(
        "moderator", {PENDING}, CHANGES_REQUESTED, _("Ask for changes"), _("Changes asked for"), needs_note=True
    ),
    "approve": Transition("moderator", {PENDING}, APPROVED, _("Approve"), _("Approved")),
    "reject": Transition(
        "moderator", {PENDING, CHANGES_REQUESTED}, REJECTED, _("Reject"), _("Not accepted"), needs_note=True
    ),
    "reopen": Transition("moderator", {REJECTED, WITHDRAWN}, PENDING, _("Reopen"), _("Opened again")),
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
    """Return what ``by`` ("moderator" or "contributor") may do with the contribution as it is now."""
    return {
        action: step
        for action, step in TRANSITIONS.items()
        if step.by == by and contribution.state in step.sources and _fits_claim(action, contribution)
    }


@transaction.atomic
def submit(payload: dict, *, kind: str, sender: Sender, form_key: uuid.UUID, files=()) -> Contribution:
    """Store a validated payload for a decision, and return it; the same form sent again returns the first one.

    ``files`` are unsaved ContributionFiles. The caller may tell the sender only after the transaction has committed.
    Raises AlreadySent if the form was changed after it was sent, as the back button of a browser allows.
    """
    contribution, is_new = Contribution.objects.get_or_create(
        form_key=form_key,
        defaults={
            "kind": kind,
            "payload": payload,
            "contributor_name": sender.name,
            "contributor_email": sender.email,
            "contributor_organization": sender.organization,
            "wants_credit": sender.wants_credit,
            "token_hash": tokens.hash_of(tokens.token_for(form_key)),
        },
    )
    if is_new:
        _attach(contribution, files)
        _record("submit", contribution, seen=Version("", 1), by=None, notes={})
    elif not _is_what_was_sent(contribution, payload, sender, files):
        raise AlreadySent(contribution)
    return contribution


@transaction.atomic
def revise(contribution, *, seen: Version, payload: dict, files=None) -> None:
    """Replace the payload by the sender's corrected one, and all files by ``files`` if given. Raises Overtaken."""
    _move("revise", contribution, seen=seen, by=None, payload=payload, revision=seen.revision + 1)
    if files is not None:
        for old in contribution.files.all():
            transaction.on_commit(partial(old.file.delete, save=False))
            old.delete()
        _attach(contribution, files)


@transaction.atomic
def withdraw(contribution, *, seen: Version) -> None:
    """Take the contribution back on its sender's wish. Raises Overtaken."""
    _move("withdraw", contribution, seen=seen, by=None, **_UNCLAIMED)


@transaction.atomic
def claim(contribution, *, seen: Version, by) -> None:
    """Show colleagues that ``by`` is at work on it. Raises Overtaken."""
    _move("claim", contribution, seen=seen, by=by, assignee=by, claimed_at=timezone.now())


@transaction.atomic
def release(contribution, *, seen: Version, by) -> None:
    """Give a claimed contribution back to the queue. Raises Overtaken."""
    _move("release", contribution, seen=seen, by=by, **_UNCLAIMED)


@transaction.atomic
def request_changes(contribution, *, seen: Version, by, public_note: str, internal_note: str = "") -> None:
    """Ask the sender to change something; ``public_note`` says what. Raises Overtaken."""
    _move("request_changes", contribution, seen=seen, by=by, notes=_notes(public_note, internal_note), **_UNCLAIMED)


@transaction.atomic
def approve(contribution, *, seen: Version, by, public_note: str = "", internal_note: str = ""):
    """Make the payload public, close the contribution, and return the public record.

    ``seen`` is the version on the moderator's screen. Raises Overtaken if it is so no longer, applying.DoesNotFit if
    the payload has become invalid meanwhile; in both cases nothing is written.
    """
    _move("approve", contribution, seen=seen, by=by, notes=_notes(public_note, internal_note), **_UNCLAIMED)
    return applying.apply(contribution)


@transaction.atomic
def reject(contribution, *, seen: Version, by, public_note: str, internal_note: str = "") -> None:
    """Decline it; ``public_note`` tells the sender why. Raises Overtaken."""
    _move("reject", contribution, seen=seen, by=by, notes=_notes(public_note, internal_note), **_UNCLAIMED)


@transaction.atomic
def reopen(contribution, *, seen: Version, by, public_note: str = "", internal_note: str = "") -> None:
    """Put a rejected or withdrawn contribution back into the queue. Raises Overtaken."""
    _move("reopen", contribution, seen=seen, by=by, notes=_notes(public_note, internal_note))


_UNCLAIMED = {"assignee": None, "claimed_at": None}


def _notes(public_note, internal_note):
    return {"public_note": public_note, "internal_note": internal_note}


def _fits_claim(action, contribution):
    if action == "release":
        return contribution.assignee_id is not None
    if action == "claim":
        return not contribution.claim_is_live
    return True


def _move(action, contribution, *, seen, by, notes=None, **changes):
    """Compare-and-swap on (state, revision), and on the claim where the action is about it."""
    step = TRANSITIONS[action]
    unmoved = Contribution.objects.filter(pk=contribution.pk, state=seen.state, revision=seen.revision)
    if action == "claim":
        unmoved = unmoved.unclaimed()
    if action == "release":
        unmoved = unmoved.exclude(assignee=None)
    won = seen.state in step.sources and unmoved.update(state=step.target, **changes)
    contribution.refresh_from_db()
    if not won:
        raise Overtaken(contribution)
    _record(action, contribution, seen=seen, by=by, notes=notes or {})


def _record(action, contribution, *, seen, by, notes):
    event = Event.objects.create(
        contribution=contribution,
        action=action,
        actor=by,
        from_state=seen.state,
        to_state=contribution.state,
        revision=contribution.revision,
        **notes,
    )
    notifications.enqueue(event)


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
        file.save()
