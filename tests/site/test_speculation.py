"""What browsers may fetch before a link is followed is public, and nothing else."""

import pytest
from django.urls import reverse

from resourcecenter.speculation import public_pages
from tests.factories import make_network

pytestmark = pytest.mark.django_db


def test_a_public_page_names_rules_that_a_browser_can_read(client):
    address = client.get(reverse("phases:phases"))["Speculation-Rules"].strip('"')
    answer = client.get(address)
    assert answer["Content-Type"] == "application/speculationrules+json"
    (rule,) = answer.json()["prerender"]
    assert rule["eagerness"] == "moderate"
    assert "/networks/:slug/" in rule["where"]["and"][0]["href_matches"]


@pytest.mark.parametrize("name", ["contributions:contribute", "contributions:lost_link", "admin:login", "healthz"])
def test_a_page_of_one_person_offers_nothing_to_fetch_ahead(client, name):
    assert "Speculation-Rules" not in client.get(reverse(name))


def test_a_missing_page_offers_nothing_to_fetch_ahead(client):
    assert "Speculation-Rules" in client.get(make_network("There", slug="there").get_absolute_url())
    assert "Speculation-Rules" not in client.get(reverse("network", args=["nowhere"]))


def test_only_pages_that_are_the_same_for_everybody_are_fetched_ahead():
    asked = {address.partition("/")[0] for address in (page.lstrip("/") for page in public_pages())}
    assert asked.isdisjoint({"admin", "contributions", "files", "markdown", "search"})
    assert [page for page in public_pages() if page.startswith("/contribute")] == ["/contribute/"]
