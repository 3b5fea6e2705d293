"""Two texts compared word by word."""

import re
from difflib import SequenceMatcher
from typing import Literal

Piece = tuple[Literal["same", "added", "removed"], str]

MAX_WORDS = 5_000
"""Of longer texts only what they begin and end with alike is told apart: comparing takes time with the square."""


def word_diff(before: str, after: str) -> list[Piece]:
    """Return the pieces of which both texts are made, in reading order; white space belongs to the word before it.

    All but the added pieces, joined, are ``before``; all but the removed ones are ``after``.
    """
    old, new = (re.findall(r"\S+\s*|\s+", text) for text in (before, after))
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in _opcodes(old, new):
        if tag == "equal":
            pieces.append(("same", "".join(old[i1:i2])))
            continue
        if i1 < i2:
            pieces.append(("removed", "".join(old[i1:i2])))
        if j1 < j2:
            pieces.append(("added", "".join(new[j1:j2])))
    return pieces


def _opcodes(old, new):
    if len(old) + len(new) <= MAX_WORDS:
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    i, j = len(old) - tail, len(new) - tail
    spans = [("equal", 0, head, 0, head), ("replace", head, i, head, j), ("equal", i, len(old), j, len(new))]
    return [span for span in spans if span[1] < span[2] or span[3] < span[4]]


def _alike(old, new):
    """How many words both begin with."""
    return next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
