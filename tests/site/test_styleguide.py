"""The style guide: whatever is a component stands on it."""

from pathlib import Path

from django.urls import reverse

from tests.factories import make_moderator

COMPONENTS = Path(__file__).resolve().parents[2] / "templates" / "components"


def test_each_component_stands_in_the_style_guide(client, db):
    client.force_login(make_moderator())
    pages = [client.get(reverse("styleguide"), {"with": what}) for what in ("", "little")]
    drawn = {template.name for page in pages for template in page.templates}
    assert [file.name for file in sorted(COMPONENTS.iterdir()) if f"components/{file.name}" not in drawn] == []


def test_the_style_guide_is_for_staff_and_for_no_search_engine(client, db):
    assert client.get(reverse("styleguide"))["Location"].startswith(reverse("admin:login"))
    client.force_login(make_moderator())
    page = client.get(reverse("styleguide"))
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert "no-store" in page["Cache-Control"]
