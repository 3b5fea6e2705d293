"""Load the content files; see resourcecenter.loading for what stays as curators made it."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from resourcecenter import loading


class Command(BaseCommand):
    help = "Load the initial content, or what is new in it. Can be run again: what curators changed stays."

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "fixtures", help="Where the files are.")

    def handle(self, *, folder, verbosity, **options):
        try:
            report = loading.load(folder)
        except loading.ContentInvalid as error:
            raise CommandError(str(error)) from error
        for name, tally in report.items():
            self.stdout.write(
                f"{name}: {tally.created} created, {tally.updated} updated, {tally.unchanged} unchanged, "
                f"{tally.removed} left away as curators removed them, "
                f"{len(tally.kept)} fields kept as curators changed them"
            )
            for kept in tally.kept if verbosity > 1 else ():
                self.stdout.write(f"  kept: {kept}")
