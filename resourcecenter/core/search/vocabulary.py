"""The words of the index, and how many documents have each."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import models

from .engine import cursor, engine, execute, fetch, marks
from .words import LAST_CHAR, WORD, fold, stem

MAX_WORD_CHARS = 40
MAX_NUMBER_CHARS = 4
ANYTHING = ""  # the word that every document has: its number is that of all documents


class IndexedWord(models.Model):
    """A word as it is written somewhere in the index. Long ones, and numbers longer than a year, are not kept."""

    word = models.CharField(max_length=MAX_WORD_CHARS, unique=True)  # folded
    written = models.CharField(max_length=2 * MAX_WORD_CHARS)
    stem = models.CharField(max_length=MAX_WORD_CHARS, db_index=True)
    documents = models.IntegerField()

    def __str__(self):
        return self.written


def is_kept(word: str) -> bool:
    """Return whether the vocabulary would know this folded word."""
    return len(word) <= MAX_WORD_CHARS and (len(word) <= MAX_NUMBER_CHARS or not any(map(str.isdigit, word)))


def count_words(*, added: Iterable[Sequence[str]], removed: Iterable[Sequence[str]]) -> None:
    """Bring the numbers up to date; each document is its texts. Words of no document are forgotten."""
    written = {}
    changes = Counter()
    for texts in removed:
        changes.subtract(_words(texts, {}))
    for texts in added:
        changes.update(_words(texts, written))
    rows = [(word, written.get(word, word), stem(word), n) for word, n in sorted(changes.items()) if n]
    with cursor() as opened:
        engine().add_words(opened, rows)
    if any(n < 0 for *_word, n in rows):
        execute("DELETE FROM core_indexedword WHERE documents <= 0")


def _words(texts, written):
    """Return the folded words of a document, and note in ``written`` how each is written, in small letters if ever."""
    as_written = set(WORD.findall("\n".join(texts)))
    for word in as_written:
        folded = fold(word)
        if folded not in written or word.islower():
            written[folded] = word
    return {ANYTHING, *filter(is_kept, map(fold, as_written))}


def documents_with_stems(stems: Iterable[str]) -> dict[str, int]:
    """Return in about how many documents each stem is: a document with two forms of it counts twice."""
    wanted = [ANYTHING, *set(stems)]
    sql = f"SELECT stem, sum(documents) FROM core_indexedword WHERE stem IN ({marks(wanted)}) GROUP BY stem"  # noqa: S608
    found = {word: int(number) for word, number in fetch(sql, wanted)}
    return {word: min(number, found[ANYTHING]) for word, number in found.items()}


def completions(prefix: str, *, limit: int = 30) -> list[str]:
    """Return the most frequent words whose folded form begins with ``prefix``, as they are written."""
    sql = f"""SELECT written FROM core_indexedword WHERE {engine().BEGINS.format(column="word")}
        ORDER BY documents DESC, word LIMIT %s"""  # noqa: S608 (our own text)
    return [word for (word,) in fetch(sql, [prefix, prefix + LAST_CHAR, limit])]
