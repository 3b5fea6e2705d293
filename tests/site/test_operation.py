"""What a load balancer, a monitor and Prometheus are told."""

from collections import namedtuple
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email
from prometheus_client.parser import text_string_to_metric_families

from contributions.models import Contribution
from resourcecenter.core import readiness
from resourcecenter.core.jobs import Job, run_due
from tests.factories import make_contribution

pytestmark = pytest.mark.django_db
Usage = namedtuple("Usage", "total used free")


def ready(client):
    """Return the status and text of /readyz."""
    response = client.get("/readyz")
    assert "no-store" in response["Cache-Control"]
    return response.status_code, response.content.decode()


def let_the_first_mail_wait(**time):
    make_contribution()
    Email.objects.update(scheduled_time=timezone.now() - timedelta(**time))


def test_a_site_that_works_is_ready(client):
    let_the_first_mail_wait(minutes=9)
    assert ready(client) == (200, "ok")


def test_a_mail_that_has_waited_for_ten_minutes_is_told(client):
    let_the_first_mail_wait(minutes=10)
    assert ready(client) == (503, "outbox")


def test_a_mail_that_waits_for_its_next_try_is_not_late(client):
    let_the_first_mail_wait(minutes=10)
    Email.objects.update(created=timezone.now() - timedelta(days=1), scheduled_time=timezone.now() + timedelta(hours=1))
    assert ready(client) == (200, "ok")


def test_a_migration_that_is_not_applied_is_told(client):
    MigrationRecorder(connection).record_unapplied(
        "core", max(name for app, name in readiness._newest_migrations() if app == "core")
    )
    assert ready(client) == (503, "migrations")


def test_a_full_disk_is_told(client, monkeypatch):
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda path: Usage(1, 1, readiness.ROOM_BYTES - 1))
    assert ready(client) == (503, "disk")


def test_a_folder_that_is_gone_is_told(client, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "gone"
    assert ready(client) == (503, "disk")


def test_a_database_that_is_away_is_told_and_the_process_still_answers(client, monkeypatch):
    def refuse():
        raise DatabaseError("could not connect to server marker.example.org")

    monkeypatch.setattr(connection, "cursor", refuse)
    assert ready(client) == (503, "database")
    assert client.get("/healthz").content == b"ok"


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_both_answer_inside_without_encryption(client, settings, address):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(address).status_code == 200


# --- Figures ------------------------------------------------------------------------------------


@pytest.fixture
def figures(client, settings):
    """What Prometheus reads, by name and label."""
    settings.METRICS_TOKEN = "marker-token"

    def read():
        text = client.get("/metrics", headers={"Authorization": "Bearer marker-token"}).content.decode()
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return {(sample.name, *sample.labels.values()): sample.value for sample in samples}

    return read


def test_there_are_no_figures_without_a_token_in_the_settings(client):
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "said", ["", "Bearer ", "Bearer marker", "marker-token", "Basic marker-token", "Bearer märker"]
)
def test_a_wrong_token_reads_nothing(client, settings, said):
    settings.METRICS_TOKEN = "marker-token"
    response = client.get("/metrics", headers={"Authorization": said})
    assert (response.status_code, response.content) == (401, b"")


def test_figures_tell_of_outbox_contributions_and_jobs(figures):
    let_the_first_mail_wait(minutes=11)
    run_due([Job("good", timedelta(0), lambda: None), Job("bad", timedelta(0), lambda: 1 // 0)])
    read = figures()
    assert read["portal_ready",] == 0
    assert read["portal_outbox_due",] == 1
    assert 660 <= read["portal_outbox_oldest_seconds",] < 700
    assert read["portal_outbox_failed",] == 0
    assert {state: read["portal_contributions", state] for state in Contribution.State.values} == {
        state: float(state == Contribution.State.PENDING) for state in Contribution.State.values
    }
    assert (read["portal_job_failed", "good"], read["portal_job_failed", "bad"]) == (0, 1)
    assert abs(read["portal_job_started_timestamp_seconds", "good"] - timezone.now().timestamp()) < 60


def test_figures_are_given_while_the_database_is_away(figures, monkeypatch):
    def refuse():
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", refuse)
    assert figures() == {("portal_ready",): 0}


def test_nothing_of_it_names_a_release(client, settings):
    settings.METRICS_TOKEN = "marker-token"
    for name in ("healthz", "readyz", "metrics"):
        response = client.get(reverse(name), headers={"Authorization": "Bearer marker-token"})
        assert "python" not in (response.content.decode() + str(response.headers)).lower()
