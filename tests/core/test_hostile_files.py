"""Hostile files, one of each kind: refused with the reason, or held with nothing in it that could act.

What a stranger sees is the reason; what lies in the storage afterwards is nothing, or what is read here.
"""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import InMemoryUploadedFile
from PIL import Image

from resourcecenter.core import uploads
from tests.core.samples import (
    DOCX,
    EICAR,
    EXE,
    HEIC,
    HTML,
    JPEG,
    ODF,
    OLD_WORD,
    OOXML,
    ORDINARY,
    PDF,
    PNG,
    SVG,
    WEBP,
    book,
    chunk,
    entry,
    office,
    packed,
    picture,
    png,
)

SCRIPT = b"<script>alert(document.cookie)</script>"
TYPE = "is not a type of file that can be shared here"
CONTENT = "Save it as that in its program and send it again."
MARKUP = "begins like a web page or a program"
MACROS = "This file holds macros."
PARTS = "holds parts that could do harm when unpacked"
PACKED = "more than 1000 parts or unpacks to more than 200 MB"
PIXELS = "more than 50 megapixels"
DAMAGED = "This picture is damaged or cut off."


def moving(file_format):
    content = io.BytesIO()
    frames = [Image.new("L", (9, 9), shade) for shade in (0, 255)]
    frames[0].save(content, file_format, save_all=True, append_images=frames[1:], duration=50)
    return content.getvalue()


def larger(jpeg, width, height):
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


REFUSED = {
    # programs and pages, by their own names, behind another name, and behind another suffix
    "page.html": (HTML, TYPE),
    "page.xhtml": (HTML, TYPE),
    "drawing.svg": (SVG, TYPE),
    "script.js": (b"alert(1)", TYPE),
    "program.exe": (EXE, TYPE),
    "program.com": (EICAR, TYPE),
    "shell.php": (b"<?php system($_GET[0]);", TYPE),
    "shell.php.jpg": (b"<?php system($_GET[0]);", CONTENT),
    "guide.pdf.exe": (EXE, TYPE),
    "guide.pdf\0.exe": (PDF, TYPE),
    "guide.exe\0.pdf": (EXE, CONTENT),
    "gpj.\u202eexe": (EXE, TYPE),
    "exe.\u202efdp.pdf": (EXE, CONTENT),
    "archive.zip": (packed(("run.exe", EXE)), TYPE),
    "archive.tar.gz": (b"\x1f\x8b\x08" + bytes(20), TYPE),
    "../../../etc/passwd": (b"root", TYPE),
    "../../page.html": (HTML, TYPE),
    "letter.doc": (OLD_WORD, TYPE),
    "letter.docm": (office(), TYPE),
    "eicar.pdf": (EICAR, CONTENT),
    "eicar.docx": (EICAR, CONTENT),
    "eicar.png": (EICAR, CONTENT),
    "program.mp4": (EXE, CONTENT),
    "page.mp3": (HTML, CONTENT),
    "page.txt": (HTML, MARKUP),
    "page.md": (SCRIPT, MARKUP),
    "drawing.txt": (SVG, MARKUP),
    "drawing.png": (SVG, CONTENT),
    "shell.csv": (b"#!/bin/sh\nrm -rf ~", MARKUP),
    "program.txt": (EXE, "does not read as text"),
    # two types at once
    "page-first.pdf": (HTML + PDF, CONTENT),
    "page-first.docx": (HTML + office(), CONTENT),
    "program-first.epub": (EXE + book("application/epub+zip"), CONTENT),
    "picture-first.docx": (JPEG + office(), CONTENT),
    "archive.odt": (packed(("run.exe", EXE)), CONTENT),
    "sheet.docx": (office(f"{OOXML}spreadsheetml.sheet"), CONTENT),
    "phone.jpg": (HEIC, CONTENT),
    # documents that act
    "macros.docx": (office(DOCX, ("word/vbaProject.bin", OLD_WORD)), MACROS),
    "macros.xlsx": (office("application/vnd.ms-excel.sheet.macroEnabled"), MACROS),
    "macros.ods": (book(f"{ODF}spreadsheet", ("Basic/Standard/Module1.xml", "Sub Main")), MACROS),
    "locked.odt": (book(f"{ODF}text", ("META-INF/manifest.xml", "<manifest:encryption-data/>")), "by a password"),
    # documents that do harm when unpacked
    "climbing.docx": (office(DOCX, (entry("../../../etc/cron.d/run"), "")), PARTS),
    "climbing-back.docx": (office(DOCX, (entry("..\\..\\run.bat"), "")), PARTS),
    "absolute.docx": (office(DOCX, (entry("/etc/passwd"), "")), PARTS),
    "drive.pptx": (office(f"{OOXML}presentationml.presentation", (entry("C:\\run.bat"), "")), PARTS),
    "link.docx": (office(DOCX, (entry("link", external_attr=0o120777 << 16), "/etc/passwd")), PARTS),
    "twice.docx": (office(DOCX, (entry("main.xml"), "<other/>")), PARTS),
    "packed-hard.docx": (office(DOCX, (entry("a.xml", compress_type=zipfile.ZIP_LZMA), "a")), PARTS),
    "bomb.docx": (office(DOCX, ("zeros.xml", bytes(uploads.MAX_UNPACKED_BYTES + 1))), PACKED),
    "bomb.epub": (book("application/epub+zip", ("zeros", bytes(uploads.MAX_UNPACKED_BYTES))), PACKED),
    "crowd.docx": (office(DOCX, *((f"{n}.xml", "") for n in range(uploads.MAX_ENTRIES))), PACKED),
    # pictures that do harm when drawn
    "flood.png": (png(10_000, 5_001), PIXELS),
    "flood.jpg": (larger(JPEG, 10_000, 5_001), PIXELS),
    "flood.webp": (WEBP[:26] + struct.pack("<HH", 10_000, 5_001) + WEBP[30:], PIXELS),
    "ocean.png": (png(2**31 - 1, 2**31 - 1), PIXELS),
    "ocean.jpg": (larger(JPEG, 65_535, 65_535), PIXELS),
    "lying.png": (png(6_000, 6_000), DAMAGED),
    "cut.png": (PNG[:-30], DAMAGED),
    "cut.jpg": (JPEG[:-30], DAMAGED),
    "cut.webp": (WEBP[:-30], DAMAGED),
    "words.png": (png(1, 1, chunk(b"zTXt", b"Author\0\0" + zlib.compress(bytes(100 * 1024**2)))), DAMAGED),
    "moving.png": (moving("PNG"), "This picture moves."),
    "moving.webp": (moving("WEBP"), "This picture moves."),
}

EXIF = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x0e\x01\x02\0" + struct.pack("<II", len(SCRIPT), 26) + bytes(4) + SCRIPT
HELD = {
    "exif.jpg": picture("JPEG", exif=EXIF),
    "exif.png": picture("PNG", exif=EXIF),
    "exif.webp": picture("WEBP", exif=EXIF),
    "comment.jpg": picture("JPEG", comment=SCRIPT),
    "xmp.jpg": picture("JPEG", xmp=SCRIPT),
    "xmp.webp": picture("WEBP", xmp=SCRIPT),
    "profile.jpg": picture("JPEG", icc_profile=SCRIPT * 10),
    "words.png": png(1, 1, chunk(b"tEXt", b"Author\0" + SCRIPT)),
    "behind.png": PNG + SCRIPT,
    "behind.jpg": JPEG + SCRIPT,
    "behind.webp": WEBP + SCRIPT,
    "archive-behind.png": PNG + packed((SCRIPT.decode(), ""), compression=zipfile.ZIP_STORED),
    "document-behind.jpg": JPEG + PDF + SCRIPT,
    "shell.php.png": PNG + SCRIPT,
}


def check(name, content):
    upload = InMemoryUploadedFile(io.BytesIO(content), None, "sent", None, len(content), None)
    upload._name = name  # past what Django itself takes away
    return uploads.check_upload(upload)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("name", REFUSED, ids=ascii)
def test_a_hostile_file_is_refused_with_its_reason_and_with_little_memory(name):
    content, reason = REFUSED[name]
    tracemalloc.start()
    with pytest.raises(ValidationError) as caught:
        check(name, content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    [message] = caught.value.messages
    assert reason in message
    assert peak < 4 * 1024**2 + 3 * len(content)


@pytest.mark.parametrize("name", HELD)
def test_what_hides_in_a_picture_is_not_in_what_is_held(name):
    assert SCRIPT in HELD[name]
    accepted = check(name, HELD[name])
    stored = accepted.content.read()
    assert (accepted.name, accepted.size) == (name, len(stored))
    assert not any(hidden in stored for hidden in (b"script", b"PK\x03\x04", b"%PDF"))
    with Image.open(io.BytesIO(stored)) as drawn:
        drawn.load()


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_file_of_each_type_passes(name):
    content, media_type = ORDINARY[name]
    assert check(name, content).media_type == media_type


def test_there_are_more_than_fifty_kinds():
    assert len(REFUSED) + len(HELD) > 70
