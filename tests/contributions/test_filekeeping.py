"""Files are read again from time to time; what nobody names is removed, and what is missing is told."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, storages
from django.core.management import CommandError, call_command
from django.utils import timezone

from contributions import filekeeping
from contributions.models import Attachment, ContributionFile
from resourcecenter.core import files, pagecache
from resourcecenter.core.public import retire, revive
from tests.factories import PDF, make_contribution, make_resource

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)


def stored(content=PDF, name="story.pdf"):
    """What a row needs to know of a file."""
    content = ContentFile(content, name=name)
    return {
        "file": content,
        "name": name,
        "media_type": "application/pdf",
        "size": content.size,
        "sha256": files.checksum(content),
    }


@pytest.fixture
def private():
    return make_contribution(files=[ContributionFile(**stored(b"%PDF-1.4 private"))]).files.get()


@pytest.fixture
def public():
    return Attachment.objects.create(resource=make_resource(), **stored(b"%PDF-1.4 public"))


@pytest.fixture(params=["disk", "elsewhere"])
def anywhere(request, monkeypatch):
    """Both storages: folders on a disk, and others, which have none."""
    if request.param == "elsewhere":
        for alias, model in (("private", ContributionFile), ("default", Attachment)):
            monkeypatch.setitem(storages._storages, alias, InMemoryStorage())
            monkeypatch.setattr(model._meta.get_field("file"), "storage", storages[alias])


def path_of(file):
    return Path(file.file.path)


def flip_a_byte(file):
    content = path_of(file).read_bytes()
    path_of(file).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def age(*paths, days=2):
    for path in paths:
        os.utime(path, (time.time() - days * 86_400,) * 2)


# --- Verified -----------------------------------------------------------------------------------


def test_files_that_are_as_they_were_are_counted_and_remembered(anywhere, private, public):
    before = timezone.now()
    assert filekeeping.verify() == filekeeping.Verified(checked=2, missing=[], changed=[])
    for file in (private, public):
        file.refresh_from_db()
        assert file.verified_at >= before


@pytest.mark.parametrize("which", ["private", "public"])
def test_a_flipped_byte_is_reported(private, public, which):
    file = {"private": private, "public": public}[which]
    flip_a_byte(file)
    assert filekeeping.verify() == filekeeping.Verified(checked=2, missing=[], changed=[file])


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4 private and more"])
def test_another_length_is_reported(private, content):
    path_of(private).write_bytes(content)
    assert filekeeping.verify().changed == [private]


def test_a_missing_file_is_reported(anywhere, private, public):
    for file in (private, public):
        file.file.storage.delete(file.file.name)
    assert filekeeping.verify() == filekeeping.Verified(checked=2, missing=[public, private], changed=[])


def test_those_that_were_read_longest_ago_come_first_and_all_get_their_turn(public, private):
    more = Attachment.objects.create(resource=public.resource, **stored(b"%PDF-1.4 more"))
    read = []
    for _ in range(6):
        before = {file.pk: file.verified_at for file in Attachment.objects.all()}
        filekeeping.verify(limit=1)
        after = {file.pk: file.verified_at for file in Attachment.objects.all()}
        read.append(next((pk for pk in after if after[pk] != before[pk]), "private"))
    assert read == [public.pk, more.pk, "private"] * 2


def test_pages_are_not_made_anew_because_files_were_read(public):
    before = pagecache.current_generation()
    filekeeping.verify()
    assert pagecache.current_generation() == before


def test_the_command_says_how_many_are_well(private, public, capsys):
    call_command("verify_files")
    assert capsys.readouterr().out == "2 files read, all as they were.\n"


def test_the_command_reads_as_many_as_it_is_told(private, public, capsys):
    call_command("verify_files", limit=1)
    assert capsys.readouterr().out == "1 files read, all as they were.\n"


def test_the_command_fails_and_names_what_is_missing_or_changed(private, public, capsys):
    path_of(private).unlink()
    flip_a_byte(public)
    with pytest.raises(CommandError, match=r"^2 files read, 2 of them missing or changed\.$"):
        call_command("verify_files")
    assert capsys.readouterr().err.splitlines() == [
        f"missing: file {private.pk}, story.pdf, {private.file.name}",
        f"changed: attachment {public.pk}, story.pdf, {public.file.name}",
    ]


# --- Swept --------------------------------------------------------------------------------------


def everything():
    return {
        path for alias in ("default", "private") for path in Path(storages[alias].location).rglob("*") if path.is_file()
    }


def test_old_files_that_no_row_names_are_removed_from_both_storages(private, public):
    named = everything()
    orphans = [storages[alias].save(files.stored_name(), ContentFile(PDF)) for alias in ("default", "private")]
    age(*everything())
    assert filekeeping.sweep() == filekeeping.Swept(removed=orphans, missing=[])
    assert everything() == named


def test_what_a_killed_process_left_is_removed(private):
    part = path_of(private).with_name("3fa9.part")
    part.write_bytes(b"half")
    age(part)
    assert len(filekeeping.sweep().removed) == 1
    assert not part.exists()


def test_a_file_whose_row_may_still_come_is_left(private):
    storages["private"].save(files.stored_name(), ContentFile(PDF))
    before = everything()
    age(*before, days=0.9)
    assert filekeeping.sweep().removed == []
    assert everything() == before


def test_any_storage_can_be_swept(anywhere, private, public):
    orphan = storages["default"].save("3f/a9/guide", ContentFile(PDF))
    assert filekeeping.sweep(older_than=-DAY) == filekeeping.Swept(removed=[orphan], missing=[])
    assert filekeeping.verify().missing == []


def test_rows_without_their_file_are_told_and_nothing_is_removed(anywhere, private, public):
    """The database may be another one than that of the files."""
    private.file.storage.delete(private.file.name)
    orphan = storages["private"].save(files.stored_name(), ContentFile(PDF))
    assert filekeeping.sweep(older_than=-DAY) == filekeeping.Swept(removed=[], missing=[private])
    assert storages["private"].exists(orphan)


def test_an_empty_database_removes_nothing():
    storages["private"].save(files.stored_name(), ContentFile(PDF))
    assert filekeeping.sweep(older_than=-DAY) == filekeeping.Swept(removed=[], missing=[])
    assert len(everything()) == 1


def test_before_the_first_file_there_is_nothing_to_sweep():
    assert filekeeping.sweep() == filekeeping.Swept(removed=[], missing=[])


def test_the_file_of_a_retired_record_is_kept_for_its_return(private, public):
    tombstone = retire(public.resource, reason="Old.")
    assert filekeeping.sweep(older_than=-DAY).removed == []
    revive(tombstone)
    with Attachment.objects.get().file.open() as content:
        assert files.checksum(content) == public.sha256
