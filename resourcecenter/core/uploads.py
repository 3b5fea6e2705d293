"""What may be uploaded: a stranger's file passes a list of types, by its name and by its content.

The content is looked at but never unpacked, and of pictures only the pixels are kept. What passes can still hold a
virus, so it is stored and sent as core.files says.
"""

import math
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from . import images
from .files import checksum
from .text import one_line

MAX_BYTES = 20 * 1024 * 1024
MAX_NAME_LENGTH = 120
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ENTRIES = 1000
MAX_READ_BYTES = 1024 * 1024
"""The most that a part of a document may have to say about what the whole is."""


@dataclass(frozen=True)
class AcceptedFile:
    """An upload that may be stored: its name is for people only, the rest is of the content to store."""

    name: str
    media_type: str
    size: int
    sha256: str
    content: File = field(repr=False, compare=False)


@dataclass(frozen=True)
class FileType:
    """A type that may be shared. ``holds(upload, media_type)`` tells whether the content is of it."""

    media_type: str
    label: str | Promise
    holds: Callable[[UploadedFile, str], bool]


SIGNATURES = {
    "application/pdf": re.compile(rb"(\xef\xbb\xbf)?\s{0,100}%PDF-\d"),
    "application/rtf": re.compile(rb"\{\\rtf\d"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/webp": re.compile(rb"RIFF.{4}WEBPVP8[ LX]", re.DOTALL),
    "audio/mpeg": re.compile(rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"),
    "video/mp4": re.compile(rb".{4}ftyp(iso.|mp4.|avc1|dash|M4V |MSNV)", re.DOTALL),
}
"""How files begin: an MP3 with its tag or with a frame of layer III, an MP4 with one of the usual brands."""

CONTROL_BYTES = re.compile(rb"[^\t\n\f\r\x20-\xff]")
MARKUP = re.compile(rb"<(!doctype|html|head|body|script|iframe|style|title|svg|math|\?xml|\?php)|#!/|@echo off")
MACRO_PART = re.compile(r"(^|/)vbaProject\.bin$|^(Basic|Scripts)/", re.IGNORECASE)
# A character reference could hide any of the three words, and no content type needs one.
MACRO_TYPE = re.compile(rb"vbaProject|macroEnabled|macrosheet|&#", re.IGNORECASE)
UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, OSError, RuntimeError, ValueError)
"""What zipfile raises for an archive that is damaged, or none."""


def begins_right(upload: UploadedFile, media_type: str) -> bool:
    return bool(SIGNATURES[media_type].match(upload.read(256)))


def is_text(upload: UploadedFile, media_type: str) -> bool:
    """Return True for text in UTF-8 or an older code of one byte a letter; raise ValidationError for anything else."""
    start = upload.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    while start.startswith(b"<!--"):
        start = start.partition(b"-->")[2].lstrip()
    if MARKUP.match(start):
        raise ValidationError(
            _("This file begins like a web page or a program, not like text. Send the page as PDF instead."),
            code="file_markup",
        )
    if any(CONTROL_BYTES.search(chunk) for chunk in upload.chunks()):
        raise ValidationError(
            _("This file does not read as text. Save it as plain text in the encoding UTF-8 and send that."),
            code="file_content",
        )
    return True


def is_office_open_xml(upload: UploadedFile, media_type: str) -> bool:
    """Tell by the type of the main part. Source: ECMA-376 part 2, media types. Raises as ``_package`` does."""
    with _package(upload) as package:
        types = _read(package, "[Content_Types].xml")
    if MACRO_TYPE.search(types):
        raise _macros()
    return f"{media_type}.main+xml".encode() in types


def has_mimetype_entry(upload: UploadedFile, media_type: str) -> bool:
    """Tell by the first entry, which is not compressed. Source: ODF 1.3 part 2, 3.3; EPUB 3.3, 4.3 (OCF ZIP container).

    Raises as ``_package`` does.
    """
    with _package(upload) as package:
        first = min(package.infolist(), key=lambda entry: entry.header_offset)
        is_plain = first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED
        if not is_plain or _read(package, "mimetype").strip() != media_type.encode():
            return False
        manifest = "META-INF/manifest.xml"
        # A password locks an OpenDocument file part by part, and only this part tells.
        if manifest in package.namelist() and b"encryption-data" in _read(package, manifest):
            raise _password()
    return True


OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
JPEG = FileType("image/jpeg", _("JPEG"), begins_right)
ACCEPTED = {
    ".pdf": FileType("application/pdf", _("PDF"), begins_right),
    ".docx": FileType(OOXML + "wordprocessingml.document", _("Word (docx)"), is_office_open_xml),
    ".xlsx": FileType(OOXML + "spreadsheetml.sheet", _("Excel (xlsx)"), is_office_open_xml),
    ".pptx": FileType(OOXML + "presentationml.presentation", _("PowerPoint (pptx)"), is_office_open_xml),
    ".odt": FileType(ODF + "text", _("OpenDocument text (odt)"), has_mimetype_entry),
    ".ods": FileType(ODF + "spreadsheet", _("OpenDocument spreadsheet (ods)"), has_mimetype_entry),
    ".odp": FileType(ODF + "presentation", _("OpenDocument presentation (odp)"), has_mimetype_entry),
    ".rtf": FileType("application/rtf", _("RTF"), begins_right),
    ".txt": FileType("text/plain", _("plain text (txt)"), is_text),
    ".md": FileType("text/markdown", _("Markdown (md)"), is_text),
    ".csv": FileType("text/csv", _("CSV"), is_text),
    ".epub": FileType("application/epub+zip", _("EPUB"), has_mimetype_entry),
    ".png": FileType("image/png", _("PNG"), begins_right),
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".webp": FileType("image/webp", _("WebP"), begins_right),
    ".mp3": FileType("audio/mpeg", _("MP3"), begins_right),
    ".mp4": FileType("video/mp4", _("MP4"), begins_right),
}


def accept_attribute() -> str:
    """Return the suffixes for the ``accept`` attribute of a file input: ".pdf,.docx,..."."""
    return ",".join(ACCEPTED)


def accepted_in_words() -> str:
    """Return the types for a sentence: "PDF, Word (docx), ... or MP4"."""
    return get_text_list(list(dict.fromkeys(str(kind.label) for kind in ACCEPTED.values())), _("or"))


def check_upload(upload: UploadedFile) -> AcceptedFile:
    """Return what may be stored of ``upload``: its suffix names the type, and its content must be of it.

    A picture is drawn anew; of all else the content is the upload, rewound. A file of more than MAX_BYTES is not read,
    and the type that the browser claims is not believed. Raises ValidationError, worded for the person who sent it.
    """
    name = _clean_name(upload.name)
    suffix = PurePosixPath(name).suffix.lower()
    kind = ACCEPTED.get(suffix)
    if not kind:
        raise ValidationError(
            _("%(name)s is not a type of file that can be shared here. Send %(types)s."),
            params={"name": name, "types": accepted_in_words()},
            code="file_type",
        )
    _check_size(upload.size)
    if not _holds(kind, upload):
        raise ValidationError(
            _("This file is named %(suffix)s but is not %(type)s. Save it as that in its program and send it again."),
            params={"suffix": suffix, "type": kind.label},
            code="file_content",
        )
    content = images.redrawn(upload, kind.media_type) if kind.media_type in images.FORMATS else upload
    return AcceptedFile(name, kind.media_type, size=content.size, sha256=checksum(content), content=content)


def _clean_name(name):
    name = one_line(name.replace("\\", "/").rpartition("/")[2])
    suffix = PurePosixPath(name).suffix
    return name.removesuffix(suffix)[: MAX_NAME_LENGTH - len(suffix)].rstrip() + suffix


def _check_size(size):
    if not size:
        raise ValidationError(_("This file is empty. Look whether it opens, and send it again."), code="file_empty")
    if size > MAX_BYTES:
        raise ValidationError(
            _("This file has %(size)s MB, and %(limit)s MB can be sent at most. Make it smaller, or give its address."),
            params={"size": _megabytes(size), "limit": MAX_BYTES // 1024**2},
            code="file_size",
        )


def _megabytes(size):
    """Rounded up, so that one byte too many shows."""
    return number_format(math.ceil(size * 10 / 1024**2) / 10, decimal_pos=1)


def _holds(kind, upload):
    upload.seek(0)
    try:
        return kind.holds(upload, kind.media_type)
    except UNREADABLE:
        return False


# --- ZIP archives, judged by their directory ----------------------------------------------------


@contextmanager
def _package(upload):
    """Open a document that is a ZIP archive. Raises ValidationError for one that could do harm, or UNREADABLE."""
    if upload.read(4) != b"PK\x03\x04":
        raise zipfile.BadZipFile
    # Counted before zipfile makes an object of each, and not taken from where the archive itself tells a number.
    if sum(chunk.count(b"PK\x01\x02") for chunk in upload.chunks()) > MAX_ENTRIES:
        raise _too_packed()
    with zipfile.ZipFile(upload.file) as package:
        _refuse_unsafe(package.infolist())
        yield package


def _refuse_unsafe(entries):
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise _too_packed()
    if any(MACRO_PART.search(name) for name in names):
        raise _macros()
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise _password()
    if len(set(names)) < len(names) or any(_is_unsafe(entry) for entry in entries):
        raise ValidationError(
            _("This file holds parts that could do harm when unpacked. Save it anew in its program and send that."),
            code="file_parts",
        )
    # Something that another program would read lies before the archive.
    if min(entry.header_offset for entry in entries):
        raise zipfile.BadZipFile


def _is_unsafe(entry):
    """Tell an absolute or climbing name, a link, or a packing that no document uses and that no limit holds in."""
    name = entry.orig_filename.replace("\\", "/")
    return (
        name.startswith("/")
        or ":" in name.partition("/")[0]
        or "\0" in name
        or ".." in name.split("/")
        or stat.S_ISLNK(entry.external_attr >> 16)
        or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    )


def _read(package, name):
    with package.open(name) as part:
        content = part.read(MAX_READ_BYTES + 1)
    if len(content) > MAX_READ_BYTES:
        raise zipfile.BadZipFile
    return content


def _too_packed():
    return ValidationError(
        _("This file holds more than %(entries)s parts or unpacks to more than %(limit)s MB. Send it as PDF instead."),
        params={"entries": number_format(MAX_ENTRIES), "limit": MAX_UNPACKED_BYTES // 1024**2},
        code="file_packed",
    )


def _macros():
    return ValidationError(_("This file holds macros. Save it without macros and send it again."), code="file_macros")


def _password():
    return ValidationError(
        _("This file is protected by a password. Save it without the password and send it again."),
        code="file_password",
    )
