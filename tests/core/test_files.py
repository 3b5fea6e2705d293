"""Where files lie, and how they are sent to others."""

import errno
import os
import re
from contextlib import closing
from pathlib import Path

import pytest
from csp.middleware import CSPMiddleware
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.http import Http404

from resourcecenter.core import files, uploads
from tests.core.samples import PDF

# --- Stored -------------------------------------------------------------------------------------


def test_a_stored_name_says_nothing_of_the_file_and_is_never_the_same():
    names = {files.random_path(None, "../evil.html") for _ in range(100)}
    assert len(names) == 100
    assert all(re.fullmatch(r"([0-9a-f]{2})/([0-9a-f]{2})/\1\2[0-9a-f]{28}", name) for name in names)


def test_private_and_public_files_lie_in_different_folders():
    assert files.private_storage().location != files.public_storage().location


def test_a_migration_names_the_storage_and_not_its_folder():
    field = FileField(storage=files.private_storage, upload_to=files.random_path)
    assert field.deconstruct()[3] == {"storage": files.private_storage, "upload_to": files.random_path}


# --- Whole, or not at all -----------------------------------------------------------------------


def content_of(storage, name):
    with storage.open(name) as content:
        return content.read()


def names_in(folder):
    return [path.name for path in Path(folder).rglob("*") if path.is_file()]


class Cut(ContentFile):
    """Content that cannot be written to its end."""

    def chunks(self, chunk_size=None):
        yield b"the first half"
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def storage(tmp_path):
    return files.WholeFileStorage(tmp_path / "files", base_url=None)


def test_a_file_lies_alone_under_its_name_and_says_what_was_saved(storage):
    name = storage.save(files.stored_name(), ContentFile(PDF))
    assert names_in(storage.location) == [name.rpartition("/")[2]]
    assert content_of(storage, name) == PDF


def test_a_large_upload_is_moved_from_where_it_was_received(storage):
    with TemporaryUploadedFile("guide.pdf", "", len(PDF), None) as upload:
        upload.write(PDF)
        upload.flush()
        name = storage.save(files.stored_name(), upload)
    assert content_of(storage, name) == PDF
    assert len(names_in(storage.location)) == 1


def test_a_name_that_is_taken_is_not_written_over(storage):
    names = [storage.save("a/guide", ContentFile(content)) for content in (b"one", b"two")]
    assert [content_of(storage, name) for name in names] == [b"one", b"two"]


def test_a_disk_that_fills_up_while_writing_leaves_no_part_of_the_file(storage):
    with pytest.raises(OSError, match="No space left"):
        storage.save(files.stored_name(), Cut(b""))
    assert names_in(storage.location) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_cannot_keep_what_was_written_leaves_no_part_of_the_file(storage, monkeypatch, number):
    def fail(descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match=os.strerror(number)):
        storage.save(files.stored_name(), ContentFile(PDF))
    assert names_in(storage.location) == []


def test_no_name_appears_before_its_content_and_the_new_folders_are_on_the_disk(storage, monkeypatch):
    flushed, flush = [], os.fsync

    def watch(descriptor):
        flushed.append((str(Path(f"/proc/self/fd/{descriptor}").readlink()), names_in(storage.location)))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    storage.save("3f/a9/guide", ContentFile(PDF))
    [(part, before), *folders] = flushed
    assert part.endswith(".part")
    assert before == [part.rpartition("/")[2]]
    assert folders == [(f"{storage.location}{inner}", ["guide"]) for inner in ("/3f/a9", "/3f", "")]


# --- Sent ---------------------------------------------------------------------------------------


@pytest.fixture
def stored(tmp_path):
    """A stored PDF, as a model's field gives it."""
    field = FileField(storage=files.WholeFileStorage(tmp_path, base_url=None))
    return FieldFile(None, field, field.storage.save(files.stored_name(), ContentFile(PDF)))


@pytest.mark.django_db  # closing the answer asks for the state of the connection
def test_a_public_file_is_sent_as_data_that_cannot_run_and_may_be_kept(stored):
    with closing(
        files.serve(stored, name="guide.pdf", media_type="application/pdf", sha256="ab12", public=True)
    ) as response:
        assert b"".join(response.streaming_content) == PDF
        assert dict(response.headers) == {
            "Content-Type": "application/pdf",
            "Content-Length": str(len(PDF)),
            "Content-Disposition": 'inline; filename="guide.pdf"',
            "X-Content-Type-Options": "nosniff",
            "Content-Encoding": "identity",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "public, no-cache",
            "ETag": '"ab12"',
        }


@pytest.mark.django_db  # closing the answer asks for the state of the connection
def test_a_private_file_is_kept_nowhere(stored):
    with closing(
        files.serve(stored, name="a.pdf", media_type="application/pdf", sha256="ab12", public=False)
    ) as response:
        assert response["Cache-Control"] == "private, no-store"
        assert not response.has_header("ETag")


@pytest.mark.parametrize("suffix", uploads.ACCEPTED)
@pytest.mark.django_db  # closing the answer asks for the state of the connection
def test_only_pdf_and_images_are_shown_and_all_else_is_saved(stored, suffix):
    with closing(
        files.serve(stored, name="x", media_type=uploads.ACCEPTED[suffix].media_type, public=True)
    ) as response:
        shown = suffix in {".pdf", ".png", ".jpg", ".jpeg", ".webp"}
        assert response["Content-Disposition"] == ("inline" if shown else "attachment") + '; filename="x"'


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("réseau 学.csv", "attachment; filename*=utf-8''r%C3%A9seau%20%E5%AD%A6.csv"),
        ('a "b".csv', r'attachment; filename="a \"b\".csv"'),
        ("a\r\nSet-Cookie: b.csv", "attachment; filename*=utf-8''a%0D%0ASet-Cookie%3A%20b.csv"),
    ],
)
@pytest.mark.django_db  # closing the answer asks for the state of the connection
def test_any_letters_can_stand_in_the_name_of_a_download(stored, name, header):
    with closing(files.serve(stored, name=name, media_type="text/csv", public=True)) as response:
        assert response["Content-Disposition"] == header


@pytest.mark.django_db  # closing the answer asks for the state of the connection
def test_the_policy_of_a_file_stands_in_place_of_the_policy_of_the_site(rf, stored):
    site = CSPMiddleware(lambda request: files.serve(stored, name="a.pdf", media_type="application/pdf", public=True))
    with closing(site(rf.get("/"))) as response:
        policies = [value for name, value in response.items() if name.lower().startswith("content-security-policy")]
    assert policies == ["sandbox; default-src 'none'"]


def test_a_file_that_is_lost_is_not_found_and_the_operator_is_told(stored, caplog):
    stored.storage.delete(stored.name)
    with pytest.raises(Http404):
        files.serve(stored, name="guide.pdf", media_type="application/pdf", public=True)
    [record] = caplog.records
    assert (record.levelname, record.getMessage()) == ("ERROR", f"The stored file {stored.name} is missing.")
