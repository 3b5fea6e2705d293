"""What a query looks for, term by term, with what may stand for each: other words that mean the same, longer words."""

from functools import lru_cache
from typing import NamedTuple

from .query import MAX_WORDS, Query
from .words import fold, root, split

MAX_SHORT_CHARS = 4  # of words that are looked up as they are: "cops" is not "CoP"

Words = tuple[str, ...]


class Vocabulary(NamedTuple):
    """Groups of words, or sequences of words, that mean the same: (("community of practice", "CoP"), ...)."""

    groups: tuple[tuple[str, ...], ...] = ()


class Term(NamedTuple):
    """One thing that a document must have: all of its words, or any of what may stand for it."""

    words: Words
    is_phrase: bool = False  # the words in a row
    is_quoted: bool = False  # must be there even where any word will do
    synonyms: tuple[Words, ...] = ()  # the words of each in a row
    completions: Words = ()

    @property
    def roots(self) -> set[str]:
        """The stems of its own words."""
        return {*map(root, self.words)}


def terms(query: Query, vocabulary: Vocabulary) -> list[Term]:
    """Return the terms of a query, those of its words first. The longest sequence that has synonyms is one term."""
    members, tokens, found = _members(vocabulary), query.typed[:MAX_WORDS], []
    telling = {*query.words}
    while tokens:
        length = _longest_member(tokens, members)
        words = tuple(word for token in tokens[: length or 1] for word in token)
        is_phrase = len(tokens[0]) > 1
        own = words if is_phrase or not telling & {*words} else tuple(word for word in words if word in telling)
        if length or telling & {*words}:
            found.append(Term(own, is_phrase, synonyms=members.get(_member(words), ())))
        tokens = tokens[length or 1 :]
    return found + [Term(phrase, is_phrase=True, is_quoted=True) for phrase in query.phrases]


def _longest_member(tokens, members):
    """Return how many of the first tokens are a member of some group; 0 if none is."""
    longest = max(map(len, members), default=0)
    for length in range(min(longest, len(tokens)), 0, -1):
        if _member([word for token in tokens[:length] for word in token]) in members:
            return length
    return 0


@lru_cache(maxsize=8)
def _members(vocabulary):
    """Return, for each member of any group, what else is in its groups."""
    members = {}
    for group in vocabulary.groups:
        forms = {_member(words): words for text in reversed(group) if (words := split(text))}
        for member in forms:
            others = members.setdefault(member, {})
            others |= {other: words for other, words in forms.items() if other != member}
    return {member: tuple(others.values()) for member, others in members.items() if others}


def _member(words):
    """Return what two forms of one member have in common."""
    if len(words) == 1 and len(words[0]) <= MAX_SHORT_CHARS:
        return (fold(words[0]),)
    return tuple(map(root, words))
