"""Searches without result: counted without a trace of who asked, and never at the cost of the page."""

import sqlite3
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from resourcecenter.core import missed
from resourcecenter.core.missed import MissedSearch
from tests.factories import make_curator, make_moderator

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(rf):
    """Search for something that is not there; each time from another network, unless told."""
    numbers = iter(range(1, 200))

    def ask(text, *, times=1, method="get", address=""):
        for _ in range(times):
            request = getattr(rf, method)("/search/", REMOTE_ADDR=address or f"192.0.2.{next(numbers)}")
            request.user = AnonymousUser()
            missed.count(request, text)

    return ask


def counted():
    return dict(MissedSearch.objects.values_list("words", "times"))


def test_the_same_words_however_they_are_written_are_counted_together(ask):
    for text in ("Médiation  agricole", "mediation agricole", "“MEDIATION” agricole!"):
        ask(text)
    assert counted() == {"mediation agricole": 3}


def test_each_month_has_its_own_number(ask):
    MissedSearch.objects.create(words="charter", month=date(2020, 1, 1), last_day=date(2020, 1, 5), times=4)
    ask("charter", times=2)
    this_month = timezone.localdate().replace(day=1)
    assert dict(MissedSearch.objects.values_list("month", "times")) == {date(2020, 1, 1): 4, this_month: 2}


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.org",
        "ada\uff20example.org",
        "https://example.org/ada",
        "www.example.org",
        "example.org",
        "+254 700 123 456",
        "0700-123456",
        "\u0660\u0667\u0660\u0660\u0661\u0662\u0663",
        "passport 1234567",
        "x" * 101,
        "",
        "  ",
        "!?",
        "\0",
    ],
)
def test_what_may_be_about_a_person_or_is_no_search_is_not_kept(ask, text):
    ask("charter 2015")
    ask(text, times=3)
    assert counted() == {"charter 2015": 1}


def test_only_what_was_asked_three_times_or_on_two_days_is_shown(ask):
    today = timezone.localdate()
    ask("asked twice today", times=2)
    ask("asked three times today", times=3)
    ask("asked yesterday and today")
    MissedSearch.objects.filter(words="asked yesterday and today").update(last_day=today - timedelta(days=1))
    ask("asked yesterday and today")
    MissedSearch.objects.create(words="asked in two months", month=date(2020, 1, 1), last_day=date(2020, 1, 5))
    ask("asked in two months")
    shown = set(MissedSearch.objects.worth_a_look().values_list("words", flat=True))
    assert shown == {"asked three times today", "asked yesterday and today", "asked in two months"}


def test_one_network_cannot_fill_the_table(ask, monkeypatch):
    monkeypatch.setattr(missed, "MISSED", missed.MISSED._replace(times=3))
    for number in range(5):
        ask(f"nonsense {number}", address="198.51.100.1")
    ask("charter", address="198.51.100.2")
    assert set(counted()) == {"nonsense 0", "nonsense 1", "nonsense 2", "charter"}


def test_a_full_table_lets_go_of_the_rarest_and_oldest(ask, monkeypatch):
    monkeypatch.setattr(missed, "MAX_ROWS", 3)
    ask("often", times=2)
    ask("first")
    ask("second")
    ask("third")
    assert counted() == {"often": 2, "second": 1, "third": 1}


def test_a_look_at_the_headers_counts_nothing(ask):
    ask("charter", method="head")
    assert counted() == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="forbids writing as SQLite does")
def test_a_database_that_lets_nobody_write_is_left_alone(ask):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        ask("charter")
        cursor.execute("PRAGMA query_only = OFF")
    assert counted() == {}
    ask("charter")
    assert counted() == {"charter": 1}


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="locks as SQLite does")
def test_a_page_does_not_wait_for_somebody_who_writes_for_long(ask, tmp_path):
    ask("before")
    with connection.cursor() as cursor:
        usual_ms = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
    other = sqlite3.connect(connection.settings_dict["NAME"], uri=True, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = timezone.now()
    ask("meanwhile")
    other.execute("ROLLBACK")
    other.close()
    assert timezone.now() - begun < timedelta(seconds=2)
    assert counted() == {"before": 1}
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] == usual_ms


def test_they_are_forgotten_after_their_time(ask, settings):
    settings.RETENTION_MISSED_SEARCH_DAYS = 30
    long_ago = timezone.localdate() - timedelta(days=31)
    MissedSearch.objects.create(words="old", month=long_ago.replace(day=1), last_day=long_ago)
    ask("new")
    assert missed.purge() == "1 removed"
    assert counted() == {"new": 1}


# --- The page of the curators -------------------------------------------------------------------


def test_curators_read_them_and_search_again(client, ask):
    ask("farmer field schools", times=3)
    ask("asked once")
    client.force_login(make_curator())
    page = client.get("/admin/core/missedsearch/").content.decode()
    assert '<a href="/search/?q=farmer+field+schools">farmer field schools</a>' in page
    assert "asked once" not in page


def test_moderators_do_not_see_them(client):
    client.force_login(make_moderator())
    assert client.get("/admin/core/missedsearch/").status_code == 403
