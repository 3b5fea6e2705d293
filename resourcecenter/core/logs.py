"""Log lines that can be followed and hold no secrets.

Each line says to which request or job it belongs. The tokens of private links, e-mail addresses, query strings and the
last part of network addresses are masked in whatever is written.
"""

import json
import logging
import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType

from .addresses import cut

MASK = "***"

# The "@" may be escaped as in a web address. Bounded, because a log line can be as long as a visitor likes.
EMAIL = re.compile(r"[^\s<>()\[\],;:\"'`/=?&@]{1,64}(?:@|%40)[\w.\[\]:-]{1,253}", re.IGNORECASE)

# What core.tokens.derive gives, wherever it stands: its 24 bytes in Base64. The address of a page has no capitals.
TOKEN = re.compile(r"(?<![\w-])(?=[a-z0-9_-]*[A-Z])(?=[A-Z0-9_-]*[a-z])[\w-]{32}(?![\w-])", re.ASCII)

# What somebody searched for, or typed into a form that asks by GET.
QUERY = re.compile(r"(?<=[\w/%.~-])\?[^\s\"'<>]+")

# PostgreSQL repeats the whole row that it refuses.
DETAIL = re.compile(r"^(DETAIL:\s+).+$", re.MULTILINE)

IP = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)|(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:.])",
    re.ASCII | re.IGNORECASE,
)

# Each of the above has one of these: most of what is logged at every request has none.
SUSPECT = re.compile(r"[/@%?:]|\d\.\d|[\w-]{32}|DETAIL")

SLASH = "(?:/|%2f)"

about: ContextVar[Mapping] = ContextVar("about", default=MappingProxyType({}))
"""What the lines of this thread belong to: {"request": id}, {"job": name} or nothing."""


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
        if fields := getattr(record, "fields", None):
            texts = {name: self.masked(value) for name, value in fields.items() if isinstance(value, str)}
            record.fields = {**fields, **texts}
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.masked(record.exc_text)
        return True

    def masked(self, text: str) -> str:
        """Return ``text`` with MASK for what nobody is to read in a log."""
        if not SUSPECT.search(text):
            return text
        text = TOKEN.sub(MASK, self.private.sub(rf"\1{MASK}", text))
        text = EMAIL.sub(MASK, QUERY.sub(f"?{MASK}", text))
        return IP.sub(lambda found: cut(found[0]), DETAIL.sub(rf"\1{MASK}", text))


def request_id() -> str:
    """Return the name of the request that this thread answers; empty outside of one."""
    return about.get().get("request", "")


def _fields(record):
    return {**about.get(), **getattr(record, "fields", {})}


class Line(logging.Formatter):
    """A line for people; what is known beside the message stands behind it, as name=value."""

    def __init__(self):
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def formatMessage(self, record):  # noqa: N802 (its name in logging)
        fields = "".join(f" {name}={value}" for name, value in _fields(record).items())
        return super().formatMessage(record) + fields


encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


class Json(logging.Formatter):
    """One object of JSON a line.

    Only what is named here is written: other formatters take whatever a library hangs on a record, Django its request.
    """

    def format(self, record):
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            line["traceback"] = record.exc_text
        return encode(line)


FORMATTERS = {"line": Line, "json": Json}
