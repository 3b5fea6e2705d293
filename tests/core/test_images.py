"""Pictures are drawn anew: what they show stays, and nothing else does."""

import io
import struct
import tracemalloc
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image, ImageCms, ImageOps, PngImagePlugin

from resourcecenter.core import images
from tests.core.samples import JPEG, PNG, WEBP, chunk, picture, png

MEDIA_TYPES = {value: key for key, value in images.FORMATS.items()}
MARK = b"zanzibarquartz"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + MARK + b"</x:xmpmeta>"
every_format = pytest.mark.parametrize("file_format", MEDIA_TYPES)


def redrawn(file_format, content):
    return images.redrawn(SimpleUploadedFile("picture", content), MEDIA_TYPES[file_format]).read()


def opened(content):
    with Image.open(io.BytesIO(content)) as drawn:
        drawn.load()
        return drawn


def refusal(file_format, content):
    with pytest.raises(ValidationError) as caught:
        redrawn(file_format, content)
    [message] = caught.value.messages
    return message


def exif(orientation=1):
    """What a phone writes: where it was, by whom, and which way it was held."""
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    tags[ExifTags.Base.Artist] = MARK.decode()
    tags[ExifTags.Base.ImageDescription] = "<script>alert(1)</script>"
    tags.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSMapDatum] = MARK.decode()
    return tags.tobytes()


def profile():
    """A colour profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


# --- What stays ---------------------------------------------------------------------------------


@every_format
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_picture_looks_as_before(file_format, mode):
    sent = picture(file_format, mode=mode, colour="grey")
    before, after = opened(sent).convert("RGB"), opened(redrawn(file_format, sent)).convert("RGB")
    assert after.size == before.size
    assert all(abs(a - b) < 4 for a, b in zip(after.getpixel((5, 5)), before.getpixel((5, 5)), strict=True))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_mode_keeps_every_pixel(mode):
    drawn = Image.linear_gradient("L").convert("RGB").convert("L" if mode == "I;16" else mode.replace("PA", "P"))
    content = io.BytesIO()
    (drawn.convert("I;16") if mode == "I;16" else drawn).save(content, "PNG")
    before, after = opened(content.getvalue()), opened(redrawn("PNG", content.getvalue()))
    assert (after.mode, after.tobytes()) == (before.mode, before.tobytes())


@pytest.mark.parametrize("mode", ["L", "P"])
def test_what_is_see_through_in_a_png_stays_so(mode):
    drawn, content = Image.new("L", (4, 4), 3).convert(mode), io.BytesIO()
    drawn.save(content, "PNG", transparency=drawn.getpixel((0, 0)))
    assert opened(redrawn("PNG", content.getvalue())).convert("RGBA").getpixel((0, 0)) == (3, 3, 3, 0)


def test_a_photo_is_compressed_no_more_and_no_less_than_before():
    photo = io.BytesIO()
    Image.effect_noise((200, 200), 80).save(photo, "JPEG", quality=31, subsampling=2)
    before, after = opened(photo.getvalue()), opened(redrawn("JPEG", photo.getvalue()))
    assert after.quantization == before.quantization
    assert abs(len(redrawn("JPEG", photo.getvalue())) - len(photo.getvalue())) < len(photo.getvalue()) / 20


def test_a_webp_without_loss_stays_without_loss():
    drawing = io.BytesIO()
    Image.effect_noise((50, 50), 80).convert("RGB").save(drawing, "WEBP", lossless=True)
    assert opened(redrawn("WEBP", drawing.getvalue())).tobytes() == opened(drawing.getvalue()).tobytes()


@every_format
def test_the_same_picture_is_always_drawn_the_same(file_format):
    sent = picture(file_format, exif=exif(orientation=6))
    assert redrawn(file_format, sent) == redrawn(file_format, sent)


@every_format
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_the_way_it_was_held(file_format, orientation):
    half = Image.new("RGB", (40, 20), "white")
    half.paste("black", (0, 0, 20, 10))
    content = io.BytesIO()
    half.save(content, file_format, exif=exif(orientation))
    upright = ImageOps.exif_transpose(opened(content.getvalue()))
    after = opened(redrawn(file_format, content.getvalue()))
    assert after.size == upright.size
    for place in [(3, 3), (after.width - 4, 3), (3, after.height - 4), (after.width - 4, after.height - 4)]:
        assert abs(after.getpixel(place)[0] - upright.getpixel(place)[0]) < 20


def test_the_colours_of_another_profile_are_brought_to_those_of_the_web():
    other = bytearray(profile())
    red = struct.unpack_from(">I", other, other.index(b"rXYZ") + 4)[0]
    struct.pack_into(">i", other, red + 8, int(0.6 * 65536))
    sent = picture("PNG", colour=(200, 100, 50), icc_profile=bytes(other))
    after = opened(redrawn("PNG", sent))
    assert after.getpixel((0, 0)) != (200, 100, 50)
    assert "icc_profile" not in after.info


@pytest.mark.parametrize("damaged", [MARK * 30, profile()[:200], b"\0" * 128])
def test_a_profile_that_does_not_fit_is_left_out_and_the_colours_stay(damaged):
    sent = picture("PNG", colour=(200, 100, 50), icc_profile=damaged)
    after = redrawn("PNG", sent)
    assert opened(after).getpixel((0, 0)) == (200, 100, 50)
    assert MARK not in after


def test_a_photo_for_print_can_still_be_seen():
    sent = picture("JPEG", mode="CMYK", colour=(0, 200, 0, 0))
    assert opened(redrawn("JPEG", sent)).getpixel((0, 0)) == opened(sent).getpixel((0, 0))


# --- What goes ----------------------------------------------------------------------------------


def marked(file_format):
    """A picture with the mark in every place for words, and behind the end."""
    more = {
        "JPEG": {"comment": MARK, "xmp": XMP, "extra": b"\xff\xed" + struct.pack(">H", len(MARK) + 2) + MARK},
        "PNG": {"pnginfo": words()},
        "WEBP": {"xmp": XMP},
    }[file_format]
    return picture(file_format, exif=exif(), icc_profile=profile(), **more) + MARK


def words():
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", MARK.decode())
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    info.add(b"prVt", MARK)
    info.add(b"tIME", struct.pack(">HBBBBB", 2020, 1, 2, 3, 4, 5))
    return info


@every_format
def test_nothing_of_the_metadata_is_in_what_is_stored(file_format):
    sent = marked(file_format)
    assert sent.count(MARK) >= 4
    assert b"<script>" in sent
    stored = redrawn(file_format, sent)
    for word in [MARK, b"<script>", b"Exif", b"EXIF", b"eXIf", b"GPS", b"xmp", b"XMP", b"ICC", b"iCCP", b"tIME"]:
        assert word not in stored
    assert set(opened(stored).info) == set(opened(redrawn(file_format, picture(file_format))).info)


def test_words_that_are_packed_go_too():
    sent = png(1, 1, chunk(b"zTXt", b"Author\0\0" + zlib.compress(MARK)))
    stored = redrawn("PNG", sent)
    assert b"zTXt" not in stored
    assert set(opened(stored).info) == set()


def test_the_further_pictures_in_a_photo_go():
    first, second = Image.new("RGB", (40, 20), "white"), Image.new("RGB", (30, 30), "black")
    both = io.BytesIO()
    first.save(both, "MPO", save_all=True, append_images=[second], exif=exif())
    stored = redrawn("JPEG", both.getvalue())
    assert (opened(stored).format, opened(stored).size, stored.count(b"\xff\xd8")) == ("JPEG", (40, 20), 1)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF:UserWarning")
@every_format
def test_damage_in_the_metadata_alone_does_not_matter(file_format):
    sent = picture(file_format, exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + MARK)
    stored = redrawn(file_format, sent)
    assert opened(stored).size == (40, 20)
    assert MARK not in stored


# --- What is refused ----------------------------------------------------------------------------


def said_to_be(file_format, width, height):
    """A small picture whose header tells another size."""
    if file_format == "PNG":
        return png(width, height)
    if file_format == "JPEG":
        at = JPEG.index(b"\xff\xc0") + 5
        return JPEG[:at] + struct.pack(">HH", height, width) + JPEG[at + 4 :]
    return WEBP[:26] + struct.pack("<HH", width, height) + WEBP[30:]


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@every_format
@pytest.mark.parametrize("size", [(10_000, 5_001), (10_000, 10_001), (16_000, 16_000)], ids=str)
def test_a_flood_of_pixels_is_refused_by_its_header_without_memory(file_format, size):
    content = said_to_be(file_format, *size)
    tracemalloc.start()
    message = refusal(file_format, content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert message == "This picture has more than 50 megapixels. Make it smaller and send it again."
    assert peak < 1024**2


def test_a_picture_of_fifty_megapixels_passes():
    sent = picture("PNG", size=(10_000, 5_000), mode="1", colour=1)
    assert opened(redrawn("PNG", sent)).size == (10_000, 5_000)


@every_format
def test_a_picture_that_is_cut_off_is_refused(file_format):
    whole = io.BytesIO()
    Image.effect_noise((100, 100), 80).convert("RGB").save(whole, file_format)
    for share in (0.2, 0.5, 0.9):
        message = refusal(file_format, whole.getvalue()[: int(len(whole.getvalue()) * share)])
        assert message.startswith("This picture is damaged or cut off.")


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_a_picture_with_less_than_it_says_is_refused(file_format):
    assert refusal(file_format, said_to_be(file_format, 600, 500)).startswith("This picture is damaged or cut off.")


def test_a_photo_with_less_than_it_says_and_a_proper_end_is_drawn_with_what_it_has():
    assert opened(redrawn("JPEG", said_to_be("JPEG", 600, 500))).size == (600, 500)


def test_words_that_unpack_to_very_much_are_refused():
    bomb = png(1, 1, chunk(b"zTXt", b"Author\0\0" + zlib.compress(bytes(100 * 1024**2))))
    assert refusal("PNG", bomb).startswith("This picture is damaged or cut off.")


def test_pixels_that_unpack_to_more_than_the_picture_are_not_unpacked():
    bomb = png(1, 1, data=bytes(100 * 1024**2))
    assert opened(redrawn("PNG", bomb)).size == (1, 1)


def test_a_photo_that_goes_over_itself_endlessly_is_refused():
    drawn = io.BytesIO()
    Image.new("L", (16, 16)).save(drawn, "JPEG", progressive=True)
    content = drawn.getvalue()
    last = content[content.rindex(b"\xff\xda") : -2]
    assert refusal("JPEG", content[:-2] + last * images.MAX_SCANS + content[-2:]).startswith("This picture is damaged")


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_a_picture_that_moves_is_refused_with_what_to_send_instead(file_format):
    moving = io.BytesIO()
    first, second = Image.new("RGB", (40, 20), "white"), Image.new("RGB", (40, 20), "black")
    first.save(moving, file_format, save_all=True, append_images=[second], duration=100)
    assert refusal(file_format, moving.getvalue()) == "This picture moves. Send a still picture, or a film as MP4."


@pytest.mark.parametrize(("file_format", "whole"), [("PNG", PNG), ("JPEG", JPEG), ("WEBP", WEBP)])
@pytest.mark.parametrize("value", [0x00, 0xFF])
def test_a_picture_damaged_anywhere_is_drawn_or_refused_but_never_fails(file_format, whole, value):
    refused = 0
    for at in range(len(whole)):
        try:
            redrawn(file_format, whole[:at] + bytes([value]) + whole[at + 1 :])
        except ValidationError:
            refused += 1
    assert 0 < refused < len(whole)
