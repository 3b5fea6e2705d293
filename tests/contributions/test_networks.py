"""A stranger sends a network: its rows without scripts, how it will look, and what an approval makes of it."""

import pytest

from catalogue import search as network_search
from catalogue.models import Membership, Network, Organization
from contributions.forms.network import find_organization
from contributions.models import Contribution
from resourcecenter.core import search
from tests.contributions.pages import Page, private_address, resent
from tests.contributions.states import act, everything
from tests.factories import make_moderator, make_network, make_organization, make_topic, sender_data

pytestmark = pytest.mark.django_db

FORM = "/contribute/network/"
ROWS = {
    "memberships": [
        {"organization": "Example Relief", "role": "convenor"},
        {"organization": "Example Farmers", "role": "member"},
    ],
    "learning_questions": [{"text": "What lasts?", "level": "network"}],
    "deliverables": [{"title": "A guide", "level": "industry", "stage": "capture", "year": "2011", "url": ""}],
    "sources": [{"url": "https://example.org/report", "title": "The report", "facts": "dates"}],
}


def row_data(rows):
    """Rows as a browser posts them."""
    data = {}
    for prefix, lines in rows.items():
        data |= {f"{prefix}-TOTAL_FORMS": str(len(lines)), f"{prefix}-INITIAL_FORMS": "0"}
        data |= {f"{prefix}-{n}-{name}": value for n, line in enumerate(lines) for name, value in line.items()}
    return data


def network_data(*, rows=None, **fields):
    """A network with all its fields, as a browser posts it."""
    own = {
        "name": "The Example Network",
        "acronym": "TEN",
        "kind": "learning_alliance",
        "summary": "Four organizations learnt about seed.",
        "description": "## How it began\n\nWith a *letter*.",
        "starts": "2009-06",
        "planned_end": "",
        "ends": "2012",
        "last_active": "",
        "member_note": "Two more joined later.",
        "countries": ["KE", "PE"],
        "countries_note": "",
        "levels": ["organization", "network", "industry"],
        "knowledge_cycle": ["generation", "capture"],
        "resourced": "true",
        "resourced_how": "By a grant.",
        "facilitated": "false",
        "website": "https://example.org/ten",
        "notes": "The year of the end.",
    }
    return {**own, **row_data({**ROWS, **(rows or {})}), **sender_data(), **fields}


@pytest.fixture
def moderator():
    return make_moderator()


def approved(client, moderator, **fields):
    assert client.post(FORM, network_data(**fields)).status_code == 302
    return act("approve", Contribution.objects.get(), by=moderator)


# --- The form -----------------------------------------------------------------------------------


def test_an_empty_form_has_rows_to_fill_in_and_changes_nothing(client):
    before = everything()
    page = Page(client.get(FORM))
    assert page.status == 200
    assert {"memberships-0-organization", "memberships-2-role", "learning_questions-0-text"} <= set(page.sent)
    assert {f"add:{prefix}" for prefix in ROWS} <= set(page.buttons)
    assert everything() == before


@pytest.mark.parametrize("prefix", ROWS)
def test_a_row_is_added_without_a_script_and_nothing_is_lost_or_called_wrong(client, prefix):
    data = network_data(name="", do=f"add:{prefix}")
    before = everything()

    page = Page(client.post(FORM, data))

    assert page.status == 200
    assert page.value(f"{prefix}-TOTAL_FORMS") == str(len(ROWS[prefix]) + 1)
    first = next(iter(ROWS[prefix][0]))
    assert page.value(f"{prefix}-{len(ROWS[prefix])}-{first}") == ""
    assert page.value(f"{prefix}-0-{first}") == ROWS[prefix][0][first]
    assert page.value("summary") == data["summary"]
    assert "Enter the name of the network." not in page.words
    assert everything() == before
    assert client.post(FORM, resent(page, name="Named now")).status_code == 302


@pytest.mark.parametrize("wanted", ["add:", "add:nothing", "add:name", "add:__class__", "add:\0"])
def test_a_row_of_what_has_no_rows_is_no_fault(client, wanted):
    assert client.post(FORM, network_data(do=wanted)).status_code == 200
    assert Contribution.objects.count() == 0


@pytest.mark.parametrize("count", ["", "x", "101", "9" * 40, "\0", None])
def test_an_odd_number_of_rows_is_no_fault_and_stores_nothing(client, count):
    data = {**network_data(), "memberships-TOTAL_FORMS": count}
    if count is None:
        del data["memberships-TOTAL_FORMS"]
    for wanted in ["send", "preview", "add:memberships", "add:sources"]:
        assert client.post(FORM, {**data, "do": wanted}).status_code == 200
    assert Contribution.objects.count() == 0


def test_a_negative_number_of_rows_is_no_fault(client):
    for wanted in ["preview", "add:memberships", "send"]:
        assert client.post(FORM, network_data(do=wanted, **{"sources-TOTAL_FORMS": "-1"})).status_code in {200, 302}


def test_an_empty_row_counts_for_nothing(client):
    rows = {"memberships": [{"organization": "", "role": "member"}, *ROWS["memberships"]], "sources": [{"url": ""}]}
    assert client.post(FORM, network_data(rows=rows)).status_code == 302
    payload = Contribution.objects.get().payload
    assert (payload["memberships"], payload["sources"]) == (ROWS["memberships"], [])


@pytest.mark.parametrize(
    ("rows", "anchor"),
    [
        ({"memberships": [{"organization": "A", "role": "king"}]}, "id_memberships-0-role"),
        ({"learning_questions": [{"text": "", "level": "network"}]}, "id_learning_questions-0-text"),
        ({"deliverables": [{"title": "A guide", "url": "javascript:alert(1)"}]}, "id_deliverables-0-url"),
        ({"deliverables": [{"title": "A guide", "year": "soon"}]}, "id_deliverables-0-year"),
        ({"deliverables": [{"title": "A guide", "year": "12"}]}, "id_deliverables-0-title"),
        ({"sources": [{"url": "", "title": "", "facts": "all"}]}, "id_sources-0-url"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_error_in_a_row_leads_to_it_and_loses_nothing(client, rows, anchor):
    data = network_data(rows=rows)
    page = Page(client.post(FORM, data))
    assert page.status == 200
    assert anchor in page.anchors
    assert set(page.anchors) <= set(page.ids)
    assert page.value("description") == data["description"]
    (prefix,) = rows
    assert all(page.value(f"{prefix}-0-{name}") == value for name, value in rows[prefix][0].items() if name != "role")
    assert Contribution.objects.count() == 0


def test_a_network_cannot_end_before_it_starts_or_have_the_name_of_another(client):
    make_network("The Example Network")
    page = Page(client.post(FORM, network_data(starts="2013", ends="2012")))
    assert page.status == 200
    assert "A network cannot end before it starts." in page.words
    assert "Network with this Name already exists." in page.words


def test_the_preview_shows_the_network_and_makes_nothing(client):
    make_organization("Example Farmers")
    before = everything()
    page = Page(client.post(FORM, network_data(do="preview")))
    shown = ["The Example Network", "How it began", "What lasts?", "A guide", "Example Relief", "Example Farmers"]
    assert page.status == 200
    assert "It has not been sent yet" in page.words
    assert [text for text in shown if text not in page.words] == []
    assert everything() == before
    assert client.post(FORM, resent(page)).status_code == 302


@pytest.mark.parametrize("starts", ["summer 2009", "2009-13", "2009"])
def test_dates_that_cannot_be_read_are_each_pointed_out_to_strangers_and_curators(client, admin_client, starts):
    wrong = {"starts": starts, "ends": "2012-02-31", "planned_end": "?"}
    page = Page(client.post(FORM, network_data(**wrong)))
    anchors = {f"id_{name}" for name in wrong} - ({"id_starts"} if starts == "2009" else set())
    assert (page.status, set(page.anchors) & {f"id_{name}" for name in wrong}) == (200, anchors)
    address = f"/admin/catalogue/network/{make_network(name='Another').pk}/change/"
    form = Page(admin_client.get(address))
    answer = admin_client.post(address, {**form.sent, **wrong})
    assert (answer.status_code, anchors <= {f"id_{name}" for name in answer.context["adminform"].errors}) == (200, True)


@pytest.mark.parametrize("field", ["starts", "kind", "countries", "levels", "resourced", "website", "name"])
def test_a_preview_of_what_is_wrong_is_a_page_too(client, field):
    response = client.post(FORM, network_data(do="preview", **{field: "<script>alert(1)</script>"}))
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


# --- What was sent ------------------------------------------------------------------------------


def test_a_sent_network_leads_to_a_private_page_and_can_be_changed(client):
    response = client.post(FORM, network_data())
    contribution = Contribution.objects.get()
    assert response["Location"] == private_address(contribution)
    page = Page(client.get(private_address(contribution, "revise")))
    assert page.value("memberships-1-organization") == "Example Farmers"

    changed = client.post(private_address(contribution, "revise"), resent(page, acronym="TENS"))

    contribution.refresh_from_db()
    assert (changed.status_code, contribution.payload["acronym"], contribution.revision) == (302, "TENS", 2)
    assert contribution.payload["memberships"] == ROWS["memberships"]


def test_no_table_of_the_catalogue_changes_before_the_approval(client):
    client.post(FORM, network_data())
    assert (Network.objects.count(), Organization.objects.count(), Membership.objects.count()) == (0, 0, 0)


# --- What an approval makes of it ---------------------------------------------------------------


def test_an_approval_publishes_every_field_and_every_row(client, moderator):
    topic = make_topic("Seed")
    network = approved(client, moderator, tags=[topic.slug])
    network.refresh_from_db()
    assert (network.slug, network.name, network.acronym) == ("the-example-network", "The Example Network", "TEN")
    assert (network.kind, network.starts, network.ends) == ("learning_alliance", "2009-06", "2012")
    assert (network.resourced, network.facilitated, network.ended_undated) == (True, False, False)
    assert network.levels == ["organization", "network", "industry"]
    assert network.knowledge_cycle == ["generation", "capture"]
    assert [country.code for country in network.countries] == ["KE", "PE"]
    assert list(network.tags.all()) == [topic]
    assert [str(line) for line in network.memberships.all()] == ["Example Relief, convenor", "Example Farmers, member"]
    assert [line.text for line in network.learning_questions.all()] == ["What lasts?"]
    assert [(line.title, line.stage, line.year) for line in network.deliverables.all()] == [
        ("A guide", "capture", 2011)
    ]
    assert [(line.url, line.facts) for line in network.sources.all()] == [("https://example.org/report", "dates")]


def test_after_the_approval_everybody_finds_the_network_and_its_new_organizations(client, moderator):
    network = approved(client, moderator)
    assert client.get(network.get_absolute_url()).status_code == 200
    assert client.get("/organizations/example-relief/").status_code == 200
    hits = search.keys("farmers", kinds=[network_search.KIND])
    assert hits == [(network_search.KIND, network.pk)]


@pytest.mark.parametrize(
    "known",
    [
        {"name": "Example Relief"},
        {"name": "EXAMPLE relief"},
        {"name": "Relief International", "acronym": "Example Relief"},
        {"name": "Relief International", "former_name": "example relief"},
    ],
    ids=lambda known: "-".join(known.values()),
)
def test_an_organization_that_the_catalogue_knows_is_not_made_again(client, moderator, known):
    organization = make_organization(**known)
    network = approved(client, moderator)
    assert Organization.objects.count() == 2
    assert network.memberships.get(role="convenor").organization == organization


def test_a_name_that_could_be_two_organizations_is_neither(moderator):
    make_organization("Alpha Relief", acronym="ER")
    make_organization("Beta Relief", acronym="er")
    assert find_organization("ER") is None


def test_the_exact_name_goes_before_one_in_another_case():
    make_organization("EXAMPLE RELIEF")
    exact = make_organization("Example Relief")
    assert find_organization("Example Relief") == exact


def test_the_same_new_organization_in_two_roles_is_made_once(client, moderator):
    rows = [{"organization": "Example Relief", "role": role} for role in ("funder", "member")]
    network = approved(client, moderator, rows={"memberships": rows})
    assert Organization.objects.get().name == "Example Relief"
    assert [line.role for line in network.memberships.all()] == ["funder", "member"]


@pytest.mark.parametrize("other_name", ["Example Relief", "ER", "example relief"])
def test_the_same_member_given_twice_is_told_beside_its_second_row(client, other_name):
    make_organization("Example Relief", acronym="ER")
    rows = [{"organization": name, "role": "member"} for name in ("Example Relief", other_name)]
    page = client.post(FORM, network_data(rows={"memberships": rows}))
    assert "This stands here twice." in page.content.decode()
    assert not Contribution.objects.exists()


def test_without_an_approval_no_organization_is_made(client, moderator):
    client.post(FORM, network_data())
    act("reject", Contribution.objects.get(), by=moderator)
    assert (Organization.objects.count(), Network.objects.count()) == (0, 0)
