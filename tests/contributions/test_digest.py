"""The daily mail to moderators: to the right people, and never without a reason."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from contributions.digest import send_digest
from contributions.models import Contribution
from contributions.models.contribution import Sender, State
from tests.contributions.states import contribution_in
from tests.factories import make_contribution, make_curator, make_moderator, make_user

pytestmark = pytest.mark.django_db

NOBODY = Sender()


@pytest.fixture
def moderator():
    return addressed(make_moderator(), "mo@example.org")


def addressed(user, email):
    user.email = email
    user.save()
    return user


def waiting_for(**since):
    contribution = make_contribution(sender=NOBODY, title=f"Waiting {since}")
    Contribution.objects.filter(pk=contribution.pk).update(
        sent_at=(then := timezone.now() - timedelta(**since)), waiting_since=then
    )
    return contribution


@pytest.mark.usefixtures("moderator")
def test_where_nothing_waits_there_is_no_mail():
    assert send_digest() == Email.objects.count() == 0


def test_what_waits_for_the_contributor_or_is_decided_is_no_reason_for_a_mail(moderator):
    for state in set(State) - {State.PENDING}:
        contribution_in(state, by=moderator, sender=NOBODY)
    assert send_digest() == Email.objects.count() == 0


def test_it_goes_to_each_active_moderator_with_an_address(moderator):
    addressed(make_user("root", is_superuser=True), "root@example.org")
    addressed(make_curator(), "curator@example.org")
    addressed(make_user("left", "Moderator", is_active=False), "left@example.org")
    addressed(make_user("reader", "Moderator", is_staff=False), "reader@example.org")
    make_moderator("without-address")
    addressed(make_moderator("same"), moderator.email)
    waiting_for(hours=1)
    assert send_digest() == 2
    assert sorted(mail.to for mail in Email.objects.all()) == [["mo@example.org"], ["root@example.org"]]


@pytest.mark.usefixtures("moderator")
def test_it_tells_how_much_waits_for_how_long_and_what_is_new():
    for days in (0, 0, 2, 4, 5, 9, 10):
        waiting_for(days=days, minutes=1)
    send_digest()
    mail = Email.objects.get()
    text = mail.message.replace("\xa0", " ")
    assert mail.subject == "7 contributions wait for a moderator"
    assert "7 contributions wait for a moderator. 2 of them came in since yesterday.\n" in text
    assert "\n4 have waited for 3 days or longer.\n2 have waited for 1 week or longer.\n" in text


@pytest.mark.usefixtures("moderator")
def test_one_that_waits_is_told_as_one():
    contribution = waiting_for(days=9)
    send_digest()
    mail = Email.objects.get()
    assert mail.subject == "1 contribution waits for a moderator"
    assert "One contribution waits for a moderator.\n" in mail.message
    assert "since yesterday" not in mail.message
    assert f"The oldest:\n\n{contribution.reference} " in mail.message


@pytest.mark.usefixtures("moderator")
def test_the_five_oldest_come_first_with_the_way_to_their_pages(settings):
    settings.SITE_URL = "https://learn.example.org"
    waiting = [waiting_for(days=days) for days in (1, 6, 3, 5, 2, 4)]
    send_digest()
    oldest = [waiting[i] for i in (1, 3, 5, 2, 4)]
    text = Email.objects.get().message
    assert re.findall(r"LN-\d+", text) == [contribution.reference for contribution in oldest]
    queue = "https://learn.example.org/admin/contributions/contribution/"
    pages = [f"{queue}{contribution.pk}/change/" for contribution in oldest]
    assert re.findall(r"https?://\S+", text) == [*pages, queue, "https://learn.example.org"]


@pytest.mark.usefixtures("moderator")
def test_a_title_is_cut_and_carries_no_link_and_no_template():
    make_contribution(sender=NOBODY, title="{{ n }} 'Q&A' https://evil.example/prize " + "x" * 200)
    send_digest()
    text = Email.objects.get().message
    assert "\"{{ n }} 'Q&A' ... x" in text
    assert "evil.example" not in text
    assert "x" * 81 not in text


@pytest.mark.usefixtures("moderator")
def test_nobody_who_contributed_is_named():
    make_contribution(sender=Sender("Ada Marker", "ada.marker@example.org", "Marker House"))
    Email.objects.all().delete()
    send_digest()
    assert "marker" not in Email.objects.get().message.lower()


@pytest.mark.parametrize("n", [1, 8])
@pytest.mark.usefixtures("moderator")
def test_it_asks_the_database_as_often_for_many_as_for_one(n, django_assert_max_num_queries):
    for _ in range(n):
        waiting_for(days=1)
    with django_assert_max_num_queries(12):
        send_digest()
