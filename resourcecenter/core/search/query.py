"""What somebody typed into the search box, taken apart so that no engine ever sees it as syntax."""

import re
from dataclasses import dataclass

from .words import fold, split

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
PART = re.compile(rf"(?P<minus>(?<!\S)-)?(?:[{_QUOTE}](?P<phrase>[^{_QUOTE}]*)[{_QUOTE}]|(?P<word>[^\s{_QUOTE}]+))")


@dataclass(frozen=True, kw_only=True)
class Query:
    """What to look for, as typed but in NFKC: each word is letters, digits and their marks, nothing else."""

    typed: tuple[tuple[str, ...], ...] = ()  # all words outside quotes, what is joined by "&" as one: ("M", "E")
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    is_cut: bool = False  # the text was longer than MAX_QUERY_CHARS

    @property
    def words(self) -> tuple[str, ...]:
        """The telling words outside quotes, or all of them where none is and there is no phrase."""
        words = [word for words in self.typed for word in words]
        telling = [word for words in self.typed for word in words if len(words) > 1 or fold(word) not in STOP_WORDS]
        return tuple(telling if telling or self.phrases else words)[:MAX_WORDS]

    @property
    def prefix(self) -> str:
        """The last word, if it may also be the beginning of a longer one; a shorter beginning is that of too many."""
        last = self.words[-1:] if self.typed and len(self.typed[-1]) == 1 else ()
        return last[0] if last and len(last[0]) >= MIN_PREFIX_CHARS else ""

    def __bool__(self):
        """Whether there is anything to find, rather than only something to leave out."""
        return bool(self.words or self.phrases)


def parse(text: str) -> Query:
    """Take ``text``, any string whatever, for words, "phrases" and -exclusions; what is beyond the limit is ignored."""
    typed, phrases, excluded = [], [], []
    for part in PART.finditer(text[:MAX_QUERY_CHARS]):
        found = split(part["phrase"] or part["word"] or "")
        if part["minus"]:
            excluded.append(found)
        elif part["phrase"]:
            phrases.append(found)
        elif "&" in (part["word"] or ""):
            typed.append(found)
        else:
            typed.extend((word,) for word in found)
    return Query(
        typed=tuple(filter(None, typed)),
        phrases=tuple(filter(None, phrases)),
        excluded=tuple(filter(None, excluded)),
        is_cut=len(text) > MAX_QUERY_CHARS,
    )
