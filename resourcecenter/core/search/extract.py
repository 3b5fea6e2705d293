"""What a result shows of a record: a piece of its text around the best place, and the words that matched."""

from collections.abc import Sequence
from typing import NamedTuple

from .terms import Term
from .words import places_of, root

MAX_EXTRACT_CHARS = 200
READ_CHARS = 20_000  # of each text: a place beyond is not looked for
FIRST_CHARS = 3_000  # of each text: only where they have no match is the rest read


class Part(NamedTuple):
    """A run of text; all parts of a text in a row are the text."""

    text: str
    is_match: bool


class Matcher:
    """Finds in a text the words that the terms match, by the same rules as the engines."""

    def __init__(self, terms: Sequence[Term]):
        phrases = [term.words for term in terms if term.is_phrase] + [
            words for term in terms for words in term.synonyms
        ]
        words = [word for term in terms if not term.is_phrase for word in (*term.words, *term.completions)]
        self._phrases = {tuple(map(root, phrase)) for phrase in phrases if len(phrase) > 1}
        self._stems = {root(word) for word in [*words, *(phrase[0] for phrase in phrases if len(phrase) == 1)]}

    def places(self, text: str) -> list[tuple[int, int, str]]:
        """Return where each matched word begins and ends, and its stem."""
        words = [(word.start(), word.end(), root(word[0])) for word in places_of(text)]
        stems = [found for _start, _end, found in words]
        matched = {at for at, found in enumerate(stems) if found in self._stems}
        for phrase in self._phrases:
            for at in range(len(stems) - len(phrase) + 1):
                if stems[at] == phrase[0] and tuple(stems[at : at + len(phrase)]) == phrase:
                    matched.update(range(at, at + len(phrase)))
        return [words[at] for at in sorted(matched)]

    def mark(self, text: str) -> list[Part]:
        """Return ``text`` in parts, each matched word one of its own."""
        parts, at = [], 0
        for start, end, _stem in self.places(text):
            parts += [Part(text[at:start], False), Part(text[start:end], True)]
            at = end
        return [part for part in [*parts, Part(text[at:], False)] if part.text]

    def extract(self, texts: Sequence[str]) -> list[Part]:
        """Return a piece of the first of ``texts`` that has a match, or else the beginning of the first with words."""
        for text in texts:
            if places := self.places(text[:FIRST_CHARS]) or self.places(text):
                return self.mark(_around(text, _densest(places)))
        return [Part(_around(text, 0), False) for text in texts if text.strip()][:1]


def _densest(places):
    """Return where the MAX_EXTRACT_CHARS begin that have most different words; the first of several."""
    best, most = 0, 0
    for at, (start, _end, _stem) in enumerate(places):
        within = {found for _s, end, found in places[at : at + 20] if end - start <= MAX_EXTRACT_CHARS * 3 // 4}
        if len(within) > most:
            best, most = start, len(within)
    return best


def _around(text, place):
    """Return whole words of ``text`` around ``place``, with … where it was cut."""
    is_near_beginning = place <= MAX_EXTRACT_CHARS // 2
    start = 0 if is_near_beginning else text.find(" ", place - MAX_EXTRACT_CHARS // 4, place) + 1 or place
    end = len(text)
    if end - start > MAX_EXTRACT_CHARS:
        end = text.rfind(" ", start + MAX_EXTRACT_CHARS // 2, start + MAX_EXTRACT_CHARS)
        end = end if end > 0 else start + MAX_EXTRACT_CHARS
    piece = " ".join(text[start:end].split())
    before, after = "…\xa0" if start else "", "\xa0…" if end < len(text.rstrip()) else ""
    return before + piece + after
