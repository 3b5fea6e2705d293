"""Files: where they lie and how they are sent.

What a stranger sent is stored under a name that says nothing, outside every folder that a web server serves, and sent
as data that cannot run. What may be stored at all, core.uploads says.
"""

import hashlib
import logging
import os
import secrets
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404
from whitenoise.storage import CompressedManifestStaticFilesStorage

logger = logging.getLogger(__name__)

INLINE = {"application/pdf", "image/jpeg", "image/png", "image/webp"}


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


# --- How files are sent -------------------------------------------------------------------------


def serve(
    file_field: FieldFile, *, name: str, media_type: str, sha256: str | None = None, public: bool
) -> FileResponse:
    """Stream a stored file under ``name``: PDF and images to look at, all else to save; none of them may run.

    ``public`` files may be kept by any cache that asks each time whether they are still there, all others by none.
    Raises Http404, and logs it, for a file that is no longer in the storage.
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
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "public, no-cache" if public else "private, no-store"
    if public and sha256:
        response["ETag"] = f'"{sha256}"'
    return response
