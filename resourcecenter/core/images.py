"""Pictures: drawn anew from their pixels, so that nothing else of the file is passed on.

Places, cameras, comments, previews, colour profiles, and whatever a file carries beside or behind its picture are left
out. A profile can name a person's screen and hold any bytes, so the colours are brought to sRGB instead.
"""

import io
import struct

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageCms, JpegImagePlugin

MAX_PIXELS = 50_000_000
MAX_SCANS = 100
"""So many times may a JPEG go over its picture; browsers and cameras do so about ten times."""

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
WEBP_QUALITY = 90

# Beyond this Pillow only warns, and at twice as much it refuses, before it makes room for the pixels.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by its orientation in Exif. Source: CIPA DC-008, 4.6.4."""

DAMAGED = (OSError, SyntaxError, ValueError, TypeError, LookupError, ZeroDivisionError, EOFError, struct.error)
"""What Pillow raises for a picture that is damaged."""


def redrawn(upload: UploadedFile, media_type: str) -> ContentFile:
    """Return the picture as a new file of the same type: upright, in sRGB, and without anything but its pixels.

    The size is judged by the header, before anything is decoded. Raises ValidationError, worded for the person who
    sent it, for a picture of more than MAX_PIXELS, one that moves, and one that cannot be drawn to its end.
    """
    upload.seek(0)
    content = upload.read()
    try:
        with Image.open(io.BytesIO(content), formats=[FORMATS[media_type]]) as picture:
            _refuse_unfit(picture)
            options = _options(picture, content)
            picture.load()
            return ContentFile(_encoded(_in_srgb(_upright(picture)), FORMATS[media_type], options), name=upload.name)
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except DAMAGED as error:
        raise _damaged() from error


def _refuse_unfit(picture):
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_large()
    # The further pictures in a JPEG are previews and depths, which are left out.
    if picture.format in {"PNG", "WEBP"} and picture.is_animated:
        raise ValidationError(_("This picture moves. Send a still picture, or a film as MP4."), code="file_image")


def _options(picture, content):
    """Return how to save it, so that it looks as before: a JPEG has its own tables, a WebP may be lossless."""
    if picture.format == "PNG":
        return {}
    if picture.format == "WEBP":
        return {"lossless": b"VP8L" in content, "quality": WEBP_QUALITY}
    if content.count(b"\xff\xda") > MAX_SCANS:
        raise _damaged()
    return {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}


def _upright(picture):
    try:
        turn = TURNS.get(picture.getexif().get(ExifTags.Base.Orientation))
    except DAMAGED:  # in its metadata, which goes anyway
        turn = None
    return picture.transpose(turn) if turn is not None else picture


def _in_srgb(picture):
    """Without a profile, or with one that does not fit, the colours stay as they are."""
    profile = picture.info.get("icc_profile")
    if not profile:
        return picture
    mode = "RGB" if picture.mode == "CMYK" else picture.mode
    try:
        return ImageCms.profileToProfile(picture, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=mode)
    except ImageCms.PyCMSError:
        return picture


def _encoded(picture, file_format, options):
    picture.info = {key: value for key, value in picture.info.items() if key == "transparency"}
    content = io.BytesIO()
    picture.save(content, file_format, **options)
    return content.getvalue()


def _too_large():
    return ValidationError(
        _("This picture has more than %(limit)s megapixels. Make it smaller and send it again."),
        params={"limit": number_format(MAX_PIXELS // 1_000_000)},
        code="file_pixels",
    )


def _damaged():
    return ValidationError(
        _("This picture is damaged or cut off. Open it in a program for pictures, save it anew and send that."),
        code="file_image",
    )
