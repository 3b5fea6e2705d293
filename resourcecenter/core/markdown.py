"""Markdown to safe HTML; the one place that marks HTML as safe."""

import re

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
TOP_LEVEL = 2
"""A page has one h1, its title; headings inside its texts begin below it."""

PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
"""CommonMark with tables. It holds no state between texts, and nesting has a bound, so no text can exhaust it."""


NOTATION = [
    (
        re.compile(r"!?\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+[\"'][^\"']*[\"'])?\)"),
        r"\1",
    ),  # links: their words
    (re.compile(r"^ {0,3}\[[^\[\]]+\]:.*$", re.MULTILINE), ""),  # where links lead
    (re.compile(r"<https?://[^<>\s]*>"), ""),
    (re.compile(r"^[ \t]*(?:[#>*+-]+[ \t]+|\d+[.)][ \t]+|(?:```|~~~).*$|[=*_|:-][=*_|:\s-]+$)+", re.MULTILINE), ""),
    (re.compile(r"\\(?=[!-/:-@\[-`{-~])|[*`|]|~~|(?<!\w)_+|_+(?!\w)"), ""),
]
"""What in Markdown is not words, and what stays of it."""


def render(text: str, *, contributed: bool = False) -> SafeString:
    """Return the HTML of a Markdown text: raw HTML shown as text, no images, only http, https and mailto links.

    With ``contributed`` every link carries rel="nofollow ugc noopener". The same text always gives the same HTML.
    """
    environment = {}
    tokens = PARSER.parse(text, environment)
    _let_headings_begin_at_the_top(tokens)
    html = PARSER.renderer.render(tokens, PARSER.options, environment)
    rel = "nofollow ugc noopener" if contributed else "noopener"
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=rel)
    frame = format_html('<div class="table-scroll" role="group" tabindex="0" aria-label="{}"><table>', _("Table"))
    clean = clean.replace("<table>", frame).replace("</table>", "</table></div>")
    return mark_safe(clean)  # noqa: S308 (nh3 cleaned it; the wrapper is ours)


def words(text: str) -> str:
    """Return the words of a Markdown text on one line, for the search and for extracts.

    By patterns, as parsing takes twenty times as long; a sign that means nothing in its place may go or stay.
    """
    for pattern, kept in NOTATION:
        text = pattern.sub(kept, text)
    return " ".join(text.split())


def _let_headings_begin_at_the_top(tokens: list[Token]) -> None:
    """Shift headings so that they begin at TOP_LEVEL and never skip a level, whatever the author typed."""
    typed: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            while typed and typed[-1] >= level:
                typed.pop()
            typed.append(level)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(TOP_LEVEL + len(typed) - 1, 6)}"
