"""What says that two records may be the same, or that an address pretends to be another: for people to judge."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit

from rapidfuzz import fuzz, process

MAX_KEY_LENGTH = 500
MAX_HOST_LENGTH = 253
"""Source: RFC 1035."""

# --- Addresses ----------------------------------------------------------------------------------

DOI = re.compile(
    r"(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|(?:https?://)?hdl\.handle\.net/)?(?:(?:info:|urn:)?doi[:/]\s*)?"
    r"(10\.\d{4,9}/[^\s?#]+)",
    re.IGNORECASE,
)
HANDLE = re.compile(r"(?:(?:https?://)?hdl\.handle\.net/|(?:info:)?hdl[:/])(\d[\d.]*/[^\s?#]+)", re.IGNORECASE)
ARCHIVED = re.compile(r"(?:(?:https?://)?web\.archive\.org/web/[^/]+/)+", re.IGNORECASE)
SCHEME = re.compile("https?:/+", re.IGNORECASE)
HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+|[0-9a-f:.]*:[0-9a-f:.]*")
TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|igshid|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|_ga|_gl)(?:=|$)",
    re.IGNORECASE,
)
ESCAPE = re.compile("%([0-9a-fA-F]{2})")
AS_TYPED = "%/:@!$&'()*+,;=~?"
"""What may stand in a path or query unescaped; the percent sign, because it already escapes. Source: RFC 3986."""


def address_key(url: str) -> str:
    """Return one key, at most 500 characters, for all addresses that surely lead to the same page; "" for none.

    Scheme, "www.", default port, sign-in, fragment, closing slash, tracking parameters and a wrapper of the Internet
    Archive do not count, nor does the order of parameters; a DOI in any form becomes "doi:10.1234/abc", a handle
    "hdl:10568/1". An address without a scheme counts as one of the web. Takes any text and never raises.
    """
    url = ARCHIVED.sub("", url.strip(), count=1)
    return _short(_identifier_key(url) or _web_key(url))


def ascii_host(host: str) -> str:
    """Return the one form that the name service knows a host by, lower case and punycode; "" if there is none."""
    host = host.rstrip(".")
    if not 0 < len(host) <= MAX_HOST_LENGTH:
        return ""
    try:
        name = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    return name if HOST.fullmatch(name) else ""


def _identifier_key(url):
    if doi := DOI.fullmatch(unquote(url).partition("?")[0].partition("#")[0].rstrip(".,;/")):
        return f"doi:{doi[1].lower()}"
    if handle := HANDLE.match(url):
        return f"hdl:{unquote(handle[1]).rstrip('/')}"
    return ""


def _web_key(url):
    scheme = SCHEME.match(url)
    try:
        parts = urlsplit("//" + (url[scheme.end() :] if scheme else url))
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError:  # brackets or a port that are none
        return ""
    if not host or (parts.username is not None and not scheme):  # an e-mail address
        return ""
    usual_port = 443 if url[:5].lower() == "https" else 80
    return host.removeprefix("www.") + ("" if port in {None, usual_port} else f":{port}") + _page_key(parts)


def _page_key(parts: SplitResult):
    path = _escaped_once(parts.path).rstrip("/")
    parameters = [each for each in parts.query.replace("+", "%20").split("&") if each and not TRACKING.match(each)]
    query = "&".join(sorted(_escaped_once(each) for each in parameters))
    return path + (query and f"?{query}")


def _escaped_once(text):
    """With capital escapes, and only where they are needed."""
    return ESCAPE.sub(_plain_if_unreserved, quote(text, safe=AS_TYPED, errors="replace"))


def _plain_if_unreserved(escape):
    character = chr(int(escape[1], 16))
    is_unreserved = character.isascii() and (character.isalnum() or character in "-._~")
    return character if is_unreserved else escape[0].upper()


def _short(key):
    if len(key) <= MAX_KEY_LENGTH:
        return key
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return f"{key[: MAX_KEY_LENGTH - len(digest) - 1]}#{digest}"


# --- Look-alike letters -------------------------------------------------------------------------

LOOKALIKES = dict(zip("аеорсухіјѕԁһӏԛԝοναρικυ", "aeopcyxijsdhlqwovapiky", strict=True))
"""Small letters of Cyrillic and Greek that look Latin. Source: Unicode confusables.txt (UTS #39), single letters."""

CAPITAL_LOOKALIKES = dict(zip("вкмнтαβεζηικμνοτυχ", "bkmhtabezhikmnotyx", strict=True))
"""The same for letters whose capitals look Latin, written small, as they are compared regardless of case."""

SCRIPTS_TOGETHER = [
    {"LATIN", "CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"},
    {"LATIN", "CJK", "IDEOGRAPHIC", "BOPOMOFO"},
    {"LATIN", "CJK", "IDEOGRAPHIC", "HANGUL"},
]
"""What is written together in one word. Source: UTS #39, "Highly Restrictive"."""


def mixed_scripts(host: str) -> str:
    """Return the punycode of a host that mixes scripts in one label, or imitates Latin with look-alikes; else "".

    A label of look-alikes alone imitates only above an ASCII top-level domain: "море.рф" is Russian, "море.com" may
    not be. Takes any text and never raises.
    """
    name = ascii_host(host)
    labels = [_readable(label) for label in name.split(".")]
    is_ascii_domain = labels[-1].isascii()
    is_odd = any(_mixes(label) or (is_ascii_domain and _imitates(label)) for label in labels)
    return name if is_odd else ""


def _readable(label):
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label


def _mixes(label):
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in label if letter.isalpha()}
    return len(scripts) > 1 and not any(scripts <= together for together in SCRIPTS_TOGETHER)


def _imitates(label):
    letters = {letter for letter in label if letter.isalpha()}
    return bool(letters) and letters <= LOOKALIKES.keys()


# --- Titles -------------------------------------------------------------------------------------


class _Folding(dict):
    """For str.translate: what becomes of each character of a title, worked out when it is first met."""

    def __missing__(self, codepoint):
        character = chr(codepoint)
        kind = unicodedata.category(character)
        if _is_accent(character) or kind == "Cf" or character in "'\u2019\u02bc":
            folded = ""
        elif kind[0] in "LNM":
            folded = LOOKALIKES.get(character) or CAPITAL_LOOKALIKES.get(character) or character
        else:
            folded = " "
        self[codepoint] = folded
        return folded


def _is_accent(character):
    """Accents and the points of Hebrew and Arabic; not the signs that are letters in Indic scripts, Thai or Kana.

    Source: UAX #44, canonical combining classes.
    """
    combining = unicodedata.combining(character)
    return 10 <= combining <= 36 or combining >= 200


FOLDING = _Folding()


def title_key(text: str) -> str:
    """Return a title as one compares it: no case, accent, punctuation or look-alike letter, single spaces."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join(folded.translate(FOLDING).split())


ALIKE = 90
"""The least percentage, in rapidfuzz.fuzz.ratio over sorted words, at which two titles are alike."""

WORDS_ALIKE = 70
"""The same for those words of either title that the other lacks: a typo or an ending, but not another country."""

SUBTITLE = re.compile(r"\s*(?::\s|[\u2013\u2014]|\s-\s|[(\uff08\uff1a])")
MIN_MAIN_WORDS = 2
MIN_MAIN_LETTERS = 12
NUMERAL = re.compile("i{1,3}|i?vi{0,3}|i?xi{0,2}|one|two|three|four|five|six|seven|eight|nine|ten")
MAX_TITLE_LENGTH = 500


class _Shape(NamedTuple):
    whole: str
    main: str
    """Without its subtitle; "" if it has none, or if what is left says too little."""
    numbers: tuple[str, ...]


def are_alike(one_title: str, other_title: str) -> bool:
    """Whether two titles may well name one work: the same but for case, order, endings, a typo or a left-out subtitle.

    Never if both carry numbers and these differ ("Guide 2009", "Guide 2010"; "Part I", "Part II"). Chosen by the
    pairs judged by hand in tests/core/test_likeness.py, which ALIKE from 89 to 92 and WORDS_ALIKE from 60 to 85 all get
    right.
    """
    return bool(most_alike(one_title, [(None, other_title)], 1))


def most_alike(title: str, candidates: Iterable[tuple[Hashable, str]], limit: int) -> list[Hashable]:
    """Return the keys of at most ``limit`` candidates whose titles are alike, the most alike first.

    10,000 candidates take about 10 ms once a process has met their titles, and about 150 ms the first time.
    """
    wanted = _shape(title[:MAX_TITLE_LENGTH])
    shapes = [(key, _shape(other[:MAX_TITLE_LENGTH])) for key, other in candidates]
    scores = {}
    for mine, theirs in (("whole", "whole"), ("whole", "main"), ("main", "whole")):
        if query := getattr(wanted, mine):
            texts = [getattr(shape, theirs) or None for _, shape in shapes]  # rapidfuzz passes over None
            for _, score, place in process.extract(query, texts, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None):
                if _differ_in_spelling(query, texts[place]):
                    scores[place] = max(score, scores.get(place, 0))
    fitting = [place for place in scores if _numbers_agree(wanted.numbers, shapes[place][1].numbers)]
    fitting.sort(key=lambda place: (-scores[place], place))
    return [shapes[place][0] for place in fitting[:limit]]


@lru_cache(maxsize=20_000)
def _shape(title):
    words = title_key(title).split()
    main = _main_words(title) if SUBTITLE.search(title) else []
    return _Shape(" ".join(sorted(words)), " ".join(sorted(main)), tuple(sorted(filter(_is_number, words))))


def _main_words(title):
    words = title_key(SUBTITLE.split(title, maxsplit=1)[0]).split()
    return words if len(words) >= MIN_MAIN_WORDS and len("".join(words)) >= MIN_MAIN_LETTERS else []


def _differ_in_spelling(one, other):
    words, others = Counter(one.split()), Counter(other.split())
    here, there = words - others, others - words
    return not (here and there) or fuzz.ratio(" ".join(here), " ".join(there)) >= WORDS_ALIKE


def _is_number(word):
    return bool(NUMERAL.fullmatch(word)) or any(character.isdigit() for character in word)


def _numbers_agree(some, others):
    return some == others or not (some and others)
