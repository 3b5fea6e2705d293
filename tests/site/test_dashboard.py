"""The first page of the admin says what needs attention, to each person what they may see, with a way there."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from contributions.models import Contribution
from resourcecenter.core.jobs import JobRun
from resourcecenter.core.mail import FAILED
from resourcecenter.core.missed import MissedSearch
from tests.contributions.pages import Page
from tests.contributions.states import act
from tests.factories import (
    make_contribution,
    make_curator,
    make_moderator,
    make_network,
    make_phase,
    make_resource,
    make_user,
)

pytestmark = pytest.mark.django_db

INDEX = "/admin/"
WAITING = "Contributions that wait for a moderator"
LATE = "Contributions that have waited for 3\N{NO-BREAK SPACE}days or longer"
ANSWERED = "Contributions that came back with an answer"
MAILS = "E-mails that could not be sent"
LINKS = "Resources with a link that does not work"
GAPS = "Gaps in the coverage"
UNCONFIRMED = "Entries that nobody has confirmed for a year"
MISSED = "Searches without result"
WORKER = "Jobs of the worker that are not done"
OF_EVERYBODY = {LINKS, GAPS, UNCONFIRMED}
OF_MODERATORS = OF_EVERYBODY | {WAITING, LATE, ANSWERED, WORKER}


@pytest.fixture(autouse=True)
def _worker_runs(db):
    JobRun.objects.create(name="send mail", started_at=timezone.now(), finished_at=timezone.now())


def matters(client):
    """What the page names: how many of each, and the address that lists them."""
    context = client.get(INDEX).context
    return {matter.words: (matter.n, matter.url) for matter in [*context["pressing"], *context["calm"]]}


def numbers(client):
    return {words: n for words, (n, _url) in matters(client).items() if n}


@pytest.fixture
def superuser(client):
    client.force_login(make_user(is_superuser=True))
    return client


def wait_since(contribution, **ago):
    Contribution.objects.filter(pk=contribution.pk).update(waiting_since=timezone.now() - timedelta(**ago))


def make_one_of_each():
    """One of everything that needs attention: two contributions wait, one of them late, the other with an answer."""
    today = timezone.localdate()
    make_resource(phases=[make_phase(confirmed_on=today)], kind="tool", link_state="dead", confirmed_on=today)
    make_network(confirmed_on=date(2020, 1, 1))
    late, answered = make_contribution(), make_contribution()
    wait_since(late, days=4)
    act("request_changes", answered, by=make_moderator())
    act("answer", answered, by=None)
    Email.objects.all().delete()
    Email.objects.create(from_email="a@example.org", to="b@example.org", status=FAILED)
    MissedSearch.objects.create(words="okapi", month=today.replace(day=1), times=3, last_day=today)


def test_each_matter_has_its_number(superuser):
    make_one_of_each()
    assert numbers(superuser) == {
        WAITING: 2, LATE: 1, ANSWERED: 1, MAILS: 1, LINKS: 1, GAPS: 2, UNCONFIRMED: 1, MISSED: 1,
    }  # fmt: skip


def test_each_number_leads_to_a_list_of_so_many(superuser):
    make_one_of_each()
    for words, (n, url) in matters(superuser).items():
        page = superuser.get(url)
        assert page.status_code == 200, words
        if "cl" in (page.context or {}):
            assert page.context["cl"].result_count == n, words


def test_where_nothing_needs_attention_one_sentence_says_so(superuser):
    page = Page(superuser.get(INDEX))
    assert "Nothing needs attention now." in page.words
    assert [f"0 {words}" in page.words for words in OF_MODERATORS] == [False] * len(OF_MODERATORS)


def test_the_page_tells_since_when_the_first_has_waited(superuser):
    wait_since(make_contribution(), days=9)
    wait_since(make_contribution(), days=2)
    assert re.search(r"The first of them has waited for 1\sweek, 2\sdays\.", Page(superuser.get(INDEX)).words)


@pytest.mark.parametrize(
    ("make", "seen"),
    [
        (lambda: make_user("staff"), set()),
        (make_moderator, OF_MODERATORS),
        (make_curator, OF_EVERYBODY | {MISSED}),
        (lambda: make_user("superuser", is_superuser=True), OF_MODERATORS | {MISSED, MAILS}),
    ],
    ids=["staff", "moderator", "curator", "superuser"],
)
def test_each_person_is_told_only_of_what_they_may_see(client, make, seen):
    client.force_login(make())
    assert set(matters(client)) == seen


@pytest.mark.parametrize("how_many", [0, 1, 3])
def test_the_first_page_asks_the_database_as_often_however_much_there_is(
    superuser, django_assert_max_num_queries, how_many
):
    for _ in range(how_many):
        make_contribution()
        make_resource()
        make_network()
    superuser.get(INDEX)  # what is remembered as long as public content stays as it is
    # Session, person; waiting, mails, jobs, links, generation, phases, unconfirmed, searches; identity 2; log.
    with django_assert_max_num_queries(13):
        superuser.get(INDEX)
