"""A list page makes sense of any query string: what it does not know is left out and named."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from catalogue.facets import network_labels
from catalogue.models import Topic
from resourcecenter.core.asked import MAX_UNKNOWN
from resourcecenter.core.listing import LISTED_VALUES, PER_PAGE, SORTS, Collection, Labels, listing
from resourcecenter.core.pagecache import current_generation
from tests.factories import make_network, make_topic


def look(rf, query="", labels=network_labels):
    request = rf.get("/networks/", query_params=query if isinstance(query, dict) else None)
    if isinstance(query, str):
        request = rf.get(f"/networks/?{query}")
    request.generation = current_generation()
    collection = Collection("networks", page="catalogue:networks", kinds=["network"], labels=labels)
    return listing(request, collection)


def keys(found):
    return [hit.key for hit in found.results.hits]


def links(found):
    """Every address that the page offers, taken apart."""
    every = [*found.chips, *found.sorts, *(page for page in found.pages if page)]
    urls = [urlsplit(link.url) for link in every] + [urlsplit(url) for url in (found.previous, found.next) if url]
    assert {url.path for url in urls} == {"/networks/"}
    return [parse_qsl(url.query, strict_parsing=True) if url.query else [] for url in urls]


def query_of(url):
    return sorted(parse_qsl(urlsplit(url).query))


def chosen(found):
    return {
        facet.name: [value.value for value in facet.values if value.is_chosen]
        for facet in found.facets
        if facet.is_chosen
    }


@pytest.fixture
def networks(db):
    water, health = make_topic("Water"), make_topic("Health")
    return [
        make_network("Alpha water", kind="other", tags=[water], countries=["KE"]),
        make_network("Beta water", kind="collaborative", tags=[water, health], countries=["KE", "GH"]),
        make_network("Gamma", kind="collaborative", tags=[health]),
    ]


@pytest.fixture
def many(db):
    return [make_network(f"Network {number:03}") for number in range(2 * PER_PAGE + 1)]


# --- What it finds ------------------------------------------------------------------------------


def test_without_a_query_everything_is_there_newest_first(rf, networks):
    found = look(rf)
    assert keys(found) == [network.pk for network in reversed(networks)]
    assert (found.text, found.asked.order, found.asked.unknown, found.chips) == ("", "newest", [], [])
    assert (found.previous, found.next, found.is_narrowed) == ("", "", False)


def test_values_of_one_facet_widen_and_two_facets_narrow(rf, networks):
    alpha, beta, gamma = (network.pk for network in networks)
    assert set(keys(look(rf, "topic=water"))) == {alpha, beta}
    assert set(keys(look(rf, "topic=water&topic=health"))) == {alpha, beta, gamma}
    assert set(keys(look(rf, "topic=water&kind=collaborative"))) == {beta}
    assert keys(look(rf, "topic=water&kind=learning_network")) == []


def test_each_value_says_how_many_there_are(rf, networks):
    topics = {facet.name: facet for facet in look(rf).facets}["topic"]
    assert [(value.value, value.label, value.count) for value in topics.values] == [
        ("health", "Health", 2),
        ("water", "Water", 2),
    ]


@pytest.mark.django_db
def test_of_very_many_values_the_page_lists_those_with_most_results_and_those_chosen(rf):
    names = [f"{number:03}" for number in range(LISTED_VALUES + 3)]
    Topic.objects.bulk_create(Topic(name=name, slug=name) for name in names)
    topics = list(Topic.objects.order_by("pk"))
    make_network(tags=topics)
    make_network(tags=topics[-2:])
    facet = {facet.name: facet for facet in look(rf, f"topic={names[-1]}&topic={names[9]}").facets}["topic"]
    listed = [value.value for value in [*facet.values, *facet.more]]
    assert [value.value for value in facet.values if value.is_chosen] == [names[-1], names[9]]
    assert sorted(listed) == [*names[: LISTED_VALUES - 2], *names[-2:]]
    assert facet.left_out == 3


@pytest.mark.django_db
def test_an_empty_catalogue_has_a_page_too(rf):
    found = look(rf, "q=water&topic=water&page=7")
    assert (keys(found), found.results.total, found.results.page, found.results.pages) == ([], 0, 1, 1)


def test_counts_follow_a_change_at_once(rf, networks):
    look(rf)
    make_network(tags=[make_topic("Gender")])
    topics = {facet.name: facet for facet in look(rf).facets}["topic"]
    assert [value.label for value in topics.values] == ["Gender", "Health", "Water"]


# --- Pages --------------------------------------------------------------------------------------


PAGES = {
    "1": 1, "2": 2, "3": 3, "4": 3, "999999999": 3, "9999999999": 3, str(10**30): 3, "9" * 5000: 3,
    "0": 1, "-1": 1, str(-(10**30)): 1, "abc": 1, "": 1, "1.5": 1, "1e3": 1, " 2": 1, "+2": 1,
    "0x2": 1, "²": 1, "٢": 1, "2\0": 1, "2; DROP TABLE": 1, "None": 1, "02": 2, "0" * 20 + "2": 2,
}  # fmt: skip
"""What may be typed as the number of a page, and the page that it gives."""


def test_any_page_number_gives_a_page(rf, many):
    found = {typed: look(rf, {"page": typed}) for typed in PAGES}
    assert {typed: each.results.page for typed, each in found.items()} == PAGES
    assert [typed for typed, each in found.items() if each.asked.unknown] == []
    assert {typed: len(keys(each)) for typed, each in found.items()} == {
        typed: PER_PAGE if page < 3 else 1 for typed, page in PAGES.items()
    }


def test_pages_lead_to_each_other_and_lose_nothing(rf, many):
    first = look(rf, "kind=learning_network&sort=title&q=network")
    second = look(rf, urlsplit(first.next).query)
    third = look(rf, urlsplit(second.next).query)
    assert [*keys(first), *keys(second), *keys(third)] == [network.pk for network in many]
    assert query_of(third.previous) == query_of(first.next)
    assert (first.previous, third.next) == ("", "")
    assert [(link.label, link.is_current) for link in second.pages] == [("1", False), ("2", True), ("3", False)]
    assert query_of(second.previous) == [("kind", "learning_network"), ("q", "network"), ("sort", "title")]


def test_of_several_page_numbers_one_is_taken(rf, many):
    assert look(rf, "page=2&page=3&page=abc").results.page == 1
    assert look(rf, "page=abc&page=3").results.page == 3


# --- What it does not know ----------------------------------------------------------------------

ODD = [
    "kind=planet",
    "topic=atlantis&topic=water",
    "country=XX&country=KE&country=ke",
    "kind=%00&kind=%E2%80%AEevil",
    "kind=%FF%FE",
    "kind='%20OR%201=1--",
    "kind=<script>alert(1)</script>",
    "sort=planet",
    "sort=relevance",
    "sort=title&sort=planet",
    "q=%00",
    "q=" + "x" * 5000,
    "q=%22unclosed%20-phrase%20AND%20(NEAR%20*%20%5E%20%3A%20%27",
    "utm_source=mail&fbclid=1&page=2&nonsense",
    "&&&=&=x&;&kind&kind=&topic=",
    "KIND=other&Kind=other&kind%5B%5D=other&kind=other%20",
    "q=water&q=health&q=",
    "page=-1&kind=planet&q=%C3%28",
    "kind=" + "x" * 5000,
]


@pytest.mark.parametrize("query", ODD, ids=lambda query: query[:30])
def test_links_hold_nothing_that_was_not_understood(rf, networks, query):
    found = look(rf, query)
    known = {"q": {found.text}, "sort": SORTS, "page": {"2"}}
    known |= {facet.name: {value.value for value in facet.values} for facet in found.facets}
    for link in links(found):
        for name, value in link:
            assert value in known[name]
    assert all(found.asked.unknown), "what cannot be seen cannot be named"


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ("kind=planet", ["planet"]),
        ("kind=planet&kind=planet&kind=other", ["planet"]),
        ("topic=atlantis&country=XX", ["atlantis", "XX"]),
        ("country=ke", ["ke"]),
        ("kind=%E2%80%AEpla%00net%0A", ["planet"]),
        ("kind=" + "x" * 5000, ["x" * 60]),
        ("kind=&topic=", []),
        ("utm_source=mail", []),
        ("sort=planet", []),
    ],
    ids=lambda value: str(value)[:30],
)
def test_an_unknown_value_is_named_once_and_left_out(rf, networks, query, unknown):
    found = look(rf, query)
    assert sorted(found.asked.unknown) == sorted(unknown)
    assert keys(found)
    assert all(chip.label != "planet" for chip in found.chips)


def test_values_of_another_facet_are_unknown(rf, networks):
    found = look(rf, "kind=water&topic=other")
    assert found.asked.unknown == ["water", "other"]
    assert found.chips == []


def test_all_values_that_are_chosen_count_and_of_those_unknown_some_are_named(rf, db):
    labels = {"kind": Labels("Kind", {str(number): str(number) for number in range(100)})}
    found = look(rf, "&".join(f"kind={number}" for number in range(200)), labels=lambda: labels)
    assert [chip.label for chip in found.chips] == [str(number) for number in range(100)]
    assert found.asked.unknown == [str(number) for number in range(100, 100 + MAX_UNKNOWN)]


@pytest.mark.parametrize(
    ("query", "sort"),
    [("", "newest"), ("sort=title", "title"), ("sort=relevance", "newest"), ("q=water", "relevance"),
     ("q=water&sort=newest", "newest"), ("q=water&sort=planet", "relevance"), ("sort=", "newest"), ("q=%00", "newest"),
     ("sort=earliest", "earliest"), ("sort=title&sort=latest", "latest")],
)  # fmt: skip
def test_an_unknown_order_is_the_usual_one(rf, networks, query, sort):
    found = look(rf, query)
    assert found.asked.order == sort
    assert [link.is_current for link in found.sorts].count(True) == 1
    assert ("Best match" in [link.label for link in found.sorts]) == bool(found.text)


def test_a_search_is_cut_where_the_engine_would_stop_reading(rf, networks):
    assert len(look(rf, "q=" + "x" * 5000).asked.text) == 200
    assert look(rf, "q=%20water%00%E2%80%AE%0A").asked.text == "water"


# --- Chips --------------------------------------------------------------------------------------


def test_a_chip_takes_away_what_it_names_and_nothing_else(rf, networks):
    query = "q=water&topic=water&topic=health&kind=other&kind=collaborative&country=KE&sort=title"
    names = {
        "Collaborative": ("kind", "collaborative"),
        "Health": ("topic", "health"),
        "Kenya": ("country", "KE"),
        "Other form": ("kind", "other"),
        "Water": ("topic", "water"),
    }
    chips = look(rf, query).chips
    assert sorted(chip.label for chip in chips) == list(names)
    for chip in chips:
        assert query_of(chip.url) == [pair for pair in sorted(parse_qsl(query)) if pair != names[chip.label]]


def test_a_value_chosen_twice_makes_one_chip(rf, networks):
    found = look(rf, "kind=other&kind=other&kind=other")
    assert [(chip.title, chip.label, chip.url) for chip in found.chips] == [("Kind", "Other form", "/networks/")]
    assert chosen(found) == {"kind": ["other"]}


def test_a_chip_leads_to_the_first_page(rf, many):
    found = look(rf, "kind=learning_network&page=2")
    assert [query_of(chip.url) for chip in found.chips] == [[]]
    assert [query_of(link.url)[1:] for link in found.sorts] == [
        [],  # the usual order needs no word
        [("sort", "latest")],
        [("sort", "earliest")],
        [("sort", "title")],
    ]


def test_a_chosen_value_stays_in_its_facet_though_nothing_has_it(rf, networks):
    found = look(rf, "kind=learning_alliance")
    kinds = {facet.name: facet for facet in found.facets}["kind"]
    assert [(v.label, v.count) for v in kinds.values if v.is_chosen] == [("Learning alliance", 0)]


# --- Whole pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [*ODD, "page=" + str(10**30), "q=" + "%F0%9F%8C%8D" * 50, "q=" + "a%20" * 1000])
@pytest.mark.parametrize("address", ["/networks/", "/resources/", "/search/"])
def test_a_list_page_answers_any_query_string(client, networks, address, query):
    page = client.get(f"{address}?{query}")
    assert page.status_code == 200
    assert b"<script>alert(1)" not in page.content


@pytest.mark.django_db
def test_more_fields_than_any_person_sends_are_refused_and_no_error_of_ours(client):
    assert client.get("/networks/?" + "kind=other&" * 3001).status_code == 400
