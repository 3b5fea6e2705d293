"""Documents and queries of a test collection through the portal's own search, in whatever database Django has."""

import datetime as dt

from django.db import connection, transaction

from resourcecenter.core import search
from tests.benchmarks.collection import Collection

DEPTH = 100  # how far down people are thought to look at most; also what recall is measured at
KIND = "document"
ADDED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def index(collection: Collection) -> list[str]:
    """Index the documents of the collection, and return their ids; the key of each is its place, counted from 1."""
    ids = []
    with transaction.atomic():
        search.index(_numbered(collection.documents(), ids))
    _analyze()
    return ids


def rankings(collection: Collection, ids: list[str], *, with_synonyms: bool = True) -> dict[str, list[str]]:
    """Return for each query the ids of what a visitor is shown who pages down to DEPTH."""
    vocabulary = search.Vocabulary(collection.synonyms if with_synonyms else ())
    found = {
        query: search.search(text, kinds=[KIND], per_page=DEPTH, vocabulary=vocabulary, counted=())
        for query, text in collection.queries.items()
    }
    return {query: [ids[hit.key - 1] for hit in results.hits] for query, results in found.items()}


def _numbered(documents, ids):
    for key, document in enumerate(documents, start=1):
        ids.append(document.id)
        yield search.Document(
            kind=KIND, key=key, title=document.title, body=document.text, facets={}, date=None, added_at=ADDED
        )


def _analyze():
    """Bring the planner's statistics up to date, as PostgreSQL does by itself a minute after so many new rows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
