"""Where files lie, and how they are sent to others."""

import errno
import hashlib
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

SHA256 = hashlib.sha256(PDF).hexdigest()


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
            "Cache-Control": "public, max-age=31536000, s-maxage=300",
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


# --- As the browser asks ------------------------------------------------------------------------


@pytest.fixture
def asked(db, rf, stored):
    """Ask for the stored PDF; returns the answer and its whole body."""

    def ask(method="GET", **headers):
        whole = files.serve(stored, name="guide.pdf", media_type="application/pdf", sha256=SHA256, public=True)
        response = files.as_asked(rf.generic(method, "/", headers=headers), whole)
        with closing(response):
            return response, b"".join(response)

    return ask


@pytest.mark.parametrize(
    ("asked_for", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-9", 0, 9),
        ("bytes=5-9", 5, 9),
        ("bytes=5-", 5, len(PDF) - 1),
        ("bytes=5-99999", 5, len(PDF) - 1),
        ("bytes=-5", len(PDF) - 5, len(PDF) - 1),
        ("bytes=-99999", 0, len(PDF) - 1),
        ("Bytes=1-2", 1, 2),
    ],
)
def test_one_range_of_bytes_is_sent_alone(asked, asked_for, first, last):
    response, body = asked(Range=asked_for)
    assert (response.status_code, body) == (206, PDF[first : last + 1])
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(PDF)}"
    assert response["Content-Length"] == str(len(body))
    assert response["ETag"] == f'"{SHA256}"'
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    "asked_for",
    [
        "",
        "bytes=",
        "bytes=-",
        "bytes=9-5",
        "bytes=0-1,5-6",
        "bytes=a-b",
        "lines=0-1",
        "0-1",
        "bytes=\u0661-",
        "bytes=1-2x",
        "bytes=" + "9" * 5000 + "-",
    ],
    ids=lambda value: value[:20],
)
def test_several_ranges_and_nonsense_are_answered_by_the_whole_file(asked, asked_for):
    response, body = asked(Range=asked_for)
    assert (response.status_code, body) == (200, PDF)
    assert response["Accept-Ranges"] == "bytes"
    assert not response.has_header("Content-Range")


@pytest.mark.parametrize("asked_for", [f"bytes={len(PDF)}-", "bytes=99999-100000", "bytes=-0"])
def test_a_range_behind_the_end_is_refused_with_the_length(asked, asked_for):
    response, body = asked(Range=asked_for)
    assert (response.status_code, body) == (416, b"")
    assert response["Content-Range"] == f"bytes */{len(PDF)}"


@pytest.mark.parametrize(
    ("if_range", "status"),
    [(f'"{SHA256}"', 206), ('"another"', 200), (f'W/"{SHA256}"', 200), ("Wed, 21 Oct 2015 07:28:00 GMT", 200)],
)
def test_a_download_goes_on_only_where_the_file_is_still_the_same(asked, if_range, status):
    response, _ = asked(**{"Range": "bytes=0-3", "If-Range": if_range})
    assert response.status_code == status


def test_headers_alone_are_those_of_the_whole_file(asked):
    response, body = asked("HEAD", Range="bytes=0-3")
    assert (response.status_code, body, response["Content-Length"]) == (200, b"", str(len(PDF)))
    assert response["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("more", [{}, {"Range": "bytes=0-3"}])
def test_a_file_that_the_browser_has_is_not_sent_again_and_may_still_be_kept(asked, more):
    response, body = asked(**{"If-None-Match": f'"{SHA256}"'}, **more)
    assert (response.status_code, body) == (304, b"")
    assert response["Cache-Control"] == "public, max-age=31536000, s-maxage=300"


@pytest.mark.django_db
def test_a_large_file_is_sent_piece_by_piece(rf, storage):
    Path(storage.location).mkdir()
    with Path(storage.path("film")).open("wb") as film:
        film.truncate(uploads.MAX_BYTES)
    stored = FieldFile(None, FileField(storage=storage), "film")
    whole = files.serve(stored, name="film.mp4", media_type="video/mp4", sha256="ab12", public=True)
    with closing(files.as_asked(rf.get("/", headers={"Range": "bytes=1-"}), whole)) as response:
        sizes = [len(piece) for piece in response]
    assert sum(sizes) == uploads.MAX_BYTES - 1
    assert max(sizes) <= 64 * 1024
