"""A result as CSV: all of its rows, however many, while memory holds one batch of them and the keys of the rest."""

import csv
from collections.abc import Iterator

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils import timezone

from catalogue.tables import NetworkTable
from contributions.tables import ResourceTable
from resourcecenter import finding
from resourcecenter.core.asked import Asked, Collection
from resourcecenter.core.search import Sort
from resourcecenter.core.tables.files import defuse

BATCH = 200
BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows UTF-8
ALL = 2**31 - 1


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _records_in(table_class):
    """Rows of one kind of record: its address, then what curators export and import."""
    table, model = table_class(), table_class._meta.model

    def rows(keys):
        found = table.filter_export(model.objects.all()).in_bulk([key for _kind, key in keys])
        for _kind, key in keys:
            if key in found:  # it may have been retired since the search
                record = found[key]
                yield [settings.SITE_URL + record.get_absolute_url(), *table.export_resource(record)]

    return ["address", *table_class._meta.fields], rows


def _entries():
    """Rows of all kinds: what they have in common."""

    def rows(keys):
        found = finding.records(keys)
        for entry in (found[key] for key in keys if key in found):
            added_on = timezone.localdate(entry.added_at).isoformat()
            yield [entry.label, entry.title, settings.SITE_URL + entry.url, entry.summary, entry.licence, added_on]

    return ["type", "title", "address", "summary", "licence", "added"], rows


def table_of(collection: Collection, asked: Asked) -> StreamingHttpResponse:
    """Return the answer that streams all that is asked for, in its order; nothing in it can run as a formula."""
    response = StreamingHttpResponse(_text(collection, asked), content_type="text/csv; charset=utf-8")
    name = f"{collection.name}-{timezone.localdate()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _text(collection, asked) -> Iterator[str]:
    writer = csv.writer(_Line(), quoting=csv.QUOTE_ALL)
    columns, rows_of = SHAPES[collection.name]()
    yield BYTE_ORDER_MARK + writer.writerow(columns)
    keys = _keys(collection, asked)
    for start in range(0, len(keys), BATCH):
        for row in rows_of(keys[start : start + BATCH]):
            yield writer.writerow([defuse(cell) for cell in row])


def _keys(collection, asked) -> list[tuple[str, int]]:
    """All of them, in the order asked for; so many that the search does not rank them come newest first."""
    if asked.order == Sort.RELEVANCE and collection.search(asked, per_page=1).is_capped:
        asked = asked.sorted_by(Sort.NEWEST)
    return collection.keys(asked, limit=ALL)


SHAPES = {
    "search": _entries,
    "resources": lambda: _records_in(ResourceTable),
    "networks": lambda: _records_in(NetworkTable),
}
