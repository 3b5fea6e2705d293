"""What a stranger may upload."""

import hashlib
import io
import struct
import tracemalloc
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile, TemporaryUploadedFile

from resourcecenter.core import uploads
from tests.core.samples import (
    DOCX,
    EICAR,
    EXE,
    HEIC,
    HTML,
    JPEG,
    MOV,
    MP3,
    MP4,
    ODF,
    OLD_WORD,
    OOXML,
    ORDINARY,
    PDF,
    PNG,
    SVG,
    WAV,
    book,
    entry,
    office,
    packed,
)


def check(name, content, **kwargs):
    return uploads.check_upload(SimpleUploadedFile(name, content, **kwargs))


def refusal(name, content):
    with pytest.raises(ValidationError) as caught:
        check(name, content)
    [message] = caught.value.messages
    return message


# --- What passes --------------------------------------------------------------------------------


def test_there_is_an_ordinary_file_here_of_every_accepted_type():
    assert {name[name.rindex(".") :] for name in ORDINARY} == set(uploads.ACCEPTED)


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_file_passes_and_is_known_by_the_hash_of_what_is_stored(name):
    content, media_type = ORDINARY[name]
    accepted = check(name, content)
    stored = accepted.content.read()
    assert accepted == uploads.AcceptedFile(
        name, media_type, size=len(stored), sha256=hashlib.sha256(stored).hexdigest(), content=accepted.content
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("GUIDE.PDF", PDF),
        ("late.pdf", b"\r\n" + PDF),
        ("tagged.mp3", b"ID3\x04\0\0\0\0\0\x0a" + MP3),
        ("phone.mp4", MP4.replace(b"mp42", b"isom")),
        ("streamed.mp4", MP4.replace(b"mp42", b"iso5")),
        ("old.txt", "Réseaux d'apprentissage".encode("latin-1")),
        ("arabic.txt", "شبكات التعلم".encode()),
        ("stored.docx", office(compression=zipfile.ZIP_STORED)),
        ("other-quotes.docx", packed(("[Content_Types].xml", f"<Override ContentType='{DOCX}.main+xml'/>"))),
        ("with-line-end.epub", book("application/epub+zip\n")),
        ("largest.txt", b"a" * uploads.MAX_BYTES),
        ("most-parts.docx", office(DOCX, *((f"media/{n}.xml", "") for n in range(uploads.MAX_ENTRIES - 2)))),
    ],
)
def test_what_other_programs_write_passes_too(name, content):
    assert check(name, content).size == len(content)


def test_the_type_that_the_browser_claims_is_not_believed():
    assert check("guide.pdf", PDF, content_type="text/html").media_type == "application/pdf"


@pytest.mark.parametrize("name", [name for name in ORDINARY if not ORDINARY[name][1].startswith("image/")])
def test_what_is_stored_is_what_was_sent_unless_it_is_a_picture(name):
    content, _ = ORDINARY[name]
    assert check(name, content).content.read() == content


def test_a_large_upload_on_disk_is_checked_as_one_in_memory():
    content = office(DOCX, ("media/photo.jpg", JPEG))
    with TemporaryUploadedFile("guide.docx", "", len(content), None) as upload:
        upload.write(content)
        assert uploads.check_upload(upload) == check("guide.docx", content)


# --- Names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/cron.d/guide.pdf", "guide.pdf"),
        (r"C:\Users\me\guide.pdf", "guide.pdf"),
        ("guide\u202efdp.pdf", "guidefdp.pdf"),
        ("my\u200b  guide\r\n.pdf ", "my guide.pdf"),
        ("Cafe\u0301.pdf", "Café.pdf"),
        ("شبكات.pdf", "شبكات.pdf"),
        ("g" * 300 + ".pdf", "g" * 116 + ".pdf"),
        ("a.b.pdf", "a.b.pdf"),
    ],
)
def test_a_name_keeps_its_letters_and_its_suffix_only(sent, kept):
    upload = InMemoryUploadedFile(io.BytesIO(PDF), None, "sent", None, len(PDF), None)
    upload._name = sent  # past what Django itself takes away
    assert uploads.check_upload(upload).name == kept


@pytest.mark.parametrize(
    "name",
    [
        "page.html",
        "evil.pdf.html",
        "drawing.svg",
        "drawing.pdf.svgz",
        "letter.docm",
        "budget.xlsm",
        "talk.ppsm",
        "letter.doc",
        "archive.zip",
        "run.exe",
        "run.js",
        "guide.pdf.",
        "guide.pdf\0.html",
        "gpj.\u202eexe",
        "page.xhtml",
        "page.mht",
        "picture.gif",
        "guide",
        ".pdf",
        "guide.\uff50df",
    ],
    ids=ascii,
)
def test_a_name_of_another_type_is_refused_with_the_types_that_can_be_sent(name):
    upload = InMemoryUploadedFile(io.BytesIO(PDF), None, "sent", None, len(PDF), None)
    upload._name = name
    with pytest.raises(ValidationError, match="is not a type of file that can be shared here") as caught:
        uploads.check_upload(upload)
    [message] = caught.value.messages
    assert message.endswith(
        "Send PDF, Word (docx), Excel (xlsx), PowerPoint (pptx), OpenDocument text (odt), "
        "OpenDocument spreadsheet (ods), OpenDocument presentation (odp), RTF, plain text (txt), Markdown (md), CSV, "
        "EPUB, PNG, JPEG, WebP, MP3 or MP4."
    )


# --- Sizes --------------------------------------------------------------------------------------


def test_an_empty_file_is_refused():
    assert "is empty" in refusal("guide.pdf", b"")


def test_a_file_one_byte_too_large_is_refused_with_both_sizes_and_not_read():
    class Unreadable(io.BytesIO):
        def read(self, *args):
            raise AssertionError("read before its size was checked")

    upload = InMemoryUploadedFile(Unreadable(), None, "guide.pdf", None, uploads.MAX_BYTES + 1, None)
    with pytest.raises(ValidationError) as caught:
        uploads.check_upload(upload)
    [message] = caught.value.messages
    assert message.startswith("This file has 20.1 MB, and 20 MB can be sent at most.")


# --- Hostile and mistaken content ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.pdf", HTML),
        ("html-first.pdf", HTML + PDF),
        ("script-first.pdf", b"<script>alert(1)</script>\n" + PDF),
        ("eicar.pdf", EICAR),
        ("program.pdf", EXE),
        ("spaces.pdf", b" " * 200 + PDF),
        ("drawing.png", SVG),
        ("escaped.png", rb"\x89PNG" + HTML),
        ("photo.png", JPEG),
        ("animation.jpg", b"GIF89a" + bytes(20)),
        ("phone.jpg", HEIC),
        ("sound.webp", WAV),
        ("page.webp", HTML),
        ("page.mp3", HTML),
        ("utf16.mp3", HTML.decode().encode("utf-16")),
        ("picture.mp4", HEIC),
        ("quicktime.mp4", MOV),
        ("page.rtf", HTML),
        ("word.rtf", office()),
        ("old-or-locked.docx", OLD_WORD),
        ("page.docx", HTML),
        ("budget.docx", office(f"{OOXML}spreadsheetml.sheet")),
        ("template.docx", office(f"{OOXML}wordprocessingml.template")),
        ("archive.docx", packed(("run.exe", EXE))),
        ("text.docx", book(f"{ODF}text")),
        ("says-so.docx", book(DOCX)),
        ("html-first.docx", HTML + office()),
        ("zip-first.docx", office() + office()),
        (
            "html-in-header.docx",
            packed(("a.xml", ""), ("[Content_Types].xml", f"{DOCX}.main+xml")).replace(b"PK\x03\x04", b"<htm", 1),
        ),
        ("cut.docx", office()[:-30]),
        ("long.docx", office(main=".main+xml" + " " * uploads.MAX_READ_BYTES)),
        ("program-first.docx", EXE + office()),
        ("text.ods", book(f"{ODF}text")),
        ("flat.odt", b'<?xml version="1.0"?><office:document/>'),
        ("word.odt", office()),
        ("late.epub", packed((entry("content.opf"), ""), (entry("mimetype"), "application/epub+zip"))),
        ("squeezed.epub", book("application/epub+zip", compress_type=zipfile.ZIP_DEFLATED)),
        ("archive.epub", packed(("page.html", HTML))),
        ("nothing.epub", packed()),
        ("bare.epub", b"PK\x03\x04"),
    ],
)
def test_content_of_another_type_than_the_name_says_is_refused(name, content):
    suffix = name[name.rindex(".") :]
    label = uploads.ACCEPTED[suffix].label
    assert refusal(name, content).startswith(f"This file is named {suffix} but is not {label}.")


@pytest.mark.parametrize(
    "content",
    [
        HTML,
        b"\xef\xbb\xbf \r\n<HTML><body>",
        b"<!-- hello --><!-- world -->\n<script>alert(1)</script>",
        SVG,
        b'<?xml version="1.0"?><svg/>',
        b"<?php system($_GET[0]);",
        b"<iframe src=//evil.example>",
        b"#!/bin/sh\nrm -rf ~\n",
        b"@echo off\r\ndel *.*\r\n",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("name", ["notes.txt", "notes.md", "people.csv"])
def test_text_that_begins_like_a_page_or_a_program_is_refused(name, content):
    assert "begins like a web page or a program" in refusal(name, content)


@pytest.mark.parametrize(
    "content",
    [EXE, PNG, office(), "notes".encode("utf-16"), b"notes" + b" " * 70_000 + b"\0", b"\x1b[2Jnotes"],
    ids=["program", "picture", "archive", "UTF-16", "NUL far behind", "terminal escape"],
)
def test_text_with_bytes_that_no_text_has_is_refused(content):
    assert "Save it as plain text in the encoding UTF-8" in refusal("notes.txt", content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("renamed.docx", office("application/vnd.ms-word.document.macroEnabled")),
        ("part.docx", office(DOCX, ("word/vbaProject.bin", OLD_WORD))),
        ("any-case.docx", office(DOCX, ("word/VBAPROJECT.BIN", OLD_WORD))),
        ("other-name.docx", office(main='.main+xml"/><Override ContentType="application/vnd.ms-office.vbaProject')),
        ("excel4.docx", office(main='.main+xml"/><Override ContentType="application/vnd.ms-excel.macrosheet+xml')),
        ("hidden.docx", office(main='.main+xml"/><Override ContentType="application/vnd.ms-office.vba&#80;roject')),
        ("basic.odt", book(f"{ODF}text", ("Basic/Standard/Module1.xml", "Sub Main"))),
        ("python.ods", book(f"{ODF}spreadsheet", ("Scripts/python/evil.py", "import os"))),
    ],
)
def test_a_document_with_macros_is_refused(name, content):
    assert refusal(name, content).startswith("This file holds macros.")


def marked_as_encrypted(archive):
    """Set the flag of the first entry in the archive's directory."""
    at = archive.index(b"PK\x01\x02") + 8
    return archive[:at] + b"\x01" + archive[at + 1 :]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("zip.docx", marked_as_encrypted(office())),
        ("office.odt", book(f"{ODF}text", ("META-INF/manifest.xml", "<manifest:encryption-data/>"))),
    ],
)
def test_a_document_behind_a_password_is_refused(name, content):
    assert "protected by a password" in refusal(name, content)


def declaring(archive, size):
    """Let the first entry in the archive's directory say that it unpacks to ``size`` bytes."""
    at = archive.index(b"PK\x01\x02") + 24
    return archive[:at] + struct.pack("<I", size) + archive[at + 4 :]


@pytest.mark.parametrize(
    "content",
    [
        office(DOCX, *((f"{n}.xml", "") for n in range(uploads.MAX_ENTRIES - 1))),
        office(DOCX, ("zeros.xml", bytes(uploads.MAX_UNPACKED_BYTES + 1))),
        declaring(office(), uploads.MAX_UNPACKED_BYTES + 1),
    ],
    ids=["1001 parts", "bomb", "said to be a bomb"],
)
def test_a_document_that_unpacks_to_too_much_is_refused(content):
    assert "more than 1000 parts or unpacks to more than 200 MB" in refusal("guide.docx", content)


def test_one_part_too_many_is_seen_where_its_mark_lies_across_two_chunks():
    def document(padding):
        parts = [(f"{n}.xml", "") for n in range(uploads.MAX_ENTRIES - 2)]
        return office(DOCX, *parts, (entry("padding"), b" " * padding))

    padding = (TemporaryUploadedFile.DEFAULT_CHUNK_SIZE - 2 - document(0).index(b"PK\x01\x02")) % 2**16
    content = document(padding)
    with TemporaryUploadedFile("guide.docx", "", len(content), None) as upload:
        upload.write(content)
        with pytest.raises(ValidationError, match="more than 1000 parts"):
            uploads.check_upload(upload)


def test_a_document_of_very_many_parts_is_refused_without_much_memory():
    upload = SimpleUploadedFile("guide.docx", office(DOCX, *((f"{n}.xml", "") for n in range(20_000))))
    tracemalloc.start()
    with pytest.raises(ValidationError, match="more than 1000 parts"):
        uploads.check_upload(upload)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * upload.size


@pytest.mark.parametrize(
    "part",
    [
        entry("/etc/passwd"),
        entry("../../evil.sh"),
        entry("word/../../evil.sh"),
        entry("..\\..\\evil.bat"),
        entry("C:\\evil.bat"),
        entry("C:evil.bat"),
        entry("\\\\server\\share\\evil.bat"),
        entry("main.xml"),
        entry("link", external_attr=0o120777 << 16),
        entry("media/photo.xml", compress_type=zipfile.ZIP_BZIP2),
        entry("media/photo.xml", compress_type=zipfile.ZIP_LZMA),
    ],
    ids=[
        "absolute",
        "climbing",
        "climbing inside",
        "climbing on Windows",
        "drive",
        "drive without slash",
        "server",
        "twice the same",
        "link",
        "bzip2",
        "lzma",
    ],
)
def test_a_document_with_parts_that_could_do_harm_is_refused(part):
    assert "could do harm when unpacked" in refusal("guide.docx", office(DOCX, (part, "/etc/passwd")))


def test_a_part_name_cut_by_a_nul_is_refused():
    content = office(DOCX, ("evil.sh_.xml", "")).replace(b"evil.sh_.xml", b"evil.sh\0.xml")
    assert "could do harm when unpacked" in refusal("guide.docx", content)


@pytest.mark.parametrize("whole", [office(), book(f"{ODF}text")], ids=["docx", "odt"])
@pytest.mark.parametrize("value", [0x00, 0xFF])
def test_a_document_damaged_anywhere_passes_or_is_refused_but_never_fails(whole, value):
    name = "guide.docx" if b"[Content_Types]" in whole else "guide.odt"
    refused = 0
    for at in range(len(whole)):
        try:
            check(name, whole[:at] + bytes([value]) + whole[at + 1 :])
        except ValidationError:
            refused += 1
    assert 0 < refused < len(whole)


# --- Words for people ---------------------------------------------------------------------------


def test_the_file_input_offers_every_accepted_suffix():
    assert uploads.accept_attribute() == (
        ".pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,.rtf,.txt,.md,.csv,.epub,.png,.jpg,.jpeg,.webp,.mp3,.mp4"
    )
