"""Small files of every type, and of some that are refused, made in code."""

import io
import struct
import warnings
import zipfile
import zlib

from PIL import Image

OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
DOCX = f"{OOXML}wordprocessingml.document"


def packed(*parts, compression=zipfile.ZIP_DEFLATED):
    """A ZIP archive of (name or ZipInfo, content)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # duplicate names are what some tests are about
        for name, content in parts:
            archive.writestr(name, content)
    return buffer.getvalue()


def office(media_type=DOCX, *more, main=".main+xml", **kwargs):
    types = f'<Types><Override PartName="/main.xml" ContentType="{media_type}{main}"/></Types>'
    return packed(("[Content_Types].xml", types), ("main.xml", "<document/>"), *more, **kwargs)


def book(media_type, *more, compress_type=zipfile.ZIP_STORED):
    mimetype = zipfile.ZipInfo("mimetype")
    mimetype.compress_type = compress_type
    return packed((mimetype, media_type), ("content.xml", "<content/>"), *more)


def entry(name, **attributes):
    info = zipfile.ZipInfo(name)
    for key, value in attributes.items():
        setattr(info, key, value)
    return info


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, *chunks, data=b"\0\0"):
    """A grey PNG that says it is so large, with ``data`` for its pixels and ``chunks`` before them."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def picture(file_format, size=(40, 20), mode="RGB", colour="teal", **options):
    """A picture of one colour, as a program would write it."""
    content = io.BytesIO()
    Image.new(mode, size, colour).save(content, file_format, **options)
    return content.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG, JPEG, WEBP = picture("PNG"), picture("JPEG"), picture("WEBP")
MP3 = b"\xff\xfb\x90\x00" + bytes(413)
MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x08mdat"
RTF = rb"{\rtf1\ansi A guide.}"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
EXE = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0"
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
HEIC = b"\0\0\0\x1cftypheic\0\0\0\0mif1heic"
MOV = b"\0\0\0\x14ftypqt  \0\0\0\0qt  "
WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(24)

ORDINARY = {
    "guide.pdf": (PDF, "application/pdf"),
    "guide.docx": (office(DOCX), DOCX),
    "budget.xlsx": (office(f"{OOXML}spreadsheetml.sheet"), f"{OOXML}spreadsheetml.sheet"),
    "talk.pptx": (office(f"{OOXML}presentationml.presentation"), f"{OOXML}presentationml.presentation"),
    "guide.odt": (book(f"{ODF}text"), f"{ODF}text"),
    "budget.ods": (book(f"{ODF}spreadsheet"), f"{ODF}spreadsheet"),
    "talk.odp": (book(f"{ODF}presentation"), f"{ODF}presentation"),
    "guide.rtf": (RTF, "application/rtf"),
    "notes.txt": ("Réseaux: outils\r\n".encode(), "text/plain"),
    "notes.md": (b"<!-- draft -->\n# Guide\n<p>A page</p>\n", "text/markdown"),
    "people.csv": (b"\xef\xbb\xbfname,role\nA,convenor\n", "text/csv"),
    "guide.epub": (book("application/epub+zip"), "application/epub+zip"),
    "map.png": (PNG, "image/png"),
    "photo.jpg": (JPEG, "image/jpeg"),
    "photo.jpeg": (JPEG, "image/jpeg"),
    "map.webp": (WEBP, "image/webp"),
    "talk.mp3": (MP3, "audio/mpeg"),
    "talk.mp4": (MP4, "video/mp4"),
}
