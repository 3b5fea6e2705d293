"""Full-text search by SQLite's FTS5: indexes beside the tables, kept in step by triggers. Migration 0008 made them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from operator import itemgetter

from .terms import Term

_MANY_LIKE = 4_000  # words to compare with a misspelt one

_ADD = """
    INSERT INTO core_fulltext (rowid, title, tags, summary, body, files)
    VALUES (new.id, new.title, new.tags, new.summary, new.body, new.files);
"""
_REMOVE = """
    INSERT INTO core_fulltext (core_fulltext, rowid, title, tags, summary, body, files)
    VALUES ('delete', old.id, old.title, old.tags, old.summary, old.body, old.files);
"""
AFTER_REMAKE = (
    f"CREATE TRIGGER core_fulltext_insert AFTER INSERT ON core_indexeddocument BEGIN {_ADD} END",
    f"CREATE TRIGGER core_fulltext_delete AFTER DELETE ON core_indexeddocument BEGIN {_REMOVE} END",
    f"""CREATE TRIGGER core_fulltext_update
    AFTER UPDATE OF id, title, tags, summary, body, files ON core_indexeddocument BEGIN {_REMOVE} {_ADD} END""",
    "INSERT INTO core_fulltext (core_fulltext) VALUES ('rebuild')",
)

BY_INDEX = ""
MATCHING = "(SELECT rowid AS id, rank FROM core_fulltext(%s)) AS document"
IS_MATCH = "document.id IN (SELECT rowid FROM core_fulltext(%s))"
IS_ONE_OF = "{id} IN (SELECT value FROM json_each(%s))"
IN_TITLE = "document.id IN (SELECT rowid FROM core_fulltext('{title} : (' || %s || ')'))"
BEGINS = "{column} >= %s AND {column} < %s"
BY_LETTERS = "{column}"


def wanted(terms: Sequence[Term], *, any_word: bool = False) -> str:
    """Return, in FTS5's language, what a document must match: all terms, or all that are quoted and any other."""
    quoted = [_either(term) for term in terms if term.is_quoted]
    words = [_either(term) for term in terms if not term.is_quoted]
    return " AND ".join([*quoted, *([f"({(' OR ' if any_word else ' AND ').join(words)})"] if words else [])])


def score(terms: Sequence[Term], weights: Mapping[str, float], *, any_word: bool) -> tuple[str, list]:
    """Return the score of a matching document, the less the better, and its parameters: FTS5 ranks by BM25."""
    return "document.rank", []


def unwanted(phrases: Sequence[Sequence[str]]) -> str:
    """Return, in FTS5's language, what no document may match."""
    return " OR ".join(map(_phrase, phrases))


def without(wanted: str, phrases: Sequence[Sequence[str]]) -> str:
    """Return, in FTS5's language, what matches ``wanted`` and none of the phrases."""
    return f"({wanted}) NOT ({unwanted(phrases)})"


def ids(documents: Iterable[int]) -> str:
    """Return ids as IS_ONE_OF takes them."""
    return str(list(documents))


def best_first(cursor, sql: str, parameters: Sequence) -> dict[int, float]:
    """Return the ids that ``sql`` finds with their scores, best first."""
    cursor.execute(sql, parameters)
    return dict(sorted(cursor.fetchall(), key=itemgetter(1, 0)))


def scores(cursor, ids: Sequence[int], weights: Mapping[str, float]) -> None:
    """Return nothing: score() is BM25 already."""


def lock_index(cursor) -> None:
    """Do nothing: SQLite has one writer at a time."""


def add_words(cursor, rows: Sequence[tuple]) -> None:
    """Add to the number of documents of (word, as written, stem, number), and make what is not there."""
    cursor.executemany(
        """INSERT INTO core_indexedword (word, written, stem, documents) VALUES (%s, %s, %s, %s)
        ON CONFLICT (word) DO UPDATE SET documents = documents + excluded.documents""",
        rows,
    )


def like(cursor, word: str) -> list[tuple[str, str, int]]:
    """Return (word, as written, number of documents) of words of about its length that share a trigram with ``word``.

    Its rarest trigrams lead to words enough: the common ones lead to a tenth of the vocabulary.
    """
    padded = f"  {word} "
    trigrams = list({padded[at : at + 3] for at in range(len(padded) - 2)})
    cursor.execute(
        f"SELECT term, doc FROM core_trigram_numbers WHERE term IN ({', '.join(['%s'] * len(trigrams))})",  # noqa: S608
        trigrams,
    )
    rarest = sorted(cursor.fetchall(), key=itemgetter(1))
    within = accumulate(number for _trigram, number in rarest)
    telling = [trigram for (trigram, _number), words in zip(rarest, within, strict=True) if words <= _MANY_LIKE]
    cursor.execute(
        """SELECT word, written, documents FROM core_word_trigrams(%s) AS near
        CROSS JOIN core_indexedword AS word ON word.id = near.rowid WHERE abs(length(word) - %s) <= 3 LIMIT %s""",
        [" OR ".join(f'"{trigram}"' for trigram in telling or trigrams[:1]), len(word), _MANY_LIKE],
    )
    return cursor.fetchall()


def _either(term):
    """Return the term's own words, or any of what may stand for them."""
    own = [_phrase(term.words)] if term.is_phrase else [_phrase([word]) for word in term.words]
    others = [*([word] for word in term.completions), *term.synonyms]
    either = " OR ".join([f"({' AND '.join(own)})", *map(_phrase, others)])
    return f"({either})"


def _phrase(words):
    return '"' + " ".join(words) + '"'
