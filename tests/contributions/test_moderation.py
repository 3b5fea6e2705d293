"""The life of a contribution: every pair of state and action, claims, and what can never be undone."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from post_office.models import Email

from contributions import moderation
from contributions.applying import DoesNotFit
from contributions.models import Contribution, Event, Resource
from contributions.models.contribution import CLAIM_HOLDS, Sender, Version
from contributions.moderation import TRANSITIONS, Overtaken
from phases.models import Phase
from tests.contributions.states import State, act, contribution_in, everything, make_files, send
from tests.factories import (
    make_contribution,
    make_moderator,
    make_network,
    make_payload,
    make_phase,
    make_topic,
    make_upload,
)

pytestmark = pytest.mark.django_db

PENDING, CHANGES_REQUESTED, APPROVED, REJECTED, WITHDRAWN = State.values
# As the design has it: who, from which states, to which.
DESIGN = {
    "submit": ("contributor", set(), PENDING),
    "revise": ("contributor", {PENDING, CHANGES_REQUESTED}, PENDING),
    "answer": ("contributor", {CHANGES_REQUESTED}, PENDING),
    "withdraw": ("contributor", {PENDING, CHANGES_REQUESTED}, WITHDRAWN),
    "appeal": ("contributor", {REJECTED}, PENDING),
    "claim": ("moderator", {PENDING}, PENDING),
    "assign": ("moderator", {PENDING}, PENDING),
    "release": ("moderator", {PENDING}, PENDING),
    "amend": ("moderator", {PENDING}, PENDING),
    "request_changes": ("moderator", {PENDING}, CHANGES_REQUESTED),
    "approve": ("moderator", {PENDING}, APPROVED),
    "reject": ("moderator", {PENDING, CHANGES_REQUESTED}, REJECTED),
    "reopen": ("moderator", {REJECTED, WITHDRAWN}, PENDING),
    "expire": ("worker", {CHANGES_REQUESTED}, WITHDRAWN),
}
REWRITING = {"revise", "amend"}
PAIRS = [(state, action) for state in State.values for action in DESIGN if action != "submit"]
ALLOWED = [(state, action) for state, action in PAIRS if state in DESIGN[action][1]]
REFUSED = [pair for pair in PAIRS if pair not in ALLOWED]
DECISIONS = ["request_changes", "approve", "reject"]


@pytest.fixture
def moderator():
    return make_moderator()


@pytest.fixture
def colleague():
    return make_moderator("colleague")


def claimed_since(age, *, by, **fields):
    contribution = make_contribution(**fields)
    moderation.claim(contribution, seen=contribution.version, by=by)
    Contribution.objects.filter(pk=contribution.pk).update(claimed_at=timezone.now() - age)
    contribution.refresh_from_db()
    return contribution


# --- The table ----------------------------------------------------------------------------------


def test_the_table_is_the_one_that_was_designed():
    assert {action: (step.by, step.sources, step.target) for action, step in TRANSITIONS.items()} == DESIGN


def test_what_would_say_nothing_without_a_note_needs_one():
    needing = {"request_changes", "reject", "answer", "appeal"}
    assert {action for action, step in TRANSITIONS.items() if step.needs_note} == needing


@pytest.mark.parametrize(("state", "action"), ALLOWED)
def test_an_allowed_action_reaches_its_state_and_leaves_one_event(state, action, moderator):
    contribution = contribution_in(state, by=moderator)
    if action == "release":
        act("claim", contribution, by=moderator)
    before = list(contribution.events.values_list("pk", flat=True))

    act(action, contribution, by=moderator)

    by, _sources, target = DESIGN[action]
    revision = 2 if action in REWRITING else 1
    stored = Contribution.objects.get(pk=contribution.pk)
    event = contribution.events.exclude(pk__in=before).get()
    assert contribution.version == stored.version == Version(target, revision)
    assert (event.action, event.from_state, event.to_state, event.revision) == (action, state, target, revision)
    assert event.actor == (moderator if by == "moderator" else None)


@pytest.mark.parametrize(("state", "action"), REFUSED)
def test_an_action_that_does_not_fit_the_state_is_overtaken_and_writes_nothing(state, action, moderator):
    contribution = contribution_in(state, by=moderator)
    payload, before = make_payload(), everything()
    arguments = {"payload": payload} if action in REWRITING else {}
    for seen in [contribution.version, *(Version(source, 1) for source in DESIGN[action][1])]:
        with pytest.raises(Overtaken):
            act(action, contribution, by=moderator, seen=seen, **arguments)
        assert everything() == before


@pytest.mark.parametrize("revision", [1, 3])
@pytest.mark.parametrize("action", [action for action in DESIGN if PENDING in DESIGN[action][1]])
def test_a_revision_that_is_not_the_one_on_the_screen_is_overtaken_and_writes_nothing(action, revision, moderator):
    contribution = make_contribution()
    act("revise", contribution, by=None)
    if action == "release":
        act("claim", contribution, by=moderator)
    payload, before = make_payload(), everything()
    arguments = {"payload": payload} if action in REWRITING else {}

    with pytest.raises(Overtaken) as overtaken:
        act(action, contribution, by=moderator, seen=Version(PENDING, revision), **arguments)

    assert overtaken.value.contribution.version == Version(PENDING, 2)
    assert everything() == before


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("by", ["moderator", "contributor", "worker"])
def test_the_buttons_are_those_of_the_table(state, by, moderator):
    contribution = contribution_in(state, by=moderator)
    fitting = {action for action in DESIGN if DESIGN[action][0] == by and state in DESIGN[action][1]}
    assert set(moderation.available(contribution, by=by)) == fitting - {"release"}  # nobody has claimed it


# --- Notes and events ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "action"),
    [(PENDING, "request_changes"), (PENDING, "approve"), (PENDING, "reject"), (REJECTED, "reopen")],
)
def test_the_notes_of_a_decision_stay_in_its_event(state, action, moderator):
    contribution = contribution_in(state, by=moderator)
    act(action, contribution, by=moderator, public_note="For all to read.", internal_note="For colleagues.")
    event = contribution.events.last()
    assert (event.public_note, event.internal_note) == ("For all to read.", "For colleagues.")


def test_a_life_can_be_read_from_its_events(moderator):
    contribution = make_contribution()
    for action in ["claim", "request_changes", "revise", "reject", "reopen", "approve"]:
        act(action, contribution, by=moderator)
    assert list(contribution.events.values_list("action", "from_state", "to_state", "revision")) == [
        ("submit", "", PENDING, 1),
        ("claim", PENDING, PENDING, 1),
        ("request_changes", PENDING, CHANGES_REQUESTED, 1),
        ("revise", CHANGES_REQUESTED, PENDING, 2),
        ("reject", PENDING, REJECTED, 2),
        ("reopen", REJECTED, PENDING, 2),
        ("approve", PENDING, APPROVED, 2),
    ]


def _save(event):
    event.action = "approve"
    event.save()


def _bulk_update(event):
    event.action = "approve"
    Event.objects.bulk_update([event], ["action"])


@pytest.mark.parametrize(
    "change",
    [
        _save,
        _bulk_update,
        lambda event: event.delete(),
        lambda event: Event.objects.update(action="approve"),
        lambda event: Event.objects.filter(pk=event.pk).delete(),
        lambda event: event.contribution.events.update(internal_note=""),
        lambda event: event.contribution.events.all().delete(),
        lambda event: Event.objects.update_or_create(pk=event.pk, defaults={"action": "approve"}),
        lambda event: Event(pk=event.pk, contribution=event.contribution, action="x", to_state="y", revision=1).save(),
    ],
    ids=["save", "bulk", "delete", "update", "delete some", "update all of one", "delete all of one", "or", "replace"],
)
def test_an_event_is_neither_changed_nor_deleted(change):
    event = make_contribution().events.get()
    before = everything()
    with pytest.raises(TypeError, match="append-only"), transaction.atomic():
        change(event)
    assert everything() == before


def test_whoever_has_decided_cannot_be_deleted(moderator):
    contribution_in(REJECTED, by=moderator)
    with pytest.raises(ProtectedError):
        moderator.delete()


def test_whoever_has_claimed_cannot_be_deleted(moderator):
    Contribution.objects.filter(pk=make_contribution().pk).update(assignee=moderator, claimed_at=timezone.now())
    with pytest.raises(ProtectedError):
        moderator.delete()


@pytest.mark.parametrize("state", State.values)
def test_a_contribution_with_a_history_cannot_be_deleted(state, moderator):
    contribution = contribution_in(state, by=moderator)
    with pytest.raises(ProtectedError):
        contribution.delete()
    with pytest.raises(ProtectedError):
        Contribution.objects.all().delete()


def test_the_decision_outlives_the_public_record(moderator):
    contribution = contribution_in(APPROVED, by=moderator)
    contribution.record.delete()
    contribution.refresh_from_db()
    assert (contribution.state, contribution.record) == (APPROVED, None)
    assert contribution.events.last().action == "approve"


@pytest.mark.parametrize(
    "broken",
    [
        {"revision": 0},
        {"intent": "correction", "record_key": None},
        {"intent": "problem", "record_key": None},
        {"decided_at": None},
        {"state": "pending"},
        {"claimed_at": timezone.now()},
        {"assignee": "a moderator"},
        {"form_key": "of another"},
        {"token_hash": "of another"},
    ],
    ids=lambda broken: "+".join(broken),
)
def test_the_database_refuses_what_makes_no_sense(broken, moderator):
    other = make_contribution()
    contribution = contribution_in(APPROVED, by=moderator)
    stand_ins = {
        "a moderator": moderator,
        "of another": getattr(other, next(iter(broken)), None),
    }
    values = {name: stand_ins.get(value, value) for name, value in broken.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Contribution.objects.filter(pk=contribution.pk).update(**values)


# --- Claims -------------------------------------------------------------------------------------


def test_a_claim_names_the_moderator_until_it_is_released(moderator):
    contribution = make_contribution()
    act("claim", contribution, by=moderator)
    assert (contribution.assignee, contribution.claim_is_live) == (moderator, True)
    act("release", contribution, by=moderator)
    assert (contribution.assignee, contribution.claimed_at, contribution.claim_is_live) == (None, None, False)


@pytest.mark.parametrize("age", [timedelta(0), CLAIM_HOLDS - timedelta(minutes=1)])
def test_a_live_claim_keeps_a_colleague_from_claiming(age, moderator, colleague):
    contribution = claimed_since(age, by=moderator)
    before = everything()
    with pytest.raises(Overtaken):
        act("claim", contribution, by=colleague)
    assert everything() == before
    assert set(moderation.available(contribution, by="moderator")) == {"release", "assign", "amend", *DECISIONS}


def test_after_a_day_a_claim_is_free_for_a_colleague(moderator, colleague):
    contribution = claimed_since(CLAIM_HOLDS, by=moderator)
    assert "claim" in moderation.available(contribution, by="moderator")
    act("claim", contribution, by=colleague)
    assert (contribution.assignee, contribution.claim_is_live) == (colleague, True)


@pytest.mark.parametrize("action", DECISIONS)
def test_a_colleagues_claim_keeps_nobody_from_deciding(action, moderator, colleague):
    contribution = claimed_since(timedelta(0), by=moderator)
    act(action, contribution, by=colleague)
    assert contribution.state == DESIGN[action][2]


@pytest.mark.parametrize("action", [*DECISIONS, "withdraw"])
def test_a_decision_frees_the_claim(action, moderator):
    contribution = claimed_since(timedelta(0), by=moderator)
    act(action, contribution, by=moderator)
    assert (contribution.assignee, contribution.claimed_at) == (None, None)


def test_a_claim_stays_while_the_contributor_revises(moderator):
    contribution = claimed_since(timedelta(0), by=moderator)
    act("revise", contribution, by=None)
    assert contribution.assignee == moderator


def test_what_nobody_has_claimed_cannot_be_released(moderator):
    contribution = make_contribution()
    before = everything()
    with pytest.raises(Overtaken):
        act("release", contribution, by=moderator)
    assert everything() == before


# --- Sending, sending again, revising -----------------------------------------------------------


def test_the_same_form_sent_twice_is_one_contribution():
    key, payload = uuid.uuid4(), make_payload(title="First")
    first = send(payload, files=make_files(), form_key=key)
    before = everything()

    second = send(payload, files=make_files(), form_key=key)

    assert (second.pk, second.reference, second.title) == (first.pk, first.reference, "First")
    assert everything() == before
    assert Email.objects.count() == 1


def test_the_same_form_sent_again_after_the_decision_does_not_open_it_again(moderator):
    contribution = contribution_in(APPROVED, by=moderator)
    before = everything()
    sender = Sender("Ada Contributor", contribution.contributor_email)
    again = send(contribution.payload, sender=sender, form_key=contribution.form_key)
    assert again == contribution
    assert everything() == before


@pytest.mark.parametrize("changed", ["payload", "email", "files"])
def test_another_contribution_under_the_same_key_is_not_swallowed(changed):
    sent = {"payload": make_payload(), "email": "ada@example.org", "files": []}
    other = {"payload": make_payload(), "email": "eve@example.org", "files": make_files()}
    key = uuid.uuid4()

    def send_by(payload, email, files):
        return send(payload, sender=Sender("Ada", email), form_key=key, files=files)

    first = send_by(**sent)
    before = everything()
    with pytest.raises(moderation.AlreadySent) as refusal:
        send_by(**{**sent, changed: other[changed]})
    assert refusal.value.contribution == first
    assert everything() == before


def test_what_the_sender_said_is_kept():
    sender = Sender("Ada Contributor", "ada@example.org", "Example Network", wants_credit=True)
    payload = make_payload(title="A story")
    stored = Contribution.objects.get(pk=send(payload, sender=sender).pk)
    assert (stored.payload, stored.kind, stored.version) == (payload, "resource", Version(PENDING, 1))
    assert sender == (
        stored.contributor_name,
        stored.contributor_email,
        stored.contributor_organization,
        stored.wants_credit,
    )


def test_a_revision_replaces_the_payload_and_keeps_the_files():
    contribution = make_contribution(title="Before", files=make_files())
    act("revise", contribution, by=None, payload=make_payload(title="After"))
    contribution.refresh_from_db()
    assert (contribution.title, contribution.revision) == ("After", 2)
    assert [file.name for file in contribution.files.all()] == ["story.pdf"]


def test_a_new_file_takes_the_place_of_the_old_one_once_the_revision_is_committed(django_capture_on_commit_callbacks):
    contribution = make_contribution(files=make_files())
    old = contribution.files.get().file.name
    with django_capture_on_commit_callbacks() as callbacks:
        act("revise", contribution, by=None, files=make_files(make_upload("new.pdf")))
    new = contribution.files.get()
    assert (new.name, storages["private"].exists(old)) == ("new.pdf", True)

    for callback in callbacks:
        callback()

    assert (storages["private"].exists(new.file.name), storages["private"].exists(old)) == (True, False)


# --- All or nothing -----------------------------------------------------------------------------


@pytest.mark.parametrize("gone", ["phases", "tags", "network"])
def test_an_approval_that_does_not_fit_any_more_writes_nothing(gone, moderator):
    phase, topic, network = make_phase(), make_topic(), make_network()
    contribution = make_contribution(
        phases=[phase], tags=[topic.slug], network=network.slug, files=make_files(), licence="CC-BY-4.0"
    )
    {"phases": phase, "tags": topic, "network": network}[gone].delete()
    before = everything()

    with pytest.raises(DoesNotFit) as misfit:
        act("approve", contribution, by=moderator, public_note="Well done.")

    label = {"phases": "Phases", "tags": "Topics", "network": "Network"}[gone]
    assert [message.partition(":")[0] for message in misfit.value.messages] == [label]
    assert everything() == before
    assert Contribution.objects.get(pk=contribution.pk).state == PENDING


def test_what_did_not_fit_can_be_approved_once_the_world_fits_again(moderator):
    contribution = make_contribution(phases=[make_phase()])
    Phase.objects.all().delete()
    with pytest.raises(DoesNotFit):
        act("approve", contribution, by=moderator)
    make_phase()
    contribution.refresh_from_db()
    act("approve", contribution, by=moderator)
    assert Resource.objects.get() == contribution.record
