"""The worker, as an operator starts and stops it."""

import os
import signal

import pytest
from django.core.management import call_command
from post_office.models import STATUS, Email

from resourcecenter.core.jobs import JobRun
from tests.factories import make_contribution
from tests.mailserver import Clock, MailServer

pytestmark = pytest.mark.django_db(transaction=True)  # the worker opens and closes connections of its own


@pytest.fixture
def server(settings):
    return MailServer(settings)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def _own_signals():
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_the_worker_sends_each_mail_of_the_outbox_once(server):
    make_contribution(title="A story")
    with server.running():
        call_command("worker", "--once")
        call_command("worker", "--once")
    assert server.receivers == ["ada@example.org"]


def test_the_link_in_the_mail_opens_the_private_page(server, client, settings):
    make_contribution(title="A story")
    with server.running():
        call_command("worker", "--once")
    [line] = [
        line
        for line in server.received[0].get_body(["plain"]).get_content().splitlines()
        if line.startswith(settings.SITE_URL + "/")
    ]
    assert client.get(line.removeprefix(settings.SITE_URL)).status_code == 200


def test_a_mail_server_that_is_down_delays_a_mail_and_breaks_nothing(server, clock):
    make_contribution(title="A story")
    call_command("worker", "--once")
    assert [email.status for email in Email.objects.all()] == [STATUS.queued]
    assert JobRun.objects.get(name="send mail").error.startswith("ConnectionRefusedError")
    assert JobRun.objects.get(name="purge mail").error == ""
    clock.move_on(minutes=1)
    with server.running():
        call_command("worker", "--once")
    assert server.receivers == ["ada@example.org"]
    assert JobRun.objects.get(name="send mail").result == "1"


@pytest.mark.usefixtures("_own_signals")
def test_a_worker_that_is_told_to_end_finishes_its_mail_and_ends(server):
    for title in ["One", "Two", "Three"]:
        make_contribution(title=title)
    Email.objects.update(scheduled_time=None)
    server.when_received = lambda: os.kill(os.getpid(), signal.SIGTERM)
    with server.running():
        call_command("worker")
    assert len(server.received) == 1
    assert list(Email.objects.order_by("pk").values_list("status", flat=True)) == [
        STATUS.sent,
        STATUS.queued,
        STATUS.queued,
    ]
    assert not JobRun.objects.filter(finished_at=None).exists()
