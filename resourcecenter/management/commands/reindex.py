from itertools import islice

from django.core.management.base import BaseCommand
from django.db import transaction

from catalogue import search as network_search
from contributions import search as resource_search
from resourcecenter.core import search

BATCH = 500


class Command(BaseCommand):
    help = "Build the search index anew from the public records, a kind at a time, while the site serves."

    def handle(self, *args, **options):
        for app_search in (resource_search, network_search):
            count = _rebuild(app_search)
            self.stdout.write(f"{app_search.KIND}: {count} indexed")


@transaction.atomic
def _rebuild(app_search) -> int:
    """Replace all documents of one kind in one transaction, so that readers see the old index or the new one."""
    search.clear(app_search.KIND)
    count = 0
    records = app_search.for_index().iterator(chunk_size=BATCH)
    while batch := list(islice(records, BATCH)):
        search.index(app_search.to_document(record) for record in batch)
        count += len(batch)
    return count
