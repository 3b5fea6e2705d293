from itertools import islice

from django.core.management.base import BaseCommand
from django.db import transaction

from resourcecenter import finding
from resourcecenter.core import history
from resourcecenter.core.search.index import IndexedDocument

BATCH = 500
WIDTH = 30


class Command(BaseCommand):
    help = "Build the search index anew from the public records, in small steps, while the site serves."

    def handle(self, *args, **options):
        for kind in finding.KINDS:
            total = kind.model._base_manager.count()
            done = 0
            for keys in _batches(kind):
                # A change of its own, so that writers wait for one step at most and none is indexed as it was before.
                with history.change():
                    kind.index(keys)
                done += len(keys)
                self._show(kind.name, done, total)
            _drop_gone(kind)
            self.stdout.write(f"{kind.name}: {done} indexed")

    def _show(self, name, done, total):
        if self.stdout.isatty():
            filled = WIDTH * done // max(done, total)
            self.stdout.write(f"\r{name:<14}[{'#' * filled:<{WIDTH}}] {done}/{total}\r", ending="")
            self.stdout.flush()


def _batches(kind):
    keys = iter(kind.model._base_manager.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=BATCH))
    while batch := list(islice(keys, BATCH)):
        yield batch


@transaction.atomic
def _drop_gone(kind):
    """Take out what is in the index though its record is gone, which a crash of an older release may have left."""
    indexed = IndexedDocument.objects.filter(kind=kind.name)
    kind.index(indexed.exclude(key__in=kind.model._base_manager.values("pk")).values_list("key", flat=True))
