"""The documents that match: how many, the values of their facets, and their ids in order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from . import ranking
from .engine import engine, fetch, marks
from .query import Query
from .terms import Term, Vocabulary, Words, terms
from .vocabulary import completions, documents_with_stems
from .words import fold, root

MAX_MATCHES = 10_000  # more are neither counted nor ranked
FEW_VALUES = 900  # of facets: they are asked for, rather than all
SOON_COUNTED = 50  # values of a facet, each in a search of its own through the text of their ids
FEW = 5_000  # documents of some values: a list of them is soon made, of more it takes longer than to look at each
MAX_BROAD = 15_000  # documents to rank where any word will do
RANKED = 300  # of the best by the engine's own score are ranked again


class Sort(StrEnum):
    """The orders of results. Records without a date come last by either order of dates."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    LATEST = "latest"
    EARLIEST = "earliest"
    TITLE = "title"


# Each ends with the id, so that no record stands on two pages. IndexedDocument has an index for each but the first.
_ORDERS = {
    Sort.RELEVANCE: "document.score, document.id",
    Sort.NEWEST: "document.added_at DESC, document.id DESC",
    Sort.LATEST: "COALESCE(document.date, '0001-01-01') DESC, document.id DESC",
    Sort.EARLIEST: "COALESCE(document.date, '9999-12-31'), document.id",
    Sort.TITLE: "document.sort_title, document.id",
}
_ORDERED_BY = {
    Sort.RELEVANCE: "",
    Sort.NEWEST: ", document.added_at",
    Sort.LATEST: ", document.date",
    Sort.EARLIEST: ", document.date",
    Sort.TITLE: ", document.sort_title",
}


class Wanted(NamedTuple):
    """What to find: documents of any of the kinds that match the terms and, in every facet, any of its values."""

    terms: Sequence[Term]
    excluded: Sequence[Words]
    kinds: Sequence[str]
    facets: Mapping[str, Sequence[str]]
    any_word: bool = False

    def without(self, facet: str) -> "Wanted":
        return self._replace(facets={name: values for name, values in self.facets.items() if name != facet})

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the kind must match."""
        return bool(self.terms or self.excluded or self.facets)

    @property
    def most(self) -> int:
        """How many documents are counted and ranked at most."""
        return MAX_BROAD if self.any_word else MAX_MATCHES

    def source(self, *, ranked: bool = True) -> tuple[str, list]:
        """Return FROM and WHERE, and their parameters. Only our own text is in the SQL."""
        tables, conditions, parameters = "core_indexeddocument AS document", [], []
        if self.terms:
            parameters.append(engine().wanted(self.terms, any_word=self.any_word))
            if ranked:
                tables = engine().MATCHING
            else:
                conditions.append(engine().IS_MATCH)
        conditions.append(f"document.kind IN ({marks(self.kinds)})")
        parameters += self.kinds
        for name, values in self.facets.items():
            condition, ids = _has_value(name, values)
            conditions.append(condition)
            parameters += ids
        if self.excluded:
            conditions.append(f"NOT {engine().IS_MATCH}")
            parameters.append(engine().unwanted(self.excluded))
        return f"FROM {tables} WHERE {' AND '.join(conditions)}", parameters


def wanted(
    query: Query, *, kinds: Sequence[str], facets: Mapping[str, Sequence[str]], vocabulary: Vocabulary
) -> Wanted:
    """Return what a query wants: all its words, of which the last may be the beginning of a longer one."""
    chosen = {name: list(values) for name, values in facets.items() if values}
    return Wanted(_completed(terms(query, vocabulary), query), query.excluded, kinds, chosen)


def broader(wanted: Wanted) -> Wanted | None:
    """Return the same with any of its words, or None where there is but one; quoted phrases stay.

    Words of very many documents find no others where there are rarer ones, and longer words only stand for a word
    that nobody uses.
    """
    words = [term for term in wanted.terms if not term.is_quoted]
    if len(words) < 2:
        return None
    documents = documents_with_stems(root(word) for term in words for word in term.words)
    numbers = {term: min(documents.get(root(word), 0) for word in term.words) for term in words}
    rarest = sorted(words, key=numbers.get)
    rare = [term for at, term in enumerate(rarest) if sum(map(numbers.get, rarest[: at + 1])) <= MAX_BROAD]
    rare = rare if any(map(numbers.get, rare)) else words
    kept = [term for term in wanted.terms if term.is_quoted or term in rare]
    used = [term._replace(completions=()) if numbers.get(term) else term for term in kept]
    return wanted._replace(terms=used, any_word=True)


def _completed(terms, query):
    if not query.prefix:
        return terms
    prefix = query.prefix
    longer = {root(word): word for word in reversed(completions(fold(prefix))) if root(word) != root(prefix)}
    last = max((at for at, term in enumerate(terms) if not term.is_quoted), default=None)
    if last is None or terms[last].words[-1:] != (prefix,) or len(terms[last].words) > 1:
        return terms
    return [*terms[:last], terms[last]._replace(completions=tuple(longer.values())), *terms[last + 1 :]]


def is_findable(wanted: Wanted) -> bool:
    """Return whether any document is wanted."""
    source, parameters = wanted.source()
    return bool(fetch(f"SELECT 1 {source} LIMIT 1", parameters))


class Found(NamedTuple):
    total: int
    is_capped: bool  # there are more than MAX_MATCHES, and ``total`` is that
    ids: list[int]  # those asked for
    value_ids: str  # the ids of the values of all facets of all documents, those of any kind among them


def find(wanted: Wanted, *, sort: Sort, start: int, stop: int) -> Found:
    """Return the documents from ``start`` to ``stop`` in this order, and what can be said of all."""
    if not wanted.is_narrow:
        source, parameters = wanted.source()
        total = fetch(f"SELECT count(*) {source}", parameters)[0][0]
        return Found(total, False, _by_index(wanted, sort, start, stop), "")
    if sort == Sort.RELEVANCE:
        weights = ranking.weights(wanted.terms)
        found, scores = _pass(wanted, sort, 0, max(stop, RANKED), weights)
        return found._replace(ids=ranking.ranked(scores, wanted.terms, weights, best=RANKED)[start:stop])
    found, _scores = _pass(wanted, sort, start, stop)
    return found._replace(ids=_by_index(wanted, sort, start, stop)) if found.is_capped else found


def counts(wanted: Wanted, found: Found) -> dict[str, dict[str, int]]:
    """Return how many documents have each value of each facet; each facet as if nothing were chosen in it."""
    result = {name: numbers for name, numbers in _all_counts(found.value_ids).items() if name not in wanted.facets}
    for facet in wanted.facets:
        result |= _counts_of(facet, wanted.without(facet))
    return result


def _all_counts(value_ids):
    numbers = Counter(value_ids.split())
    only = f"WHERE id IN ({marks(numbers)})" if len(numbers) <= FEW_VALUES else ""
    sql = f"SELECT id, name, value FROM core_indexedvalue {only} ORDER BY name, value"  # noqa: S608 (marks only)
    counts = {}
    for value_id, name, value in fetch(sql, list(map(int, numbers)) if only else ()):
        if number := numbers[str(value_id)]:
            counts.setdefault(name, {})[value] = number
    return counts


def _counts_of(facet, others):
    if not others.is_narrow:
        return {facet: dict(facet_values(others.kinds, facet).get(facet, []))}
    source, parameters = others.source()
    sql = f"""SELECT {engine().JOINED.format("' ' || value_ids")}
        FROM (SELECT document.value_ids {source} LIMIT {others.most + 1}) AS document"""  # noqa: S608 (our own text)
    value_ids = fetch(sql, parameters)[0][0] or ""
    values = fetch("SELECT id, value FROM core_indexedvalue WHERE name = %s ORDER BY value", [facet])
    if len(values) <= SOON_COUNTED:
        numbers = {value: value_ids.count(f" {value_id} ") for value_id, value in values}
    else:
        counted = Counter(value_ids.split())
        numbers = {value: counted[str(value_id)] for value_id, value in values}
    numbers = {value: number for value, number in numbers.items() if number}
    return {facet: numbers} if numbers else {}


def facet_values(kinds: Sequence[str], facet: str = "") -> dict[str, list[tuple[str, int]]]:
    """Return the values in use of each facet or one, and how many documents of these kinds (at least one) have each.

    The kind is the facet "type". Reads the facets of all documents, so callers remember it for as long as public
    content stays as it is.
    """
    only = "AND value.name = %s" if facet else ""
    sql = f"""SELECT value.name, value.value, count(*) FROM core_indexedvalue AS value
        CROSS JOIN core_indexedfacet AS facet WHERE facet.value_id = value.id AND facet.kind IN ({marks(kinds)}) {only}
        GROUP BY value.name, value.value ORDER BY value.name, value.value"""  # noqa: S608 (no text of others)
    values = {}
    for name, value, count in fetch(sql, [*kinds, *([facet] if facet else [])]):
        values.setdefault(name, []).append((value, count))
    return values


def _has_value(facet, values):
    """Return a condition for any of the values of a facet, and its parameters."""
    sql = f"SELECT id FROM core_indexedvalue WHERE name = %s AND value IN ({marks(values)})"  # noqa: S608 (marks only)
    ids = [value_id for (value_id,) in fetch(sql, [facet, *values])]
    of_values = f"FROM core_indexedfacet WHERE value_id IN ({marks(ids)})"
    sql = f"SELECT count(*) FROM (SELECT 1 {of_values} LIMIT {FEW + 1}) AS few"  # noqa: S608 (marks only)
    if fetch(sql, ids)[0][0] <= FEW:
        return f"document.id IN (SELECT document_id {of_values})", ids
    either = " OR ".join([engine().CONTAINS.format("' ' || document.value_ids")] * len(ids))
    return f"({either})", [f" {value_id} " for value_id in ids]


def _pass(wanted, sort, start, stop, weights=None):
    """Return what one pass over at most MAX_MATCHES matches tells, and the scores of the documents asked for."""
    source, parameters = wanted.source()
    score, values = engine().score(wanted.terms, weights, any_word=wanted.any_word) if weights else ("0.0", [])
    # Materialised, and of narrow rows: a window function over the documents themselves takes more than twice the time.
    sql = f"""WITH document AS MATERIALIZED (
            SELECT document.id, document.value_ids{_ORDERED_BY[sort]}, {score} AS score {source} LIMIT {wanted.most + 1})
        SELECT count(*), 0.0, {engine().JOINED.format("document.value_ids")} FROM document
        UNION ALL
        SELECT id, score, ''
        FROM (SELECT id, score FROM document ORDER BY {_ORDERS[sort]} LIMIT %s OFFSET %s) AS best"""  # noqa: S608
    (total, _score, value_ids), *rows = fetch(sql, [*values, *parameters, stop - start, start])
    scores = {document: score for document, score, _values in rows}
    return Found(min(total, MAX_MATCHES), total > MAX_MATCHES, list(scores), value_ids or ""), scores


def _by_index(wanted, sort, start, stop):
    """Return the ids where many documents match: an index of the order soon comes to the first of them."""
    source, parameters = wanted.source(ranked=False)
    sql = f"SELECT document.id {source} ORDER BY {_ORDERS[sort]} LIMIT %s OFFSET %s"
    return [document for (document,) in fetch(sql, [*parameters, stop - start, start])]
