"""Log lines without secrets: the tokens of private links and e-mail addresses are masked in whatever is written."""

import logging
import re
from collections.abc import Iterable

MASK = "***"

# The "@" may be escaped as in a web address. Bounded, because a log line can be as long as a visitor likes.
EMAIL = re.compile(r"[^\s<>()\[\],;:\"'`/=?&@]{1,64}(?:@|%40)[\w.\[\]:-]{1,253}", re.IGNORECASE)

# What core.tokens.derive gives, wherever it stands: its 24 bytes in Base64. The address of a page has no capitals.
TOKEN = re.compile(r"(?<![\w-])(?=[a-z0-9_-]*[A-Z])(?=[A-Z0-9_-]*[a-z])[\w-]{32}(?![\w-])", re.ASCII)

SLASH = "(?:/|%2f)"


class Mask(logging.Filter):
    """Masks the message and the traceback of each record, for every handler that comes after.

    ``private`` are the beginnings of paths, such as "contribute/draft", whose next part is a secret even where it is
    not, or no longer, a whole token: a link that a mail program has broken still holds most of one.
    """

    def __init__(self, private: Iterable[str] = ()):
        super().__init__()
        beginnings = "|".join(re.escape(path).replace("/", SLASH) for path in private)
        # Behind the name of a host or nothing: the files that a traceback names lie in folders of the same names.
        start = r"(?:https?://[^\s/\"']{1,253}|(?<![\w%]))"
        self.private = re.compile(
            rf"({start}{SLASH}(?:{beginnings}){SLASH}+)(?:(?!%2f)[^/\s?#\"'])+", re.ASCII | re.IGNORECASE
        )

    def filter(self, record):
        try:
            message = record.getMessage()
        except (TypeError, ValueError):  # arguments that do not fit: the handler tells of it, and nothing breaks
            return True
        record.msg, record.args = self.masked(message), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.masked(record.exc_text)
        return True

    def masked(self, text: str) -> str:
        """Return ``text`` with MASK for each private token and each e-mail address."""
        return EMAIL.sub(MASK, TOKEN.sub(MASK, self.private.sub(rf"\1{MASK}", text)))
