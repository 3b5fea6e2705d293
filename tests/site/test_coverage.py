"""Coverage: every number is what its list shows, every hole leads to a form that is begun."""

import re
from html import unescape

import pytest
from django.http import QueryDict

from catalogue.models import Deliverable
from contributions import prefill
from contributions.models.contribution import Kind
from tests.contributions.pages import Page
from tests.factories import (
    form_data,
    make_contribution,
    make_network,
    make_page,
    make_phase,
    make_resource,
    remember_identity,
)

pytestmark = pytest.mark.django_db

NUMBER = re.compile(r'<a class="coverage__number" href="([^"]+)">(\d+)</a>')
HOLE = re.compile(r'0 <a class="coverage__ask" href="([^"]+)"')


@pytest.fixture
def collection():
    """Two phases; a tool for both, a Spanish story for the second, a tool for none; three deliverables."""
    start, run = make_phase(1, slug="start", name="Start"), make_phase(2, slug="run", name="Run")
    make_resource("tool", kind="tool", phases=[start, run])
    make_resource("story", kind="story", phases=[run], language="es")
    make_resource("unfiled", kind="tool")
    network = make_network("GROOVE", slug="groove")
    for title, level, stage in (("A", "network", "capture"), ("B", "network", "capture"), ("C", "", "")):
        Deliverable.objects.create(network=network, title=title, level=level, stage=stage)
    make_page("contribute")


def shown(client, address="/coverage/"):
    return client.get(address).content.decode()


def row(page, label):
    """The numbers of one row of a table, by its label."""
    (found,) = re.findall(rf'scope="row">{label}</th>(.*?)</tr>', page, re.DOTALL)
    return [int(number) for number in re.findall(r">(\d+)[ <]", found)]


def test_each_table_shows_its_numbers(client, collection):
    page = shown(client)
    assert row(page, "Start") == [1, 0, 0, 1]
    assert row(page, "Run") == [1, 0, 1, 2]
    assert row(page, "All phases") == [2, 0, 1, 3]
    assert row(page, "English") == [1, 1, 2]
    assert row(page, "Spanish") == [0, 1, 1]
    assert row(page, "Network") == [0, 2, 0, 0, 0]
    assert row(page, "Level not recorded") == [0, 0, 0, 0, 1]


def test_each_number_leads_to_a_list_of_just_so_many(client, collection):
    links = [(unescape(address), int(number)) for address, number in NUMBER.findall(shown(client))]
    assert len(links) == 15
    for address, number in links:
        answer = client.get(address)
        listing = answer.context.get("listing")
        assert (listing.results.total if listing else answer.context["page"].paginator.count) == number, address
        assert not (listing and listing.asked.unknown)


def test_each_hole_leads_to_a_form_that_is_begun(client, collection):
    holes = [unescape(address) for address in HOLE.findall(shown(client))]
    assert "/contribute/resource/?phases=start&kind=story" in holes
    assert "/contribute/resource/?language=es&phases=start" in holes
    assert "/contribute/network/?levels=industry&knowledge_cycle=application" in holes
    for address in holes:
        form = Page(client.get(address))
        wanted = QueryDict(address.partition("?")[2])
        assert {name: form.sent.get(name) for name in wanted} == dict(wanted.lists())


def test_only_what_is_public_counts(client, collection):
    before = shown(client)
    make_contribution(title="Waiting")
    assert shown(client) == before


def test_a_new_resource_counts_at_once(client, collection):
    assert row(shown(client), "Start") == [1, 0, 0, 1]
    make_resource(kind="guidance", phases=[make_phase(3, slug="third", name="Third")])
    assert row(shown(client), "Third") == [0, 1, 0, 1]


def test_an_empty_portal_has_an_empty_table_with_a_way_on(client):
    assert "There is nothing to count yet." in shown(client)


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_page_asks_the_database_as_often_for_many_records(client, django_assert_num_queries, how_many):
    make_network("network", deliverables=how_many)
    for number in range(how_many):
        make_resource(f"resource {number}", phases=[make_phase(number + 1)])
    remember_identity()
    with django_assert_num_queries(6):  # generation, phases twice, three counts
        client.get("/coverage/")


# --- Most wanted --------------------------------------------------------------------------------


def test_the_contribute_page_names_what_there_is_least_of(client, collection):
    page = shown(client, "/contribute/")
    wanted = re.findall(r'wanted__what" href="([^"]+)".*?wanted__count">(.*?)<', page, re.DOTALL)
    assert [(unescape(address), number) for address, number in wanted] == [
        ("/contribute/resource/?phases=start&kind=guidance", "none so far"),
        ("/contribute/resource/?phases=start&kind=story", "none so far"),
        ("/contribute/resource/?phases=run&kind=guidance", "none so far"),
        ("/contribute/resource/?phases=start&kind=tool", "1 so far"),
        ("/contribute/resource/?phases=run&kind=tool", "1 so far"),
        ("/contribute/resource/?phases=run&kind=story", "1 so far"),
    ]


def test_at_most_six_are_named(client):
    make_page("contribute")
    for number in range(1, 7):
        make_phase(number)
    assert shown(client, "/contribute/").count("wanted__count") == 6


# --- The deliverables that are counted ----------------------------------------------------------


def test_deliverables_are_listed_with_their_network(client, collection):
    page = shown(client, "/coverage/deliverables/?level=network&stage=capture")
    assert "2 deliverables" in page
    assert '<a href="/networks/groove/">GROOVE</a></h3>' in page


@pytest.mark.parametrize("query", ["level=nonsense", "stage=%00", "level=network&level=x"])
def test_a_value_that_is_not_known_is_named_and_the_rest_counts(client, collection, query):
    page = client.get(f"/coverage/deliverables/?{query}")
    assert page.status_code == 200
    assert "Select a valid choice" in page.content.decode()
    assert page.context["page"].paginator.count == 3


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, ""])
def test_any_page_number_gives_a_page(client, collection, number):
    assert client.get(f"/coverage/deliverables/?page={number}").status_code == 200


# --- Forms that a link has begun ----------------------------------------------------------------


def test_a_link_fills_in_what_the_form_accepts(client, collection):
    address = "/contribute/resource/?kind=story&phases=start&phases=run&title=Our%20year&network=groove&countries=KE"
    sent = Page(client.get(address)).sent
    assert {name: sent.get(name) for name in ("kind", "phases", "title", "network", "countries")} == {
        "kind": ["story"],
        "phases": ["start", "run"],
        "title": ["Our year"],
        "network": ["groove"],
        "countries": ["KE"],
    }
    assert sent["language"] == ["en"]


def test_what_the_form_does_not_accept_is_named_and_the_rest_is_filled_in(client, collection):
    page = Page(client.get("/contribute/resource/?kind=song&phases=start&phases=nowhere&countries=XX&language=%00"))
    assert page.sent["phases"] == ["start"]
    assert "kind" not in page.sent
    for what in ("Kind: “song”", "Phases: “nowhere”", "Countries: “XX”"):
        assert what in " ".join(page.text.split())


@pytest.mark.parametrize("name", ["summary", "you-email", "credit", "featured", "slug", "csrfmiddlewaretoken", "url"])
def test_nothing_else_can_be_filled_in_by_a_link(name):
    assert prefill.read(Kind.RESOURCE, QueryDict(f"{name}=x")) == prefill.NOTHING


def test_a_title_that_is_too_long_is_not_cut_but_named():
    begun = prefill.read(Kind.RESOURCE, QueryDict(f"title={'x' * 201}"))
    assert begun == ({}, [("Title", "x" * 60)])


def test_what_was_typed_counts_rather_than_the_link(client, collection):
    data = form_data(title="Typed", phases=["run"]) | {"do": "preview"}
    page = Page(client.post("/contribute/resource/?title=Linked&phases=start&kind=nonsense", data))
    assert (page.sent["title"], page.sent["phases"]) == (["Typed"], ["run"])
    assert "nonsense" not in page.text
