"""Words as the index and the queries see them: one way of splitting, folding and stemming for both engines."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from sys import maxunicode

_ACCENTS = re.compile("[\u0300-\u036f]")
_ABOVE_ALL_MARKS = 0x1E94B
_MARKS = "".join(char for char in map(chr, range(0x300, _ABOVE_ALL_MARKS)) if unicodedata.category(char)[0] == "M")
WORD = re.compile(rf"[^\W_]+(?:[{_MARKS}]+[^\W_]*)*")
"""A word starts with a letter or digit, and goes on with those and their marks."""
_ASCII_WORD = re.compile("[A-Za-z0-9]+")

LAST_CHAR = chr(maxunicode)
ANYTHING = ""  # in the vocabulary, the word that every document has once: its number is that of all documents
EVERY_WORD = " "  # and what stands for any word: its number is that of all words of all documents


def fold(text: str) -> str:
    """Return ``text`` in NFKC, without accents and in lower case, for comparing and sorting.

    Lower case rather than casefold(): FTS5 folds documents the same way, and keeps ß and the final ς.
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text))).lower()


def places_of(text: str) -> Iterator[re.Match]:
    """Return the places of the words of ``text``."""
    return (_ASCII_WORD if text.isascii() else WORD).finditer(text)


def words_of(text: str) -> list[str]:
    """Return the words of a text that is in NFKC, or folded."""
    return (_ASCII_WORD if text.isascii() else WORD).findall(text)


def split(text: str) -> tuple[str, ...]:
    """Return the words of ``text``, in NFKC."""
    return tuple(words_of(unicodedata.normalize("NFKC", text)))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return what the folded ``word`` has in common with its other forms, as FTS5's tokenizer "porter" does.

    Source: M. F. Porter, An algorithm for suffix stripping, Program 14 (3), 1980, with its author's later changes.
    """
    if not 2 < len(word) <= _LONGEST_STEMMED or not word.isascii():
        return word
    for step in (_plural, _past, _final_y, _double_suffix, _suffix, _last_suffix, _tidy):
        word = step(word)
    return word


@lru_cache(maxsize=100_000)
def root(word: str) -> str:
    """Return the stem of a word as it is written."""
    return stem(fold(word))


_LONGEST_STEMMED = 64
_DOUBLE = dict(
    pair.split(":")
    for pair in """ational:ate tional:tion enci:ence anci:ance izer:ize logi:log bli:ble alli:al entli:ent eli:e
    ousli:ous ization:ize ation:ate ator:ate alism:al iveness:ive fulness:ful ousness:ous aliti:al iviti:ive
    biliti:ble""".split()  # noqa: SIM905
)
_SINGLE = {"icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": ""}
_LAST = "al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize".split()  # noqa: SIM905


def _shape(word):
    """Return a c or v for each letter: y is a vowel after a consonant."""
    shape = ""
    for letter in word:
        is_vowel = letter in "aeiou" or (letter == "y" and shape.endswith("c"))
        shape += "v" if is_vowel else "c"
    return shape


def _measure(word):
    """Return how often a consonant follows a vowel."""
    return _shape(word).count("vc")


def _ends_short(word):
    return _shape(word)[-3:] == "cvc" and word[-1] not in "wxy"


def _longest(word, suffixes):
    return next((suffix for suffix in sorted(suffixes, key=len, reverse=True) if word.endswith(suffix)), "")


def _plural(word):
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _past(word):
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) else word
    rest = word.removesuffix("ed") if word.endswith("ed") else word.removesuffix("ing")
    if rest == word or "v" not in _shape(rest):
        return word
    if rest.endswith(("at", "bl", "iz")):
        return rest + "e"
    if rest[-2:-1] == rest[-1] and _shape(rest)[-1] == "c" and rest[-1] not in "lsz":
        return rest[:-1]
    return rest + "e" if _measure(rest) == 1 and _ends_short(rest) else rest


def _final_y(word):
    return word[:-1] + "i" if word.endswith("y") and "v" in _shape(word[:-1]) else word


def _replaced(word, replacements):
    suffix = _longest(word, replacements)
    rest = word.removesuffix(suffix)
    return rest + replacements[suffix] if suffix and _measure(rest) else word


def _double_suffix(word):
    return _replaced(word, _DOUBLE)


def _suffix(word):
    return _replaced(word, _SINGLE)


def _last_suffix(word):
    suffix = _longest(word, _LAST)
    rest = word.removesuffix(suffix)
    is_off = suffix and _measure(rest) > 1 and (suffix != "ion" or rest.endswith(("s", "t")))
    return rest if is_off else word


def _tidy(word):
    rest = word[:-1]
    if word.endswith("e") and (_measure(rest) > 1 or (_measure(rest) == 1 and not _ends_short(rest))):
        word = rest
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word
