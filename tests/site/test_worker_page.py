"""The page of the admin that says how the worker is."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from post_office.models import STATUS, Email

from resourcecenter.core.jobs import JobRun
from resourcecenter.jobs import jobs
from tests.factories import make_contribution, make_moderator

pytestmark = pytest.mark.django_db
NAMES = [job.name for job in jobs()]
SILENT = "The worker does not run"


@pytest.fixture
def text(client):
    """The words of the page, as a moderator reads it."""
    client.force_login(make_moderator())

    def read():
        page = client.get(reverse("worker"))
        assert page.status_code == 200
        return " ".join(re.sub("<[^>]*>", " ", page.content.decode()).split())

    return read


def remember(name="send mail", *, began=timedelta(seconds=20), took=timedelta(seconds=2), **values):
    at = timezone.now() - began
    JobRun.objects.update_or_create(
        name=name, defaults={"started_at": at, "finished_at": at + took if took is not None else None, **values}
    )


def needs_attention(client):
    matters = client.get(reverse("dashboard")).context["pressing"]
    return {str(matter.words): matter.n for matter in matters}.get("Jobs of the worker that are not done", 0)


def test_a_worker_that_never_ran_is_told_with_what_to_do(text, client):
    assert SILENT in text()
    assert "It has never run." in text()
    assert "docker compose up -d worker" in text()
    assert needs_attention(client) == len(NAMES)


def test_every_job_is_listed_once(text):
    assert [text().count(f" {name} ") for name in NAMES] == [1] * len(NAMES)


def test_a_worker_that_runs_is_told(text, client):
    remember(result="3")
    assert "The worker runs." in text()
    assert SILENT not in text()
    assert re.search(r"send mail Done .* 2.0 s at once 3 ", text())
    assert needs_attention(client) == 0


def test_a_worker_that_was_last_seen_long_ago_is_told(text):
    remember(began=timedelta(minutes=16))
    assert SILENT in text()


def test_what_only_looks_like_a_job_is_no_sign_of_the_worker(text):
    remember(name="backup")
    assert SILENT in text()


def test_a_job_that_failed_and_one_that_was_left_in_the_middle_need_attention(text, client):
    remember(error="ConnectionRefusedError: no")
    remember("verify files", began=timedelta(hours=2), took=None)
    remember("check links", took=None)
    assert re.search(r"send mail Failed .* ConnectionRefusedError: no ", text())
    assert "verify files Was left in the middle" in text()
    assert "check links At work" in text()
    assert needs_attention(client) == 2


def test_the_outbox_is_counted(text):
    for title in ("One", "Two", "Three"):
        make_contribution(title=title)
    first, second, third = Email.objects.order_by("pk").values_list("pk", flat=True)
    Email.objects.filter(pk=first).update(scheduled_time=timezone.now() - timedelta(minutes=5))
    Email.objects.filter(pk=second).update(scheduled_time=timezone.now() + timedelta(hours=1))
    Email.objects.filter(pk=third).update(status=STATUS.failed)
    assert re.search(r"To be sent now 1 \(the first since 5\sminutes\) To be sent later 1 Given up 1 ", text())
