"""The identity of the site: what its owner sets, what is refused, and where it shows."""

import io
import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from resourcecenter.core import identity, mail
from resourcecenter.core.identity import SiteIdentity, colours, logo
from resourcecenter.core.pagecache import current_generation
from resourcecenter.views.errors import server_error
from tests.factories import make_user

SITE_CSS = Path(__file__).resolve().parents[2] / "static" / "css" / "site.css"
SHAPES = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9" fill="url(#a)"/></svg>'


@pytest.fixture(autouse=True)
def _unseen(monkeypatch):
    monkeypatch.setattr(identity, "_seen", {})


@pytest.fixture
def owner(client, db):
    client.force_login(make_user("owner", is_superuser=True))
    return client


def identify(client, **fields):
    """Fill in the form of the identity; returns the page after it."""
    return client.post(reverse("admin:core_siteidentity_add"), fields, follow=True)


def svg(inside):
    return f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode()


def upload(content, name="logo.svg"):
    return SimpleUploadedFile(name, content)


def png(width=8):
    file = io.BytesIO()
    Image.new("RGB", (width, 8), "teal").save(file, "PNG")
    return file.getvalue()


# --- Colours ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#767676", "#ffffff", 4.54)])
def test_contrast_is_as_wcag_defines_it(one, other, ratio):
    assert round(colours.contrast(one, other), 2) == round(colours.contrast(other, one), 2) == ratio


def test_an_accent_that_cannot_be_read_is_refused_with_its_ratio(owner):
    page = identify(owner, accent_light="#88aaaa", accent_dark="#0b5c5a")
    errors = page.context["adminform"].form.errors
    assert re.search(
        r"light page .* 2\.\d+ to 1; text needs 4\.5 to 1\. Choose a darker one", errors["accent_light"][0]
    )
    assert re.search(r"dark page .* [12]\.\d+ to 1; text needs 4\.5 to 1\. Choose a lighter", errors["accent_dark"][0])
    assert not SiteIdentity.objects.exists()


def test_a_ratio_just_too_low_is_not_rounded_up_to_enough():
    with pytest.raises(ValidationError, match=r"4\.4\d to 1"):
        colours._refuse_unreadable("#777777", ["#ffffff"], "%(ratio)s to 1")


def test_an_accent_for_one_theme_alone_is_refused(owner):
    page = identify(owner, accent_light="#0b5c5a")
    assert "accent_dark" in page.context["adminform"].form.errors


def test_the_grounds_are_those_of_the_style_sheet():
    css = SITE_CSS.read_text()
    for place, token in enumerate(["paper", "sheet", "wash"]):
        values = " ".join(re.findall(rf"--{token}: ([^;]*);", css))
        said = {value.replace("#fff", "#ffffff") if len(value) == 4 else value for value in re.findall(r"#\w+", values)}
        assert {colours.GROUNDS["light"][place], colours.GROUNDS["dark"][place]} <= said


# --- The logo -----------------------------------------------------------------------------------


def test_a_plain_drawing_is_kept_without_its_comments_and_instructions():
    kind, content = logo.read(upload(b'<?xml-stylesheet href="https://x.example/y"?>' + SHAPES + b"<!-- by me -->"))
    assert kind == "image/svg+xml"
    assert b"M0 0h9" in content
    assert b"x.example" not in content
    assert b"by me" not in content


@pytest.mark.parametrize(
    "unsafe",
    [
        svg("<script>alert(1)</script>"),
        svg("<style>@import 'https://x.example/'</style>"),
        svg('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>'),
        svg('<image href="https://x.example/pixel"/>'),
        svg('<use href="https://x.example/a.svg#b"/>'),
        svg('<path onclick="alert(1)"/>'),
        svg('<path fill="url(https://x.example/a)"/>'),
        svg('<path style="fill: u\\72l(https://x.example/a)"/>'),
        svg('<animate attributeName="href" to="javascript:alert(1)"/>'),
        b'<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + svg("<title>&a;</title>"),
        svg("<!<!--DOCTYPE-->"),
        svg("<x:path xmlns:x='urn:other'/>"),
    ],
)
def test_a_drawing_that_does_more_than_draw_is_refused(unsafe):
    with pytest.raises(ValidationError, match="Save it as a plain SVG"):
        logo.read(upload(unsafe))


@pytest.mark.parametrize("other", [b"", b"GIF89a", b"<html></html>", b"\xff\xfe<\x00s\x00", b"\x89PNG\r\n\x1a\nbroken"])
def test_what_is_neither_kind_of_picture_is_refused(other):
    with pytest.raises(ValidationError):
        logo.read(upload(other))


def test_a_logo_too_large_for_every_page_is_refused():
    with pytest.raises(ValidationError, match="larger than 16 kB"):
        logo.read(upload(svg(f'<path d="{"M0 0" * 5000}"/>')))


# --- Where it shows -----------------------------------------------------------------------------


def test_an_untouched_site_is_called_as_its_settings_say(client, db, settings):
    settings.SITE_NAME, settings.CONTACT_EMAIL = "As configured", "us@example.org"
    page = client.get(reverse("topics")).text
    assert "As configured</span></a>" in page
    assert "mailto:us@example.org" in page
    assert "identity/" not in page


def test_pages_mails_feeds_and_admin_bear_the_name_that_the_owner_gave(owner, settings):
    settings.SITE_NAME = "As configured"
    # Pages of before, which must not be shown on.
    before = owner.get(reverse("topics"))
    identify(owner, name="Harvest Circle", contact_email="hi@example.org", footer="Run by **farmers**.")
    page = owner.get(reverse("topics"), headers={"If-None-Match": before["ETag"]})
    assert page.status_code == 200
    assert '<span class="wordmark__name">Harvest Circle</span>' in page.text
    assert '<meta property="og:site_name" content="Harvest Circle">' in page.text
    assert "mailto:hi@example.org" in page.text
    assert "<p>Run by <strong>farmers</strong>.</p>" in page.text
    assert "<name>Harvest Circle</name>" in owner.get(reverse("resources_feed")).text
    assert "Harvest Circle" in mail.text_of("contributions/mail/letter.txt", {"name": "Ada"})
    assert "Harvest Circle" in owner.get(reverse("admin:index")).text
    assert "As configured" not in page.text


def test_what_the_owner_writes_is_never_markup(owner):
    identify(owner, name="<b>Bold</b>", tagline='"><script>', footer="<script>alert(1)</script>")
    page = owner.get(reverse("topics")).text
    assert "<b>Bold" not in page
    assert "<script>" not in page
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page


def test_accents_come_as_a_style_sheet_that_may_be_kept(owner):
    identify(owner, accent_light="#7A1F5C", accent_dark="#f0b0d8")
    address = re.search(r'href="(/identity/\w+\.css)"', owner.get(reverse("topics")).text)[1]
    sheet = owner.get(address)
    assert "immutable" in sheet["Cache-Control"]
    assert sheet.text == ":root, html[data-theme] { --accent-light: #7a1f5c; --accent-dark: #f0b0d8; }\n"
    assert "no-cache" in owner.get(reverse("identity_css", args=["older"]))["Cache-Control"]


@pytest.mark.parametrize(("content", "kind"), [(SHAPES, "image/svg+xml"), (png(), "image/png")])
def test_a_logo_takes_the_place_of_the_mark_until_it_is_taken_away(owner, content, kind):
    identify(owner, new_logo=upload(content))
    page = owner.get(reverse("topics")).text
    address = re.search(r'class="wordmark__logo" src="([^"]+)"', page)[1]
    assert f'<link rel="icon" type="{kind}" href="{address}">' in page
    assert 'class="mark"' not in page
    picture = owner.get(address)
    assert picture["Content-Type"] == kind
    assert "script-src 'none'" in picture["Content-Security-Policy"]
    owner.post(reverse("admin:core_siteidentity_change", args=[1]), {"name": "Kept"})
    assert address in owner.get(reverse("topics")).text
    owner.post(reverse("admin:core_siteidentity_change", args=[1]), {"without_logo": "on"})
    assert 'class="mark"' in owner.get(reverse("topics")).text
    assert owner.get(address).status_code == 404


@pytest.mark.parametrize("name", ["topics", "contributions:lost_link"])
def test_the_identity_costs_a_page_no_query(client, db, name):
    SiteIdentity.objects.create(name="Harvest Circle")
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as queries:
        assert "Harvest Circle" in client.get(reverse(name)).text
    assert [query["sql"] for query in queries if "siteidentity" in query["sql"]] == []


def test_a_page_about_an_error_bears_the_name_without_the_database(client, db, monkeypatch):
    SiteIdentity.objects.create(name="Harvest Circle")
    identity.current(generation=current_generation())
    monkeypatch.setattr(identity.pagecache, "remembered", lambda *args, **kwargs: pytest.fail("asked the cache"))
    with connection.execute_wrapper(lambda *args: pytest.fail("asked the database")):
        page = server_error(RequestFactory().get("/"))
    assert page.status_code == 500
    assert "Harvest Circle" in page.content.decode()


def test_there_is_one_identity(db):
    SiteIdentity.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        SiteIdentity.objects.bulk_create([SiteIdentity(pk=2)])


def test_the_owner_is_led_from_the_list_to_the_one_form(owner):
    assert owner.get(reverse("admin:core_siteidentity_changelist")).url == reverse("admin:core_siteidentity_add")
    identify(owner, name="Harvest Circle")
    assert owner.get(reverse("admin:core_siteidentity_changelist")).url.endswith("/1/change/")
