"""What to offer somebody who types, who mistyped, and who has read."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from math import log
from typing import NamedTuple

from rapidfuzz.distance import DamerauLevenshtein

from . import values
from .engine import cursor, engine, fetch, marks
from .finding import Sort, Sought, broader, find, is_findable
from .index import IndexedDocument
from .query import MAX_QUERY_CHARS, PART, STOP_WORDS, parse
from .terms import Term, Vocabulary, terms
from .values import Filters
from .vocabulary import ANYTHING, completions, documents_with_stems, is_kept
from .words import LAST_CHAR, WORD, fold, stem, words_of

CANDIDATES = 100
MIN_MENDED_CHARS = 3
TELLING_WORDS = 12
MAX_LIKE = 5_000  # documents to rank
READ_CHARS = 20_000


class Suggestion(NamedTuple):
    kind: str
    key: int
    title: str


def suggest(text: str, *, kinds: Sequence[str], limit: int = 8) -> list[Suggestion]:
    """Return documents whose title begins with ``text``, then those with its words in the title, the shortest first."""
    words = [fold(word) for word in parse(text).words]
    typed = " ".join(fold(word[0]) for word in WORD.finditer(text[:MAX_QUERY_CHARS]))
    if not typed:
        return []
    rows = _titles_beginning(typed, kinds, limit)
    if len(rows) < limit and words:
        rows += [row for row in _titles_with(words, kinds) if row not in rows]
    return [Suggestion(*row[:3]) for row in rows[:limit]]


def _titles_beginning(typed, kinds, limit):
    begins, order = (part.format(column="sort_title") for part in (engine().BEGINS, engine().BY_LETTERS))
    sql = f"""SELECT kind, key, title FROM core_indexeddocument WHERE {begins} AND kind IN ({marks(kinds)})
        ORDER BY {order}, id LIMIT %s"""  # noqa: S608 (our own text)
    return fetch(sql, [typed, typed + LAST_CHAR, *kinds, limit])


def _titles_with(words, kinds):
    last = Term((words[-1],), completions=tuple(completions(words[-1])))
    wanted = engine().wanted([*(Term((word,)) for word in words[:-1]), last])
    sql = f"""SELECT kind, key, title FROM core_indexeddocument AS document
        WHERE {engine().IN_TITLE} AND kind IN ({marks(kinds)}) LIMIT {CANDIDATES}"""  # noqa: S608 (our own text)
    return sorted(fetch(sql, [wanted, *kinds]), key=lambda row: (len(row[2]), row))


def did_you_mean(text: str) -> str:
    """Return ``text`` with its unknown words put right, or "" where all are known, or nothing near finds anything.

    A word is put right in small letters if it was typed so, else as documents have it.
    """
    text = text[:MAX_QUERY_CHARS]
    mended, at = "", 0
    for part in PART.finditer(text):
        if part["minus"]:
            continue
        for word in WORD.finditer(text, part.start(), part.end()):
            mended += text[at : word.start()] + _mended(word[0])
            at = word.end()
    mended += text[at:]
    return mended if mended != text and _finds_something(mended) else ""


def _mended(word):
    folded = fold(word)
    if len(folded) < MIN_MENDED_CHARS or not is_kept(folded) or folded in STOP_WORDS or _is_known(folded):
        return word
    with cursor() as opened:
        candidates = engine().like(opened, folded)
    most = 1 if len(folded) < 5 else 2 if len(folded) < 9 else 3
    near = [
        (distance, candidate[0] != folded[0], -documents, written)
        for candidate, written, documents in candidates
        if candidate and (distance := DamerauLevenshtein.distance(folded, candidate, score_cutoff=most)) <= most
    ]
    if not near:
        return word
    return min(near)[-1].lower() if word.islower() else min(near)[-1]


def _is_known(word):
    return bool(documents_with_stems([stem(word)]).keys() - {ANYTHING})


def _finds_something(text):
    query = parse(text)
    sought = Sought(terms(query, Vocabulary()), query.excluded)
    wider = broader(sought)
    return is_findable(sought) or bool(wider and is_findable(wider))


def like_document(kind: str, key: int, *, kinds: Sequence[str], limit: int) -> list[int]:
    """Return the ids of other documents that have most of the telling words of this one, the likest first."""
    rows = IndexedDocument.objects.filter(kind=kind, key=key).values_list("pk", "title", "tags", "summary", "body")
    for document, *texts in rows:
        sought = Sought([Term((word,)) for word in _telling_words(texts)], any_word=True)
        if sought.terms:
            filters = Filters.of(values.read(), kinds=kinds, facets={})
            ids = find(sought, filters, sort=Sort.RELEVANCE, start=0, stop=limit + 1).ids
            return [other for other in ids if other != document][:limit]
    return []


def _telling_words(texts):
    """Return the words whose number here stands out most against that of all documents."""
    words = Counter(word for text in texts for word in words_of(fold(text[:READ_CHARS])))
    title = set(words_of(fold(texts[0])))
    stems = {word: stem(word) for word in words if word not in STOP_WORDS and is_kept(word)}
    documents = documents_with_stems(stems.values())
    total = documents.get(ANYTHING, 1)

    def telling(word):
        return (1 + log(words[word]) + (word in title)) * log(1 + total / documents.get(stems[word], 1))

    by_stem = {stems[word]: word for word in sorted(stems, key=telling) if documents.get(stems[word], 0) > 1}
    most = sorted(by_stem.values(), key=telling, reverse=True)[:TELLING_WORDS]
    within = accumulate(documents[stems[word]] for word in most)
    return [word for at, (word, number) in enumerate(zip(most, within, strict=True)) if at == 0 or number <= MAX_LIKE]
