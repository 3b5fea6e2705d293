from django.core.management.base import BaseCommand

from resourcecenter.core import documents
from resourcecenter.finding import KINDS

BAR_WIDTH = 30


class Command(BaseCommand):
    help = "Build the search index anew from the public records, a kind at a time, while the site serves."

    def handle(self, *args, verbosity, **options):
        is_drawn = verbosity > 0 and self.stdout.isatty()
        for kind in KINDS.values():
            count, total = 0, kind.model.objects.count()
            for written in documents.rebuild(kind):
                count += written
                if is_drawn:
                    self.stdout.write("\r" + _bar(kind.name, count, total), ending="")
            if is_drawn and count:
                self.stdout.write("")
            if verbosity > 0:
                self.stdout.write(f"{kind.name}: {count} indexed")
        documents.forget_all_but(KINDS.values())


def _bar(name, count, total):
    part = min(count / max(total, 1), 1)
    filled = round(part * BAR_WIDTH)
    return f"{name:<12} [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {part:4.0%}  {count} of {total}"
