"""Races between people who do different things to one contribution or one record: one wins, the other is told."""

import uuid
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from contributions import moderation, privacy
from contributions.applying import record_mark
from contributions.forms import form_for
from contributions.models import Attachment, Contribution, ContributionFile, Resource
from contributions.models.contribution import Intent, Kind, Sender
from contributions.moderation import Overtaken
from phases.models import Phase
from resourcecenter.core.public import Tombstone, retire
from resourcecenter.core.search.index import IndexedDocument
from tests.contributions.states import State, act, contribution_in, make_files
from tests.contributions.test_concurrency import ROUNDS, _database_of_threads, outcomes, race  # noqa: F401
from tests.factories import (
    PDF,
    form_data,
    make_contribution,
    make_curator,
    make_moderator,
    make_phase,
    make_resource,
    make_upload,
)

pytestmark = pytest.mark.usefixtures("_database_of_threads")


@pytest.fixture
def moderator():
    make_phase()
    return make_moderator()


def action(name, contribution, *, by=None, **arguments):
    """What somebody does who has the page of the contribution open as it is now, to be done later."""
    seen = contribution.version._replace(record=record_mark(contribution))
    return lambda: act(name, Contribution.objects.get(pk=contribution.pk), by=by, seen=seen, **arguments)


def erasure(contribution):
    return lambda: privacy.erase(Contribution.objects.get(pk=contribution.pk))


def make_correction(record, **changes):
    """A pending correction of a resource, begun from the record as it is now."""
    base = form_for(Kind.RESOURCE).payload_of(record)
    return moderation.submit(
        base | changes,
        title=record.title,
        kind=Kind.RESOURCE,
        intent=Intent.CORRECTION,
        record=record,
        base=base,
        sender=Sender("Ada Contributor", f"{uuid.uuid4().hex}@example.org"),
        form_key=uuid.uuid4(),
    )


def public_titles():
    return set(Resource.objects.values_list("title", flat=True))


def last_action(contribution):
    return contribution.events.last().action


def test_of_a_contributor_who_withdraws_and_a_moderator_who_approves_exactly_one_wins(moderator):
    for number in range(ROUNDS):
        contribution = make_contribution(title=f"Story {number}")

        results = race(action("approve", contribution, by=moderator), action("withdraw", contribution))

        assert outcomes(results) == (1, [Overtaken])
        contribution.refresh_from_db()
        assert contribution.events.count() == 2
        assert (contribution.state == State.APPROVED) == (f"Story {number}" in public_titles())


def test_of_a_moderator_who_amends_and_a_contributor_who_revises_exactly_one_wins(moderator):
    for number in range(ROUNDS):
        contribution = make_contribution()
        theirs, ours = ({**contribution.payload, "title": f"{who} {number}"} for who in ("Theirs", "Ours"))

        results = race(
            action("amend", contribution, by=moderator, payload=ours, title=ours["title"]),
            action("revise", contribution, payload=theirs, title=theirs["title"]),
        )

        assert outcomes(results) == (1, [Overtaken])
        contribution.refresh_from_db()
        expected = ours if last_action(contribution) == "amend" else theirs
        assert (contribution.payload, contribution.title) == (expected, expected["title"])
        assert (contribution.revision, contribution.events.count()) == (2, 2)


def test_another_look_is_asked_for_once_however_often_the_button_is_pressed(moderator):
    for _ in range(ROUNDS):
        contribution = contribution_in(State.REJECTED, by=moderator)

        results = race(*[action("appeal", contribution) for _ in range(3)])

        assert outcomes(results) == (1, [Overtaken] * 2)
        contribution.refresh_from_db()
        assert contribution.state == State.PENDING
        assert contribution.events.filter(action="appeal").count() == 1


def test_two_corrections_of_one_record_approved_at_once_are_both_kept_after_a_second_look(moderator):
    colleague = make_moderator("colleague")
    for number in range(ROUNDS):
        record = make_resource(title=f"Record {number}", phases=[Phase.objects.get()])
        one = make_correction(record, summary=f"Summary {number}")
        other = make_correction(record, publisher=f"Publisher {number}")

        results = race(action("approve", one, by=moderator), action("approve", other, by=colleague))

        assert outcomes(results) == (1, [Overtaken])
        late = one if isinstance(results[0], Overtaken) else other
        late.refresh_from_db()
        assert late.state == State.PENDING
        action("approve", late, by=moderator)()  # with the record on the screen as it is now
        record.refresh_from_db()
        assert (record.summary, record.publisher) == (f"Summary {number}", f"Publisher {number}")


def test_what_is_erased_while_it_is_approved_is_public_and_nameless_or_gone(moderator):
    sender = Sender("Ada Contributor", "ada@example.org", wants_credit=True)
    for number in range(ROUNDS):
        contribution = make_contribution(title=f"Story {number}", sender=sender, files=make_files(), licence="CC0-1.0")

        results = race(action("approve", contribution, by=moderator), erasure(contribution))

        assert outcomes(results[1:]) == (1, [])
        contribution.refresh_from_db()
        assert contribution.erased_at
        assert (contribution.contributor_name, contribution.contributor_email) == ("", "")
        assert not contribution.files.exists()
        assert contribution.state == (State.WITHDRAWN if isinstance(results[0], Overtaken) else State.APPROVED)
        assert (contribution.state == State.APPROVED) == (f"Story {number}" in public_titles())
    assert not Resource.objects.exclude(credit="").exists()
    assert not Resource.history.exclude(credit="").exists()
    assert not Email.objects.exists()
    files_are_whole()


def test_a_record_retired_while_its_correction_is_approved_does_not_come_back(moderator):
    curator = make_curator()
    for number in range(ROUNDS):
        record = make_resource(title=f"Record {number}", phases=[Phase.objects.get()])
        correction = make_correction(record, summary=f"Summary {number}")

        results = race(
            action("approve", correction, by=moderator),
            lambda record=record: retire(record, reason="Out of date", by=curator),
        )

        assert outcomes(results[1:]) == (1, [])
        correction.refresh_from_db()
        assert correction.state == (State.PENDING if isinstance(results[0], Overtaken) else State.APPROVED)
        assert not Resource.objects.filter(pk=record.pk).exists()
        assert not IndexedDocument.objects.filter(key=record.pk).exists()
        assert Tombstone.objects.filter(title=f"Record {number}").count() == 1


def test_an_answer_and_the_end_of_its_time_do_not_both_count(moderator):
    for _ in range(ROUNDS):
        contribution = contribution_in(State.CHANGES_REQUESTED, by=moderator)

        results = race(action("answer", contribution), action("expire", contribution))

        assert outcomes(results) == (1, [Overtaken])
        contribution.refresh_from_db()
        assert contribution.state == moderation.TRANSITIONS[last_action(contribution)].target
        assert contribution.events.count() == 3


@pytest.mark.parametrize("times", [2, 4])
def test_the_same_page_with_a_file_sent_several_times_at_once_is_one_contribution_with_one_file(moderator, times):
    for number in range(ROUNDS // 4):
        data = form_data(title=f"Story {uuid.uuid4()}", licence="CC0-1.0", different="on")
        content = PDF + str(number).encode()

        forms = [data | {"file": make_upload(content=content)} for _ in range(times)]
        # One address alone would soon be asked to wait.
        clients = [Client(REMOTE_ADDR=f"192.0.2.{number}") for _ in forms]
        address = reverse("contributions:contribute")
        pages = race(*[partial(sender.post, address, form) for sender, form in zip(clients, forms, strict=True)])

        assert [page.status_code for page in pages] == [302] * times
        assert len({page["Location"] for page in pages}) == 1
        contribution = Contribution.objects.get(form_key=data["you-form_key"])
        assert contribution.files.count() == contribution.events.count() == 1
        with contribution.files.get().file.open("rb") as stored:
            assert stored.read() == content
    files_are_whole()


@pytest.mark.parametrize("actions", [("approve", "reject"), ("reject", "request_changes")])
def test_of_two_moderators_who_press_a_button_at_once_the_second_is_told_what_the_first_decided(moderator, actions):
    people = [signed_in(moderator), signed_in(make_moderator("colleague"))]
    for number in range(ROUNDS):
        sender = Sender("Ada Contributor", f"ada{number}@example.org")
        contribution = make_contribution(sender=sender)
        address = reverse("admin:contributions_contribution_decide", args=[contribution.pk])
        forms = [{"state": "pending", "revision": 1, "action": name, "public_note": f"{name} it."} for name in actions]

        pages = race(*[partial(who.post, address, form) for who, form in zip(people, forms, strict=True)])

        assert sorted(page.status_code for page in pages) == [302, 409]
        decided = contribution.events.exclude(action="submit").get()
        assert f"{decided.action} it." in next(page for page in pages if page.status_code == 409).content.decode()
        assert Email.objects.filter(to=sender.email).count() == 2  # received, decided


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def files_are_whole():
    """Every row has its file."""
    for file in [*ContributionFile.objects.all(), *Attachment.objects.all()]:
        assert file.file.storage.exists(file.file.name)
