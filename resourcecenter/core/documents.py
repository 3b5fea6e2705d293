"""Kinds of documents: how the records of one model get into the search index, and stay in step with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db import models

from resourcecenter.core import history, search
from resourcecenter.core.search.index import IndexedDocument
from resourcecenter.core.search.values import read

BATCH = 500


class Kind(NamedTuple):
    """The records of one model, as documents and as cards.

    ``names`` are the models whose words stand in these documents, and by which lookup they are reached from here.
    """

    name: str
    model: type[models.Model]
    for_index: Callable[[], models.QuerySet]
    to_document: Callable[[models.Model], search.Document]
    for_cards: Callable[[], models.QuerySet]
    names: Mapping[type[models.Model], str] = {}

    def touched(self, written: history.Written) -> set[int]:
        """The keys of these records, some of them gone, whose documents are not what they were."""
        keys = set(written.get(self.model, ()))
        for model, lookup in self.names.items():
            for batch in batches(sorted(written.get(model, ()))):
                keys.update(self.model.objects.filter(**{f"{lookup}__in": batch}).values_list("pk", flat=True))
        return keys

    def index(self, keys: Iterable[int]) -> None:
        """Bring the documents of these records up to date, and remove those of records that are gone."""
        for batch in batches(sorted(keys)):
            records = list(self.for_index().filter(pk__in=batch))
            search.index(map(self.to_document, records))
            if gone := set(batch) - {record.pk for record in records}:
                search.remove(self.name, gone)


def batches(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def follow(kinds: Iterable[Kind], written: history.Written) -> None:
    """Bring the documents of these kinds up to date with what was written, in the caller's transaction."""
    for kind in kinds:
        if keys := kind.touched(written):
            kind.index(keys)


def facet_of(kind: str, name: str) -> dict[int, str]:
    """What the index holds of a facet that has one value, by the key of the record."""
    keys = dict(IndexedDocument.objects.filter(kind=kind).values_list("pk", "key"))
    values = read().get(name, {})
    return {keys[pk]: value for value, documents in values.items() for pk in documents if pk in keys}


# --- Building the index anew --------------------------------------------------------------------


def rebuild(kind: Kind) -> Iterator[int]:
    """Write all documents of a kind anew while the site serves; yield how many were written, batch by batch.

    Each batch is a transaction, in which other writers of public content wait. A document is replaced where it is, so
    that readers find every record at every moment, by its old words or by its new ones. What is gone goes at the end.
    """
    last = 0
    while records := _next_batch(kind, last):
        last = records[-1].pk
        yield len(records)
    with history.writing():
        gone = IndexedDocument.objects.filter(kind=kind.name).exclude(key__in=kind.model.objects.values("pk"))
        search.remove(kind.name, gone.values_list("key", flat=True))


def _next_batch(kind, last):
    with history.change():
        records = list(kind.for_index().filter(pk__gt=last).order_by("pk")[:BATCH])
        search.index(map(kind.to_document, records), anew=True)
    return records


def forget_all_but(kinds: Iterable[Kind]) -> None:
    """Remove the documents of kinds that are none of these."""
    names = IndexedDocument.objects.exclude(kind__in=[kind.name for kind in kinds]).values_list("kind", flat=True)
    with history.writing():
        for name in set(names):
            search.clear(name)
