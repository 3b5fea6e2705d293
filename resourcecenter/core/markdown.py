"""Markdown to safe HTML; the one place that marks HTML as safe."""

from functools import cache
from xml.etree.ElementTree import Element

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

TAGS = {
    "a", "abbr", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "hr",
    "li", "ol", "p", "pre", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "abbr": {"title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
TOP_LEVEL = 2
"""A page has one h1, its title; headings inside its texts begin below it."""


def render(text: str, *, contributed: bool = False) -> SafeString:
    """Return the HTML of a Markdown text: raw HTML shown as text, images dropped, only http, https and mailto links.

    With ``contributed`` every link carries rel="nofollow ugc noopener". The same text always gives the same HTML.
    """
    html = _converter().reset().convert(text)
    rel = "nofollow ugc noopener" if contributed else "noopener"
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=rel)
    clean = clean.replace("<table>", '<div class="table-scroll" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )
    return mark_safe(clean)  # noqa: S308 (nh3 cleaned it; the wrapper is ours)


@cache
def _converter() -> Markdown:
    return Markdown(extensions=["tables", "sane_lists", "def_list", "abbr", _HouseRules()])


class _HouseRules(Extension):
    def extendMarkdown(self, md):  # noqa: N802 (Markdown's name)
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("image_link")
        md.inlinePatterns.deregister("image_reference")
        md.inlinePatterns.deregister("short_image_ref")
        md.treeprocessors.register(_HeadingsFromTop(md), "headings_from_top", 5)


class _HeadingsFromTop(Treeprocessor):
    """Let headings begin at TOP_LEVEL and never skip a level, whatever the author typed."""

    def run(self, root: Element) -> None:
        open_levels: list[int] = []
        for element in root.iter():
            if element.tag not in {"h1", "h2", "h3", "h4", "h5", "h6"}:
                continue
            typed = int(element.tag[1])
            while open_levels and open_levels[-1] >= typed:
                open_levels.pop()
            open_levels.append(typed)
            element.tag = f"h{min(TOP_LEVEL + len(open_levels) - 1, 6)}"
