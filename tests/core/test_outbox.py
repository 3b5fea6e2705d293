"""The outbox in the admin: mails are read, and what has failed is sent again by a button, never by a link."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from post_office.models import STATUS, Email

from resourcecenter.core.mail import FAILED, enqueue
from tests.contributions.pages import Page
from tests.factories import make_user

pytestmark = pytest.mark.django_db

OUTBOX = reverse("admin:post_office_email_changelist")


@pytest.fixture
def superuser(client):
    client.force_login(make_user(is_superuser=True))
    return client


def mail_in(status):
    lines = {"text": "Thank you & welcome."}
    email = enqueue("ada@example.org", subject="Your <b>story</b>", template="mail/lines.html", context=lines)
    Email.objects.filter(pk=email.pk).update(status=status, number_of_retries=7)
    return email


def send_again(client, *emails):
    chosen = {"action": "send_again", "_selected_action": [email.pk for email in emails]}
    return Page(client.post(OUTBOX, chosen, follow=True)).words


def test_a_mail_that_failed_is_sent_again_and_no_other(superuser):
    failed, sent = mail_in(FAILED), mail_in(STATUS.sent)
    assert "1 e-mail is sent again." in send_again(superuser, failed, sent)
    failed.refresh_from_db()
    sent.refresh_from_db()
    assert (failed.status, failed.number_of_retries, sent.status) == (STATUS.queued, None, STATUS.sent)
    assert "None of these e-mails has failed." in send_again(superuser, failed)


def test_looking_at_a_mail_sends_nothing_and_its_page_has_no_way_to(superuser):
    email = mail_in(FAILED)
    address = reverse("admin:post_office_email_change", args=[email.pk])
    page = Page(superuser.get(address))
    assert (page.status, "Your <b>story</b>" in page.words) == (200, True)
    assert [link for link in page.links if "send" in link] == []
    assert superuser.get(f"/admin/post_office/email/{email.pk}/resend/").status_code == 302
    email.refresh_from_db()
    assert email.status == FAILED


def test_who_may_only_read_the_outbox_is_not_offered_to_send(client):
    reader = make_user("reader")
    reader.user_permissions.add(Permission.objects.get(codename="view_email"))
    client.force_login(reader)
    email = mail_in(FAILED)
    assert client.get(OUTBOX).status_code == 200
    send_again(client, email)
    email.refresh_from_db()
    assert email.status == FAILED
