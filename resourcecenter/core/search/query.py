"""What somebody typed into the search box, taken apart so that no engine ever sees it as syntax."""

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

MAX_QUERY_CHARS = 200
MAX_WORDS = 32  # more are somebody trying, and each is looked for in every document once any word will do
MIN_PREFIX_CHARS = 3
STOP_WORDS = frozenset(
    """a about above after again against all am an and any are as at be because been before being below between both
    but by can did do does doing don down during each few for from further had has have having he her here hers
    herself him himself his how i if in into is it its itself just me more most my myself no nor not now of off on
    once only or other our ours ourselves out over own s same she should so some such t than that the their theirs
    them themselves then there these they this those through to too under until up very was we were what when where
    which while who whom why will with you your yours yourself yourselves""".split()  # noqa: SIM905 (a list of 130 is no easier to read)
)
_QUOTE = '"“”„«»'
_PART = re.compile(rf"(?P<minus>(?<!\S)-)?(?:[{_QUOTE}](?P<phrase>[^{_QUOTE}]*)[{_QUOTE}]|(?P<word>[^\s{_QUOTE}]+))")
_MARKS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, kw_only=True)
class Query:
    """What to look for, as typed but in NFKC: each word is letters, digits and their marks, nothing else."""

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    is_cut: bool = False  # the text was longer than MAX_QUERY_CHARS

    @property
    def prefix(self) -> str:
        """The last word, if it may also be the beginning of a longer one; a shorter beginning is that of too many."""
        return self.words[-1] if self.words and len(self.words[-1]) >= MIN_PREFIX_CHARS else ""

    def __bool__(self):
        """Whether there is anything to find, rather than only something to leave out."""
        return bool(self.words or self.phrases)


class Vocabulary(NamedTuple):
    """Groups of words, or sequences of words, that mean the same: (("community of practice", "CoP"), ...)."""

    groups: tuple[tuple[str, ...], ...] = ()


def fold(text: str) -> str:
    """Return ``text`` in NFKC, without accents and in lower case, for comparing and sorting.

    Lower case rather than casefold(): PostgreSQL folds documents the same way, and keeps ß and the final ς.
    """
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text))).lower()


def split(text: str) -> tuple[str, ...]:
    """Return the words of ``text``, in NFKC: each starts with a letter or digit, and goes on with those and marks."""
    text = unicodedata.normalize("NFKC", text)
    spaced = "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else " " for char in text)
    return tuple(word for word in spaced.split() if word[0].isalnum())


def parse(text: str) -> Query:
    """Take ``text``, any string whatever, for words, "phrases" and -exclusions; what is beyond the limit is ignored."""
    words, phrases, excluded = [], [], []
    for part in _PART.finditer(text[:MAX_QUERY_CHARS]):
        found = split(part["phrase"] or part["word"] or "")
        if part["minus"]:
            excluded.append(found)
        elif part["phrase"]:
            phrases.append(found)
        else:
            words.extend(found)
    telling = [word for word in words if fold(word) not in STOP_WORDS]
    return Query(
        words=tuple(telling if telling or any(phrases) else words)[:MAX_WORDS],
        phrases=tuple(filter(None, phrases)),
        excluded=tuple(filter(None, excluded)),
        is_cut=len(text) > MAX_QUERY_CHARS,
    )
