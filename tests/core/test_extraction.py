"""The text of files of every type, and what hostile ones can do: nothing but end early."""

import io
import subprocess
import sys

import pytest

from resourcecenter.core import extraction, reading
from resourcecenter.core.extraction import Extracted, Limits, extract
from resourcecenter.core.uploads import ACCEPTED
from tests.core.samples import DOCX, EXE, ODF, OOXML, ORDINARY, PNG, book, office, packed

PPTX, XLSX = f"{OOXML}presentationml.presentation", f"{OOXML}spreadsheetml.sheet"
EPUB, PDF = "application/epub+zip", "application/pdf"


def pdf(words):
    """A PDF of one page with these words."""
    content = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj%b endobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 6\n0000000000 65535 f \n%btrailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return body + end % (table, len(body))


def word(text):
    return f'<w:document xmlns:w="urn:w"><w:body>{text}</w:body></w:document>'


def opendocument(media_type, text):
    office_xml = (
        f'<o:document xmlns:o="urn:o" xmlns:t="urn:t"><o:scripts>sub</o:scripts><o:body>{text}</o:body></o:document>'
    )
    return packed(("mimetype", media_type), ("content.xml", office_xml))


def read(content, media_type, **limits):
    return extract(io.BytesIO(content), media_type, limits=Limits(**limits))


PARAGRAPHS = (
    "<w:p><w:r><w:t>Ask</w:t></w:r><w:r><w:t>ing</w:t></w:r></w:p><w:p><w:delText>no</w:delText><w:t>why</w:t></w:p>"
)
SLIDES = [(f"ppt/slides/slide{n}.xml", f'<a:p xmlns:a="urn:a"><a:t>slide {n}</a:t></a:p>') for n in (10, 2, 1)]
STRINGS = '<sst xmlns="urn:x"><si><t>Budget</t></si><si><r><t>li</t></r><r><t>ne</t></r></si></sst>'
CHAPTER = (
    "<!DOCTYPE html><html><style>p{}</style><body><p>Caf&eacute; <b>t</b>alk</p><script>x()</script></body></html>"
)
CASES = {
    "pdf": (pdf("What we learnt"), "application/pdf", "What we learnt"),
    "docx": (office(DOCX, ("word/document.xml", word(PARAGRAPHS))), DOCX, "Asking why"),
    "xlsx": (office(XLSX, ("xl/sharedStrings.xml", STRINGS)), XLSX, "Budget line"),
    "pptx": (office(PPTX, *SLIDES), PPTX, "slide 1 slide 2 slide 10"),
    "odt": (
        opendocument(
            f"{ODF}text", "<t:tracked-changes>gone</t:tracked-changes><t:p>An<t:tab/>open <t:span>t</t:span>ext</t:p>"
        ),
        f"{ODF}text",
        "An open text",
    ),
    "ods": (opendocument(f"{ODF}spreadsheet", "<t:p>a</t:p><t:p>b</t:p>"), f"{ODF}spreadsheet", "a b"),
    "odp": (opendocument(f"{ODF}presentation", "<t:h>Talk</t:h>"), f"{ODF}presentation", "Talk"),
    "epub": (book(EPUB, ("c1.xhtml", CHAPTER)), EPUB, "Café talk"),
    "rtf": (
        rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\generator x;}Caf\'e9\par It\u8217?s \{here\}{\pict 00ff}}",
        "application/rtf",
        "Café It\u2019s {here}",
    ),
    "txt": ("\ufeffRéseaux:\r\noutils\0".encode(), "text/plain", "Réseaux: outils"),
    "old txt": ("Réseaux".encode("cp1252"), "text/plain", "Réseaux"),
    "md": (b"# Guide\n\nto **all**", "text/markdown", "# Guide to **all**"),
    "csv": (b"name,role\nA,convenor\n", "text/csv", "name,role A,convenor"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_text_of_a_file_of_each_type_is_read(name):
    content, media_type, text = CASES[name]
    assert read(content, media_type) == Extracted(text, "")


def test_every_type_that_may_be_shared_is_read_but_pictures_sound_and_films():
    rest = {kind.media_type for kind in ACCEPTED.values()} - extraction.READABLE
    assert {media_type.partition("/")[0] for media_type in rest} == {"image", "audio", "video"}


@pytest.mark.parametrize("name", [name for name in ORDINARY if ORDINARY[name][1] in extraction.READABLE - {PDF}])
def test_an_ordinary_file_without_words_is_read_without_complaint(name):
    assert read(*ORDINARY[name]).problem == ""


def test_a_long_text_is_cut():
    assert read(b"word " * 1000, "text/plain", max_chars=20) == Extracted("word word word word", "")


# --- Hostile files ------------------------------------------------------------------------------

BILLION = '<!DOCTYPE x [<!ENTITY a "aaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x xmlns="urn:x"><t>&a;</t></x>'
HOSTILE = {
    "billion laughs": (office(DOCX, ("word/document.xml", f"{BILLION}]><x><t>&m;</t></x>")), DOCX, "declares entities"),
    "outside": (office(DOCX, ("word/document.xml", OUTSIDE)), DOCX, "declares entities"),
    "not xml": (office(DOCX, ("word/document.xml", "<x")), DOCX, "ExpatError"),
    "not a package": (EXE, DOCX, "BadZipFile"),
    "cut": (CASES["docx"][0][:-40], DOCX, "BadZipFile"),
    "a picture for a pdf": (PNG, "application/pdf", "Error"),
    "a pdf that leads in a ring": (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
        "application/pdf",
        "",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_with_its_problem(name):
    content, media_type, problem = HOSTILE[name]
    extracted = read(content, media_type)
    assert extracted.text == ""
    assert problem in extracted.problem


def test_what_was_read_before_the_end_is_kept():
    slides = [SLIDES[2], ("ppt/slides/slide2.xml", "<a:p")]
    extracted = read(office(PPTX, *slides), PPTX)
    assert extracted.text == "slide 1"
    assert extracted.problem.startswith("ExpatError")


def test_a_file_that_never_ends_is_ended():
    endless = rb"{\rtf1 begun " + b"{}" * 20_000_000
    assert read(endless, "application/rtf", max_cpu_s=1).problem.startswith("ended by SIG")


def test_a_file_that_waits_is_ended():
    assert read(rb"{\rtf1 begun " + b"{}" * 20_000_000, "application/rtf", max_wall_s=0.5).problem == "took too long"


def test_a_file_that_wants_memory_does_not_get_it():
    assert "MemoryError" in read(b"a" * 60_000_000, "text/plain", max_memory_bytes=100_000_000).problem


@pytest.mark.parametrize(
    "act",
    [
        "import socket; socket.socket()",
        "import socket; socket.getaddrinfo('example.org', 80)",
        "import subprocess; subprocess.run(['/bin/true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
        "open('/tmp/never-written', 'wb').write(bytes(10_000_000))",
    ],
)
def test_the_process_that_reads_reaches_nothing(act):
    program = f"import runpy; limit = runpy.run_path({reading.__file__!r})['limit']; limit(5, 10**9, 1000)\n{act}"
    ended = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert any(refusal in ended.stderr for refusal in ("Refused", "File too large"))


def test_the_process_that_reads_is_told_no_secrets(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "never told")
    curious = tmp_path / "curious.py"
    curious.write_text("import os; print('environment', dict(os.environ), os.getcwd())")
    monkeypatch.setattr(reading, "__file__", str(curious))
    told = read(b"", "text/plain").text
    assert told.startswith("environment")
    assert "never told" not in told
    assert told.endswith("} /")
