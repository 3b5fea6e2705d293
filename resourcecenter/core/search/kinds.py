"""A kind of record that can be found: how the index learns of it."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from django.db.models import Model, QuerySet

from .index import BATCH, Document, index, remove


class Kind(NamedTuple):
    """One kind of document, and the records that it is made of.

    ``records`` returns the records with all that ``to_document`` reads. ``named_in`` tells, by model, how a record
    leads to the rows whose words stand in its document, as a lookup.
    """

    name: str
    model: type[Model]
    records: Callable[[], QuerySet]
    to_document: Callable[[Model], Document]
    named_in: Mapping[type[Model], str]

    def touched_by(self, rows: Mapping[type[Model], set[int]]) -> set[int]:
        """Return the keys of the records, some perhaps gone, whose documents these rows, by model, stand in."""
        keys = set(rows.get(self.model, ()))
        for model, lookup in self.named_in.items():
            if rows.get(model):
                naming = self.model._base_manager.filter(**{f"{lookup}__in": rows[model]})
                keys.update(naming.values_list("pk", flat=True))
        return keys

    def index(self, keys: Iterable[int]) -> None:
        """Bring the documents of these records up to date, in the caller's transaction; those of gone ones go."""
        keys = sorted(keys)
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            documents = [self.to_document(record) for record in self.records().filter(pk__in=batch)]
            index(documents)
            if gone := set(batch) - {document.key for document in documents}:
                remove(self.name, gone)
