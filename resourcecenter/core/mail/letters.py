"""The HTML of a mail, made from its text, so that there is one source and both say the same."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string

from .links import PrivateLink

BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
PREVIEW_LENGTH = 140


class Block(NamedTuple):
    """A "paragraph" or a "button", which have one part, or a "list" with a part for each item; a part is lines."""

    kind: str
    parts: list[list[str]]


def as_html(text: str, *, subject: str, links: Mapping[str, PrivateLink | str]) -> str:
    """Return the text as an HTML page in the active language.

    Paragraphs and lists of "- " lines are kept. A line that is only one of ``links`` or the address of the site can
    be followed; a private one is a button. Everything else is escaped, and nothing else is a link.
    """
    private = {str(link) for link in links.values() if isinstance(link, PrivateLink)}
    context = {
        "subject": subject,
        "preview": _preview(text),
        "blocks": blocks(text, buttons=private),
        "links": {settings.SITE_URL, *links.values()} - private,
    }
    return render_to_string("mail/base.html", context).strip()


def blocks(text: str, *, buttons: set[str]) -> list[Block]:
    """Return the paragraphs, lists and buttons of a text; an indented line goes on with the item before it."""
    found = []
    for paragraph in BLANK_LINES.split(text.strip("\n")):
        last = None
        for line in paragraph.split("\n"):
            last = _add(found, last, line, buttons)
    return found


def _add(found, last, line, buttons):
    """Add a line to the block that is being filled, or to a new one, and return that block."""
    words = line.strip()
    kind = "button" if words in buttons else "list" if line.startswith("- ") else "paragraph"
    goes_on = last and (last.kind == kind == "paragraph" or (last.kind == "list" and line.startswith("  ")))
    if kind != "button" and goes_on:
        last.parts[-1].append(words)
        return last
    if kind == "list":
        words = words.removeprefix("-").lstrip()
        if last and last.kind == "list":
            last.parts.append([words])
            return last
    found.append(Block(kind, [[words]]))
    return found[-1]


def _preview(text):
    """What lists of mails show beside the subject: the first line that is neither empty nor the greeting."""
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and not line.endswith(",")), "")
    return first[:PREVIEW_LENGTH]
