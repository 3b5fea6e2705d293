"""A backup is whole or not there, and a restoration writes nothing unless it can write all; see tests/drills too."""

import errno
from datetime import UTC, datetime

import pytest
from django.core.files.storage import Storage
from django.core.management import CommandError, call_command
from django.db import connection

from contributions.models import ContributionFile
from resourcecenter.recovery import databases
from resourcecenter.recovery.manifest import Manifest, newest_migrations
from tests.contributions.states import make_files
from tests.factories import make_contribution

TABLES = pytest.mark.django_db(transaction=True)


@pytest.fixture
def backup(tmp_path):
    """The folder of a backup with one file, of this release and engine."""
    folder = tmp_path / "backup"
    folder.mkdir()
    database = databases.NATIVE[connection.vendor].file
    (folder / database).write_text("the database")
    Manifest.of(folder, database=database, missing=[]).write(folder)
    return folder


def refusal(folder):
    with pytest.raises(CommandError) as caught:
        call_command("restore", folder)
    return str(caught.value)


# --- Backing up ---------------------------------------------------------------------------------


@TABLES
def test_a_backup_holds_every_file_that_the_database_names(tmp_path):
    make_contribution(files=make_files())
    call_command("backup", tmp_path / "backup", portable=True)
    named = {f"private-files/{file.file.name}" for file in ContributionFile.objects.all()}
    assert named
    assert named <= {entry.path for entry in Manifest.read(tmp_path / "backup").entries}


@TABLES
def test_a_backup_that_the_disk_has_no_room_for_leaves_nothing(tmp_path, monkeypatch):
    def no_room(path):
        path.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(databases, "LINES", databases.LINES._replace(write=no_room))
    with pytest.raises(CommandError, match=r"No backup was made: .*No space left"):
        call_command("backup", tmp_path / "backups" / "today", portable=True)
    assert list((tmp_path / "backups").iterdir()) == []


@TABLES
def test_a_file_that_the_site_has_lost_is_told_and_the_rest_is_kept(tmp_path):
    make_contribution(files=make_files())
    file = ContributionFile.objects.get().file
    file.storage.delete(file.name)
    with pytest.raises(CommandError, match=file.name):
        call_command("backup", tmp_path / "backup", portable=True)
    assert Manifest.read(tmp_path / "backup").missing == [file.name]


@TABLES
def test_what_is_removed_while_it_is_copied_makes_the_backup_begin_anew(tmp_path, monkeypatch):
    make_contribution(files=make_files())
    open_file = Storage.open

    def removed_meanwhile(storage, name, mode="rb"):
        ContributionFile.objects.all().delete()
        storage.delete(name)
        return open_file(storage, name, mode)

    monkeypatch.setattr(Storage, "open", removed_meanwhile)
    call_command("backup", tmp_path / "backup", portable=True)
    lines = (tmp_path / "backup" / "database.jsonl").read_text()
    assert 'contributions.contribution"' in lines
    assert "contributions.contributionfile" not in lines


@pytest.mark.django_db
def test_a_backup_never_replaces_another(backup):
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", backup)


# --- Restoring ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_site_that_holds_something_is_never_written_over(backup):
    assert refusal(backup).startswith("The database is not empty.")


@pytest.mark.django_db
def test_a_backup_with_a_flipped_byte_a_lost_or_a_foreign_file_is_not_restored(backup, monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", list)
    (backup / "database.jsonl").write_text("put there")
    (backup / databases.NATIVE[connection.vendor].file).write_text("the Database")
    assert [line.split()[0] for line in refusal(backup).splitlines()] == [
        "The",
        databases.NATIVE[connection.vendor].file,
        "database.jsonl",
    ]


@pytest.mark.django_db
def test_a_backup_of_a_newer_release_is_not_restored(backup):
    manifest = Manifest.read(backup)
    manifest._replace(migrations=[*manifest.migrations, ["core", "9999_of_tomorrow"]]).write(backup)
    assert refusal(backup) == "The backup is of a newer release. Install that release, then restore."


@pytest.mark.django_db
def test_a_portable_backup_of_an_older_release_is_not_restored(backup):
    older = [["core", "0001_initial"] if app == "core" else [app, name] for app, name in newest_migrations()]
    Manifest.read(backup)._replace(database=databases.LINES.file, migrations=older).write(backup)
    assert refusal(backup).startswith("The backup is portable and of an older release.")


@pytest.mark.django_db
def test_a_backup_of_another_engine_says_what_to_do(backup):
    [other] = {database.file for database in databases.NATIVE.values()} - {databases.NATIVE[connection.vendor].file}
    Manifest.read(backup)._replace(database=other).write(backup)
    assert refusal(backup) == "The backup is of another database engine. Make one with --portable."


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["", "[]", "{}", '{"made_at": 1}', "\x00", '{"entries": 3}'])
def test_what_is_no_manifest_is_no_backup(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content)
    assert "is not a backup" in refusal(tmp_path)


def test_moments_keep_their_microseconds_in_a_portable_backup():
    moment = datetime(2026, 2, 28, 23, 59, 59, 123456, tzinfo=UTC)
    assert databases._Exact().encode(moment) == '"2026-02-28T23:59:59.123456+00:00"'
