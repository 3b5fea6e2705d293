"""The views of the catalogue show the same networks as the list, each in its own way."""

import csv
import io
import re

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.urls import get_resolver, reverse

from catalogue.models import Membership, Network
from catalogue.seen import table, timeline
from resourcecenter.core.public import free_slug
from tests.factories import make_network, make_organization, make_topic

pytestmark = pytest.mark.django_db
PAGES = ["network_table", "network_timeline", "network_map", "network_members"]
QUERIES = {"network_table": 16, "network_timeline": 21, "network_map": 15, "network_members": 16}
"""The most for each page; a dozen or less of them are those of any list, for its facets and labels."""


def look(client, name, query=""):
    page = client.get(f"{reverse(f'catalogue:{name}')}{query}")
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def rows(text):
    """What the cells of the first column say, and link to."""
    return re.findall(r'<th scope="row"><a href="([^"]+)">([^<]+)</a>', text)


def names(text):
    return [name for _address, name in rows(text)]


@pytest.fixture
def world():
    def make(how_many):
        funder = make_organization("Payer")
        topics = [make_topic(f"Topic {number}") for number in range(how_many)]
        sector = make_topic("Water", group="sector")
        for number in range(how_many):
            network = make_network(
                f"Net {number}",
                members=how_many,
                questions=how_many,
                tags=[*topics, sector],
                starts=f"201{number}",
                countries=["KE", "PE"][: number + 1],
                slug=f"net-{number}",
            )
            Membership.objects.create(network=network, organization=funder, role="funder")

    return make


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("how_many", [2, 5])
def test_a_view_asks_the_database_as_often_for_many_networks_as_for_few(
    client, world, django_assert_max_num_queries, how_many, name
):
    world(how_many)
    with django_assert_max_num_queries(QUERIES[name]):
        assert "Net 1" in look(client, name) or name == "network_map"


@pytest.mark.parametrize("name", PAGES)
def test_a_view_of_one_network_or_of_none_says_how_many_there_are(client, world, name):
    assert "0 networks" in look(client, name)
    world(1)
    assert "1 network<" in look(client, name)


@pytest.mark.parametrize("name", PAGES)
def test_a_view_follows_the_filters_of_the_list_and_hands_them_on(client, name):
    make_network("Kenyan", countries=["KE"], starts="2010", kind="collaborative")
    make_network("Peruvian", countries=["PE"], starts="2011")
    text = look(client, name, "?country=KE&kind=collaborative")
    assert "1 network<" in text
    assert "Peruvian" not in text
    for other in [*PAGES, "networks"]:
        assert f"{reverse(f'catalogue:{other}')}?country=KE&amp;kind=collaborative" in text
    assert f'href="{reverse(f"catalogue:{name}")}?kind=collaborative"' in text, "a chip takes one filter back"


@pytest.mark.parametrize("name", PAGES)
def test_a_view_names_what_it_does_not_understand(client, name, world):
    world(1)
    assert "We left out a filter that we do not know: Atlantis." in look(client, name, "?country=Atlantis")


@pytest.mark.parametrize(("name", "parameter"), [("network_table", "order"), ("network_timeline", "by")])
def test_a_view_names_a_choice_of_its_own_that_it_does_not_know(client, name, parameter, world):
    world(1)
    assert "We left out a filter that we do not know: colour." in look(client, name, f"?{parameter}=colour")


@pytest.mark.parametrize("name", PAGES)
def test_drawings_have_no_style_that_the_policy_of_the_site_forbids(client, name, world):
    world(3)
    text = look(client, name)
    assert " style=" not in text
    assert "<style" not in text


# --- Table --------------------------------------------------------------------------------------


def test_the_table_sorts_by_name_unless_told_otherwise(client):
    make_network("Beta", starts="2009")
    make_network("Alpha", starts="2011")
    assert names(look(client, "network_table")) == ["Alpha", "Beta"]
    assert names(look(client, "network_table", "?order=-name")) == ["Beta", "Alpha"]


@pytest.mark.parametrize("order", ["starts", "-starts"])
def test_a_date_that_is_not_known_comes_last_either_way(client, order):
    make_network("Undated")
    make_network("Early", starts="2009")
    make_network("Late", starts="2011-05")
    dated = ["Early", "Late"] if order == "starts" else ["Late", "Early"]
    assert names(look(client, "network_table", f"?order={order}")) == [*dated, "Undated"]


def test_the_table_sorts_by_how_many_organizations_there_are(client):
    make_network("One", members=1)
    make_network("Three", members=3)
    make_network("None")
    assert names(look(client, "network_table", "?order=-members")) == ["Three", "One", "None"]


@pytest.mark.parametrize("order", table.ORDERS)
def test_the_head_of_each_column_says_how_the_table_is_sorted(client, order, world):
    world(1)
    text = look(client, "network_table", f"?order={order}")
    said = re.findall(r'aria-sort="(\w+)"', text)
    assert sorted(set(said)) == sorted({"none", "descending" if order.startswith("-") else "ascending"})
    assert len(said) - said.count("none") == 1


def test_a_long_table_has_pages_that_keep_the_order(client):
    for number in range(table.PER_PAGE + 1):
        make_network(f"Network {number:02}")
    first, second = (look(client, "network_table", f"?order=-name&page={page}") for page in (1, 2))
    assert (names(first)[0], names(second)) == (f"Network {table.PER_PAGE}", ["Network 00"])
    assert f'rel="next" href="{reverse("catalogue:network_table")}?order=-name&amp;page=2"' in first


def csv_of(client, query=""):
    answer = client.get(reverse("networks_csv") + query)
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_the_csv_has_the_rows_of_the_filter(client):
    make_network("Kenyan", countries=["KE"], members=2)
    make_network("Peruvian", countries=["PE"])
    assert {row["name"] for row in csv_of(client)} == {"Kenyan", "Peruvian"}
    assert [(row["name"], row["countries"]) for row in csv_of(client, "?country=KE")] == [("Kenyan", "KE")]


def test_no_spreadsheet_runs_what_a_cell_of_the_files_says(client):
    make_network("=1+1", summary="@SUM(A1)")
    assert [(row["name"], row["summary"]) for row in csv_of(client)] == [("'=1+1", "'@SUM(A1)")]
    answer = client.get(reverse("catalogue:network_xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    head, row = sheet.iter_rows(values_only=True)
    assert dict(zip(head, row, strict=True))["name"] == "'=1+1"


def test_a_workbook_that_would_be_too_large_is_sent_as_csv(client, monkeypatch):
    monkeypatch.setattr(table, "MAX_XLSX_ROWS", 1)
    make_network("Alpha", kind="other")
    make_network("Beta", kind="other")
    answer = client.get(reverse("catalogue:network_xlsx") + "?kind=other")
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('networks_csv')}?kind=other")
    assert "XLSX takes up to 1 networks" in look(client, "network_table")


# --- Timeline, map, members ---------------------------------------------------------------------


def test_the_timeline_links_each_bar_and_says_its_dates_in_words(client):
    network = make_network("Alpha", starts="2010", ends="2013-06")
    text = look(client, "network_timeline")
    assert "<title>Alpha: 2010 to June 2013" in text
    assert text.count(f'href="{network.get_absolute_url()}"') == 3  # the name, the bar and the row of the table
    assert rows(text) == [(network.get_absolute_url(), "Alpha")]


def test_the_timeline_lists_networks_without_a_date_apart(client):
    make_network("Dated", starts="2010")
    make_network("Undated")
    text = look(client, "network_timeline")
    assert "Undated" in text.partition("No source that we know dates these networks.")[2].partition("</ul>")[0]


def test_the_timeline_says_that_a_network_stands_in_two_groups(client):
    make_network("Alpha", starts="2010", countries=["KE", "PE"])
    assert "stands in each of them" not in look(client, "network_timeline")
    assert "stands in each of them" in look(client, "network_timeline", "?by=country")


def test_the_timeline_says_how_many_networks_it_leaves_out(client, monkeypatch):
    monkeypatch.setattr(timeline, "MAX_BARS", 2)
    for year in (2012, 2010, 2011):
        make_network(f"Since {year}", starts=str(year))
    text = look(client, "network_timeline")
    assert "Only the first 2 networks by their start are drawn; 1 is left out." in text
    assert names(text) == ["Since 2010", "Since 2011"]


def test_the_map_links_a_country_to_its_networks_with_the_other_filters(client):
    make_network("Alpha", countries=["KE", "PE"], kind="other")
    make_network("Beta", countries=["KE"])
    text = look(client, "network_map")
    assert "<title>Kenya: 2 networks</title>" in text
    assert rows(text) == [("/networks/?country=KE", "Kenya"), ("/networks/?country=PE", "Peru")]
    assert rows(look(client, "network_map", "?kind=other&country=KE"))[0] == (
        "/networks/?kind=other&amp;country=KE",
        "Kenya",
    )


def test_the_map_counts_the_networks_without_a_country(client):
    make_network("Nowhere")
    assert "1 network has no country recorded." in look(client, "network_map")


def test_the_members_page_names_connectors_with_their_roles(client, world):
    world(2)
    text = look(client, "network_members")
    assert '<span class="quiet">funder</span>' in text
    assert "<title>Net 0: funder</title>" in text
    assert "4 more organizations are recorded in one of these networks only." in text


# --- Addresses ----------------------------------------------------------------------------------


def test_the_name_of_each_view_is_reserved_so_that_no_network_hides_behind_it():
    routes = [str(pattern.pattern) for pattern in get_resolver("catalogue.urls").url_patterns]
    taken = {match[1] for route in routes if (match := re.fullmatch(r"networks/([\w-]+)/", route))}
    assert taken == Network.reserved_slugs


@pytest.mark.parametrize("slug", sorted(Network.reserved_slugs))
def test_a_network_never_gets_the_address_of_a_view(slug):
    assert free_slug(Network, slug) == f"{slug}-2"
    with pytest.raises(ValidationError) as refusal:
        make_network(slug=slug)
    assert refusal.value.message_dict == {"slug": ["Another page has this address. Choose a different one."]}
