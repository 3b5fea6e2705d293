"""Full-text search. This package knows no model of the apps: they hand in Documents and get kinds and keys back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from django.db import connections, router

from . import postgresql, sqlite
from .extract import Part, extract, mark
from .index import Document, IndexedDocument, clear, index, remove
from .query import MAX_QUERY_CHARS, Query, Vocabulary, fold, parse

__all__ = [
    "ENGINES",
    "MAX_MATCHES",
    "MAX_QUERY_CHARS",
    "Document",
    "Hit",
    "Part",
    "Query",
    "Results",
    "Sort",
    "Suggestion",
    "Vocabulary",
    "around",
    "clear",
    "did_you_mean",
    "facet_values",
    "fold",
    "index",
    "keys",
    "parse",
    "remove",
    "search",
    "similar",
    "suggest",
]

ENGINES = {"sqlite": sqlite, "postgresql": postgresql}  # by the vendor of the database
MAX_MATCHES = 10_000  # more are neither counted nor ranked
NO_SYNONYMS = Vocabulary()


class Sort(StrEnum):
    """The orders of results. Records without a date come last by either order of dates."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    LATEST = "latest"
    EARLIEST = "earliest"
    TITLE = "title"


class Hit(NamedTuple):
    """A document that was found, and what to show of it."""

    kind: str
    key: int
    title: list[Part]
    extract: list[Part]


class Suggestion(NamedTuple):
    kind: str
    key: int
    title: str


@dataclass(frozen=True, kw_only=True)
class Results:
    """One page of what was found."""

    query: Query
    total: int
    is_capped: bool  # there are more than MAX_MATCHES, and ``total`` is that
    hits: list[Hit]
    page: int
    pages: int
    broadened: bool  # no document has all the words; these have any of them
    counts: dict[str, dict[str, int]]  # of each value of each facet, as if nothing were chosen in that facet itself


BEST_FIRST = "document.score, document.id"
# Each ends with the id, so that no record stands on two pages. IndexedDocument has an index for each but the first.
_ORDERS = {
    Sort.RELEVANCE: BEST_FIRST,
    Sort.NEWEST: "document.added_at DESC, document.id DESC",
    Sort.LATEST: "COALESCE(document.date, '0001-01-01') DESC, document.id DESC",
    Sort.EARLIEST: "COALESCE(document.date, '9999-12-31'), document.id",
    Sort.TITLE: "document.sort_title, document.id",
}


def search(
    text: str = "",
    *,
    kinds: Sequence[str],
    facets: Mapping[str, Sequence[str]] | None = None,
    sort: Sort = Sort.RELEVANCE,
    page: int = 1,
    per_page: int = 20,
    vocabulary: Vocabulary = NO_SYNONYMS,
    count: bool = True,
) -> Results:
    """Return a page of the documents of these kinds (at least one) that match ``text`` and every facet.

    ``text`` may be any string whatever (see query.parse); where no document has all its words, those with any of them
    are found. A facet matches by any of its values. ``page`` is brought into range. Without words, the best match is
    the newest.
    """
    query, wanted_page, facets = parse(text), max(1, page), dict(facets or {})
    if facets.get("type"):
        kinds = [kind for kind in kinds if kind in facets.pop("type")] or ["none"]
    order = _ORDERS[sort if query or sort != Sort.RELEVANCE else Sort.NEWEST]
    find = _find_in_one_pass if query or facets else _find_by_index
    found = _found(query, kinds=kinds, facets=facets)
    total, page, hits = find(*found, order=order, page=wanted_page, per_page=per_page)
    broadened = not total and len(query.words) > 1
    if broadened:
        found = _found(query, kinds=kinds, facets=facets, any_word=True)
        total, page, hits = find(*found, order=order, page=wanted_page, per_page=per_page)
    return Results(
        query=query,
        total=total,
        is_capped=False,
        hits=_shown(hits, query),
        page=page,
        pages=max(1, ceil(total / per_page)),
        broadened=broadened and total > 0,
        counts=_counts(query, kinds=kinds, facets=facets, any_word=broadened) if count else {},
    )


def keys(
    text: str = "",
    *,
    kinds: Sequence[str],
    facets: Mapping[str, Sequence[str]] | None = None,
    sort: Sort = Sort.RELEVANCE,
    limit: int = MAX_MATCHES,
    vocabulary: Vocabulary = NO_SYNONYMS,
) -> list[tuple[str, int]]:
    """Return kind and key of the first ``limit`` documents that search() finds, in its order."""
    results = search(text, kinds=kinds, facets=facets, sort=sort, per_page=limit, vocabulary=vocabulary, count=False)
    return [(hit.kind, hit.key) for hit in results.hits]


def around(
    text: str = "",
    *,
    kinds: Sequence[str],
    facets: Mapping[str, Sequence[str]] | None = None,
    sort: Sort = Sort.RELEVANCE,
    kind: str,
    key: int,
    vocabulary: Vocabulary = NO_SYNONYMS,
) -> tuple[tuple[str, int] | None, tuple[str, int] | None]:
    """Return kind and key of the documents before and after this one in the order of search(), or None for each."""
    found = [None, *keys(text, kinds=kinds, facets=facets, sort=sort, vocabulary=vocabulary), None]
    for (before, here), (_here, after) in pairwise(pairwise(found)):
        if here == (kind, key):
            return before, after
    return None, None


def suggest(text: str, *, kinds: Sequence[str], limit: int = 8) -> list[Suggestion]:
    """Return documents of these kinds whose title may be what somebody who typed ``text`` so far wants."""
    query = parse(text)
    if not query:
        return []
    hits = search(text, kinds=kinds, per_page=limit, count=False).hits
    return [Suggestion(hit.kind, hit.key, "".join(part.text for part in hit.title)) for hit in hits]


def did_you_mean(text: str) -> str:
    """Return ``text`` with what seems misspelt put right, or "" where every word is known or nothing near is."""
    return ""


def similar(kind: str, key: int, *, kinds: Sequence[str], limit: int) -> list[tuple[str, int]]:
    """Return kind and key of other documents whose text is most like this one's, the likest first."""
    document = IndexedDocument.objects.filter(kind=kind, key=key).first()
    if not document:
        return []
    found = keys(document.title, kinds=kinds, limit=limit + 1)
    return [other for other in found if other != (kind, key)][:limit]


def facet_values(kinds: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """Return the values in use of each facet, and how many documents of these kinds (at least one) have each.

    Reads the facets of all documents, so callers remember it for as long as public content stays as it is.
    """
    sql = f"""SELECT name, value, count(*) FROM core_indexedfacet
        WHERE kind IN ({_marks(kinds)}) GROUP BY name, value ORDER BY name, value"""  # noqa: S608 (marks only)
    values = {}
    for name, value, count in _fetch(sql, kinds):
        values.setdefault(name, []).append((value, count))
    return values


def _found(query, *, kinds, facets, any_word=False):
    """Return FROM and WHERE for all that is to be found, and their parameters. Only our own text is in the SQL."""
    source, parameters = "core_indexeddocument AS document", []
    if query:
        source, parameters = _engine().MATCHING, [_engine().wanted(query, any_word=any_word)]
    conditions = [f"document.kind IN ({_marks(kinds)})"]
    parameters += kinds
    for name, values in facets.items():
        if values:
            conditions.append(_has_facet(kinds, values))
            parameters += [name, *values, *kinds]
    if query.excluded:
        conditions.append(_engine().EXCLUDING)
        parameters.append(_engine().unwanted(query))
    return f"FROM {source} WHERE {' AND '.join(conditions)}", parameters


def _has_facet(kinds, values):
    return f"""document.id IN (SELECT document_id FROM core_indexedfacet
        WHERE name = %s AND value IN ({_marks(values)}) AND kind IN ({_marks(kinds)}))"""  # noqa: S608 (marks only)


def _counts(query, *, kinds, facets, any_word):
    counts = {}
    for name in ["", *facets]:
        others = {other: values for other, values in facets.items() if other != name}
        found, parameters = _found(query, kinds=kinds, facets=others, any_word=any_word)
        sql = f"""SELECT name, value, count(*) FROM core_indexedfacet
            WHERE document_id IN (SELECT document.id {found}) GROUP BY name, value"""  # noqa: S608 (no text of others)
        rows = [row for row in _fetch(sql, parameters) if (row[0] == name if name else row[0] not in facets)]
        for facet, value, number in rows:
            counts.setdefault(facet, {})[value] = number
    found, parameters = _found(query, kinds=kinds, facets=facets, any_word=any_word)
    return counts | {"type": dict(_fetch(f"SELECT document.kind, count(*) {found} GROUP BY document.kind", parameters))}


def _shown(found, query):
    """Return the Hits for these kinds and keys."""
    rows = IndexedDocument.objects.filter(key__in=[key for _kind, key in found])
    texts = {(row.kind, row.key): row for row in rows}
    return [_hit(texts[record], query) for record in found]


def _hit(row, query):
    return Hit(row.kind, row.key, mark(row.title, query), extract([row.summary, row.body], query))


def _find_in_one_pass(found, parameters, *, order, page, per_page):
    """Return the total, the page brought into range, and its hits; matching anew to count would double the cost."""
    columns = "document.id, document.kind, document.key, document.added_at, document.date, document.sort_title"
    score = f", {_engine().SCORE} AS score" if order == BEST_FIRST else ""
    # Materialised, and of narrow rows: a window function over the documents themselves takes more than twice the time.
    sql = f"""WITH document AS MATERIALIZED (SELECT {columns}{score} {found})
        SELECT kind, key, (SELECT count(*) FROM document) FROM document ORDER BY {order} LIMIT %s OFFSET %s"""  # noqa: S608
    rows = _fetch(sql, [*parameters, per_page, (page - 1) * per_page])
    if not rows and page > 1:
        total = _fetch(f"SELECT count(*) {found}", parameters)[0][0]
        last_page = max(1, ceil(total / per_page))
        return _find_in_one_pass(found, parameters, order=order, page=last_page, per_page=per_page)
    return (rows[0][2] if rows else 0), page, [(kind, key) for kind, key, _total in rows]


def _find_by_index(found, parameters, *, order, page, per_page):
    """Return the same by two queries: where nothing narrows the list, the second reads only its page of an index."""
    total = _fetch(f"SELECT count(*) {found}", parameters)[0][0]
    page = min(page, max(1, ceil(total / per_page)))
    sql = f"SELECT document.kind, document.key {found} ORDER BY {order} LIMIT %s OFFSET %s"
    return total, page, _fetch(sql, [*parameters, per_page, (page - 1) * per_page]) if total else []


def _engine():
    return ENGINES[_connection().vendor]


def _connection():
    return connections[router.db_for_read(IndexedDocument)]


def _fetch(sql, parameters):
    with _connection().cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _marks(values):
    return ", ".join(["%s"] * len(values))
