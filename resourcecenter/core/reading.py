"""Reads a file on standard input and writes its text to standard output. Run by ``extraction`` as a process of its own:

python -I reading.py MEDIA_TYPE MAX_CHARS MAX_CPU_SECONDS MAX_MEMORY_BYTES

It knows nothing of the site, has none of its settings, and sets its own limits before it reads the first byte. What it
has written before it fails is text all the same.
"""

import codecs
import re
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import BinaryIO
from xml.parsers import expat

CHUNK = 64 * 1024
OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."


class Refused(Exception):  # noqa: N818 (named for what happened)
    """The file holds what no honest file needs."""


# --- Text and PDF -------------------------------------------------------------------------------


def read_plain(stream: BinaryIO) -> Iterator[str]:
    """In UTF-8, or else in the code of one byte a letter that is by far the most frequent."""
    content = stream.read()
    try:
        yield content.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield content.decode("cp1252", errors="replace")


def read_pdf(stream: BinaryIO) -> Iterator[str]:
    from pypdf import PdfReader

    for page in PdfReader(stream).pages:
        yield page.extract_text()


RTF_TOKEN = re.compile(
    rb"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<sign>[^a-z])"
    rb"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)"
)
RTF_NOT_TEXT = {b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"themedata", b"datastore"}
RTF_SPACE = {b"par", b"line", b"tab", b"cell", b"row", b"sect", b"page"}


def read_rtf(stream: BinaryIO) -> Iterator[str]:
    """Without what groups of fonts, styles and pictures hold. Source: Rich Text Format 1.9.1."""
    groups, to_skip = [False], 0  # whether each open group is none of the text; how many letters stand for a \u before
    for token in RTF_TOKEN.finditer(stream.read()):
        word, sign = token["word"], token["sign"]
        if token["brace"] == b"{":
            groups.append(groups[-1])
        elif token["brace"] == b"}":
            groups = groups[:-1] or [True]
        elif word in RTF_NOT_TEXT or sign == b"*":
            groups[-1] = True
        elif groups[-1]:
            continue
        elif word == b"u" and token["number"]:
            to_skip = 1
            yield chr(int(token["number"]) % 0x10000)
        elif word in RTF_SPACE or sign in {b"~", b"\n", b"\r"}:
            yield " "
        elif token["byte"] or token["text"] or sign in {b"\\", b"{", b"}"}:
            letters = bytes.fromhex(token["byte"].decode()) if token["byte"] else token["text"] or sign
            yield letters[to_skip:].decode("cp1252", errors="replace")
            to_skip = 0


# --- Packages of XML ----------------------------------------------------------------------------


class OfficeXML:
    """Takes the text out of one part of a document, as it is parsed.

    Text counts within elements called ``within``, but not within those called ``but_not``; after those in ``BREAKS`` a
    new word begins.
    """

    BREAKS = frozenset({"p", "h", "si", "is", "tab", "br", "s", "line-break", "tc", "table-cell", "sheet"})

    def __init__(self, within: set[str], but_not: set[str] = frozenset()):
        self.within, self.but_not = within, but_not
        self.depth = self.hidden = 0
        self.words = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.parser.EntityDeclHandler = self._entity

    def feed(self, content: bytes) -> str:
        """Return the text in this piece of the part; no bytes end it."""
        self.parser.Parse(content, not content)
        words, self.words = "".join(self.words), []
        return words

    def _start(self, name, attributes):
        local = name.rpartition(" ")[2]
        self.depth += local in self.within
        self.hidden += local in self.but_not

    def _end(self, name):
        local = name.rpartition(" ")[2]
        self.depth -= local in self.within
        self.hidden -= local in self.but_not
        if local in self.BREAKS:
            self.words.append(" ")

    def _data(self, text):
        if self.depth and not self.hidden:
            self.words.append(text)

    def _entity(self, *args):
        raise Refused("declares entities")


class WebPage(HTMLParser):
    """Takes the text out of a chapter of a book."""

    def __init__(self):
        super().__init__()
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.hidden = 0
        self.words = []

    def feed(self, content: bytes) -> str:
        super().feed(self.decode(content, not content))
        words, self.words = "".join(self.words), []
        return words

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in {"script", "style"}
        self.words.append("" if tag in {"a", "b", "em", "i", "span", "strong", "sub", "sup"} else " ")

    def handle_endtag(self, tag):
        self.hidden = max(self.hidden - (tag in {"script", "style"}), 0)

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


def ooxml_part():
    return OfficeXML({"t"})


def odf_part():
    return OfficeXML({"body"}, {"tracked-changes", "annotation"})


def read_parts(pattern: str, new_part: Callable[[], OfficeXML | WebPage]) -> Callable[[BinaryIO], Iterator[str]]:
    """A reader of those parts of a package whose names match, page 2 before page 10."""

    def read(stream):
        with zipfile.ZipFile(stream) as package:
            names = sorted(
                filter(re.compile(pattern).fullmatch, package.namelist()), key=lambda name: (len(name), name)
            )
            for name in names:
                yield from read_part(package, name, new_part())
                yield " "

    return read


def read_part(package, name, part):
    with package.open(name) as content:
        while chunk := content.read(CHUNK):
            yield part.feed(chunk)
    yield part.feed(b"")


READERS: dict[str, Callable[[BinaryIO], Iterator[str]]] = {
    "application/pdf": read_pdf,
    f"{OOXML}wordprocessingml.document": read_parts(r"word/(document|footnotes|endnotes|header\d*)\.xml", ooxml_part),
    f"{OOXML}spreadsheetml.sheet": read_parts(r"xl/(sharedStrings|worksheets/[^/]+)\.xml", ooxml_part),
    f"{OOXML}presentationml.presentation": read_parts(r"ppt/(slides|notesSlides)/[^/]+\.xml", ooxml_part),
    f"{ODF}text": read_parts(r"content\.xml", odf_part),
    f"{ODF}spreadsheet": read_parts(r"content\.xml", odf_part),
    f"{ODF}presentation": read_parts(r"content\.xml", odf_part),
    "application/epub+zip": read_parts(r".*\.(xhtml|html|htm)", WebPage),
    "application/rtf": read_rtf,
    "text/plain": read_plain,
    "text/markdown": read_plain,
    "text/csv": read_plain,
}


# --- The process --------------------------------------------------------------------------------


def limit(max_cpu_s: int, max_memory_bytes: int, max_output_bytes: int) -> None:
    """Take from this process what it does not need, for good: time, memory, room, network, other programs."""
    resource.setrlimit(resource.RLIMIT_CPU, (max_cpu_s, max_cpu_s))
    resource.setrlimit(resource.RLIMIT_AS, (max_memory_bytes, max_memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (max_output_bytes, max_output_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(refuse_the_world)


def refuse_the_world(event, args):
    if event.startswith(("socket.", "subprocess.", "ctypes.", "os.exec", "os.fork", "os.posix_spawn", "os.system")):
        raise Refused(event)


def write_text(pieces: Iterator[str], max_chars: int) -> None:
    for piece in pieces:
        sys.stdout.buffer.write(piece[:max_chars].encode("utf-8", errors="replace"))
        max_chars -= len(piece)
        if max_chars <= 0:
            return


def main(media_type: str, max_chars: str, max_cpu_s: str, max_memory_bytes: str) -> None:
    limit(int(max_cpu_s), int(max_memory_bytes), 8 * int(max_chars) + CHUNK)
    write_text(READERS[media_type](sys.stdin.buffer), int(max_chars))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Exception as failure:  # the edge of the process: said in one line, and nothing is cleaned up
        sys.exit(f"{type(failure).__name__}: {failure}")
