"""The manifest of a backup: what it was made of, and the checksum of every file in it."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self

from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

NAME = "manifest.json"


class Entry(NamedTuple):
    """A file in the folder of a backup; ``path`` is relative to the folder, ``size`` in bytes."""

    path: str
    size: int
    sha256: str


class Manifest(NamedTuple):
    """What a backup holds. ``missing`` names files of the database that the storage no longer had."""

    made_at: str
    database: str
    migrations: list[list[str]]
    entries: list[Entry]
    missing: list[str]

    @classmethod
    def of(cls, folder: Path, *, database: str, missing: list[str]) -> Self:
        """Return the manifest of what lies in ``folder`` now."""
        return cls(
            made_at=timezone.now().isoformat(timespec="seconds"),
            database=database,
            migrations=newest_migrations(),
            entries=sorted(entry(folder, path) for path in files_in(folder)),
            missing=sorted(missing),
        )

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the manifest of a backup; raises ValueError or OSError where there is none."""
        content = json.loads((folder / NAME).read_text())
        if not isinstance(content, dict) or set(content) != set(cls._fields):
            raise ValueError(f"{folder / NAME} is not the manifest of a backup.")
        return cls(**{**content, "entries": [Entry(*fields) for fields in content["entries"]]})

    def write(self, folder: Path) -> None:
        """Write the manifest into the folder of its backup."""
        (folder / NAME).write_text(json.dumps(self._asdict(), indent=1))

    def faults(self, folder: Path) -> Iterator[str]:
        """Yield in words what no longer is as it was written: what is gone, changed, or came from elsewhere."""
        found = set(files_in(folder)) - {folder / NAME}
        for expected in self.entries:
            path = folder / expected.path
            if path not in found:
                yield f"{expected.path} is missing."
            elif entry(folder, path) != expected:
                yield f"{expected.path} has changed."
        for path in sorted(found - {folder / expected.path for expected in self.entries}):
            yield f"{path.relative_to(folder)} does not belong to the backup."


def newest_migrations() -> list[list[str]]:
    """Return the last migration of each app of this release, as [app, name]."""
    return sorted(list(node) for node in MigrationLoader(None).graph.leaf_nodes())


def entry(folder: Path, path: Path) -> Entry:
    """Return size and checksum of a file in the folder, read piece by piece."""
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256")
    return Entry(path.relative_to(folder).as_posix(), path.stat().st_size, digest.hexdigest())


def files_in(folder: Path) -> Iterator[Path]:
    """Yield every file in a folder and in those below it."""
    return (path for path in folder.rglob("*") if path.is_file())
