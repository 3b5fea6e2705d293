"""How people become staff, choose a new password, and what is kept of what they did."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from post_office.models import Email

from resourcecenter.core import tokens
from resourcecenter.staff import factor, keeping, passwords
from resourcecenter.staff.models import Deed, Invitation, PasswordReset, PasswordWish
from tests.factories import PASSWORD, make_contribution, make_moderator, make_network, make_user

pytestmark = pytest.mark.django_db
NEW = "another horse battery staple"


@pytest.fixture
def administrator():
    return make_user("ada", is_superuser=True)


@pytest.fixture
def client(administrator):
    client = Client()
    client.force_login(administrator)
    return client


def invite(client, email="mo@example.org", roles=("Moderator",)):
    make_moderator("elsewhere") if not Group.objects.exists() else None
    chosen = list(Group.objects.filter(name__in=roles).values_list("pk", flat=True))
    return client.post("/admin/staff/invitation/add/", {"email": email, "roles": chosen})


def address_of(link, folder):
    return f"/staff/{folder}/{tokens.derive(type(link).PURPOSE, link.key.bytes)}/"


def join(client, link, name="mo"):
    return client.post(
        address_of(link, "invitations"), {"username": name, "password1": NEW, "password2": NEW}, follow=True
    )


def mails_to(address):
    return [mail for mail in Email.objects.all() if mail.to == [address]]


def actions():
    return list(Deed.objects.order_by("pk").values_list("action", flat=True))


# --- Invitations --------------------------------------------------------------------------------


def test_who_is_invited_makes_an_account_with_those_roles_and_sets_up_the_second_step(client, settings):
    invite(client, roles=["Moderator", "Curator"])
    link = Invitation.objects.get()
    settings.STAFF_SECOND_FACTOR = True
    visitor = Client()
    page = join(visitor, link)
    assert page.redirect_chain[-1][0].startswith("/staff/second-step/set-up/")
    mo = get_user_model().objects.get(username="mo")
    assert (mo.email, mo.is_staff, mo.is_superuser) == ("mo@example.org", True, False)
    assert set(mo.groups.values_list("name", flat=True)) == {"Moderator", "Curator"}


def test_the_mail_has_the_link_and_no_table_has_it(client):
    invite(client)
    link = Invitation.objects.get()
    (mail,) = mails_to("mo@example.org")
    token = tokens.derive(Invitation.PURPOSE, link.key.bytes)
    assert token not in str(mail.context) + str(mail.headers)
    assert link.token_hash == tokens.hash_of(token)
    assert mail.email_message().subject == "You are invited to help with this site"


def test_opening_an_invitation_changes_nothing_and_is_kept_by_nobody(client):
    invite(client)
    link = Invitation.objects.get()
    for _ in range(2):
        page = Client().get(address_of(link, "invitations"))
        assert (page.status_code, page["Referrer-Policy"], page["X-Robots-Tag"]) == (200, "no-referrer", "noindex")
        assert "no-store" in page["Cache-Control"]
    assert Invitation.objects.get() == link
    assert not get_user_model().objects.filter(username="mo").exists()


def test_an_invitation_works_once(client):
    invite(client)
    link = Invitation.objects.get()
    join(Client(), link)
    again = join(Client(), link, name="second")
    assert (again.status_code, "This link does not work" in again.text) == (404, True)
    assert not get_user_model().objects.filter(username="second").exists()


@pytest.mark.parametrize(("days", "status"), [(6.9, 200), (7.1, 404)])
def test_an_invitation_works_for_seven_days(client, days, status):
    invite(client)
    Invitation.objects.update(made_at=timezone.now() - timedelta(days=days))
    assert Client().get(address_of(Invitation.objects.get(), "invitations")).status_code == status


def test_a_later_invitation_and_taking_it_back_end_the_one_before(client):
    invite(client)
    first = Invitation.objects.get()
    invite(client, email="MO@example.org", roles=["Curator"])
    second = Invitation.objects.get()
    assert Client().get(address_of(first, "invitations")).status_code == 404
    client.post(f"/admin/staff/invitation/{second.pk}/delete/", {"post": "yes"})
    assert Client().get(address_of(second, "invitations")).status_code == 404
    assert actions()[-3:] == [Deed.Action.INVITED, Deed.Action.INVITED, Deed.Action.UNINVITED]


def test_an_invitation_that_is_not_complete_is_not_sent_and_ends_none(client):
    invite(client)
    first = Invitation.objects.get()
    page = invite(client, roles=[])
    assert "Choose at least one role." in page.text
    assert Invitation.objects.get() == first


def test_who_has_an_account_is_not_invited_again(client):
    make_user("old", email="mo@example.org")
    assert "is there already" in invite(client).text
    assert not Invitation.objects.exists()


def test_a_weak_password_or_a_name_that_is_taken_keeps_the_invitation(client):
    invite(client)
    link = Invitation.objects.get()
    page = Client().post(
        address_of(link, "invitations"), {"username": "ada", "password1": "short", "password2": "short"}
    )
    assert page.status_code == 200
    assert page.text.count('class="field field--error"') >= 2
    assert Invitation.objects.get() == link


# --- A new password -----------------------------------------------------------------------------


def ask(email):
    page = Client().post("/staff/password/", {"email": email})
    return page.status_code, page.text


def test_the_answer_is_the_same_whether_an_account_has_the_address():
    make_moderator()
    get_user_model().objects.update(email="mo@example.org")
    assert ask("mo@example.org") == ask("nobody@example.org")
    assert PasswordWish.objects.count() == 2
    passwords.answer_wishes()
    assert [mail.to for mail in Email.objects.all()] == [["mo@example.org"]]
    assert PasswordWish.objects.count() == 0


def test_the_link_sets_a_password_once_and_ends_all_sessions():
    user = make_moderator()
    inside = Client()
    inside.force_login(user)
    link = PasswordReset.objects.create(user=user)
    address = address_of(link, "password")
    visitor = Client()
    assert visitor.get(address)["Referrer-Policy"] == "no-referrer"
    done = visitor.post(address, {"new_password1": NEW, "new_password2": NEW})
    assert "Your password is changed" in done.text
    assert inside.get("/admin/").status_code == 302
    assert visitor.get("/admin/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert visitor.post(address, {"new_password1": PASSWORD, "new_password2": PASSWORD}).status_code == 404


@pytest.mark.parametrize(("fields", "made"), [({"is_active": False}, 0), ({"is_staff": False}, 0), ({}, 1)])
def test_only_who_may_log_in_is_sent_a_link(fields, made):
    make_user("mo", email="mo@example.org", **fields)
    ask("MO@example.org")
    passwords.answer_wishes()
    assert (PasswordReset.objects.count(), len(mails_to("mo@example.org"))) == (made, made)


def test_wishes_for_passwords_are_limited():
    answers = [Client().post("/staff/password/", {"email": "mo@example.org"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert int(answers[-1]["Retry-After"]) > 0


# --- What administrators do ---------------------------------------------------------------------


def test_an_administrator_removes_the_second_step_of_somebody_whose_sessions_end(client, settings):
    user = make_moderator()
    TOTPDevice.objects.create(user=user, name="app")
    factor.new_codes(user)
    inside = Client()
    inside.force_login(user)
    address = f"/admin/auth/user/{user.pk}/second-step/"
    assert "Remove the second step" in client.get(address).text
    client.post(address)
    assert (user.totpdevice_set.count(), user.recovery_codes.count()) == (0, 0)
    assert inside.get("/admin/").status_code == 302
    deed = Deed.objects.latest("pk")
    assert (deed.actor.username, deed.action, deed.of) == ("ada", Deed.Action.FACTOR_REMOVED, "moderator")


def test_the_command_removes_the_second_step_of_the_only_administrator(administrator):
    TOTPDevice.objects.create(user=administrator, name="app")
    call_command("remove_second_step", "ada")
    assert not TOTPDevice.objects.exists()


def save_user(client, user, **fields):
    keys = [group.pk for group in user.groups.all()]
    data = {"username": user.username, "is_active": "on", "is_staff": "on", "groups": keys}
    data = {name: value for name, value in (data | fields).items() if value is not None}
    return client.post(f"/admin/auth/user/{user.pk}/change/", data)


def test_closing_an_account_ends_its_sessions_for_good(client):
    user = make_moderator()
    inside = Client()
    inside.force_login(user)
    assert save_user(client, user, is_active=None).status_code == 302
    assert inside.get("/admin/").status_code == 302
    save_user(client, user)
    assert inside.get("/admin/").status_code == 302


def test_a_password_that_an_administrator_sets_ends_the_sessions(client):
    user = make_moderator()
    inside = Client()
    inside.force_login(user)
    fields = {"usable_password": "true", "password1": NEW, "password2": NEW}
    assert client.post(f"/admin/auth/user/{user.pk}/password/", fields).status_code == 302
    assert inside.get("/admin/").status_code == 302


# --- Who did what -------------------------------------------------------------------------------

AUDIT = "/admin/staff/deed/"


def lines(client, **query):
    """The rows of the page, each as "who: what (of what)"."""
    page = client.get(AUDIT, query).text
    rows = re.findall(r"<tr>\s*<td>.*?</tr>", page, re.DOTALL)
    cells = [[re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)] for row in rows]
    return [f"{who}: {what} ({of})" for _when, who, what, of in cells]


def test_one_page_tells_who_did_what_newest_first(client):
    user = make_moderator()
    Client().post("/admin/login/", {"username": "moderator", "password": "wrong"})
    Client().post("/admin/login/", {"username": "nobody", "password": "wrong"})
    save_user(client, user, is_superuser="on")
    contribution = make_contribution()
    decider = Client()
    decider.force_login(user)
    decider.post(f"/admin/contributions/contribution/{contribution.pk}/erase/")
    found = lines(client)
    assert found[:4] == [
        f"moderator: Deleted the personal data. (Contribution: {contribution.reference})",
        "moderator: Logged in ()",
        "ada: Changed Superuser status. (User: moderator)",
        "ada: Changed what an account may do (moderator: Moderator → Administrator, Moderator)",
    ]
    assert "moderator: Wrong name, password or code ()" in found
    assert "unknown: Wrong name, password or code ()" in found
    assert "@" not in "".join(found)


def test_taking_records_away_is_noted(client):
    make_network()
    fields = {"format": "0", "resource": "0"}
    page = client.get("/admin/catalogue/network/export/").text
    fields |= dict.fromkeys(re.findall(r'type="checkbox" name="([^"]+)"', page), "on")
    assert client.post("/admin/catalogue/network/export/", fields).has_header("Content-Disposition")
    assert lines(client)[0] == "ada: Taken away as a table. (Network: networks)"


def test_the_page_is_filtered_by_person_kind_and_day_and_nonsense_filters_nothing(client, administrator):
    make_moderator()
    Client().post("/admin/login/", {"username": "moderator", "password": PASSWORD})
    assert lines(client, who=str(administrator.pk), kind="account") == ["ada: Logged in ()"]
    assert lines(client, kind="decision") == []
    assert lines(client, last_day="2020-01-01") == []
    assert len(lines(client, who="x", kind="x", first_day="x", page="x")) == 2
    assert client.get(AUDIT, {"who": "a\0b"}).status_code == 200


def test_deeds_are_never_changed_and_go_when_their_time_is_over(client, settings):
    deed = Deed.objects.latest("pk")
    for change in (deed.save, deed.delete, Deed.objects.all().delete, lambda: Deed.objects.update(of="x")):
        with pytest.raises(TypeError):
            change()
    for action in ("change", "delete"):
        assert client.post(f"/admin/staff/deed/{deed.pk}/{action}/").status_code == 403
    assert Deed.objects.forget_before(timezone.now() - timedelta(days=settings.RETENTION_AUDIT_DAYS)) == 0
    settings.RETENTION_AUDIT_DAYS = 0
    assert "1 deeds forgotten" in keeping.forget_old()


def test_failures_do_not_keep_what_was_typed_for_a_name(client):
    Client().post("/admin/login/", {"username": PASSWORD, "password": PASSWORD})
    deed = Deed.objects.latest("pk")
    assert (deed.actor, deed.of) == (None, "")
