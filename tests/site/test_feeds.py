"""Feeds: valid Atom of the newest entries of any result."""

import datetime as dt
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from tests.factories import make_network, make_phase, make_resource

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def feed(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content)


def entries(client, address):
    return feed(client, address).findall(f"{ATOM}entry")


def titles(client, address):
    return [entry.findtext(f"{ATOM}title") for entry in entries(client, address)]


def test_a_feed_has_what_a_search_finds_newest_first(client):
    now = timezone.now()
    make_resource("Water, new", added_at=now)
    make_resource("Water, old", added_at=now - dt.timedelta(days=2))
    make_resource("Budget", added_at=now)
    make_network("Water network", added_at=now - dt.timedelta(days=1))
    assert titles(client, "/search.atom?q=water") == ["Water, new", "Water network", "Water, old"]
    assert titles(client, "/search.atom?q=water&sort=title") == ["Water, new", "Water network", "Water, old"]
    assert titles(client, "/resources.atom?q=water") == ["Water, new", "Water, old"]
    assert titles(client, "/networks.atom") == ["Water network"]


def test_a_feed_has_what_atom_requires(client):
    for number in range(3):
        make_resource(f"Resource {number}")
    make_network()
    root = feed(client, "/search.atom")
    assert root.tag == f"{ATOM}feed"
    for element in [root, *root.findall(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            assert element.findtext(f"{ATOM}{name}")
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links["self"].endswith("/search.atom")
    assert links["alternate"].endswith("/search/")
    ids = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
    assert len(set(ids)) == 4


def test_a_feed_names_itself_by_what_was_asked(client):
    root = feed(client, "/resources.atom?kind=tool&q=water&utm_source=x&page=3")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links["self"].endswith("/resources.atom?q=water&kind=tool")
    assert links["alternate"].endswith("/resources/?q=water&kind=tool&sort=newest")
    assert "“water”" in root.findtext(f"{ATOM}title")


def test_an_entry_keeps_its_id_when_its_address_changes(client):
    resource = make_resource()
    before = entries(client, "/resources.atom")[0]
    resource.slug = "elsewhere"
    resource.save()
    after = entries(client, "/resources.atom")[0]
    assert before.findtext(f"{ATOM}id") == after.findtext(f"{ATOM}id")
    assert after.find(f"{ATOM}link").get("href").endswith("/resources/elsewhere/")
    assert after.findtext(f"{ATOM}updated") > before.findtext(f"{ATOM}updated")


def test_an_entry_says_what_it_is_and_what_may_be_done_with_it(client):
    make_resource("Cats & <dogs>", summary="For a < b & c.", licence="CC-BY-4.0")
    entry = entries(client, "/resources.atom")[0]
    assert entry.findtext(f"{ATOM}title") == "Cats & <dogs>"
    assert entry.findtext(f"{ATOM}summary") == "For a &lt; b &amp; c."
    assert entry.findtext(f"{ATOM}rights") == "CC-BY-4.0"


def test_a_feed_has_the_newest_fifty(client):
    for number in range(52):
        make_resource(f"Resource {number}")
    assert len(entries(client, "/resources.atom")) == 50


def test_an_empty_feed_is_a_feed(client):
    assert entries(client, "/search.atom?q=zebra") == []


def test_a_page_tells_programs_where_its_feed_is(client):
    make_resource("Water")
    html = client.get("/resources/?q=water&page=2").content.decode()
    assert (
        '<link rel="alternate" type="application/atom+xml" title="New for “water”" href="/resources.atom?q=water">'
        in html
    )


def test_a_feed_is_not_sent_again_while_nothing_changes(client):
    first = client.get("/search.atom")
    assert client.get("/search.atom", headers={"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("how_many", [1, 3])
def test_a_feed_asks_the_database_as_often_for_three_entries_as_for_one(
    client, django_assert_max_num_queries, how_many
):
    phases = [make_phase(number + 1) for number in range(how_many)]
    for _ in range(how_many):
        make_resource(phases=phases)
        make_network(members=how_many)
    with django_assert_max_num_queries(18):
        client.get("/search.atom")
