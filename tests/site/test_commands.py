"""The commands that an operator runs."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from post_office.models import STATUS, Email

from catalogue.models import Network
from resourcecenter.core.search import search
from tests.factories import make_contribution, make_moderator, make_network, make_resource

pytestmark = pytest.mark.django_db


def test_make_moderator_prints_a_log_in_that_works_and_does_so_once(client, capsys):
    make_moderator("elsewhere")  # brings the groups back where another test emptied the tables
    call_command("make_moderator", "ada")
    password = re.search(r"password (\S+)", capsys.readouterr().out).group(1)
    assert client.login(username="ada", password=password)
    assert client.get("/admin/contributions/contribution/").status_code == 200
    assert client.get("/admin/catalogue/network/").status_code == 200

    call_command("make_moderator", "ada")
    assert "password was shown" in capsys.readouterr().out
    assert get_user_model().objects.filter(username="ada").count() == 1


def test_reindex_finds_what_was_written_behind_the_index_and_forgets_what_is_gone():
    gone = make_network("Forgotten quagga network")
    make_resource("Unindexed okapi guide", indexed=False)
    Network.objects.filter(pk=gone.pk).delete()
    assert search("quagga", kinds=["network"]).total == 1
    assert search("okapi", kinds=["resource"]).total == 0

    call_command("reindex", verbosity=0)
    assert search("quagga", kinds=["network"]).total == 0
    assert search("okapi", kinds=["resource"]).total == 1


@pytest.mark.django_db(transaction=True)  # the worker opens and closes connections of its own
def test_the_worker_sends_each_mail_of_the_outbox_once(settings):
    settings.POST_OFFICE = {
        **settings.POST_OFFICE,
        "BACKENDS": {"default": "django.core.mail.backends.locmem.EmailBackend"},
    }
    make_contribution(title="A story")
    call_command("worker", "--once")
    call_command("worker", "--once")
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_is_down_delays_a_mail_and_breaks_nothing(settings):
    settings.POST_OFFICE = {
        **settings.POST_OFFICE,
        "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
    }
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    make_contribution(title="A story")
    call_command("worker", "--once")
    assert [email.status for email in Email.objects.all()] == [STATUS.requeued]
