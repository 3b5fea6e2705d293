"""The values of facets, each with the documents that have it.

The ids of documents are kept in compressed bitmaps (https://roaringbitmap.org), so that to filter a list is to
intersect a few of them, and to count one is to intersect each with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import islice
from operator import and_
from secrets import token_hex
from typing import NamedTuple

from django.db import models
from pyroaring import BitMap64

from .engine import fetch

KIND_FACET = "type"
STATE = ""  # in place of a facet: its only value is a random name for the state that the table is in
BATCH = 1_000

Pair = tuple[str, str]  # a facet and one value of it
Values = Mapping[str, Mapping[str, BitMap64]]


class IndexedValue(models.Model):
    """One value of one facet, in use."""

    name = models.CharField(max_length=20)
    value = models.CharField(max_length=100)
    documents = models.BinaryField()  # BitMap64.serialize() of the ids of the documents that have it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "value"], name="core_indexed_value_once")]

    def __str__(self):
        return f"{self.name}: {self.value}"


class _Read(NamedTuple):
    """All values as some state of the index has them, which other threads may be reading: not to be changed."""

    state: str
    values: Values


_last_read = _Read("", {})


def read() -> Values:
    """Return, by facet and value, the documents that have it, values in their order; from memory while nothing changes.

    The name of the state is read first, so what is remembered by it can be newer, but never older.
    """
    global _last_read
    [(state,)] = fetch("SELECT value FROM core_indexedvalue WHERE name = %s", [STATE]) or [("",)]
    if state != _last_read.state or not state:
        _last_read = _Read(state, _read_all())
    return _last_read.values


def _read_all():
    values = {}
    for name, value, documents in fetch("SELECT name, value, documents FROM core_indexedvalue ORDER BY name, value"):
        if name != STATE:
            values.setdefault(name, {})[value] = _set(documents)
    return values


class ValueChanges:
    """The documents that come to each value, and those that leave it, to be written once all have been seen."""

    def __init__(self):
        self._come, self._gone = defaultdict(BitMap64), defaultdict(BitMap64)

    def add(self, document: int, pairs: Iterable[Pair]) -> None:
        for pair in pairs:
            self._come[pair].add(document)

    def remove(self, document: int, pairs: Iterable[Pair]) -> None:
        for pair in pairs:
            self._gone[pair].add(document)

    def write(self) -> None:
        """Bring the values up to date. Those of no document are forgotten."""
        pairs = iter(sorted(self._come.keys() | self._gone.keys()))
        if self._come or self._gone:
            _rename_state()
        while batch := list(islice(pairs, BATCH)):
            self._write(batch)

    def _write(self, pairs):
        rows, unused = _rows(pairs), []
        for pair, row in rows.items():
            documents = (_set(row.documents) - self._gone.get(pair, BitMap64())) | self._come.get(pair, BitMap64())
            row.documents = _packed(documents)
            if not documents:
                unused.append(pair)
        IndexedValue.objects.filter(pk__in=[row.pk for row in map(rows.pop, unused) if row.pk]).delete()
        IndexedValue.objects.bulk_create(
            rows.values(), update_conflicts=True, unique_fields=["name", "value"], update_fields=["documents"]
        )


class Filters(NamedTuple):
    """The documents of the kinds wanted, and those that have any of the values chosen in each facet."""

    kinds: tuple[str, ...]
    of_kinds: BitMap64
    chosen: Mapping[str, BitMap64]
    is_whole: bool  # neither a kind nor a value leaves anything out

    @classmethod
    def of(cls, values: Values, *, kinds: Iterable[str], facets: Mapping[str, Sequence[str]]) -> "Filters":
        kinds, by_kind = tuple(kinds), values.get(KIND_FACET, {})
        everything, of_kinds = _union(by_kind, by_kind), _union(by_kind, kinds)
        chosen = {name: _union(values.get(name, {}), wanted) for name, wanted in facets.items() if wanted}
        return cls(kinds, of_kinds, chosen, not chosen and of_kinds == everything)

    @property
    def allowed(self) -> BitMap64:
        return reduce(and_, self.chosen.values(), self.of_kinds)

    @property
    def nearly_allowed(self) -> BitMap64:
        """The documents that no more than one facet leaves out, which counting the others takes."""
        if not self.chosen:
            return self.of_kinds
        return BitMap64.union(*(self.all_but(name) for name in self.chosen))

    def all_but(self, facet: str) -> BitMap64:
        """What is allowed if nothing is chosen in this facet."""
        return reduce(and_, (chosen for name, chosen in self.chosen.items() if name != facet), self.of_kinds)


def _rename_state():
    name = token_hex(16)
    if not IndexedValue.objects.filter(name=STATE).update(value=name):
        IndexedValue.objects.create(name=STATE, value=name)


def _rows(pairs):
    """Return the row of each pair, that of one without documents as a new one."""
    names, values = ({*column} for column in zip(*pairs, strict=True))
    known = {(row.name, row.value): row for row in IndexedValue.objects.filter(name__in=names, value__in=values)}
    none = _packed(BitMap64())
    return {pair: known.get(pair) or IndexedValue(name=pair[0], value=pair[1], documents=none) for pair in pairs}


def _union(sets, values):
    return BitMap64().union(*(sets[value] for value in values if value in sets))


def _set(packed):
    return BitMap64.deserialize(bytes(packed))


def _packed(documents):
    documents.run_optimize()
    return documents.serialize()
