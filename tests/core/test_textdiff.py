"""Two texts, word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resourcecenter.core import textdiff
from resourcecenter.core.textdiff import word_diff


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("as it was", "as it was", [("same", "as it was")]),
        ("", "new words", [("added", "new words")]),
        ("old words", "", [("removed", "old words")]),
        ("a red hen", "a blue hen", [("same", "a "), ("removed", "red "), ("added", "blue "), ("same", "hen")]),
    ],
)
def test_changed_words_are_told_apart_from_those_that_stayed(before, after, pieces):
    assert word_diff(before, after) == pieces


texts = st.text(alphabet="ab \n\t") | st.text()


def joined(pieces, *kinds):
    return "".join(text for kind, text in pieces if kind in kinds)


@given(texts, texts)
def test_the_pieces_make_both_texts(before, after):
    pieces = word_diff(before, after)
    assert joined(pieces, "same", "removed") == before
    assert joined(pieces, "same", "added") == after


@given(texts, texts)
def test_the_pieces_of_long_texts_make_both_texts_too(before, after):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textdiff, "MAX_WORDS", 0)
        pieces = word_diff(before, after)
    assert joined(pieces, "same", "removed") == before
    assert joined(pieces, "same", "added") == after


def test_a_long_text_shows_the_one_word_that_changed():
    words = ["word"] * (textdiff.MAX_WORDS * 4)
    changed = [*words[:100], "other", *words[101:]]
    kinds = [(kind, text) for kind, text in word_diff(" ".join(words), " ".join(changed)) if kind != "same"]
    assert kinds == [("removed", "word "), ("added", "other ")]
