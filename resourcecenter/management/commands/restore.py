"""Make a site from a backup; see resourcecenter.recovery."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from resourcecenter.recovery.restore import CannotRestoreError, restore


class Command(BaseCommand):
    help = "Fill an empty site from a backup: its files, its database, brought up to this release."
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--erasures",
            type=Path,
            metavar="FILE",
            help="The list of erasures of the site that was lost.",
        )

    def handle(self, *, folder, erasures, **options):
        try:
            manifest = restore(folder, erasures_file=erasures)
        except CannotRestoreError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"The site is as it was at {manifest.made_at}.")
        for name in manifest.missing:
            self.stderr.write(f"It had already lost the file {name}.")
