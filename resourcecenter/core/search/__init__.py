"""Full-text search. This package knows no model of the apps: they hand in Documents and get kinds and keys back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from django.db import connections, router

from . import postgresql, sqlite
from .index import Document, IndexedDocument, clear, index, remove
from .query import MAX_QUERY_CHARS, Query, fold, parse

__all__ = [
    "ENGINES",
    "MAX_QUERY_CHARS",
    "Document",
    "Query",
    "Results",
    "Sort",
    "clear",
    "facet_values",
    "fold",
    "index",
    "parse",
    "remove",
    "search",
]

ENGINES = {"sqlite": sqlite, "postgresql": postgresql}  # by the vendor of the database


class Sort(StrEnum):
    """The orders of results. Records without a date come last by either order of dates."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    LATEST = "latest"
    EARLIEST = "earliest"
    TITLE = "title"


@dataclass(frozen=True, kw_only=True)
class Results:
    """One page of what was found."""

    query: Query
    total: int
    hits: list[tuple[str, int]]  # kind and key
    page: int
    pages: int
    broadened: bool  # no document has all the words; these have any of them


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
) -> Results:
    """Return a page of the documents of these kinds (at least one) that match ``text`` and every facet.

    ``text`` may be any string whatever (see query.parse); where no document has all its words, those with any of them
    are found. A facet matches by any of its values. ``page`` is brought into range. Without words, the best match is
    the newest.
    """
    query, wanted_page = parse(text), max(1, page)
    order = _ORDERS[sort if query or sort != Sort.RELEVANCE else Sort.NEWEST]
    find = _find_in_one_pass if query or facets else _find_by_index
    found = _found(query, kinds=kinds, facets=facets or {})
    total, page, hits = find(*found, order=order, page=wanted_page, per_page=per_page)
    broadened = not total and len(query.words) > 1
    if broadened:
        found = _found(query, kinds=kinds, facets=facets or {}, any_word=True)
        total, page, hits = find(*found, order=order, page=wanted_page, per_page=per_page)
    pages = max(1, ceil(total / per_page))
    return Results(query=query, total=total, hits=hits, page=page, pages=pages, broadened=broadened and total > 0)


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
