"""Guessing at the log-in (R-29), and what ends the sessions of staff (R-31)."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from resourcecenter.staff import factor, lockout
from resourcecenter.staff.models import Deed
from tests.factories import PASSWORD, make_moderator, make_user

pytestmark = pytest.mark.django_db


def try_to_log_in(name="moderator", password="wrong", address="192.0.2.1", client=None, **headers):
    client = client or Client()
    return client.post("/admin/login/", {"username": name, "password": password}, REMOTE_ADDR=address, headers=headers)


def fail(times, **how):
    return [try_to_log_in(**how).status_code for _ in range(times)]


def may_log_in(**how):
    return try_to_log_in(password=PASSWORD, **how).status_code == 302


def pass_time(minutes):
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=minutes))


def test_the_fifth_failure_keeps_the_account_out_from_this_address_and_from_no_other():
    make_moderator()
    make_moderator("colleague")
    assert fail(6) == [200, 200, 200, 200, 429, 429]
    assert not may_log_in()
    assert may_log_in(address="192.0.2.2")
    assert may_log_in(name="colleague")


def test_the_lock_ends_after_a_quarter_of_an_hour_which_the_page_tells():
    make_moderator()
    fail(5)
    page = try_to_log_in()
    assert 14 * 60 < int(page["Retry-After"]) <= 15 * 60
    assert "Try again in 15 minutes." in page.text
    pass_time(14)
    assert not may_log_in()
    pass_time(15.1)
    assert may_log_in()


def test_what_is_tried_while_locked_out_does_not_lengthen_the_lock():
    make_moderator()
    fail(5)
    pass_time(14)
    wait_s = int(try_to_log_in()["Retry-After"])
    assert wait_s <= 60


def test_twenty_failures_keep_an_address_out_whatever_names_it_tries():
    make_moderator()
    answers = [try_to_log_in(name=f"name-{number % 7}").status_code for number in range(20)]
    assert answers == [200] * 19 + [429]
    assert not may_log_in()
    assert may_log_in(address="192.0.2.2")


def test_logging_in_between_earns_no_more_guesses():
    make_moderator()
    make_moderator("mine")
    fail(4)
    assert may_log_in(name="mine")
    assert may_log_in()
    assert fail(1) == [429]


def test_a_whole_64_of_ipv6_is_one_address_and_its_neighbour_another():
    make_moderator()
    for number in range(5):
        try_to_log_in(address=f"2001:db8:1:2::{number:x}")
    assert not may_log_in(address="2001:db8:1:2:ffff::1")
    assert may_log_in(address="2001:db8:1:3::1")


@pytest.mark.parametrize(("proxies", "is_kept_out"), [(0, True), (1, False)])
def test_a_forwarded_address_counts_only_behind_a_proxy_of_ours(settings, proxies, is_kept_out):
    settings.TRUSTED_PROXY_COUNT = proxies
    make_moderator()
    for number in range(5):
        try_to_log_in(**{"X-Forwarded-For": f"192.0.2.{number}, 198.51.100.{number}"})
    assert may_log_in(**{"X-Forwarded-For": "203.0.113.1"}) is not is_kept_out


def test_known_and_unknown_names_get_the_same_page_the_same_hashing_and_the_same_queries(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    make_moderator()
    make_user("closed", is_active=False)
    make_user("without rights", is_staff=False)
    found = []
    Client().get("/admin/login/")
    for name in ("moderator", "closed", "nobody"):
        with CaptureQueriesContext(connection) as queries:
            page = try_to_log_in(name=name)
        words = page.text.replace(name, "").split("csrfmiddlewaretoken")
        found.append((page.status_code, words[0], words[1].partition(">")[2], len(queries)))
    assert found[0] == found[1] == found[2]


def test_five_wrong_codes_lock_out_like_five_wrong_passwords(settings, monkeypatch):
    settings.STAFF_SECOND_FACTOR = True
    user = make_moderator()
    factor.TOTPDevice.objects.create(user=user, name="app")
    codes = factor.new_codes(user)
    client = Client()
    try_to_log_in(password=PASSWORD, client=client)
    answers = [client.post("/staff/second-step/", {"code": "no"}, REMOTE_ADDR="192.0.2.1") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429, 429]
    refused = client.post("/staff/second-step/", {"code": codes[0]}, REMOTE_ADDR="192.0.2.1")
    assert (refused.status_code, user.recovery_codes.count()) == (429, 10)


def test_failures_are_kept_without_what_was_typed_and_forgotten_when_they_no_longer_count():
    make_moderator()
    fail(1, password="almost my password")
    row = AccessAttempt.objects.get()
    assert "almost" not in row.post_data
    assert Deed.objects.get().action == Deed.Action.LOGIN_FAILED
    assert lockout.forget_old() == 0
    pass_time(16)
    assert lockout.forget_old() == 1


def test_a_name_of_ten_thousand_letters_or_with_a_null_is_refused_like_any_other():
    assert [try_to_log_in(name=name).status_code for name in ("x" * 10_000, "a\0b", "")] == [200, 200, 200]


def test_a_new_password_ends_every_other_session_and_keeps_this_one():
    make_moderator()
    here, there = Client(), Client()
    for client in (here, there):
        try_to_log_in(password=PASSWORD, client=client)
    new = "another horse battery staple"
    here.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert [client.get("/admin/").status_code for client in (here, there)] == [200, 302]
    assert Deed.objects.latest("pk").action == Deed.Action.PASSWORD_CHANGED
