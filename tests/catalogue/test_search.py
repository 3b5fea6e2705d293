"""Networks, organizations and learning questions as documents, how their facets read, and the words for the search."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from catalogue.facets import decade_labels, network_labels
from catalogue.models import LearningQuestion, Membership, Network, Organization
from catalogue.search import NETWORK, ORGANIZATION, QUESTION, renew_statuses, vocabulary
from contributions.facets import resource_labels
from contributions.search import RESOURCE
from resourcecenter.core import search
from resourcecenter.core.pagecache import current_generation
from tests.factories import make_network, make_organization, make_phase, make_resource, make_topic

pytestmark = pytest.mark.django_db


def document_of(kind):
    return kind.to_document(kind.for_index().get())


def facets(kind):
    return {name: list(values) for name, values in document_of(kind).facets.items()}


def with_status(status):
    return {hit.key for hit in search.search(kinds=["network"], facets={"status": [status]}).hits}


# --- Documents ----------------------------------------------------------------------------------


def test_a_network_is_found_by_its_members_questions_countries_and_words():
    network = make_network(
        "Seeds", acronym="SE", description="See **[there](https://example.org/)**.", countries=["UG"]
    )
    Membership.objects.create(network=network, organization=make_organization("World Vision", acronym="WV"))
    LearningQuestion.objects.create(network=network, text="What grows?")
    document = document_of(NETWORK)
    assert document.title == "Seeds (SE)"
    assert document.body == "learning network See there. Uganda World Vision (WV) What grows?"


def test_the_facets_of_a_network():
    funder = make_organization(slug="usaid")
    tags = [make_topic("Water", group="sector"), make_topic("Trust")]
    network = make_network(starts="2009-06", ends="2013", countries=["UG", "KE"], levels=["network"], tags=tags)
    Membership.objects.create(network=network, organization=funder, role="funder")
    Membership.objects.create(network=network, organization=make_organization(), role="member")
    assert facets(NETWORK) == {
        "kind": ["learning_network"],
        "status": ["ended"],
        "sector": ["water"],
        "topic": ["trust"],
        "funder": ["usaid"],
        "country": ["KE", "UG"],
        "level": ["network"],
        "decade": ["2000"],
    }
    assert list(network_labels()) == list(facets(NETWORK))


@pytest.mark.parametrize(
    ("licence", "value"),
    [
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("Public domain", "public-domain"),
        ("All rights reserved", "all-rights-reserved"),
        ("Ask us", "other"),
        ("", "not-stated"),
    ],
)
def test_the_facets_of_a_resource(licence, value):
    make_resource(
        phases=[make_phase()],
        tags=[make_topic("Trust")],
        network=make_network(slug="seeds"),
        countries=["UG"],
        licence=licence,
        format="pdf",
        date="1999",
        language="pt-BR",
    )
    assert facets(RESOURCE) == {
        "phase": ["phase-1"],
        "kind": ["tool"],
        "topic": ["trust"],
        "language": ["pt-BR"],
        "country": ["UG"],
        "licence": [value],
        "format": ["pdf"],
        "decade": ["1990"],
        "network": ["seeds"],
    }
    labels = resource_labels()
    assert list(labels) == list(facets(RESOURCE))
    assert value in labels["licence"].values
    assert labels["network"].values == {"seeds": Network.objects.get().name}


def test_decades_read_from_the_latest_to_the_first():
    assert decade_labels(Network.objects, "starts_by") == {}
    make_network(starts="1998")
    make_network(starts="2021-05")
    make_network()
    assert list(decade_labels(Network.objects, "starts_by").items()) == [
        ("2020", "2020s"),
        ("2010", "2010s"),
        ("2000", "2000s"),
        ("1990", "1990s"),
    ]


def test_a_question_leads_to_its_place_on_the_page_of_its_network(client):
    network = make_network("Seeds", acronym="SE", slug="seeds", tags=[make_topic("Trust")])
    question = LearningQuestion.objects.create(network=network, text="What grows?", level="network")
    document = document_of(QUESTION)
    assert (document.title, document.summary, document.tags.strip()) == ("What grows?", "Seeds (SE)", "Trust")
    assert facets(QUESTION) == {"level": ["network"], "topic": ["trust"], "sector": [], "network": ["seeds"]}
    path, _, anchor = question.get_absolute_url().partition("#")
    assert f'id="{anchor}"' in client.get(path).text


def test_an_organization_is_found_by_its_former_name_and_what_it_is_part_of():
    parent = make_organization("United States Agency", acronym="USA")
    make_organization("Office", former_name="Bureau", parent=parent, kind="donor", country="US")
    document = ORGANIZATION.to_document(ORGANIZATION.for_index().get(name="Office"))
    assert (document.title, document.tags) == ("Office", "Bureau")
    assert document.body.endswith("United States Agency (USA)")
    assert dict(document.facets) == {"kind": ["donor"], "country": ["US"]}


# --- Status and time ----------------------------------------------------------------------------


def test_a_network_is_found_under_its_new_status_once_the_day_has_come(monkeypatch):
    today = timezone.localdate()
    planned = make_network(starts=str(today + timedelta(days=1)), planned_end=str(today + timedelta(days=9)))
    ended = make_network(starts="2009", ends="2013")
    assert with_status("planned") == {planned.pk}
    generation = current_generation()
    assert renew_statuses() == 0
    assert current_generation() == generation

    monkeypatch.setattr(timezone, "localdate", lambda: today + timedelta(days=1))
    assert renew_statuses() == 1
    assert with_status("planned") == set()
    assert with_status("active") == {planned.pk}
    assert with_status("ended") == {ended.pk}
    assert current_generation() > generation


@pytest.mark.parametrize("how_many", [1, 3])
def test_looking_for_outdated_statuses_takes_four_queries_however_many_networks(django_assert_num_queries, how_many):
    for _ in range(how_many):
        make_network(starts=str(date(2009, 1, 1)))
    with django_assert_num_queries(4):  # the documents, the state of the index, what it holds, the dates
        assert renew_statuses() == 0


# --- Words that mean the same -------------------------------------------------------------------


def test_the_vocabulary_holds_topics_and_the_short_forms_of_networks_and_of_who_leads_them():
    make_topic("Communities of practice", synonyms="CoP, CoPs ,community of practice,")
    make_topic("Trust")
    network = make_network("Seeds", acronym="SE")
    for role, name in {"funder": "Fund", "convenor": "Fund", "member": "Member"}.items():
        organization = Organization.objects.filter(name=name).first() or make_organization(name, acronym=name[0])
        Membership.objects.create(network=network, organization=organization, role=role)
    assert vocabulary() == search.Vocabulary(
        (
            ("Communities of practice", "CoP", "CoPs", "community of practice"),
            ("Fund", "F"),
            ("Seeds", "SE"),
        )
    )
