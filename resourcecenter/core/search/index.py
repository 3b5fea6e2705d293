"""The index: what can be found, as rows that the engines read."""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import models
from django.db.models.functions import Coalesce

from .query import fold, split

BATCH = 500
MAX_CHARS = 200_000  # of one text; PostgreSQL refuses a document whose words and positions take more than 1 MB
MAX_SORT_CHARS = 100


@dataclass(frozen=True, kw_only=True)
class Document:
    """One record as it can be found. Of texts beyond MAX_CHARS only the beginning is."""

    kind: str
    key: int
    title: str
    tags: str = ""
    summary: str = ""
    body: str = ""
    files: str = ""  # the text of attached files
    facets: Mapping[str, Sequence[str]]
    date: dt.date | None
    added_at: dt.datetime


class IndexedDocument(models.Model):
    """A Document as a row, its texts in NFKC. Its full-text index is kept in step by the database (see the engines)."""

    kind = models.CharField(max_length=20)
    key = models.PositiveBigIntegerField()
    sort_title = models.CharField(max_length=MAX_SORT_CHARS)
    date = models.DateField(null=True)
    added_at = models.DateTimeField()
    title = models.TextField()  # the long texts last: SQLite reads a row from its start to the column it needs
    tags = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True)

    class Meta:
        # No index begins with the kind: there are so few kinds that a planner would sort one rather than read in order.
        constraints = [models.UniqueConstraint(fields=["key", "kind"], name="core_indexed_document_once")]
        indexes = [
            models.Index(fields=["-added_at", "-id", "kind"], name="core_document_newest"),
            models.Index(fields=["sort_title", "id", "kind"], name="core_document_by_title"),
            models.Index(Coalesce("date", dt.date.max), "id", "kind", name="core_document_earliest"),
            models.Index(
                Coalesce("date", dt.date.min).desc(), models.F("id").desc(), "kind", name="core_document_latest"
            ),
        ]

    def __str__(self):
        return self.title


class IndexedFacet(models.Model):
    """One value of one facet of a document, with the document's kind, which counting all values needs at hand."""

    document = models.ForeignKey(
        IndexedDocument,
        on_delete=models.DO_NOTHING,  # _delete() takes the facets of any number of documents in one statement
        db_index=False,  # the constraint begins with it
        related_name="facets",
    )
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=20)
    value = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "name", "value"], name="core_indexed_facet_once")]
        indexes = [models.Index(fields=["name", "value", "kind", "document"], name="core_documents_of_facet")]

    def __str__(self):
        return f"{self.name}: {self.value}"


def index(documents: Iterable[Document]) -> None:
    """Insert or replace the documents, in the caller's transaction; no record may occur twice among them."""
    documents = iter(documents)
    while batch := list(islice(documents, BATCH)):
        _write(batch)


def remove(kind: str, keys: Iterable[int]) -> None:
    """Make these records of one kind unfindable, in the caller's transaction."""
    _delete(IndexedDocument.objects.filter(kind=kind, key__in=list(keys)))


def clear(kind: str) -> None:
    """Make all records of one kind unfindable, in the caller's transaction: the first half of a rebuild."""
    _delete(IndexedDocument.objects.filter(kind=kind))


def _write(batch):
    rows = IndexedDocument.objects.bulk_create(
        [_row(document) for document in batch],
        update_conflicts=True,
        unique_fields=["key", "kind"],
        update_fields=["title", "tags", "summary", "body", "sort_title", "date", "added_at"],
    )
    IndexedFacet.objects.filter(document__in=rows).delete()
    IndexedFacet.objects.bulk_create(
        IndexedFacet(document=row, kind=row.kind, name=name, value=value)
        for row, document in zip(rows, batch, strict=True)
        for name, values in document.facets.items()
        for value in set(values) - {""}
    )


def _row(document):
    return IndexedDocument(
        kind=document.kind,
        key=document.key,
        title=_text(document.title),
        tags=_text(document.tags),
        summary=_text(document.summary),
        body=_text(" ".join(filter(None, [document.body, document.files]))),
        sort_title=fold(" ".join(split(document.title)))[:MAX_SORT_CHARS],
        date=document.date,
        added_at=document.added_at,
    )


def _text(text):
    return unicodedata.normalize("NFKC", text)[:MAX_CHARS]


def _delete(documents):
    IndexedFacet.objects.filter(document__in=documents).delete()
    documents.delete()
