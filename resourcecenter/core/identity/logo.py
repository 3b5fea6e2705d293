"""The logo that a site brings, written anew: the pixels of a PNG, or the plain shapes of an SVG."""

import re
from xml.etree import ElementTree

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from resourcecenter.core import images

MAX_BYTES = 16 * 1024
"""The logo is on every page, and a first visit should stay below 60 kB."""

PNG, SVG = "image/png", "image/svg+xml"

NAMESPACE = "{http://www.w3.org/2000/svg}"
DRAWING = {
    "circle", "clipPath", "defs", "desc", "ellipse", "g", "line", "linearGradient", "mask", "path", "polygon",
    "polyline", "radialGradient", "rect", "stop", "svg", "text", "title", "tspan",
}  # fmt: skip
"""The elements that only draw, and no more than they say.

No script, style sheet, animation, picture from elsewhere or HTML is among them; nor what repeats other elements, which
could be nested until no browser gets to the end.
"""

LEADS_AWAY = re.compile(r"url\s*\(\s*['\"]?\s*(?!#)|\\|@import|javascript:|data:", re.IGNORECASE)


TOO_LARGE = _("The logo is larger than 16 kB, and every page would carry it. Make it smaller.")
OTHER_KIND = _("This is neither a PNG nor an SVG. Send a picture of one of these kinds.")
MORE_THAN_A_DRAWING = _("This SVG holds “%(part)s”, which does more than draw. Save it as a plain SVG, or send a PNG.")

ElementTree.register_namespace("", NAMESPACE.strip("{}"))


def read(upload: UploadedFile) -> tuple[str, bytes]:
    """Return the type and the content of a logo as it is kept.

    Raises ValidationError, worded for the person who sent it, for what is too large or neither kind of picture, and
    for an SVG that does anything but draw.
    """
    if upload.size > MAX_BYTES:
        raise ValidationError(TOO_LARGE)
    sent = upload.read()
    is_png = sent.startswith(b"\x89PNG\r\n\x1a\n")
    content = images.redrawn(upload, PNG).read() if is_png else plain_svg(sent)
    if len(content) > MAX_BYTES:
        raise ValidationError(TOO_LARGE)
    return (PNG if is_png else SVG), content


def plain_svg(content: bytes) -> bytes:
    """Return an SVG as what was checked of it, without comments and instructions.

    Raises ValidationError unless it is an SVG of plain shapes.
    """
    # Before a parser reads it: what is declared can grow without bound.
    if b"<!" in content.replace(b"<!--", b"") or b"\0" in content:
        raise ValidationError(MORE_THAN_A_DRAWING, params={"part": "<!"})
    try:
        root = ElementTree.fromstring(content.decode("utf-8-sig"))  # noqa: S314 (it declares nothing)
    except (ValueError, ElementTree.ParseError) as error:
        raise ValidationError(OTHER_KIND) from error
    if root.tag != NAMESPACE + "svg":
        raise ValidationError(OTHER_KIND)
    for element in root.iter():
        _refuse_more_than_a_drawing(element)
    return ElementTree.tostring(root)


def _refuse_more_than_a_drawing(element):
    name = element.tag.removeprefix(NAMESPACE)
    if name not in DRAWING:
        raise ValidationError(MORE_THAN_A_DRAWING, params={"part": name[:80]})
    for attribute, value in element.attrib.items():
        name = attribute.rpartition("}")[2].lower()
        leads_away = LEADS_AWAY.search(value) or (name == "href" and not value.startswith("#"))
        if name.startswith("on") or leads_away:
            raise ValidationError(MORE_THAN_A_DRAWING, params={"part": name[:80]})
