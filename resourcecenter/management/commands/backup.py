"""Make a backup; see resourcecenter.recovery."""

import subprocess
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from resourcecenter.recovery.backup import back_up, remember


class Command(BaseCommand):
    help = (
        "Write the database and all files that it names into a new folder, with a checksum of each, while the site "
        "serves. It holds personal data: keep it as you keep the site."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument("--portable", action="store_true", help="As rows that SQLite and PostgreSQL both read.")

    def handle(self, *, folder, portable, **options):
        began = timezone.now()
        try:
            manifest = back_up(folder, portable=portable)
        except (OSError, subprocess.CalledProcessError) as error:
            remember(began, error=f"{type(error).__name__}: {error}")
            raise CommandError(f"No backup was made: {error}") from error
        size_mb = sum(entry.size for entry in manifest.entries) / 1e6
        made = f"{folder}: {len(manifest.entries)} files, {size_mb:.1f} MB."
        remember(began, result=made)
        self.stdout.write(made)
        if manifest.missing:
            lost = "\n".join(manifest.missing)
            raise CommandError(
                f"The backup is whole but for files that the site itself has lost:\n{lost}", returncode=3
            )
