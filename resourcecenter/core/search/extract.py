"""What a result shows of a record: a piece of its text around the best place, and the words that matched."""

import re
from typing import NamedTuple

from .query import Query, fold, split

MAX_EXTRACT_CHARS = 200
_WORD = re.compile(r"[^\W_]+")


class Part(NamedTuple):
    """A run of text; all parts of a text in a row are the text."""

    text: str
    is_match: bool


def mark(text: str, query: Query) -> list[Part]:
    """Return ``text`` in parts, the matched words apart from the rest."""
    parts, at = [], 0
    for word in _WORD.finditer(text):
        if _matches(word[0], query):
            parts += [Part(text[at : word.start()], False), Part(word[0], True)]
            at = word.end()
    return [part for part in [*parts, Part(text[at:], False)] if part.text]


def extract(texts: list[str], query: Query) -> list[Part]:
    """Return a piece of the first of ``texts`` that has a match, or else the beginning of the first that is not empty."""
    for text in texts:
        for word in _WORD.finditer(text):
            if _matches(word[0], query):
                start = max(0, word.start() - MAX_EXTRACT_CHARS // 3)
                return mark(_piece(text, start), query)
    return [Part(_piece(text, 0), False) for text in texts if text][:1]


def _piece(text, start):
    piece = text[start : start + MAX_EXTRACT_CHARS]
    return ("… " if start else "") + piece + (" …" if start + MAX_EXTRACT_CHARS < len(text) else "")


def _matches(word, query):
    folded = [fold(part) for part in split(word)]
    words = [*query.words, *(word for phrase in query.phrases for word in phrase)]
    return any(part == fold(wanted) for part in folded for wanted in words) or any(
        query.prefix and part.startswith(fold(query.prefix)) for part in folded
    )
