"""The search page and its relatives: what a visitor reads there, and how they get on where little is found."""

import csv
import io
import json
import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.factories import make_network, make_phase, make_resource, make_topic, remember_identity

pytestmark = pytest.mark.django_db


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def text_of(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html.partition("<main")[2]).split())


def marked(html):
    return re.findall(r"<mark>(.*?)</mark>", html)


def titles(html):
    found = re.findall(r'class="card__title"><a [^>]*>(.*?)</a>', html)
    return [re.sub(r"</?mark>", "", title) for title in found]


def links(html):
    """Where each link leads, by what it reads."""
    found = re.findall(r"<a ([^>]*)>(.*?)</a>", html.partition("<main")[2], re.DOTALL)
    return {_read_out(words): unescape(re.search(r'href="([^"]*)"', attributes)[1]) for attributes, words in found}


def _read_out(words):
    return " ".join(unescape(re.sub(r"<span aria-hidden.*?</span>|<[^>]*>", "", words)).split())


@pytest.fixture
def library():
    """Five resources and a network, of which three speak of water."""
    design, launch = make_phase(1, name="Design"), make_phase(2, name="Launch")
    topic = make_topic("Pumps")
    return [
        make_resource("Water guide", kind="guidance", phases=[design], tags=[topic], countries=["KE"]),
        make_resource("Water tool", kind="tool", phases=[launch], countries=["KE"]),
        make_resource("Mentoring guide", kind="guidance", phases=[design]),
        make_resource("Mentoring story", kind="story", phases=[launch]),
        make_resource("Budget story", kind="story", phases=[launch]),
        make_network("Water network", countries=["GH"]),
    ]


# --- What is found ------------------------------------------------------------------------------


def test_resources_and_networks_are_found_together_and_their_words_marked(client, library):
    html = read(client, "/search/?q=water")
    assert sorted(titles(html)) == ["Water guide", "Water network", "Water tool"]
    assert marked(html) == ["Water", "Water", "Water"]
    assert "3 results" in text_of(html)


def test_nothing_is_marked_where_nothing_was_looked_for(client, library):
    assert marked(read(client, "/resources/?kind=story")) == []


def test_words_of_a_record_cannot_become_html(client):
    make_resource("Water <script>alert(1)</script>", summary="<b>water</b> & more")
    html = read(client, "/search/?q=water")
    assert "<script>alert" not in html
    assert "<b>" not in html
    assert "&lt;b&gt;<mark>water</mark>&lt;/b&gt; &amp; more" in html


def test_one_entry_is_one(client, library):
    assert "1 resource " in text_of(read(client, "/resources/?q=budget"))
    assert "5 resources " in text_of(read(client, "/resources/"))


# --- Facets and chips ---------------------------------------------------------------------------


def choices(html, name):
    """The values of a facet that can be chosen, with their counts."""
    pattern = rf'name="{name}" value="([^"]*)".*?choice__count">([^<]*)<'
    return {value: int(count) for value, count in re.findall(pattern, html)}


def test_the_kind_of_entry_is_the_first_facet_of_the_search(client, library):
    html = read(client, "/search/?q=water")
    assert re.findall(r'<summary class="facet__title">(.*?)</summary>', html)[0] == "Type"
    assert choices(html, "type") == {"resource": 2, "network": 1}
    assert titles(read(client, "/search/?q=water&type=network")) == ["Water network"]


def test_counts_follow_the_words_and_the_other_facets(client, library):
    assert choices(read(client, "/resources/"), "kind") == {"tool": 1, "guidance": 2, "story": 2}
    assert choices(read(client, "/resources/?q=water"), "kind") == {"tool": 1, "guidance": 1}
    assert choices(read(client, "/resources/?phase=phase-1"), "kind") == {"guidance": 2}
    assert choices(read(client, "/resources/?kind=story"), "kind") == {"tool": 1, "guidance": 2, "story": 2}


def test_a_chosen_value_without_entries_can_still_be_taken_back(client, library):
    assert choices(read(client, "/resources/?q=water&kind=story"), "kind") == {"tool": 1, "guidance": 1, "story": 0}


def test_a_long_facet_shows_its_most_frequent_values_and_hides_the_others(client):
    topics = [make_topic(f"Topic {number:02}") for number in range(12)]
    make_resource(tags=topics)
    make_resource(tags=topics[-2:])
    html = read(client, "/resources/")
    first, _rest = html.split('class="facet__more"')
    assert list(choices(first, "topic"))[:2] == ["topic-10", "topic-11"]
    assert len(choices(first, "topic")) == 8
    assert len(choices(html, "topic")) == 12
    assert "Show 4 more" in text_of(html)


def test_a_chip_names_its_facet_and_takes_it_away(client, library):
    html = read(client, "/resources/?q=water&kind=tool&country=KE")
    way = links(html)
    assert way["Kind: Tool (remove this filter)"] == "/resources/?q=water&country=KE"
    assert way["“water” (remove these words)"] == "/resources/?kind=tool&country=KE"
    assert way["Clear all"] == "/resources/"


def test_addresses_have_one_order_and_hold_each_thing_once(client, library):
    html = read(client, "/resources/?utm_source=x&country=KE&kind=tool&kind=guidance&kind=tool&sort=title&q=water")
    assert links(html)["Latest date"] == "/resources/?q=water&kind=tool&kind=guidance&country=KE&sort=latest"


def test_a_result_is_for_people_and_not_for_crawlers(client, library):
    html = read(client, "/resources/?kind=tool&country=KE")
    assert '<meta name="robots" content="noindex">' in html
    assert re.search(r'<link rel="canonical" href="[^"]*/resources/">', html)
    inside = html.partition("<main")[2]
    followed = [a for a in re.findall(r"<a [^>]*>", inside) if "nofollow" not in a]
    assert [a for a in followed if len(parse_qsl(urlsplit(re.search('href="([^"]*)', a)[1]).query)) > 1] == []
    assert '<meta name="robots"' not in read(client, "/resources/")


def test_the_whole_list_links_to_plain_addresses(client, library):
    assert f'href="{library[0].get_absolute_url()}"' in read(client, "/resources/")


def test_robots_are_asked_to_leave_results_alone(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert {"Disallow: /search", "Disallow: /*?", "Disallow: /*.csv"} <= set(lines)


# --- Little or nothing found --------------------------------------------------------------------


def test_a_search_that_is_too_long_is_cut_and_says_so(client, library):
    page = text_of(read(client, "/search/?q=" + "water+" * 50))
    assert "Your search was longer than 200 characters. We looked for the first 200." in page
    assert "longer than 200" not in text_of(read(client, "/search/?q=" + "w" * 200))


def test_where_filters_leave_nothing_each_way_back_says_how_much_it_finds(client, library):
    html = read(client, "/resources/?q=water&kind=story")
    assert "We found nothing for “water”." in text_of(html)
    assert links(html)["Without “Kind: Story”"] == "/resources/?q=water"
    assert "Without “Kind: Story” 2 results" in text_of(html)


def test_some_of_the_words_are_better_than_none_and_the_page_says_so(client, library):
    html = read(client, "/resources/?q=mentoring+zebra")
    assert "Nothing has all of your words." in text_of(html)
    assert "Without “zebra” 2 results" in text_of(html)
    assert "Without “mentoring”" not in text_of(html)


def test_who_finds_nothing_is_led_on(client, library, settings):
    settings.CONTACT_EMAIL = "desk@example.org"
    way = links(read(client, "/resources/?q=zebra"))
    assert way["Search everything on this site for it"] == "/search/?q=zebra"
    assert way["Send it to us"] == "/contribute/resource/?title=zebra"
    assert way["Ask us for it"] == "mailto:desk@example.org?subject=Looking%20for%3A%20zebra"
    assert links(read(client, "/networks/?q=zebra"))["Send it to us"] == "/contribute/network/?name=zebra"


def test_a_broader_search_costs_no_more_for_a_hundred_words(client, library, django_assert_max_num_queries):
    words = "+".join(f"z{number}" for number in range(60))
    with django_assert_max_num_queries(100):
        client.get(f"/resources/?q=water+{words}&kind=story&country=KE")


# --- Suggestions --------------------------------------------------------------------------------


def suggestions(client, query):
    answer = client.get(f"/search/suggest/?{query}")
    assert answer.status_code == 200
    return json.loads(answer.content)


def test_suggestions_lead_to_entries(client, library):
    assert suggestions(client, "q=budg") == {
        "suggestions": [{"title": "Budget story", "kind": "Story", "url": library[4].get_absolute_url()}],
        "status": "1 suggestion. Use the arrow keys to choose it.",
    }


def test_suggestions_are_of_the_list_in_which_somebody_types(client, library):
    titles = [each["title"] for each in suggestions(client, "q=water&in=networks")["suggestions"]]
    assert titles == ["Water network"]
    assert len(suggestions(client, "q=water&in=nonsense")["suggestions"]) == 3


@pytest.mark.parametrize("query", ["", "q=", "q=w", "q=%00", "q=%22", "q=zebra", "q=" + "x" * 5000])
def test_where_there_is_nothing_to_suggest_nothing_is(client, library, query):
    assert suggestions(client, query) == {"suggestions": [], "status": "No suggestions."}


def test_suggestions_are_asked_for_again_only_when_content_changes(client, library):
    first = client.get("/search/suggest/?q=water")
    assert client.get("/search/suggest/?q=water", headers={"If-None-Match": first["ETag"]}).status_code == 304
    make_network()
    assert client.get("/search/suggest/?q=water", headers={"If-None-Match": first["ETag"]}).status_code == 200


# --- As a table ---------------------------------------------------------------------------------


def rows(client, address):
    answer = client.get(address)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_result_can_be_had_as_a_table(client, library):
    found = rows(client, "/resources.csv?q=water&kind=tool")
    assert [(row["title"], row["kind"], row["countries"]) for row in found] == [("Water tool", "tool", "KE")]
    assert found[0]["address"].endswith(library[1].get_absolute_url())
    assert [row["name"] for row in rows(client, "/networks.csv")] == ["Water network"]
    assert sorted(row["title"] for row in rows(client, "/search.csv?q=water")) == titles_of(library[:2] + library[5:])


def titles_of(records):
    return sorted(str(record) for record in records)


def test_a_table_has_the_order_of_its_list(client, library):
    assert [row["title"] for row in rows(client, "/resources.csv?sort=title")] == titles_of(library[:5])


def test_a_table_has_every_row_however_many_there_are(client, monkeypatch):
    monkeypatch.setattr("resourcecenter.exports.csv.BATCH", 20)
    for number in range(45):
        make_resource(f"Resource {number}")
    assert len({row["slug"] for row in rows(client, "/resources.csv")}) == 45


def test_a_table_runs_no_formula(client):
    make_resource("=HYPERLINK(1)", summary="@SUM(1)", authors="-1+1")
    row = rows(client, "/resources.csv")[0]
    assert (row["title"], row["summary"], row["authors"]) == ("'=HYPERLINK(1)", "'@SUM(1)", "'-1+1")
    assert rows(client, "/search.csv")[0]["title"] == "'=HYPERLINK(1)"


def test_a_table_is_a_file_with_a_name(client):
    assert re.fullmatch(
        r'attachment; filename="networks-\d{4}-\d\d-\d\d\.csv"', client.get("/networks.csv")["Content-Disposition"]
    )


@pytest.mark.parametrize("how_many", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [("/resources.csv", 17), ("/networks.csv", 20), ("/search.csv", 20)])
def test_a_table_asks_the_database_as_often_for_three_rows_as_for_one(
    client, django_assert_max_num_queries, address, queries, how_many
):
    for number in range(how_many):
        make_network(members=how_many, questions=how_many, deliverables=how_many)
        make_resource(phases=[make_phase(number + 1)], tags=[make_topic()])
    with django_assert_max_num_queries(queries):
        assert len(rows(client, address)) >= how_many


# --- From a record back to the search -----------------------------------------------------------


def test_a_record_that_was_found_leads_to_its_neighbours_and_back(client, library):
    html = read(client, "/resources/?q=guide&sort=title")
    query, address = "q=guide&sort=title&in=resources", links(html)["Water guide"]
    assert address == f"{library[0].get_absolute_url()}?{query}"
    page = read(client, address)
    assert links(page)["Back to your search for “guide”"] == "/resources/?q=guide&sort=title"
    assert (
        links(page)["Previous: Mentoring guide"] == f"{library[2].get_absolute_url()}?q=guide&sort=title&in=resources"
    )
    assert "Next: " not in text_of(page)
    assert '<meta name="robots" content="noindex">' in page


def test_a_search_over_everything_leads_from_a_network_to_a_resource(client, library):
    page = read(client, f"{library[5].get_absolute_url()}?q=water&sort=title&in=search")
    assert links(page)["Previous: Water guide"] == f"{library[0].get_absolute_url()}?q=water&sort=title&in=search"
    assert links(page)["Next: Water tool"] == f"{library[1].get_absolute_url()}?q=water&sort=title&in=search"


@pytest.mark.parametrize(
    "query",
    ["in=resources", "q=water", "q=water&in=nowhere", "in=resources&kind=planet", "q=zebra&in=resources",
     "q=%00&in=resources", "q=budget&in=resources", "q=water&in=networks", "sort=title&in=resources"],
)  # fmt: skip
def test_a_record_shows_no_way_back_to_a_search_that_makes_no_sense(client, library, query):
    assert 'class="within"' not in read(client, f"{library[0].get_absolute_url()}?{query}")


@pytest.mark.parametrize("how_many", [1, 3])
def test_neighbours_cost_a_few_queries_however_many_there_are(client, django_assert_max_num_queries, how_many):
    phases = [make_phase(number + 1) for number in range(how_many)]
    found = [make_resource(f"Water {number}", phases=phases) for number in range(how_many)]
    remember_identity()
    with django_assert_max_num_queries(44):
        client.get(f"{found[0].get_absolute_url()}?q=water&in=resources")
