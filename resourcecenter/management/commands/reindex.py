from django.core.management.base import BaseCommand

from resourcecenter.core import history, search
from resourcecenter.core.search.index import IndexedDocument
from resourcecenter.core.search.kinds import Kind
from resourcecenter.finding import KINDS

BATCH = 500
BAR_WIDTH = 30


class Command(BaseCommand):
    help = "Build the search index anew from the public records, in small steps, while the site serves."

    def handle(self, *args, verbosity, **options):
        is_drawn = verbosity > 0 and self.stdout.isatty()
        for kind in KINDS.values():
            count, total = 0, kind.model.objects.count()
            for written in rebuild(kind):
                count += written
                if is_drawn:
                    self.stdout.write("\r" + _bar(kind.name, count, total), ending="")
            if is_drawn and count:
                self.stdout.write("")
            if verbosity > 0:
                self.stdout.write(f"{kind.name}: {count} indexed")
        _forget_all_but(KINDS)


def rebuild(kind: Kind):
    """Write all documents of a kind anew; yield how many were written, batch by batch.

    Each batch is a transaction, in which other writers of public content wait. A document is replaced where it is, so
    that readers find every record at every moment, by its old words or by its new ones. What is gone goes at the end.
    """
    last = 0
    while keys := list(kind.model.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with history.writing():
            kind.index(keys)
        last = keys[-1]
        yield len(keys)
    with history.writing():
        gone = IndexedDocument.objects.filter(kind=kind.name).exclude(key__in=kind.model.objects.values("pk"))
        search.remove(kind.name, gone.values_list("key", flat=True))


def _forget_all_but(kinds):
    names = IndexedDocument.objects.exclude(kind__in=kinds).values_list("kind", flat=True)
    with history.writing():
        for name in set(names):
            search.clear(name)


def _bar(name, count, total):
    part = min(count / max(total, 1), 1)
    filled = round(part * BAR_WIDTH)
    return f"{name:<12} [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {part:4.0%}  {count} of {total}"
