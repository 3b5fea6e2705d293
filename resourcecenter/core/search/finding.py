"""The documents that match: which they are, in what order, and how many have each value of each facet."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import chain, islice
from typing import NamedTuple

from pyroaring import BitMap64

from . import ranking
from .engine import cursor, engine, fetch, marks
from .query import Query
from .terms import Term, Vocabulary, Words, terms
from .values import Filters, Values
from .vocabulary import completions, documents_with_stems
from .words import fold, root

MAX_MATCHES = 10_000  # of some words: more are not ranked
MAX_READ = 30_000  # documents with the words are looked at for what the filters leave of them
FEW = 5_000  # documents: the engine is told which they are, where of more it is asked for all
RANKED = 100
FIRST_READ = 200  # of an order, to see whether the page is among them


class Sort(StrEnum):
    """The orders of results. Records without a date come last by either order of dates."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    LATEST = "latest"
    EARLIEST = "earliest"
    TITLE = "title"


# Each ends with the id, so that no record stands on two pages. IndexedDocument has an index for each.
_ORDERS = {
    Sort.NEWEST: "document.added_at DESC, document.id DESC",
    Sort.LATEST: "COALESCE(document.date, '0001-01-01') DESC, document.id DESC",
    Sort.EARLIEST: "COALESCE(document.date, '9999-12-31'), document.id",
    Sort.TITLE: "document.sort_title, document.id",
}


class Sought(NamedTuple):
    """The words to find: all terms, or any of them that is not quoted, and nothing that is excluded."""

    terms: Sequence[Term]
    excluded: Sequence[Words] = ()
    any_word: bool = False

    def __bool__(self):
        return bool(self.terms or self.excluded)

    def source(
        self, within: BitMap64 | None = None, *, kinds: Sequence[str] = (), ranked: bool = True
    ) -> tuple[str, list]:
        """Return FROM and WHERE, and their parameters; ``within`` has the ids to choose from, no kinds mean all."""
        tables, conditions, parameters = "core_indexeddocument AS document", [], []
        if self.terms:
            wanted = engine().wanted(self.terms, any_word=self.any_word)
            parameters.append(engine().without(wanted, self.excluded) if self.excluded else wanted)
            if ranked:
                tables = engine().MATCHING
            else:
                conditions.append(engine().IS_MATCH)
        elif self.excluded:
            conditions.append(f"NOT {engine().IS_MATCH}")
            parameters.append(engine().unwanted(self.excluded))
        if within is not None:
            # With + 0, what the words find is filtered; without, an engine would look for the words in each document.
            conditions.append(engine().IS_ONE_OF.format(id="document.id + 0" if self.terms else "document.id"))
            parameters.append(engine().ids(within))
        if kinds:
            conditions.append(f"document.kind IN ({marks(kinds)})")
            parameters += kinds
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"FROM {tables} {where}", parameters


def sought(query: Query, vocabulary: Vocabulary) -> Sought:
    """Return what a query looks for: all its words, of which the last may be the beginning of a longer one."""
    return Sought(_completed(terms(query, vocabulary), query), query.excluded)


def broader(sought: Sought) -> Sought | None:
    """Return the same with any of its words, or None where there is but one; quoted phrases stay.

    Words of very many documents find no others where there are rarer ones, and longer words only stand for a word
    that nobody uses.
    """
    words = [term for term in sought.terms if not term.is_quoted]
    if len(words) < 2:
        return None
    documents = documents_with_stems(root(word) for term in words for word in term.words)
    numbers = {term: min(documents.get(root(word), 0) for word in term.words) for term in words}
    rarest = sorted(words, key=numbers.get)
    rare = [term for at, term in enumerate(rarest) if sum(map(numbers.get, rarest[: at + 1])) <= MAX_MATCHES]
    rare = rare if any(map(numbers.get, rare)) else words
    kept = [term for term in sought.terms if term.is_quoted or term in rare]
    used = [term._replace(completions=()) if numbers.get(term) else term for term in kept]
    return sought._replace(terms=used, any_word=True)


def _completed(terms, query):
    if not query.prefix:
        return terms
    prefix = query.prefix
    longer = {
        root(word): word
        for word in reversed(completions(fold(prefix), enough=MAX_MATCHES))
        if root(word) != root(prefix)
    }
    last = max((at for at, term in enumerate(terms) if not term.is_quoted), default=None)
    if last is None or terms[last].words[-1:] != (prefix,) or len(terms[last].words) > 1:
        return terms
    return [*terms[:last], terms[last]._replace(completions=tuple(longer.values())), *terms[last + 1 :]]


def is_findable(sought: Sought) -> bool:
    """Return whether any document has the words."""
    source, parameters = sought.source()
    return bool(fetch(f"{engine().BY_INDEX} SELECT 1 {source} LIMIT 1", parameters))


class Found(NamedTuple):
    total: int
    is_capped: bool  # there are more than ``total``
    ids: list[int]  # those asked for
    documents: BitMap64  # all, as far as they were looked at
    matches: BitMap64  # these, and those that a single facet leaves out


def find(sought: Sought, filters: Filters, *, sort: Sort, start: int, stop: int) -> Found:
    """Return the documents from ``start`` to ``stop`` in this order, and what can be said of all."""
    if not sought:
        documents = filters.allowed
        ids = _in_order(documents, filters, sort, start, stop)
        return Found(len(documents), False, ids, documents, filters.nearly_allowed)
    if sort == Sort.RELEVANCE:
        return _find_best(sought, filters, start, stop)
    found = _all_found(sought, filters)
    if found.is_capped:
        return found._replace(ids=_in_order(filters.allowed, filters, sort, start, stop, sought))
    return found._replace(ids=_in_order(found.documents, filters, sort, start, stop))


def _find_best(sought, filters, start, stop):
    weights = ranking.weights(sought.terms)
    nearly = filters.nearly_allowed
    scores = _scores(sought, weights, nearly if len(nearly) <= FEW and not filters.is_whole else None)
    matches = BitMap64(scores) & nearly
    found = _found(matches & filters.allowed, matches, is_cut=len(scores) > MAX_MATCHES)
    if found.is_capped and len(found.documents) < RANKED:  # there may be better ones among those not looked at
        found = _all_found(sought, filters)
        scores = _scores(sought, weights, found.documents)
    best = islice((document for document in scores if document in found.documents), max(stop, RANKED))
    ids = ranking.ranked({document: scores[document] for document in best}, sought.terms, weights, best=RANKED)
    return found._replace(ids=ids[start:stop])


def _scores(sought, weights, documents=None):
    """Return the scores of these documents, or of any, best first; of one more than are ranked, if there are."""
    score, values = engine().score(sought.terms, weights, any_word=sought.any_word)
    source, parameters = sought.source(documents)
    sql = f"SELECT document.id, {score} AS score {source} LIMIT {MAX_MATCHES + 1}"
    with cursor() as opened:
        return engine().best_first(opened, sql, [*values, *parameters])


def _all_found(sought, filters):
    nearly = filters.nearly_allowed
    source, parameters = sought.source(nearly if len(nearly) <= FEW else None)
    rows = fetch(f"{engine().BY_INDEX} SELECT document.id {source} LIMIT {MAX_READ}", parameters)
    matches = BitMap64(chain.from_iterable(rows)) & nearly
    return _found(matches & filters.allowed, matches, is_cut=len(rows) == MAX_READ)


def _found(documents, matches, *, is_cut=False):
    is_capped = is_cut or len(documents) > MAX_MATCHES
    return Found(min(len(documents), MAX_MATCHES), is_capped, [], documents, matches)


def counts(found: Found, filters: Filters, values: Values) -> dict[str, dict[str, int]]:
    """Return how many documents have each of the values; those of a facet as if nothing were chosen in it."""
    result = {}
    for name, sets in values.items():
        documents = found.matches & filters.all_but(name) if name in filters.chosen else found.documents
        used = {
            value: number for value, having in sets.items() if (number := having.intersection_cardinality(documents))
        }
        if used:
            result[name] = used
    return result


def _in_order(documents, filters, sort, start, stop, sought=None):
    """Return the ids of a page of these documents, of those with the words if they are still ``sought``.

    Of few documents the page is sorted out; many are met soon along an index of the order.
    """
    if len(documents) <= FEW:
        source, parameters = Sought(()).source(documents)
        return _page(source, parameters, sort, start, stop - start)
    source, parameters = (sought or Sought(())).source(ranked=False, kinds=filters.kinds)
    found, at, length = [], 0, FIRST_READ
    while len(found) < stop:
        ids = _page(source, parameters, sort, at, length)
        found += [document for document in ids if document in documents]
        if len(ids) < length:
            break
        at, length = at + length, length * 4
    return found[start:stop]


def _page(source, parameters, sort, start, length):
    sql = f"SELECT document.id {source} ORDER BY {_ORDERS[sort]} LIMIT {length} OFFSET {start}"
    return [document for (document,) in fetch(sql, parameters)]
