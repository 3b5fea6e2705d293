"""Read stored files again; see contributions.filekeeping."""

from django.core.management.base import BaseCommand, CommandError

from contributions import filekeeping


class Command(BaseCommand):
    help = "Read every stored file and compare it with the checksum of its upload; fail if one is missing or changed."

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, help="Only so many: those that were read longest ago.")

    def handle(self, *, limit, **options):
        report = filekeeping.verify(limit)
        for what, found in (("missing", report.missing), ("changed", report.changed)):
            for file in found:
                self.stderr.write(f"{what}: {file._meta.verbose_name} {file.pk}, {file.name}, {file.file.name}")
        bad = len(report.missing) + len(report.changed)
        if bad:
            raise CommandError(f"{report.checked} files read, {bad} of them missing or changed.")
        self.stdout.write(f"{report.checked} files read, all as they were.")
