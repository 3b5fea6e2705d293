"""Keeping files: each is read again from time to time, and what no row names any longer is removed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.apps import apps
from django.core.files.storage import Storage
from django.db import models
from django.db.models import F
from django.utils import timezone

from contributions.models import Attachment, ContributionFile
from resourcecenter.core import files

STORED = [Attachment, ContributionFile]


class Verified(NamedTuple):
    """How many files were read; which are no longer in the storage, and which no longer hold what they held."""

    checked: int
    missing: list[files.StoredFile]
    changed: list[files.StoredFile]


class Swept(NamedTuple):
    """The names that were removed, and the rows whose file is not in the storage."""

    removed: list[str]
    missing: list[files.StoredFile]


class Compared(NamedTuple):
    """The stored files that no row names, the rows whose file is not stored, and how many names the rows hold."""

    orphans: list[tuple[Storage, str]]
    missing: list[files.StoredFile]
    named: int


def verify(limit: int | None = None) -> Verified:
    """Read every stored file, or the ``limit`` that were read longest ago, and compare size and SHA-256."""
    due = _due(limit)
    missing, changed = [], []
    for file in due:
        try:
            if not _is_whole(file):
                changed.append(file)
        except FileNotFoundError:
            missing.append(file)
        except OSError:  # a disk that can no longer read it
            changed.append(file)
        _remember(file)
    return Verified(len(due), missing, changed)


def sweep(older_than: timedelta = timedelta(hours=24)) -> Swept:
    """Remove what no row of any table names and what has lain in the storages for ``older_than``.

    Nothing is removed while a row lacks its file, or while there is no row at all: then the database and the storages
    are hardly of one another, as after half a restoration.
    """
    found = compare(older_than)
    if found.missing or not found.named:
        return Swept([], found.missing)
    for storage, name in found.orphans:
        storage.delete(name)
    return Swept([name for _storage, name in found.orphans], [])


def compare(older_than: timedelta) -> Compared:
    """Hold the storages against the rows of all tables; what came later than ``older_than`` ago may be on its way."""
    storages = [files.public_storage(), files.private_storage()]
    stored = [(storage, name) for storage in storages for name in names_in(storage)]
    missing = _rows_without({name for _storage, name in stored})
    named = {name for _storage, name in named_files()}  # after the storages were listed: what is named meanwhile stays
    before = timezone.now() - older_than
    orphans = [(storage, name) for storage, name in stored if name not in named and _is_older(storage, name, before)]
    return Compared(orphans, missing, len(named))


def _due(limit):
    longest_ago = F("verified_at").asc(nulls_first=True)
    due = [file for model in STORED for file in model.objects.order_by(longest_ago, "pk")[:limit]]
    return sorted(due, key=lambda file: (file.verified_at is not None, file.verified_at))[:limit]


def _is_whole(file):
    with file.file.open("rb") as content:
        return content.size == file.size and files.checksum(content) == file.sha256


def _remember(file):
    # By Django's own queryset: that a file was read changes no page, so the content generation stays.
    models.QuerySet(type(file)).filter(pk=file.pk).update(verified_at=timezone.now())


def _rows_without(names):
    """The rows whose file is not among ``names``, nor stored since those were listed."""
    rows = (file for model in STORED for file in model.objects.iterator() if file.file.name not in names)
    return [file for file in rows if not file.file.storage.exists(file.file.name)]


def _is_older(storage, name, moment):
    try:
        return storage.get_modified_time(name) < moment
    except FileNotFoundError:  # gone meanwhile
        return False


def names_in(storage: Storage, folder: str = "") -> Iterator[str]:
    """Yield the name of every file in a storage, those in folders with their path."""
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:  # nothing was stored yet
        return
    prefix = f"{folder}/" if folder else ""
    yield from (f"{prefix}{name}" for name in names)
    for inner in folders:
        yield from names_in(storage, f"{prefix}{inner}")


def named_files() -> set[tuple[Storage, str]]:
    """Return every file that a row of any table names, those of attachments that may be restored among them."""
    fields = [field for model in apps.get_models() for field in model._meta.fields]
    file_fields = [(field, field.model._base_manager) for field in fields if isinstance(field, models.FileField)]
    file_fields.append((Attachment._meta.get_field("file"), Attachment.history))
    return {
        (field.storage, name)
        for field, rows in file_fields
        for name in rows.exclude(**{field.name: ""}).values_list(field.name, flat=True)
    }
