"""Hints that a contribution may be spam, each with its reason. Machines only sort: nothing here refuses.

Hints are few and never lists of words, which would judge languages and subjects rather than spam.
"""

import re
import unicodedata
from collections import Counter
from itertools import takewhile
from typing import NamedTuple
from urllib.parse import urlsplit

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from resourcecenter.core.likeness import LOOKALIKES, mixed_scripts
from resourcecenter.core.text import LINK

MIN_FILLING_S = 3
MAX_LINKS = 10
MIN_SHOUTED_LETTERS = 60
MIN_REPEATED_LETTERS = 100
"""Links apart. More than the longest names of organizations, which rightly stand as author and publisher too."""
MAX_FIELDS_OF_ONE_TEXT = 3
EXCERPT_LETTERS = 60

LINK_CODE = re.compile(r"\[(?:url|link)\b[^\]]{0,300}\]|<a\s[^>]{0,300}href", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+")
DISGUISES = frozenset(letter for letter in LOOKALIKES if "CYRILLIC" in unicodedata.name(letter)) | {"\u03bf"}
"""Look-alike letters that no formula or unit mixes with Latin: all of Cyrillic, and of Greek only the omicron."""


REASONS = {
    "trap": _("The hidden field was filled in, as programs do."),
    "fast": _("It was filled in within %(seconds)d seconds."),
    "host": _("The address %(detail)s imitates another: it mixes alphabets or look-alike letters."),
    "disguise": _('The word "%(detail)s" hides letters of another alphabet that look alike.'),
    "code": _('It holds links written as code, as programs do: "%(detail)s".'),
    "repeat": _('Several fields hold the same text: "%(detail)s".'),
    "capitals": _('A text is in capital letters throughout: "%(detail)s".'),
}


class Signal(NamedTuple):
    """A reason to look twice; a list of two texts in JSON."""

    code: str
    detail: str = ""


def spam_hints(texts: dict[str, str], *, filled_in_s: float | None, is_trap_filled: bool) -> list[Signal]:
    """Return what speaks for spam in a contribution, most telling first; nothing for an ordinary one in any language.

    ``texts`` are all that was typed, by field; ``filled_in_s`` the seconds from showing the form to sending it, None
    if that is not known; ``is_trap_filled`` whether the field that people cannot see holds something.
    """
    typed = [text for text in texts.values() if text.strip()]
    return [
        *([Signal("trap")] if is_trap_filled else []),
        *([Signal("fast")] if filled_in_s is not None and filled_in_s < MIN_FILLING_S else []),
        *_imitated_hosts(typed),
        *_disguised_words(typed),
        *_coded_links(typed),
        *_many_links(typed),
        *_repeated_texts(typed),
        *_shouted_texts(typed),
    ]


def words(signal: Signal) -> str:
    """Return the reason as a sentence for a moderator. Raises KeyError for a code that ``spam_hints`` does not give."""
    if signal.code == "links":
        count = int(signal.detail)
        return ngettext("It holds %(count)d link.", "It holds %(count)d links.", count) % {"count": count}
    return REASONS[signal.code] % {"detail": signal.detail, "seconds": MIN_FILLING_S}


def _imitated_hosts(typed):
    hosts = (mixed_scripts(_host(link)) for text in typed for link in LINK.findall(text))
    return [Signal("host", host) for host in dict.fromkeys(filter(None, hosts))]


def _host(link):
    try:
        host = urlsplit(link if "://" in link else f"//{link}").hostname or ""
    except ValueError:
        return ""
    return "".join(takewhile(_may_be_in_host, host))  # up to the bracket or full stop of the sentence around it


def _may_be_in_host(character):
    return character in "-._" or unicodedata.category(character)[0] in "LMN"


def _disguised_words(typed):
    """The first Latin word of a text with a look-alike in it; none where the text is written in that alphabet too."""
    for text in typed:
        found = [word for word in WORD.findall(text) if not word.isascii()]
        disguised = [word for word in found if _is_disguised(word)]
        if disguised and not any(_is_foreign(word) for word in found):
            yield Signal("disguise", _excerpt(disguised[0]))


def _is_disguised(word):
    foreign = {letter for letter in word.lower() if _script(letter) in {"CYRILLIC", "GREEK"}}
    return bool(foreign) and foreign <= DISGUISES and any(_script(letter) == "LATIN" for letter in word)


def _is_foreign(word):
    return all(_script(letter) in {"CYRILLIC", "GREEK"} for letter in word)


def _script(letter):
    return unicodedata.name(letter, "").partition(" ")[0]


def _coded_links(typed):
    return [Signal("code", _excerpt(found[0])) for text in typed if (found := LINK_CODE.search(text))][:1]


def _many_links(typed):
    count = sum(len(LINK.findall(text)) for text in typed)
    return [Signal("links", str(count))] if count > MAX_LINKS else []


def _repeated_texts(typed):
    """One hint for each text that several fields hold, where it is long, or where it fills more than three."""
    for text, count in Counter(" ".join(text.split()) for text in typed).items():
        if count > MAX_FIELDS_OF_ONE_TEXT or (count > 1 and len(LINK.sub("", text)) >= MIN_REPEATED_LETTERS):
            yield Signal("repeat", _excerpt(text))


def _shouted_texts(typed):
    for text in typed:
        letters = [letter for letter in text if letter.lower() != letter.upper()]
        if len(letters) >= MIN_SHOUTED_LETTERS and all(letter.isupper() for letter in letters):
            yield Signal("capitals", _excerpt(text))


def _excerpt(text):
    return Truncator(" ".join(text.split())).chars(EXCERPT_LETTERS)
