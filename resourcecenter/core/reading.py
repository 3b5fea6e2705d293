"""Print the text of the file on standard input: ``reading.py MEDIA_TYPE MAX_CHARS``. Run by extraction.py alone.

It knows nothing of the site, so that it starts fast and has nothing to give away.
"""

import io
import re
import socket
import sys
import xml.etree.ElementTree as ET  # expat refuses entities that grow, and the process has little memory
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser

OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
# Which parts of a package hold its text.
PARTS = {
    f"{OFFICE}wordprocessingml.document": r"word/(document|footnotes|endnotes)\.xml",
    f"{OFFICE}presentationml.presentation": r"ppt/(slides|notesSlides)/[^/]+\.xml",
    f"{OFFICE}spreadsheetml.sheet": r"xl/(sharedStrings|worksheets/[^/]+)\.xml",
    f"{OPEN_DOCUMENT}text": r"content\.xml",
    f"{OPEN_DOCUMENT}spreadsheet": r"content\.xml",
    f"{OPEN_DOCUMENT}presentation": r"content\.xml",
}
BLOCKS = {"p", "h", "si", "is", "tab", "br", "row", "c"}
TYPESET = {"t", "p", "h", "span", "a"}  # whose text is what a reader sees; numbers of a sheet are left out


def pages_of_pdf(data: bytes) -> Iterator[str]:
    from pypdf import PdfReader

    for page in PdfReader(io.BytesIO(data)).pages:
        yield page.extract_text()


def parts_of_package(data: bytes, pattern: str) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in sorted(package.namelist(), key=_by_number):
            if re.fullmatch(pattern, name):
                with package.open(name) as part:
                    yield from _texts(part)


def _by_number(name):
    """slide2 before slide10."""
    return [int(piece) if piece.isdigit() else piece for piece in re.split(r"(\d+)", name)]


def _texts(part):
    for _event, element in ET.iterparse(part):  # noqa: S314
        name = element.tag.rpartition("}")[2]
        if name in TYPESET and element.text:
            yield element.text
        if name in BLOCKS:
            yield "\n"
        if element.tail and name in {"span", "a", "s", "tab", "line-break"}:
            yield element.tail
        element.clear()


class _Html(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.texts, self._hidden = [], 0

    def handle_starttag(self, tag, attrs):
        self._hidden += tag in {"script", "style"}

    def handle_endtag(self, tag):
        self._hidden -= tag in {"script", "style"} and self._hidden > 0

    def handle_data(self, data):
        if not self._hidden:
            self.texts.append(data)


def chapters_of_epub(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in sorted(package.namelist(), key=_by_number):
            if name.endswith((".xhtml", ".html", ".htm")):
                parser = _Html()
                parser.feed(package.read(name).decode("utf-8", "replace"))
                yield " ".join(parser.texts)


def text_of_rtf(data: bytes) -> Iterator[str]:
    text = data.decode("cp1252", "replace")
    text = re.sub(r"\{\\(?:\*|fonttbl|colortbl|stylesheet|info|pict)[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", "", text)
    text = re.sub(r"\\'([0-9a-fA-F]{2})", lambda m: bytes.fromhex(m[1]).decode("cp1252", "replace"), text)
    text = re.sub(r"\\u(-?\d+) ?\??", lambda m: chr(int(m[1]) % 65536), text)
    text = re.sub(r"\\(?:par|line|tab|cell|row)\b ?", "\n", text)
    yield re.sub(r"\\[a-zA-Z]+-?\d* ?|[{}]", "", text)


def plain_text(data: bytes) -> Iterator[str]:
    yield data.decode("utf-8-sig", "replace")


READERS = {
    "application/pdf": pages_of_pdf,
    "application/epub+zip": chapters_of_epub,
    "application/rtf": text_of_rtf,
    "text/rtf": text_of_rtf,
    "text/plain": plain_text,
    "text/markdown": plain_text,
    "text/csv": plain_text,
}


def read(data: bytes, media_type: str) -> Iterator[str]:
    if media_type in PARTS:
        return parts_of_package(data, PARTS[media_type])
    return READERS[media_type](data) if media_type in READERS else iter(())


def main(media_type: str, max_chars: int) -> None:
    socket.socket = None  # nothing that a file says may reach out
    room = max_chars
    for piece in read(sys.stdin.buffer.read(), media_type):
        piece = " ".join(re.sub(r"[\ud800-\udfff]", "", piece).split()) + " "
        sys.stdout.write(piece[:room])
        room -= len(piece)
        if room <= 0:
            break


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
