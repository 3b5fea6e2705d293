"""The words of the index, and how many documents have each."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from math import inf

from django.db import models

from .engine import cursor, engine, execute, fetch, marks
from .words import ANYTHING, EVERY_WORD, LAST_CHAR, fold, stem, words_of

MAX_WORD_CHARS = 40
MAX_NUMBER_CHARS = 4


class IndexedWord(models.Model):
    """A word as it is written somewhere in the index. Long ones, and numbers longer than a year, are not kept."""

    word = models.CharField(max_length=MAX_WORD_CHARS, unique=True)  # folded
    written = models.CharField(max_length=2 * MAX_WORD_CHARS)
    stem = models.CharField(max_length=MAX_WORD_CHARS, db_index=True)
    documents = models.BigIntegerField()

    def __str__(self):
        return self.written


def is_kept(word: str) -> bool:
    """Return whether the vocabulary would know this folded word."""
    return len(word) <= MAX_WORD_CHARS and (len(word) <= MAX_NUMBER_CHARS or not any(map(str.isdigit, word)))


class WordChanges:
    """What to add to the numbers of documents, and to take away, once all documents have been seen."""

    def __init__(self):
        self._numbers, self._written = Counter(), {}

    def add(self, texts: Iterable[str]) -> None:
        words = words_of("\n".join(texts))
        written = _written(words)
        self._numbers.update([ANYTHING, *written])
        self._numbers[EVERY_WORD] += len(words)
        self._written |= {word: max(way, self._written.get(word, "")) for word, way in written.items()}

    def remove(self, texts: Iterable[str]) -> None:
        words = words_of("\n".join(texts))
        self._numbers.subtract([ANYTHING, *_written(words)])
        self._numbers[EVERY_WORD] -= len(words)

    def write(self) -> None:
        """Bring the numbers up to date. Words of no document are forgotten."""
        rows = [
            (word, self._written.get(word, word), stem(word), number)
            for word, number in sorted(self._numbers.items())
            if number
        ]
        with cursor() as opened:
            engine().add_words(opened, rows)
        if any(number < 0 for *_word, number in rows):
            execute("DELETE FROM core_indexedword WHERE documents <= 0")


def _written(words):
    """Return the folded words that are kept, and each as it is written; of two ways, that with small letters."""
    written = {_kept(word): word[: 2 * MAX_WORD_CHARS] for word in sorted(set(words))}
    written.pop(ANYTHING, None)
    return written


@lru_cache(maxsize=200_000)
def _kept(word):
    folded = fold(word)
    return folded if is_kept(folded) else ANYTHING


def documents_with_stems(stems: Iterable[str]) -> dict[str, int]:
    """Return in about how many documents each stem is: a document with two forms of it counts twice."""
    wanted = [ANYTHING, *set(stems)]
    sql = f"SELECT stem, sum(documents) FROM core_indexedword WHERE stem IN ({marks(wanted)}) GROUP BY stem"  # noqa: S608
    found = {word: int(number) for word, number in fetch(sql, wanted)}
    return {word: min(number, found[ANYTHING]) for word, number in found.items()}


def completions(prefix: str, *, limit: int = 30, enough: float = inf) -> list[str]:
    """Return the most frequent words whose folded form begins with ``prefix``, as they are written.

    No more than it takes for ``enough`` documents altogether.
    """
    sql = f"""SELECT written, documents FROM core_indexedword WHERE {engine().BEGINS.format(column="word")}
        ORDER BY documents DESC, word LIMIT %s"""  # noqa: S608 (our own text)
    words, before = [], 0
    for word, documents in fetch(sql, [prefix, prefix + LAST_CHAR, limit]):
        if before < enough:
            words.append(word)
            before += documents
    return words
