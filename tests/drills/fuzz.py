"""The fuzz drill: texts that break programs, in every field, parameter, part of an address and header.

    python -m tests.drills.fuzz --inputs 20000

In process, on a portal of its own with the initial content, as a visitor and as a superuser. Prints how many inputs
were tried, what was answered, each answer of 500 and above, and each that took longer than two seconds.
"""

import argparse
import json
import logging
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qsl, quote_from_bytes, urlencode, urlsplit

import django

from tests.drills.portal import Site, is_postgresql, throw_away_database

SLOW_S = 2
MOST_PAGES = 400
HOSTILE = Path(__file__).parent / "hostile.json"

CODE_POINTS = [*range(0x20), 0x7F, 0x80, 0x85, 0xA0, 0xAD, 0x0378, 0x061C, 0x180E, *range(0x2000, 0x2010)]
CODE_POINTS += [*range(0x2028, 0x2030), *range(0x2060, 0x2070), 0x3164, 0xD800, 0xDFFF, 0xE000, 0xFDD0, 0xFEFF]
CODE_POINTS += [*range(0xFFF9, 0x10000), 0x1F4A9, 0x1FFFE, 0xE0001, 0xE0020, 0xE01EF, 0xF0000, 0x10FFFF]
BROKEN = [
    b"\xff\xfe",
    b"\xc3\x28",
    b"\xa0\xa1",
    b"\xe2\x28\xa1",
    b"\xf0\x28\x8c\x28",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"\xf4\x90\x80\x80",
]
NUMBERS = [
    "-1",
    "0",
    "00",
    "1e400",
    "1_000",
    "0x1f",
    "NaN",
    "Infinity",
    "²",
    "٣",
    "1.5",
    "+1",
    " 1 ",
    "1;2",
    "9" * 5000,
]
NUMBERS += [
    str(sign * (2**bits + more)) for bits in (15, 31, 32, 63, 64, 128) for sign in (1, -1) for more in (-1, 0, 1)
]
DATES = [
    "0000",
    "0001-01-01",
    "9999-12-31",
    "2009-02-30",
    "2009-13",
    "10000-01-01",
    "-2009",
    "2009?",
    "20O9",
    "24:00",
    "2009-06-15T25:61",
]
PATTERNS = [
    "%",
    "_",
    "*",
    "?",
    "[",
    "(",
    "(?",
    "\\",
    "a" * 30 + "!",
    "(a+)+$",
    "^(a|a)*$",
    "{{",
    "%s%s%n",
    "{0}",
    "${x}",
    "<!--",
    "&#x0;",
]
PREFIXES = [
    "../",
    "..\\",
    "//",
    "\\\\",
    "http://",
    "https://",
    "ftp://",
    "file:///",
    "javascript:",
    "data:,",
    "mailto:",
    "urn:",
    "doi:10.1/",
]
PARAMETERS = "q page sort by order phase kind topic language country funder level question_level status year in other "
PARAMETERS += "formality mail next o p e all _popup _to_field ids state signal resource network title url"
HEADERS = [
    "Host",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "Forwarded",
    "Referer",
    "Origin",
    "Cookie",
]
HEADERS += ["Accept", "Accept-Language", "Accept-Encoding", "User-Agent", "Range", "If-Range", "If-None-Match"]
HEADERS += ["If-Modified-Since", "Content-Type", "X-Requested-With", "Authorization", "Prefer", "Sec-Purpose"]
METHODS = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "PROPFIND", "get", "NONSENSE"]
LEFT_OUT = re.compile(r"/logout/|/delete/|/admin/auth/user/|/password")
"""What would end the drill, or what it works on."""


def texts() -> list[bytes]:
    """Everything that is tried, as it goes over the wire."""
    points = [chr(point) for point in CODE_POINTS]
    plain = [*NUMBERS, *DATES, *PATTERNS, *(prefix + "x" for prefix in PREFIXES), *PREFIXES, *points]
    plain += [f"a{point}b" for point in points] + [
        mark * times for mark in "\"'<(`&%;=+-@|\\/.:#" for times in (1, 501)
    ]
    plain += [
        "",
        " ",
        "x" * 201,
        "x" * 10_000,
        "word " * 2_000,
        "ü" * 5_000,
        "\u0301" * 3_000,
        "\r\n" * 500,
        "x" * 1_000_000,
    ]
    plain += [text for group in json.loads(HOSTILE.read_text()).values() for text in group]
    broken = [*BROKEN, *(b"a" + some + b"b" for some in BROKEN)]
    return list(dict.fromkeys([*(text.encode("utf-8", "surrogatepass") for text in plain), *broken]))


class Fuzzer:
    """Asks addresses by ``client`` and remembers what was answered too badly or too late."""

    def __init__(self, client, *, seed: int = 0):
        self.client, self.chance = client, random.Random(seed)
        self.pages, self.fields, self.tried, self.answers, self.bad, self.slowest_s = {}, {}, 0, Counter(), [], 0

    def crawl(self, *starts: str) -> None:
        """Find one address of every view that links lead to, with the fields of its forms and of its query."""
        from django.urls import Resolver404, resolve

        waiting, seen = list(starts), set()
        while waiting and len(seen) < MOST_PAGES:
            path = waiting.pop(0)
            seen.add(path)
            try:
                match = resolve(urlsplit(path).path)
            except Resolver404:
                continue
            if match.route in self.pages or "/jsi18n/" in path:
                continue
            response = self.client.get(path)
            self.pages[match.route] = match
            self._note_fields(match.route, path, response, waiting, seen)

    def _note_fields(self, route, path, response, waiting, seen):
        from tests.contributions.pages import Page

        self.fields[route] = {name: "" for name, _value in parse_qsl(urlsplit(path).query, keep_blank_values=True)}
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            page = Page(response)
            self.fields[route] |= {name: values[0] for name, values in page.sent.items()}
            links = (urlsplit(link)._replace(fragment="").geturl() for link in page.links)
            waiting += [link for link in links if link.startswith("/") and link not in seen]

    def run(self, inputs: int) -> None:
        """Try so many texts, each somewhere by chance."""
        everything = texts()
        routes = sorted(self.pages)
        ways = [self._query, self._query, self._form, self._form, self._path, self._header, self._method]
        for _ in range(inputs):
            way, route, text = (self.chance.choice(some) for some in (ways, routes, everything))
            way(route, self.pages[route], text)

    def _query(self, route, match, text):
        names = [*self.fields[route], *PARAMETERS.split()]
        names = names if self.chance.random() < 0.3 else self.chance.sample(names, 1)
        self._ask("GET", _path_of(match), query=urlencode(dict.fromkeys(names, text[:20_000])))

    def _form(self, route, match, text):
        fields = dict(self.fields[route]) or dict.fromkeys(["content", "q"], "")
        names = list(fields) if self.chance.random() < 0.3 else self.chance.sample(list(fields), 1)
        if not LEFT_OUT.search(_path_of(match)):
            body = urlencode({**fields, **dict.fromkeys(names, text)})
            self._ask("POST", _path_of(match), body=body, content_type="application/x-www-form-urlencoded")

    def _path(self, route, match, text):
        parts = {name: str(value) for name, value in match.kwargs.items()}
        if not parts:
            self._ask("GET", _path_of(match) + quote_from_bytes(text[:2_000], safe=""))
            return
        name = self.chance.choice(sorted(parts))
        path = _path_of(match).replace(parts[name], quote_from_bytes(text[:2_000], safe=""), 1)
        self._ask("GET", path)

    def _header(self, route, match, text):
        # A server lets no line end into a header, and reads its bytes as Latin-1.
        value = text.replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")[:8_000].decode("latin-1")
        name = self.chance.choice(HEADERS)
        key = name.upper().replace("-", "_")
        self._ask("GET", _path_of(match), **{key if name == "Content-Type" else f"HTTP_{key}": value})

    def _method(self, route, match, text):
        if not LEFT_OUT.search(_path_of(match)):
            self._ask(self.chance.choice(METHODS), _path_of(match), body=text[:20_000], content_type="text/plain")

    def _ask(self, method, path, *, query="", body=b"", content_type="", **environ):
        address = ".".join(str(self.chance.randrange(1, 255)) for _ in range(4))  # or it would be asked to wait
        cookies = self.client.cookies.copy()
        start = time.monotonic()
        response = self.client.generic(
            method, path, body, content_type, **{"QUERY_STRING": query, "REMOTE_ADDR": address, **environ}
        )
        if response.streaming:  # to its end: close() by itself would close the database as well
            b"".join(response)
        took_s = time.monotonic() - start
        if "HTTP_COOKIE" in environ:
            self.client.cookies = cookies
        self.tried += 1
        self.answers[response.status_code] += 1
        self.slowest_s = max(self.slowest_s, took_s)
        if response.status_code >= 500 or took_s > SLOW_S:
            what = f"{method} {path[:80]} {query[:80]} {body[:200]!r} {dict(environ)!s:.120}"
            raised = getattr(response, "exc_info", None)
            self.bad.append(f"{response.status_code} after {took_s:.1f} s, {raised and raised[1]!r}: {what}")


def _path_of(match):
    from django.urls import reverse

    return reverse(match.view_name, args=match.args, kwargs=match.kwargs)


def fuzz_drill(folder: Path, *, inputs: int, seed: int) -> list[Fuzzer]:
    """Try half of the inputs as a visitor and half as a superuser, on a portal of its own."""
    with throw_away_database(folder, on_postgresql=is_postgresql()) as url:
        site = Site(folder, url)
        for command in (["migrate", "-v0"], ["load_content"], ["collectstatic", "--noinput", "-v0"]):
            site.manage(*command)
        os.environ |= {**site.env, "DJANGO_SETTINGS_MODULE": "resourcecenter.settings"}
        django.setup()
        logging.disable()
        from django.contrib.auth import get_user_model
        from django.db import connection
        from django.test import Client

        visitor, superuser = (Client(raise_request_exception=False, SERVER_NAME="localhost") for _ in range(2))
        superuser.force_login(get_user_model().objects.create_superuser("fuzz"))
        fuzzers = [Fuzzer(visitor, seed=seed), Fuzzer(superuser, seed=seed + 1)]
        for fuzzer, starts in zip(fuzzers, [["/"], ["/admin/", "/"]], strict=True):
            fuzzer.crawl(*starts)
            fuzzer.run(inputs // 2)
        connection.close()
    return fuzzers


def main() -> None:
    """Run the drill and print what was found; fail if anything was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fuzzers = fuzz_drill(Path(folder), inputs=options.inputs, seed=options.seed)
    for who, fuzzer in zip(["visitor", "superuser"], fuzzers, strict=True):
        print(f"{who}: {fuzzer.tried} inputs of {len(texts())} texts in {len(fuzzer.pages)} views")
        print(f"  answers {dict(sorted(fuzzer.answers.items()))}, slowest {fuzzer.slowest_s:.2f} s")
        print(*(f"  {one}" for one in fuzzer.bad), sep="\n")
    sys.exit(any(fuzzer.bad for fuzzer in fuzzers))


if __name__ == "__main__":
    main()
