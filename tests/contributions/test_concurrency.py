"""Races with real threads, each with its own connection: exactly one wins, and nothing is lost or doubled."""

import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from threading import Barrier

import pytest
from django.core.files.storage import storages
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from contributions import moderation
from contributions.models import Contribution, Event, Resource
from contributions.models.contribution import Sender, Version
from contributions.moderation import Overtaken
from resourcecenter.core.pagecache import current_generation
from tests.contributions.states import State, act, make_files, send
from tests.factories import form_data, make_contribution, make_moderator, make_payload, make_phase

pytestmark = pytest.mark.usefixtures("_database_of_threads")

SENDER = Sender("Ada Contributor", "ada@example.org")
ROUNDS = 20
PATIENCE_S = 60


@pytest.fixture
def _database_of_threads(transactional_db, tmp_path):
    """A database that threads can share.

    SQLite's test database lies in memory, where connections lock each other's tables and wait for nothing. Here it
    becomes a file, as it is in production, so that writers queue.
    """
    if connection.vendor != "sqlite" or not connection.is_in_memory_db():
        yield
        return
    in_memory, settings = connections["default"], connection.settings_dict
    name, settings["NAME"] = settings["NAME"], str(tmp_path / "threads.sqlite3")
    in_memory.ensure_connection()
    with closing(sqlite3.connect(settings["NAME"])) as file:
        in_memory.connection.backup(file)
    del connections["default"]
    yield
    connections["default"].close()
    connections["default"], settings["NAME"] = in_memory, name


def race(*actors):
    """Let the actors act at one moment, each on a thread of its own; return what each returned or raised."""
    start = Barrier(len(actors))

    def run(actor):
        try:
            connection.ensure_connection()
            start.wait(PATIENCE_S)
            return actor()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actors)) as threads:
        return list(threads.map(run, actors))


def decision(action, contribution, *, by=None):
    """A decision on what the contribution is now, to be taken later, by somebody who has loaded it on their own."""
    seen, pk = contribution.version, contribution.pk
    payload = make_payload(title="Revised") if action == "revise" else None
    arguments = {"payload": payload} if payload else {}
    return lambda: act(action, Contribution.objects.get(pk=pk), by=by, seen=seen, **arguments)


def outcomes(results):
    """How many won, and what those met who did not."""
    losers = [result for result in results if isinstance(result, Exception)]
    return len(results) - len(losers), [type(loser) for loser in losers]


@pytest.mark.parametrize("actions", [("approve", "reject"), ("approve", "approve"), ("approve", "request_changes")])
def test_of_two_moderators_who_decide_at_once_exactly_one_wins(actions):
    first, second = make_moderator("first"), make_moderator("second")
    make_phase()
    for number in range(ROUNDS):
        sender = SENDER._replace(email=f"ada{number}@example.org")  # one address gets few mails in a day
        contribution = make_contribution(title=f"Story {number}", sender=sender)
        published = Resource.objects.count()

        results = race(
            decision(actions[0], contribution, by=first),
            decision(actions[1], contribution, by=second),
        )

        assert outcomes(results) == (1, [Overtaken])
        winner = 0 if isinstance(results[1], Overtaken) else 1
        contribution.refresh_from_db()
        decided = contribution.events.exclude(action="submit").get()
        assert (decided.action, decided.actor) == (actions[winner], (first, second)[winner])
        assert contribution.state == decided.to_state == moderation.TRANSITIONS[actions[winner]].target
        assert Resource.objects.count() - published == (actions[winner] == "approve")
        assert Email.objects.filter(subject__contains=contribution.reference).count() == 2  # received, decided


def test_of_a_contributor_who_revises_and_a_moderator_who_approves_exactly_one_wins():
    moderator = make_moderator()
    make_phase()
    for number in range(ROUNDS):
        contribution = make_contribution(title=f"Story {number}")

        results = race(decision("approve", contribution, by=moderator), decision("revise", contribution))

        assert outcomes(results) == (1, [Overtaken])
        contribution.refresh_from_db()
        published = list(Resource.objects.filter(pk=contribution.record_key).values_list("title", flat=True))
        if contribution.state == State.APPROVED:
            assert (contribution.revision, contribution.title, published) == (1, f"Story {number}", [f"Story {number}"])
        else:
            assert (contribution.version, contribution.title, published) == (Version(State.PENDING, 2), "Revised", [])


def test_of_two_moderators_who_claim_at_once_exactly_one_does():
    people = [make_moderator("first"), make_moderator("second")]
    make_phase()
    for _ in range(ROUNDS):
        contribution = make_contribution()

        results = race(*[decision("claim", contribution, by=person) for person in people])

        assert outcomes(results) == (1, [Overtaken])
        contribution.refresh_from_db()
        assert contribution.assignee == contribution.events.get(action="claim").actor


@pytest.mark.parametrize("times", [2, 4])
def test_the_same_form_sent_several_times_at_once_makes_one_contribution(times):
    make_phase()
    for _ in range(5):
        key = uuid.uuid4()
        files = len(_stored("private"))
        again = partial(send, make_payload(), form_key=key)

        results = race(*[lambda again=again: again(files=make_files()) for _ in range(times)])

        contribution = Contribution.objects.get(form_key=key)
        assert results == [contribution] * times
        assert contribution.events.count() == contribution.files.count() == 1
        assert Email.objects.filter(subject__contains=contribution.reference).count() == 1
        assert len(_stored("private")) - files == 1


def test_the_same_page_posted_several_times_at_once_leads_to_one_private_page():
    make_phase()
    data = form_data()

    pages = race(*[lambda: Client().post(reverse("contributions:contribute"), data) for _ in range(4)])

    assert [page.status_code for page in pages] == [302] * 4
    assert len({page["Location"] for page in pages}) == Contribution.objects.count() == Event.objects.count() == 1


def test_two_different_contributions_sent_at_once_are_both_kept():
    make_phase()
    results = race(*[partial(send, make_payload()) for _ in range(4)])
    assert len({result.reference for result in results}) == Contribution.objects.count() == Email.objects.count() == 4


def test_two_contributions_of_one_title_approved_at_once_get_addresses_of_their_own():
    moderator = make_moderator()
    make_phase()
    for number in range(ROUNDS):
        contributions = [make_contribution(title=f"Same title {number}") for _ in range(2)]
        generation = current_generation()

        records = race(*[decision("approve", contribution, by=moderator) for contribution in contributions])

        assert {record.slug for record in records} == {f"same-title-{number}", f"same-title-{number}-2"}
        assert current_generation() > generation


def _stored(alias):
    """The paths of all files in a storage."""
    storage = storages[alias]
    paths, folders = [], [""]
    while folders:
        folder = folders.pop()
        if folder and not storage.exists(folder):
            continue
        try:
            inner, files = storage.listdir(folder)
        except FileNotFoundError:
            continue
        folders += [f"{folder}/{name}".lstrip("/") for name in inner]
        paths += [f"{folder}/{name}".lstrip("/") for name in files]
    return paths
