"""The index: what can be found, as rows that the engines read."""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import models, transaction
from django.db.models.functions import Coalesce

from . import postgresql
from .engine import connection, cursor, engine, execute
from .fields import LexemesField
from .vocabulary import IndexedWord, WordChanges
from .words import fold, split

__all__ = ["Document", "IndexedDocument", "IndexedFacet", "IndexedValue", "IndexedWord", "clear", "index", "remove"]

BATCH = 500
MAX_CHARS = 200_000  # of one text
MAX_SORT_CHARS = 100
KIND_FACET = "type"
TEXTS = ("title", "tags", "summary", "body", "files")
CONTENT = (*TEXTS, "sort_title", "date", "added_at", "value_ids")


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
    value_ids = models.TextField(blank=True)  # the ids of its facets' values, "5 17 ": counting reads nothing else
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


class IndexedValue(models.Model):
    """One value of one facet, in use."""

    name = models.CharField(max_length=20)
    value = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "value"], name="core_indexed_value_once")]

    def __str__(self):
        return f"{self.name}: {self.value}"


class IndexedFacet(models.Model):
    """One value of one facet of a document, with the document's kind, which counting all values needs at hand."""

    document = models.ForeignKey(
        IndexedDocument,
        on_delete=models.DO_NOTHING,  # _delete() takes the facets of any number of documents in one statement
        db_index=False,  # the constraint begins with it
        related_name="facets",
    )
    value = models.ForeignKey(
        IndexedValue,
        on_delete=models.DO_NOTHING,
        db_index=False,  # an index begins with it
        related_name="facets",
    )
    kind = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "value"], name="core_indexed_facet_once")]
        indexes = [models.Index(fields=["value", "kind", "document"], name="core_documents_of_value")]

    def __str__(self):
        return f"{self.value} of {self.document}"


@transaction.atomic
def index(documents: Iterable[Document], *, anew: bool = False) -> None:
    """Insert the documents, or replace those that are not what they were, in the caller's transaction.

    No record may occur twice among them. With ``anew`` all are replaced, for an index that may be out of order.
    """
    documents, words = iter(documents), WordChanges()
    _wait_for_other_writers()
    while batch := list(islice(documents, BATCH)):
        _write(batch, words, anew=anew)
    words.write()


@transaction.atomic
def remove(kind: str, keys: Iterable[int]) -> None:
    """Make these records of one kind unfindable, in the caller's transaction."""
    keys, words = iter(keys), WordChanges()
    _wait_for_other_writers()
    while batch := list(islice(keys, BATCH)):
        _delete(IndexedDocument.objects.filter(kind=kind, key__in=batch), words)
    words.write()
    _forget_unused_values()


@transaction.atomic
def clear(kind: str) -> None:
    """Make all records of one kind unfindable, in the caller's transaction."""
    remove(kind, list(IndexedDocument.objects.filter(kind=kind).values_list("key", flat=True)))


def _write(batch, words, *, anew):
    old = _rows(IndexedDocument.objects.filter(kind__in={d.kind for d in batch}, key__in=[d.key for d in batch]))
    values = _value_ids(batch)
    rows = [_row(document, values) for document in batch]
    rows = [_with_lexemes(row) for row in rows if anew or _content(row) != old.get((row.kind, row.key))]
    changed = [row for row in rows if (row.kind, row.key) in old]
    rows = IndexedDocument.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["key", "kind"], update_fields=[*CONTENT, "length", "fulltext"]
    )
    if changed:
        IndexedFacet.objects.filter(document__in=changed).delete()
    facets = [(row.pk, int(value), row.kind) for row in rows for value in row.value_ids.split()]
    with cursor() as opened:
        engine().insert_facets(opened, facets)
    if changed:
        _forget_unused_values()
    for row in rows:
        words.add(_content(row)[: len(TEXTS)])
    for row in changed:
        words.remove(old[row.kind, row.key][: len(TEXTS)])


def _rows(documents):
    """Return the content of each document by kind and key."""
    return {(kind, key): content for kind, key, *content in documents.values_list("kind", "key", *CONTENT)}


def _content(row):
    return [getattr(row, name) for name in CONTENT]


def _value_ids(batch):
    """Return the id of each (facet, value) of the documents, of which each kind is one, making those that are new."""
    wanted = {pair for document in batch for pair in _pairs(document)}
    known = _known_values(wanted)
    if wanted - known.keys():
        IndexedValue.objects.bulk_create(
            [IndexedValue(name=name, value=value) for name, value in sorted(wanted - known.keys())],
        )
        known = _known_values(wanted)
    return known


def _known_values(wanted):
    rows = IndexedValue.objects.filter(name__in={name for name, _value in wanted})
    return {(name, value): pk for pk, name, value in rows.values_list("pk", "name", "value")}


def _pairs(document):
    yield KIND_FACET, document.kind
    for name, values in document.facets.items():
        yield from ((name, value) for value in values if value)


def _row(document, values):
    texts = {name: unicodedata.normalize("NFKC", getattr(document, name))[:MAX_CHARS] for name in TEXTS}
    texts = {name: text.replace("\0", " ") for name, text in texts.items()}
    return IndexedDocument(
        kind=document.kind,
        key=document.key,
        **texts,
        sort_title=fold(" ".join(split(document.title)))[:MAX_SORT_CHARS],
        date=document.date,
        added_at=document.added_at,
        value_ids="".join(f"{value} " for value in sorted({values[pair] for pair in _pairs(document)})),
        length=0,
    )


def _with_lexemes(row):
    if connection().vendor == "postgresql":
        row.fulltext, row.length = postgresql.lexemes({name: getattr(row, name) for name in TEXTS})
    return row


def _delete(documents, words):
    for texts in documents.values_list(*TEXTS):
        words.remove(texts)
    IndexedFacet.objects.filter(document__in=documents).delete()
    documents.delete()


def _wait_for_other_writers():
    with cursor() as opened:
        engine().lock_index(opened)


def _forget_unused_values():
    execute("""DELETE FROM core_indexedvalue AS value
        WHERE NOT EXISTS (SELECT 1 FROM core_indexedfacet WHERE value_id = value.id)""")
