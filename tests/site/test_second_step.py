"""The second step of the log-in (R-30), and the sessions of staff (R-31)."""

import re
from html import unescape

import pytest
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from resourcecenter.core import tokens
from resourcecenter.staff import factor
from resourcecenter.staff.models import Deed, RecoveryCode
from tests.factories import PASSWORD, make_moderator, make_user
from tests.site.test_roles import PART, routes

pytestmark = pytest.mark.django_db

STEP, SET_UP, CODES = "/staff/second-step/", "/staff/second-step/set-up/", "/staff/second-step/recovery-codes/"


@pytest.fixture(autouse=True)
def _deployed(settings):
    settings.STAFF_SECOND_FACTOR = True


def log_in(name="moderator", **more):
    client = Client()
    return client, client.post("/admin/login/", {"username": name, "password": PASSWORD, **more}, follow=True)


def code_now(device, steps=0):
    return f"{totp(device.bin_key, t0=-30 * steps):06}"


def page_key(response):
    return unescape(re.search(r'name="key" value="([^"]+)"', response.text)[1])


def set_up(client):
    """Do what the page says, and return the recovery codes that it then shows."""
    page = client.get(SET_UP)
    secret = "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", page.text))
    device = factor.device_with(get_user(client), page_key(page))
    assert factor.as_text(device) == secret
    shown = client.post(SET_UP, {"key": page_key(page), "code": code_now(device)})
    return re.findall(r"<li><code>([^<]+)</code>", shown.text)


def enrolled(name="moderator"):
    user = make_moderator(name)
    return user, TOTPDevice.objects.create(user=user, name="app", confirmed=True), factor.new_codes(user)


def may_enter(client):
    return client.get("/admin/").status_code == 200


def test_the_first_log_in_leads_through_the_set_up_to_ten_recovery_codes_and_into_the_admin():
    make_moderator()
    client, page = log_in()
    assert page.redirect_chain[-1][0] == f"{SET_UP}?next=%2Fadmin%2F"
    assert not may_enter(client)
    assert len(set(set_up(client))) == 10
    assert may_enter(client)


def test_later_log_ins_ask_for_a_code_and_go_on_to_where_one_was_going():
    _user, device, _codes = enrolled()
    client, page = log_in(next="/admin/catalogue/network/")
    assert page.redirect_chain[-1][0] == f"{STEP}?next=%2Fadmin%2Fcatalogue%2Fnetwork%2F"
    assert not may_enter(client)
    done = client.post(STEP, {"code": code_now(device), "next": "/admin/catalogue/network/"})
    assert done["Location"] == "/admin/catalogue/network/"
    assert may_enter(client)


def test_a_code_of_the_app_works_once():
    _user, device, _codes = enrolled()
    code = code_now(device)
    first, _page = log_in()
    second, _page = log_in()
    first.post(STEP, {"code": code})
    second.post(STEP, {"code": code})
    assert (may_enter(first), may_enter(second)) == (True, False)


def test_a_recovery_code_works_once_however_it_is_typed_and_lies_hashed():
    user, _device, codes = enrolled()
    assert set(RecoveryCode.objects.values_list("code_hash", flat=True)) == {
        tokens.hash_of(code.replace("-", "")) for code in codes
    }
    entered = []
    for typed in (codes[0].upper().replace("-", " "), codes[0]):
        client, _page = log_in()
        client.post(STEP, {"code": typed})
        entered.append(may_enter(client))
    assert entered == [True, False]
    assert user.recovery_codes.count() == 9


def test_the_key_of_the_session_changes_at_each_step():
    _user, device, _codes = enrolled()
    client = Client()
    client.get("/admin/login/")
    keys = [client.session.session_key]
    client.post("/admin/login/", {"username": "moderator", "password": PASSWORD})
    keys.append(client.session.session_key)
    client.post(STEP, {"code": code_now(device)})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    assert not Session.objects.filter(session_key__in=keys[:2]).exists()


def test_who_has_only_the_password_can_neither_change_the_app_nor_see_or_renew_codes():
    user, device, _codes = enrolled()
    client, _page = log_in()
    for address in (SET_UP, CODES):
        for answer in (client.get(address), client.post(address, {"code": "123456", "key": factor.new_key(user)})):
            assert answer["Location"] == f"{STEP}?next={address}"
    assert list(TOTPDevice.objects.all()) == [device]


def test_a_key_for_the_set_up_is_good_for_its_own_account_only():
    make_moderator()
    client, _page = log_in()
    strange = factor.new_key(make_user("other"))
    device = TOTPDevice(key=factor.device_with(make_user("third"), strange) or "00" * 20)
    client.post(SET_UP, {"key": strange, "code": code_now(device)})
    assert not TOTPDevice.objects.exists()


def test_a_wrong_first_code_keeps_the_key_on_the_page():
    make_moderator()
    client, _page = log_in()
    key = page_key(client.get(SET_UP))
    again = client.post(SET_UP, {"key": key, "code": "000000"})
    assert page_key(again) == key
    assert "<title>Error:" in again.text
    assert not TOTPDevice.objects.exists()


def test_another_app_takes_the_place_of_the_first_and_ends_other_sessions():
    _user, device, codes = enrolled()
    here, _page = log_in()
    here.post(STEP, {"code": codes[0]})
    there, _page = log_in()
    there.post(STEP, {"code": codes[1]})
    assert (may_enter(here), may_enter(there)) == (True, True)
    new = set_up(here)
    assert (may_enter(here), may_enter(there)) == (True, False)
    assert set(new).isdisjoint(codes)
    assert list(TOTPDevice.objects.filter(pk=device.pk)) == []


def test_new_recovery_codes_take_the_place_of_the_old():
    user, _device, codes = enrolled()
    client, _page = log_in()
    client.post(STEP, {"code": codes[0]})
    assert "9 recovery codes left of 10" in client.get(CODES).text
    shown = re.findall(r"<li><code>([^<]+)</code>", client.post(CODES).text)
    assert set(user.recovery_codes.values_list("code_hash", flat=True)) == {
        tokens.hash_of(code.replace("-", "")) for code in shown
    }


def test_logging_out_ends_the_sessions_on_all_devices():
    make_moderator()
    here, there = Client(), Client()
    for client in (here, there):
        client.post("/admin/login/", {"username": "moderator", "password": PASSWORD})
    here.post(STEP, {"do": "leave"})
    assert there.get(STEP)["Location"] == "/admin/"
    assert Session.objects.count() == 0
    assert Deed.objects.latest("pk").action == Deed.Action.LOGGED_OUT


@pytest.mark.parametrize("address", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "\\\\evil"])
def test_the_second_step_leads_nowhere_else(address):
    _user, device, _codes = enrolled()
    client, _page = log_in()
    assert client.post(STEP, {"code": code_now(device), "next": address})["Location"] == "/admin/"


def test_without_https_a_log_in_is_one_step(settings):
    settings.STAFF_SECOND_FACTOR = False
    make_moderator()
    client, page = log_in()
    assert page.redirect_chain[-1][0] == "/admin/"
    assert [client.get(address)["Location"] for address in (STEP, SET_UP, CODES)] == [reverse("admin:index")] * 3


def test_no_address_of_the_admin_opens_by_the_password_alone():
    make_user("ada", is_superuser=True)
    client, _page = log_in("ada")
    parts = {"app_label": "auth", "url": "x"}
    addresses = {
        "/" + PART.sub(lambda part: parts.get(part[1] or part[2], "1"), route)
        for name, route in routes()
        if route.startswith(("admin/", "styleguide/"))
    } - {"/admin/login/"}
    assert len(addresses) > 100
    answers = {
        (address, method): getattr(client, method)(address) for address in addresses for method in ("get", "post")
    }
    let_in = {key for key, answer in answers.items() if answer.status_code != 302}
    assert let_in == set()
    assert {answer["Location"].partition("?")[0] for answer in answers.values()} == {"/admin/login/", "/admin/"}
