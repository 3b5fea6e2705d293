"""Files: where they lie and how they are sent.

What a stranger sent is stored under a name that says nothing, outside every folder that a web server serves, and sent
as data that cannot run. What may be stored at all, core.uploads says.
"""

import hashlib
import logging
import os
import re
import secrets
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import models
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from whitenoise.storage import CompressedManifestStaticFilesStorage

from .headers import SANDBOXED

logger = logging.getLogger(__name__)

INLINE = {"application/pdf", "image/jpeg", "image/png", "image/webp"}
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)


# --- Where files lie ----------------------------------------------------------------------------


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Static files under hashed names, imports between JavaScript modules included."""

    support_js_module_import_aggregation = True


class WholeFileStorage(FileSystemStorage):
    """A local folder in which a file lies under its name only once all of it is on the disk.

    Saving raises OSError where the disk is full, and leaves nothing. What a killed process leaves ends in ".part".
    """

    def _save(self, name, content):
        path = Path(self.path(name))
        part = path.with_name(f"{secrets.token_hex(16)}.part")
        try:
            super()._save(str(part.relative_to(self.location)), content)
            _flush(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        for folder in path.parents:
            if folder.is_relative_to(self.location):
                _flush(folder)
        return name


def _flush(path):
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def private_storage() -> Storage:
    """Return where the files of contributions lie until they are approved; a callable, so no migration holds a path."""
    return storages["private"]


def public_storage() -> Storage:
    """Return where the files of public records lie; a callable, so no migration holds a path."""
    return storages["default"]


def stored_name() -> str:
    """Return a random name such as "3f/a9/3fa9...", 32 hexadecimal digits in two levels of folders, no suffix."""
    digits = secrets.token_hex(16)
    return f"{digits[:2]}/{digits[2:4]}/{digits}"


def random_path(instance, filename) -> str:
    """Return a name for ``upload_to``; what the person called the file is data, never a path."""
    return stored_name()


def checksum(content: File) -> str:
    """Return the SHA-256 of ``content`` in hexadecimal digits, read piece by piece; it is rewound before and after."""
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    content.seek(0)
    return digest.hexdigest()


class StoredFile(models.Model):
    """What is known of a stored file. Each app adds ``file`` with its storage, and the key to what it belongs to."""

    name = models.CharField(_("name"), max_length=120)
    media_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("checksum (SHA-256)"), max_length=64)
    verified_at = models.DateTimeField(
        _("verified"), null=True, editable=False, help_text=_("When it was last read and compared with its checksum.")
    )

    class Meta:
        abstract = True

    def __str__(self):
        return self.name


# --- How files are sent -------------------------------------------------------------------------


def serve(
    file_field: FieldFile, *, name: str, media_type: str, sha256: str | None = None, public: bool
) -> FileResponse:
    """Stream a stored file under ``name``: PDF and images to look at, all else to save; none of them may run.

    ``public`` files never change, so browsers may keep them; shared caches ask again after five minutes, as a record
    may be retired. All others are kept nowhere. Raises Http404, and logs it, for a file no longer in the storage.
    """
    try:
        content = file_field.open("rb")
    except FileNotFoundError as error:
        logger.error("The stored file %s is missing.", file_field.name)
        raise Http404 from error
    response = FileResponse(content, as_attachment=media_type not in INLINE, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    # What is packed already would only lose its length by being packed again.
    response["Content-Encoding"] = "identity"
    # django-csp leaves a response alone that brings its own policy.
    response["Content-Security-Policy"] = SANDBOXED
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "public, max-age=31536000, s-maxage=300" if public else "private, no-store"
    if public and sha256:
        response["ETag"] = f'"{sha256}"'
    return response


def as_asked(request: HttpRequest, response: FileResponse) -> HttpResponseBase:
    """Return what ``request`` asks of a whole file: all of it, one range of bytes, its headers, or that it is the same.

    Several ranges at once are answered by the whole file. Source: RFC 9110, 13 and 14.
    """
    response["Accept-Ranges"] = "bytes"
    conditional = get_conditional_response(request, etag=response.headers.get("ETag"), response=response)
    if conditional is not response:
        response.file_to_stream.close()
        # Its headers replace those that the browser has kept with the file.
        conditional["Content-Security-Policy"] = SANDBOXED
        return conditional
    if request.method == "HEAD":
        response.streaming_content = ()
        return response
    size = int(response["Content-Length"])
    part = _asked_bytes(request, response, size)
    if part is None:
        return response
    return _part(response, part, size) if part else _outside(response, size)


def _asked_bytes(request, response, size) -> range | None:
    """Return the positions that are asked for, none of them if they lie outside, or None for the whole file."""
    match = RANGE.fullmatch(request.headers.get("Range", ""))
    is_of_this = request.headers.get("If-Range", response.headers.get("ETag")) == response.headers.get("ETag")
    if not match or not is_of_this:
        return None
    first, last = (int(digits) if digits else None for digits in match.groups())
    if first is None:
        return None if last is None else range(max(size - last, 0), size)
    if last is None:
        return range(first, size)
    return None if last < first else range(first, min(last + 1, size))


def _part(response, part, size):
    response.status_code = HTTPStatus.PARTIAL_CONTENT
    response["Content-Range"] = f"bytes {part[0]}-{part[-1]}/{size}"
    response["Content-Length"] = len(part)
    response.streaming_content = _pieces(response.file_to_stream, part, response.block_size)
    return response


def _outside(response, size):
    response.file_to_stream.close()
    return HttpResponse(
        status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
        headers={
            "Content-Range": f"bytes */{size}",
            "Cache-Control": "no-store",
            "Content-Security-Policy": SANDBOXED,
        },
    )


def _pieces(content, part, block_size) -> Iterator[bytes]:
    content.seek(part[0])
    left = len(part)
    while left and (piece := content.read(min(left, block_size))):
        left -= len(piece)
        yield piece
