"""What a network's page says of what it made, its time, its members and the definition."""

import re
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from catalogue.definition import profile
from catalogue.models import Deliverable, LearningQuestion, Membership, Network, NetworkSource, Organization
from tests.factories import make_network, make_organization, make_resource

pytestmark = pytest.mark.django_db


def page(client, network):
    return client.get(network.get_absolute_url()).content.decode()


def words(client, network):
    """The text of the page, with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", page(client, network)).split())


def test_an_empty_cell_says_that_none_is_recorded(client):
    shown = words(client, make_network(deliverables=1))
    assert "Generation None recorded" in shown


def test_a_network_without_deliverables_asks_for_them_instead_of_drawing_an_empty_table(client):
    shown = page(client, make_network())
    assert "Its deliverables are not recorded." in shown
    assert "<table" not in shown


def test_a_deliverable_shows_its_link_its_year_and_the_record_that_is_it(client):
    network = make_network()
    made = Deliverable.objects.create(
        network=network, title="Field guide", level="industry", stage="capture", year=2011, url="https://example.org/g"
    )
    kept = make_resource("Our copy of the guide", deliverable=made)
    shown = page(client, network)
    assert '<a href="https://example.org/g" rel="nofollow ugc noopener">Field guide</a>' in shown
    assert "2011" in shown
    assert f'In this collection: <a href="{kept.get_absolute_url()}">Our copy of the guide</a>' in shown


def test_more_deliverables_than_fit_in_a_cell_are_folded_and_all_there(client):
    shown = page(client, make_network(deliverables=60))
    assert "54 more" in shown
    assert all(f"Deliverable {number}<" in shown for number in range(60))


def test_the_bar_says_in_words_what_it_draws(client):
    shown = page(client, make_network("Groove", starts="2009", planned_end="2012-06"))
    assert '<title id="lifetime-title">Groove in time</title>' in shown
    assert "Started: 2009; Planned end: June 2012; Today: " in shown


def test_the_bar_explains_only_what_is_drawn(client):
    pale, dotted = "it began or ended on some day in this time", "we do not know whether it ran"
    exact = words(client, make_network(starts="2009-06-15", ends="2012-01-31"))
    assert pale not in exact
    assert dotted not in exact
    silent = words(client, make_network(starts="2009"))
    assert pale in silent
    assert dotted in silent


def test_dates_stand_once_and_without_them_the_page_says_so(client):
    assert words(client, make_network(starts="2009")).count("Started 2009") == 1
    assert "Dates Not known" in words(client, make_network())
    assert "Dates Ended, the date is not known" in words(client, make_network(ended_undated=True))


def test_a_network_without_dates_has_no_bar(client):
    assert "<figure" not in page(client, make_network())


def test_members_stand_under_their_role(client):
    network = make_network()
    Membership.objects.create(network=network, organization=make_organization("CARE"), role="convenor")
    assert "Funder None recorded Convenor CARE Facilitator None recorded Member None recorded" in words(client, network)


def test_a_fact_names_its_field_and_its_source(client):
    network = make_network(levels=["network"], facilitated=False)
    NetworkSource.objects.create(network=network, title="Final report", facts="levels")
    shown = words(client, network)
    assert "For organization, network and industry Differs · Field: Levels of learning Source: Final report" in shown
    assert "Facilitated Differs · Field: Facilitation No source recorded" in shown
    assert "Members are given resources Not known · Field: Resources" in shown


def test_sources_of_the_whole_page_are_named_once_and_not_at_each_fact(client):
    network = make_network(facilitated=True)
    NetworkSource.objects.create(network=network, title="Final report")
    shown = words(client, network)
    assert "Facilitated Yes · Field: Facilitation" in shown
    assert "No source recorded" not in shown
    assert "Where no source is named, the sources of the whole page say so." in shown


def test_a_learning_question_can_be_led_to(client):
    question = LearningQuestion.objects.create(network=make_network(), text="Why?")
    assert f'id="question-{question.pk}"' in page(client, question.network)


def test_the_body_of_a_network_that_is_not_saved_shows_the_same(client):
    network = Network(name="Waiting network", summary="Not public yet.", starts="2020", levels=["network"])
    lines = {
        "memberships": [Membership(network=network, organization=Organization(name="CARE", slug="care"))],
        "learning_questions": [LearningQuestion(network=network, text="Why?")],
        "deliverables": [Deliverable(network=network, title="Field guide")],
        "sources": [NetworkSource(network=network, title="Final report", facts="levels")],
    }
    context = {**profile(network, tags=[], **lines), "heading": "h2", "sub": "h3"}
    shown = render_to_string("catalogue/network_body.html", context)
    for text in ("Waiting network", "CARE", "Why?", "Field guide", "Final report", "Waiting network in time"):
        assert text in shown
    assert 'id="question-' not in shown
    assert "Nobody has confirmed" not in shown


@pytest.mark.parametrize(
    ("days_ago", "says"), [(700, "Last confirmed on {} by Ada."), (760, "Not confirmed since {}, then by Ada.")]
)
def test_after_two_years_the_page_says_that_it_was_not_confirmed_since(client, days_ago, says):
    day = timezone.localdate() - timedelta(days=days_ago)
    network = make_network(confirmed_on=day, confirmed_by="Ada", confirmed_how="Asked the convenor.")
    shown = words(client, network)
    assert says.format(f"{day.day} {day:%B %Y}") in shown
    assert "Asked the convenor." in shown


def test_an_entry_that_nobody_confirmed_says_so(client):
    assert "Nobody has confirmed this page since it was added." in page(client, make_network())


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_page_asks_the_database_as_often_for_many_lines_as_for_few(client, django_assert_max_num_queries, how_many):
    network = make_network(members=how_many, questions=how_many, deliverables=how_many)
    for deliverable in network.deliverables.all():
        make_resource(network=network, deliverable=deliverable)
        NetworkSource.objects.create(network=network, title=f"About {deliverable}")
    # The generation, the network, six of its lines, what it made that is kept here, its resources and their phases.
    with django_assert_max_num_queries(36):
        client.get(network.get_absolute_url())
