"""Full-text search. This package knows no model of the apps: they hand in Documents and get kinds and keys back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from . import values
from .engine import ENGINES, fetch, marks
from .extract import READ_CHARS, Matcher, Part
from .finding import MAX_MATCHES, Found, Sort, Sought, broader, counts, find, sought
from .index import Document, clear, index, remove
from .query import MAX_QUERY_CHARS, Query, parse
from .suggestions import Suggestion, did_you_mean, like_document, suggest
from .terms import Vocabulary
from .values import KIND_FACET, Filters
from .words import fold

__all__ = [
    "ENGINES",
    "KIND_FACET",
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
    "fold",
    "index",
    "keys",
    "parse",
    "remove",
    "search",
    "similar",
    "suggest",
]

NO_SYNONYMS = Vocabulary()
_IDS_AT_ONCE = 900  # as a parameter each
MAX_PAGE = 1_000_000
ENOUGH = 10  # documents with all the words: with fewer, those with any of them are found as well
FEW_WORDS = 3  # of more, one that is missing says little


class Hit(NamedTuple):
    """A document that was found, and what to show of it."""

    kind: str
    key: int
    title: list[Part]
    extract: list[Part]


@dataclass(frozen=True, kw_only=True)
class Results:
    """One page of what was found."""

    query: Query
    total: int
    is_capped: bool  # there are more than ``total``
    hits: list[Hit]
    page: int
    pages: int
    broadened: bool  # few or no documents have all the words; these have any of them
    with_all_words: int  # of the total
    counts: dict[str, dict[str, int]]  # of each value of each facet, as if nothing were chosen in that facet itself


class _Result(NamedTuple):
    """What was asked for in the end, and what came of it."""

    query: Query
    sought: Sought
    found: Found
    with_all_words: int


def search(
    text: str = "",
    *,
    kinds: Sequence[str],
    facets: Mapping[str, Sequence[str]] | None = None,
    sort: Sort = Sort.RELEVANCE,
    page: int = 1,
    per_page: int = 20,
    vocabulary: Vocabulary = NO_SYNONYMS,
    counted: Collection[str] | None = None,
) -> Results:
    """Return a page of the documents of these kinds (at least one) that match ``text`` and every facet.

    ``text`` may be any string whatever (see query.parse). Where fewer than ENOUGH documents have all its words, those
    with any of them are found as well; in other orders than by relevance, only where none has all. With all words
    come first, unless there are more than FEW_WORDS. A facet matches by any of its values; the facet "type" is the
    kind. ``page`` is brought into range. Without words, the best match is the newest.

    There are ``counts`` of the facets named in ``counted``, or of all.
    """
    facets = facets or {}
    sets = values.read()
    filters = Filters.of(sets, kinds=kinds, facets=facets)
    asked = {"filters": filters, "sort": sort, "vocabulary": vocabulary}
    page = min(max(1, page), MAX_PAGE)
    result = _find(text, **asked, start=(page - 1) * per_page, stop=page * per_page)
    pages = max(1, ceil(result.found.total / per_page))
    if page > pages:
        page = pages
        result = _find(text, **asked, start=(page - 1) * per_page, stop=page * per_page)
    return Results(
        query=result.query,
        total=result.found.total,
        is_capped=result.found.is_capped,
        hits=_hits(result.found.ids, Matcher(result.sought.terms)),
        page=page,
        pages=pages,
        broadened=result.sought.any_word,
        with_all_words=result.with_all_words,
        counts=counts(result.found, filters, {name: sets[name] for name in sets if counted is None or name in counted}),
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
    filters = Filters.of(values.read(), kinds=kinds, facets=facets or {})
    result = _find(text, filters=filters, sort=sort, vocabulary=vocabulary, start=0, stop=limit)
    return _records(result.found.ids)


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
    filters = Filters.of(values.read(), kinds=kinds, facets=facets or {})
    ids = _find(text, filters=filters, sort=sort, vocabulary=vocabulary, start=0, stop=MAX_MATCHES).found.ids
    here = fetch("SELECT id FROM core_indexeddocument WHERE kind = %s AND key = %s", [kind, key])
    if not here or here[0][0] not in ids:
        return None, None
    at = ids.index(here[0][0])
    before, after = ids[at - 1 : at] if at else [], ids[at + 1 : at + 2]
    return next(iter(_records(before)), None), next(iter(_records(after)), None)


def similar(kind: str, key: int, *, kinds: Sequence[str], limit: int) -> list[tuple[str, int]]:
    """Return kind and key of other documents whose text is most like this one's, the likest first."""
    return _records(like_document(kind, key, kinds=kinds, limit=limit))


def _find(text, *, filters, sort, vocabulary, start, stop):
    query = parse(text)
    sort = Sort.NEWEST if sort == Sort.RELEVANCE and not query else sort
    asked = sought(query, vocabulary)
    found = find(asked, filters, sort=sort, start=start, stop=stop)
    is_enough = found.total >= (ENOUGH if sort == Sort.RELEVANCE else 1)
    if is_enough or not (wider := broader(asked)):
        return _Result(query, asked, found, found.total)
    first = _all_words_first(asked, filters, found)
    rest = find(wider, filters, sort=sort, start=0 if first else start, stop=stop)
    if rest.total <= found.total:
        return _Result(query, asked, found, found.total)
    if first:
        rest = rest._replace(ids=[*first, *(document for document in rest.ids if document not in first)][start:stop])
    return _Result(query, wider, rest, found.total)


def _all_words_first(asked, filters, found):
    """Return the ids of those that go before what has any word; none where there are more than FEW_WORDS."""
    if not found.total or len(asked.terms) > FEW_WORDS:
        return []
    return find(asked, filters, sort=Sort.RELEVANCE, start=0, stop=found.total).ids


def _hits(ids, matcher):
    texts = [f"substr({name}, 1, {READ_CHARS})" for name in ("summary", "body", "files")]
    sql = f"SELECT id, kind, key, title, {', '.join(texts)} FROM core_indexeddocument WHERE id IN ({marks(ids)})"  # noqa: S608
    rows = {row[0]: row[1:] for row in fetch(sql, ids)}
    return [
        Hit(kind, key, matcher.mark(title), matcher.extract(texts))
        for kind, key, title, *texts in (rows[document] for document in ids if document in rows)
    ]


def _records(ids):
    records = {}
    for at in range(0, len(ids), _IDS_AT_ONCE):
        some = ids[at : at + _IDS_AT_ONCE]
        sql = f"SELECT id, kind, key FROM core_indexeddocument WHERE id IN ({marks(some)})"  # noqa: S608 (marks only)
        records |= {document: (kind, key) for document, kind, key in fetch(sql, some)}
    return [records[document] for document in ids if document in records]
