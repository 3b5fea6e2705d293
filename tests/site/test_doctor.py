"""The doctor finds what is amiss with a deployment, and says nothing of what is as it should be."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import QuerySet
from django.utils import timezone
from post_office.models import STATUS, Email

from contributions.models import ContributionFile
from resourcecenter.core.jobs import JobRun
from resourcecenter.core.search.index import IndexedDocument
from resourcecenter.doctor import configuration, examine, places, records, worker
from resourcecenter.recovery import backup
from tests.contributions.states import make_files
from tests.factories import make_contribution, make_resource
from tests.mailserver import Clock, MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    tmp_path.chmod(0o750)


def said(check) -> str:
    return "\n".join(finding.what for finding in examine(check))


# --- Settings and places ------------------------------------------------------------------------


def test_a_public_site_without_encryption_is_told_so_and_one_on_this_machine_is_not(settings):
    settings.SECRET_KEY = "abcdefghij" * 6
    settings.SITE_URL = "http://learn.example.org"
    assert said(configuration.settings_are_safe) == "The site is served without encryption, passwords too."
    settings.SITE_URL = "http://localhost:8000"
    assert said(configuration.settings_are_safe) == ""


def test_a_short_secret_is_told(settings):
    settings.SECRET_KEY = "x"
    assert "SECRET_KEY has less than 50 characters" in said(configuration.settings_are_safe)


def test_a_secret_that_others_can_read_is_told(settings, tmp_path):
    settings.SECRET_KEY_FILE = str(tmp_path / "secret")
    Path(settings.SECRET_KEY_FILE).write_text("secret")
    Path(settings.SECRET_KEY_FILE).chmod(0o600)
    assert said(configuration.secret_is_kept) == ""
    Path(settings.SECRET_KEY_FILE).chmod(0o644)
    assert "Other accounts of this machine can read" in said(configuration.secret_is_kept)


def test_static_files_of_an_older_release_are_told(settings):
    assert "static files of this release are not in" in said(configuration.static_files_are_collected)
    call_command("collectstatic", interactive=False, verbosity=0)
    assert said(configuration.static_files_are_collected) == ""
    Path(settings.STATIC_ROOT, "css/site.css").write_text("older")
    assert said(configuration.static_files_are_collected).endswith("such as css/site.css.")


def test_a_folder_that_everybody_can_look_into_or_that_is_of_another_account_is_told(settings, monkeypatch):
    assert said(places.folder_belongs_to_the_site) == ""
    settings.VAR_DIR.chmod(0o755)
    assert "Every account of this machine can look into" in said(places.folder_belongs_to_the_site)
    monkeypatch.setattr(os, "geteuid", lambda: settings.VAR_DIR.stat().st_uid + 1)
    assert "belongs to" in said(places.folder_belongs_to_the_site)


def test_a_storage_that_takes_no_file_is_told_and_a_trial_leaves_none(settings, tmp_path):
    assert said(places.storages_work) == ""
    assert [path for path in (tmp_path / "private").rglob("*") if path.is_file()] == []
    settings.STORAGES["private"]["OPTIONS"]["location"] = "/proc/none"
    settings.STORAGES = dict(settings.STORAGES)  # as a new value, so that the storages are made anew
    assert "A file cannot be stored among the private ones" in said(places.storages_work)


def test_a_list_of_erasures_that_cannot_be_continued_is_told(settings):
    assert said(places.erasures_can_be_listed) == ""
    settings.ERASURES_FILE = settings.ERASURES_FILE / "nowhere"
    assert "nobody's data can be erased" in said(places.erasures_can_be_listed)


def test_a_disk_that_is_nearly_full_is_told(monkeypatch):
    monkeypatch.setattr(places, "ROOM_BYTES", 0)
    assert said(places.disk_has_room) == ""
    monkeypatch.setattr(places, "ROOM_BYTES", 2**63)
    assert "MB are free on the disk of" in said(places.disk_has_room)


def test_a_backup_that_is_old_failed_or_was_never_made_is_told(monkeypatch, tmp_path):
    clock = Clock(monkeypatch)
    assert [finding.urgent for finding in places.backup_is_recent()] == [False]
    backup.remember(clock.now, result="backups/today: 3 files, 1.0 MB.")
    assert said(places.backup_is_recent) == ""
    clock.move_on(hours=27)
    assert "backups/today: 3 files" in said(places.backup_is_recent)
    with pytest.raises(CommandError):
        call_command("backup", tmp_path)
    assert "FileExistsError" in said(places.backup_is_recent)


# --- The database and what is in step with it ---------------------------------------------------


def test_tables_of_an_older_and_of_a_newer_release_are_told():
    assert said(records.tables_are_of_this_release) == ""
    applied = MigrationRecorder(connection)
    [(_app, last)] = MigrationLoader(connection).graph.leaf_nodes("core")
    applied.record_unapplied("core", last)
    applied.record_applied("core", "9999_of_tomorrow")
    assert said(records.tables_are_of_this_release).splitlines() == [
        f"The tables are of an older release; not applied: core.{last}.",
        "The tables are of a newer release than this program: core.9999_of_tomorrow.",
    ]


def test_what_happened_in_the_future_is_told(monkeypatch):
    clock = Clock(monkeypatch)
    make_contribution()
    assert said(records.clock_is_right) == ""
    clock.move_on(hours=-1)
    assert "which is in the future" in said(records.clock_is_right)


def test_an_index_that_lacks_a_record_has_a_lost_one_or_an_old_title_is_told():
    known, renamed = make_resource(title="Known"), make_resource(title="Renamed")
    assert said(records.search_is_in_step) == ""
    IndexedDocument.objects.filter(key=known.pk).update(key=known.pk + 1000)
    QuerySet(type(renamed)).filter(pk=renamed.pk).update(title="Another")
    assert said(records.search_is_in_step).splitlines() == [
        "1 records of the kind resource cannot be found by searching.",
        "The search finds 1 of the kind resource that are gone.",
        "The search knows 1 of the kind resource by titles that they had before.",
    ]
    call_command("reindex", verbosity=0)
    assert said(records.search_is_in_step) == ""


def test_a_row_without_its_file_and_a_file_without_its_row_are_told(tmp_path):
    make_contribution(files=make_files())
    assert said(records.files_and_rows_agree) == ""
    file = ContributionFile.objects.get().file
    orphan = Path(file.path).with_name("orphan")
    Path(file.path).rename(orphan)
    long_ago = (timezone.now() - timedelta(days=3)).timestamp()
    os.utime(orphan, (long_ago, long_ago))
    assert [line.split(" ", 1)[1][:20] for line in said(records.files_and_rows_agree).splitlines()] == [
        "rows have lost their",
        "stored files belong ",
    ]


# --- The worker and the mail --------------------------------------------------------------------


def test_a_worker_that_never_ran_stopped_or_failed_is_told(monkeypatch):
    clock = Clock(monkeypatch)
    backup.remember(clock.now, result="is no work of the worker")
    assert "No worker has ever run" in said(worker.worker_runs)
    JobRun.objects.create(name="purge mail", started_at=clock.now, finished_at=clock.now)
    assert said(worker.worker_runs) == ""
    JobRun.objects.create(name="send mail", started_at=clock.now, finished_at=clock.now, error="TimeoutError: late")
    clock.move_on(hours=1)
    assert "has done nothing since" in said(worker.worker_runs)
    assert said(worker.worker_runs).endswith("The job “send mail” failed: TimeoutError: late")


def test_a_mail_server_that_does_not_answer_is_told(settings):
    server = MailServer(settings)
    assert "does not take us" in said(worker.mail_server_answers)
    with server.running():
        assert said(worker.mail_server_answers) == ""
    assert server.received == []


def test_mails_that_only_the_console_gets_are_amiss_on_a_public_site(settings):
    settings.DELIVERY_BACKEND = worker.CONSOLE
    assert [finding.urgent for finding in worker.mail_server_answers()] == [False]
    settings.SITE_URL = "https://learn.example.org"
    assert [finding.urgent for finding in worker.mail_server_answers()] == [True]


def test_a_mail_that_waits_and_one_that_was_given_up_are_told(monkeypatch):
    clock = Clock(monkeypatch)
    make_contribution()
    assert said(worker.outbox_empties) == ""
    clock.move_on(hours=2)
    assert "A mail waits in the outbox since" in said(worker.outbox_empties)
    Email.objects.update(status=STATUS.failed)
    assert said(worker.outbox_empties) == "1 mails were given up after all their tries."


# --- The command --------------------------------------------------------------------------------


def test_what_cannot_be_looked_at_is_a_finding_and_the_rest_goes_on(monkeypatch, capsys):
    def broken():
        raise PermissionError("Not yours.")

    monkeypatch.setattr("resourcecenter.management.commands.doctor.CHECKS", {"One": broken, "Two": list})
    with pytest.raises(CommandError, match=r"To be mended: 1\."):
        call_command("doctor")
    assert "PermissionError: Not yours." in (printed := capsys.readouterr().out)
    assert "ok    Two" in printed


def test_every_check_can_be_made_and_has_a_remedy(capsys):
    with pytest.raises(CommandError):
        call_command("doctor")
    printed = capsys.readouterr().out
    assert "could not be looked at" not in printed
    assert printed.count("->") == printed.count("AMISS") + printed.count("note ")
