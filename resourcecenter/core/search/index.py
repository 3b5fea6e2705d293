"""The index: what can be found, as rows that the engines read."""

import datetime as dt
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import models, transaction
from django.db.models.functions import Coalesce

from . import postgresql
from .engine import connection, cursor, engine
from .fields import LexemesField
from .values import KIND_FACET, ValueChanges
from .vocabulary import WordChanges
from .words import fold, split

BATCH = 500
MAX_CHARS = 200_000  # of one text
MAX_SORT_CHARS = 100
TEXTS = ("title", "tags", "summary", "body", "files")
CONTENT = (*TEXTS, "sort_title", "date", "added_at", "facets")


@dataclass(frozen=True, kw_only=True)
class Document:
    """One record as it can be found, in plain text. Of texts beyond MAX_CHARS only the beginning is."""

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
    """A Document as a row, its texts in NFKC."""

    kind = models.CharField(max_length=20)
    key = models.PositiveBigIntegerField()
    sort_title = models.CharField(max_length=MAX_SORT_CHARS)
    date = models.DateField(null=True)
    added_at = models.DateTimeField()
    length = models.PositiveIntegerField()  # in words; FTS5 keeps its own
    facets = models.TextField(blank=True)  # pairs of name and value, as JSON: where IndexedValue has its id
    title = models.TextField()  # the long texts last: SQLite reads a row from its start to the column it needs
    tags = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True)
    files = models.TextField(blank=True)
    fulltext = LexemesField(blank=True)

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


@transaction.atomic
def index(documents: Iterable[Document], *, anew: bool = False) -> None:
    """Insert the documents, or replace those that are not what they were, in the caller's transaction.

    No record may occur twice among them. With ``anew`` all are replaced, for an index that may be out of order.
    """
    documents, changes = iter(documents), _Changes()
    _wait_for_other_writers()
    while batch := list(islice(documents, BATCH)):
        _write(batch, changes, anew=anew)
    changes.write()


@transaction.atomic
def remove(kind: str, keys: Iterable[int]) -> None:
    """Make these records of one kind unfindable, in the caller's transaction."""
    keys, changes = iter(keys), _Changes()
    _wait_for_other_writers()
    while batch := list(islice(keys, BATCH)):
        documents = IndexedDocument.objects.filter(kind=kind, key__in=batch)
        for document, content in _rows(documents).values():
            changes.remove(document, content)
        documents.delete()
    changes.write()


@transaction.atomic
def clear(kind: str) -> None:
    """Make all records of one kind unfindable, in the caller's transaction."""
    remove(kind, list(IndexedDocument.objects.filter(kind=kind).values_list("key", flat=True)))


class _Changes:
    """What documents that come and go change in the tables beside theirs."""

    def __init__(self):
        self._words, self._values = WordChanges(), ValueChanges()

    def add(self, document, content):
        self._words.add(content[: len(TEXTS)])
        self._values.add(document, _pairs(content[-1]))

    def remove(self, document, content):
        self._words.remove(content[: len(TEXTS)])
        self._values.remove(document, _pairs(content[-1]))

    def write(self):
        self._words.write()
        self._values.write()


def _write(batch, changes, *, anew):
    old = _rows(IndexedDocument.objects.filter(kind__in={d.kind for d in batch}, key__in=[d.key for d in batch]))
    rows = [_row(document) for document in batch]
    rows = [row for row in rows if anew or _content(row) != old.get((row.kind, row.key), (None, None))[1]]
    rows = IndexedDocument.objects.bulk_create(
        map(_with_lexemes, rows),
        update_conflicts=True,
        unique_fields=["key", "kind"],
        update_fields=[*CONTENT, "length", "fulltext"],
    )
    for row in rows:
        if (row.kind, row.key) in old:
            changes.remove(*old[row.kind, row.key])
        changes.add(row.pk, _content(row))


def _rows(documents):
    """Return the id and the content of each document by kind and key."""
    rows = documents.values_list("kind", "key", "pk", *CONTENT)
    return {(kind, key): (pk, content) for kind, key, pk, *content in rows}


def _content(row):
    return [getattr(row, name) for name in CONTENT]


def _row(document):
    texts = {name: unicodedata.normalize("NFKC", getattr(document, name))[:MAX_CHARS] for name in TEXTS}
    texts = {name: text.replace("\0", " ") for name, text in texts.items()}
    facets = {KIND_FACET: [document.kind], **document.facets}
    pairs = sorted({(name, value) for name, values in facets.items() for value in values if value})
    return IndexedDocument(
        kind=document.kind,
        key=document.key,
        **texts,
        sort_title=fold(" ".join(split(document.title)))[:MAX_SORT_CHARS],
        date=document.date,
        added_at=document.added_at,
        facets=json.dumps(pairs, ensure_ascii=False),
        length=0,
    )


def _pairs(facets):
    return map(tuple, json.loads(facets))


def _with_lexemes(row):
    if connection().vendor == "postgresql":
        row.fulltext, row.length = postgresql.lexemes({name: getattr(row, name) for name in TEXTS})
    return row


def _wait_for_other_writers():
    with cursor() as opened:
        engine().lock_index(opened)
