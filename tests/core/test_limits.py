"""Who does something too often waits, and nobody waits for another; a forged address changes nothing."""

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.urls import reverse

from resourcecenter.core import limits
from tests.factories import form_data

pytestmark = pytest.mark.django_db

FORM = "/contribute/resource/"
ROOM = {"REMOTE_ADDR": "198.51.100.7"}


def asking(rf, *, cookie="one", address="198.51.100.7", **headers):
    request = rf.post(FORM, REMOTE_ADDR=address, headers=headers)
    request.COOKIES["csrf"] = cookie
    return request


def accepted(requests):
    return sum(not limits.wait_s(request, *limits.CONTRIBUTE) for request in requests)


def test_one_browser_may_contribute_ten_times_an_hour(rf, monkeypatch):
    assert accepted(asking(rf) for _ in range(12)) == 10
    wait = limits.wait_s(asking(rf), *limits.CONTRIBUTE)
    assert 0 < wait <= 60 * 60
    then = limits.time.time() + wait
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: then))
    assert accepted(asking(rf) for _ in range(12)) == 10


def test_a_training_room_of_thirty_people_behind_one_address_contributes(client):
    answers = []
    for seat in range(30):
        client.cookies["csrf"] = f"{seat:032}"
        answers.append(client.post(FORM, form_data(different="yes"), **ROOM).status_code)
    assert answers == [302] * 30


def test_one_address_may_contribute_forty_times_in_a_quarter_of_an_hour(rf):
    assert accepted(asking(rf, cookie=str(seat)) for seat in range(50)) == 40
    assert accepted([asking(rf, cookie="50", address="198.51.100.8")]) == 1


def test_all_together_may_contribute_three_hundred_times_an_hour(rf):
    assert accepted(asking(rf, cookie=str(n), address=f"198.51.{n % 10}.{n}") for n in range(250)) == 250
    # Who is refused already takes nothing from the others.
    assert accepted(asking(rf, cookie="spam") for _ in range(100)) == 10
    assert accepted(asking(rf, cookie=str(n), address=f"203.0.{n}.1") for n in range(60)) == 40


def test_contributions_are_counted_for_all_processes_together(rf):
    assert accepted(asking(rf) for _ in range(10)) == 10
    cache.clear()  # what another process has
    assert accepted([asking(rf)]) == 0


def test_no_address_and_no_cookie_is_kept(rf):
    limits.wait_s(asking(rf, cookie="secret"), *limits.CONTRIBUTE)
    stored = str(list(limits.Tries.objects.values()))
    assert (limits.Tries.objects.count(), "198.51" in stored, "secret" in stored) == (3, False, False)


def test_counts_are_forgotten_when_their_time_is_over(rf, monkeypatch):
    limits.wait_s(asking(rf), *limits.CONTRIBUTE)
    then = limits.time.time() + 2 * 60 * 60
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: then))
    limits.wait_s(asking(rf, address="203.0.113.1"), *limits.CONTRIBUTE)
    assert {tries.ends_at.timestamp() > then for tries in limits.Tries.objects.all()} == {True}


FORGED = {"x-forwarded-for": "192.0.2.{n}", "forwarded": "for=192.0.2.{n}", "x-real-ip": "192.0.2.{n}"}


@pytest.mark.parametrize("proxies", [0, 1, 2])
@pytest.mark.parametrize("header", FORGED)
def test_a_forged_header_changes_nothing(rf, settings, header, proxies):
    settings.TRUSTED_PROXY_COUNT = proxies
    # What each proxy appends: the address that it saw.
    seen = ["198.51.100.7", "10.0.0.1"][:proxies]
    requests = []
    for n in range(12):
        headers = {header: FORGED[header].format(n=n)}
        if proxies:
            headers["x-forwarded-for"] = ", ".join([headers.get("x-forwarded-for", ""), *seen]).strip(", ")
        requests.append(asking(rf, **headers))
    assert accepted(requests) == 10


def test_of_ipv6_a_whole_household_counts_as_one(rf):
    assert accepted(asking(rf, address=f"2001:db8:1:2::{n:x}") for n in range(12)) == 10
    assert accepted([asking(rf, address="2001:db8:1:3::1")]) == 1
    assert accepted(asking(rf, address="::ffff:198.51.100.7") for _ in range(12)) == 10
    assert accepted([asking(rf, address="198.51.100.7")]) == 0


# --- Searches -----------------------------------------------------------------------------------


@pytest.fixture
def _three(monkeypatch):
    """A limit that a test reaches in a moment."""
    whole = limits.wait_s
    monkeypatch.setattr(limits, "wait_s", lambda request, limit: whole(request, limit._replace(times=3)))


SEARCHES = ["search", "suggest", "search_csv", "search_feed", "contributions:resources", "catalogue:networks"]
SEARCHES += ["catalogue:network_table", "catalogue:network_xlsx", "catalogue:network_timeline", "catalogue:network_map"]
SEARCHES += ["catalogue:network_members", "learning_questions"]


@pytest.mark.usefixtures("_three")
@pytest.mark.parametrize("name", SEARCHES)
def test_who_searches_too_often_is_told_how_many_seconds_to_wait(client, name):
    answers = [client.get(reverse(name), {"q": f"word{n}"}) for n in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[3]["Retry-After"]) <= 5 * 60
    assert "no-store" in answers[3]["Cache-Control"]
    assert client.get(reverse("home")).status_code == 200


@pytest.mark.usefixtures("_three")
def test_a_list_that_is_asked_nothing_and_a_search_that_is_unchanged_are_not_counted(client):
    assert {client.get(reverse("contributions:resources")).status_code for _ in range(5)} == {200}
    etag = client.get(reverse("search"), {"q": "word"})["ETag"]
    again = [client.get(reverse("search"), {"q": "word"}, headers={"if-none-match": etag}) for _ in range(5)]
    assert {answer.status_code for answer in again} == {304}


def test_a_room_may_search_sixty_times_a_minute():
    assert (limits.SEARCH.times, limits.SEARCH.window_s) == (5 * 60, 5 * 60)
