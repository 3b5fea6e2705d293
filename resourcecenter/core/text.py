"""Text that strangers typed: what cannot be seen, or turns other letters round, is taken out."""

import re
import unicodedata
from itertools import groupby, islice
from textwrap import shorten

LINE_END = re.compile("\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")

# Controls but tab and newline; soft hyphen, zero-width, bidi and other default-ignorable characters; annotation and
# tag characters; lone surrogates and noncharacters, which neither a database nor XML takes. Variation selectors stay,
# because emoji and Mongolian need them, and so do the two joiners, which STRAY_JOINER judges.
UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)

# Zero-width joiner and non-joiner are spelling in Persian, Urdu, Hindi, Sinhala, Mongolian and their relatives,
# between two letters (blocks Arabic to Sinhala, Khmer and Mongolian). Anywhere else they only hide.
JOINED = "\u0600-\u0dff\u1780-\u18af"
STRAY_JOINER = re.compile(f"(?<![{JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{JOINED}])")

# Not after a single letter, so that "e.g." and "J. Smith" end nothing.
SENTENCE_END = re.compile("(?<!\\b\\w\\.)(?<=[.!?؟।])[\"'\u2019\u201d»)]*(?=\\s|$)")

MAX_MARKS = 30
"""As many accents and vowel signs on one letter as any language needs. Source: UAX #15, Stream-Safe Text Format."""


LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]*://|\bwww\.)\S+", re.IGNORECASE)


def without_links(text: str) -> str:
    """Return ``text`` with "..." for each web address: for mails to an address that nobody has proved to own."""
    return LINK.sub("...", text)


def opening(text: str, max_chars: int) -> str:
    """Return the first whole sentences of ``text`` that fit in ``max_chars``, and the first one even if it does not.

    Only a first sentence of more than twice that length is cut, between two words.
    """
    ends = [match.end() for match in SENTENCE_END.finditer(text)] or [len(text)]
    fitting = text[: max((end for end in ends if end <= max_chars), default=ends[0])]
    return shorten(fitting, 2 * max_chars, placeholder="\xa0…")


def one_line(text: str) -> str:
    """Return ``text`` for a title, a name or a file name: NFC, no invisible or control character, one line.

    Any run of white space becomes one space, none stays at either end. A zero-width joiner or non-joiner stays
    between two letters of a script that spells with it; an emoji made of joined ones falls apart into its parts.
    """
    return " ".join(_visible(text).split())


def many_lines(text: str) -> str:
    r"""Return ``text`` as ``one_line`` does, but with its lines, tabs and spaces; each line ends in "\n".

    Spaces are not folded, because in Markdown they make nested lists and code. Blank lines at both ends go.
    """
    return re.sub(r"\A(?:[^\S\n]*\n)+", "", _visible(text).rstrip())


def _visible(text: str) -> str:
    text = STRAY_JOINER.sub("", UNWANTED.sub("", LINE_END.sub("\n", text)))
    # Last, because a letter and its accent may only now stand side by side.
    return unicodedata.normalize("NFC", _with_few_marks(text))


def _with_few_marks(text):
    """Normalizing sorts the marks of a letter in quadratic time: 100,000 of them would take ten seconds."""
    runs = groupby(text, key=lambda character: unicodedata.category(character).startswith("M"))
    return "".join("".join(islice(run, MAX_MARKS) if are_marks else run) for are_marks, run in runs)
