"""What stands first and what stands last on the pages that people read."""

import re

import pytest

from tests.factories import make_network, make_phase, make_resource, make_topic

pytestmark = pytest.mark.django_db


def words(client, address):
    return " ".join(re.sub("<[^>]+>", " ", client.get(address).content.decode()).split())


def headings(client, address, *, level):
    return re.findall(rf"<h{level}[^>]*>([^<]+)</h{level}>", client.get(address).content.decode())


def test_home_says_how_much_there_is_of_each_kind(client):
    for kind in ("tool", "tool", "story"):
        make_resource(kind=kind)
    shown = words(client, "/")
    assert "Tools to use 2 Guidance to read 0 Stories of what happened 1" in shown


def test_a_resource_answers_four_questions_before_anything_else(client):
    resource = make_resource()
    assert headings(client, resource.get_absolute_url(), level=2)[:4] == [
        "How do I get it?",
        "Is it for me?",
        "Who says so?",
        "May I reuse it?",
    ]


def test_where_the_name_of_a_phase_comes_from_is_said_after_all_else(client):
    shown = words(client, make_phase(name_inferred=True).get_absolute_url())
    assert shown.index("The original name of this phase was not found") > shown.index("Sources")


def test_a_shelf_shows_three_and_leads_to_the_rest(client):
    phase = make_phase()
    for _ in range(4):
        make_resource(phases=[phase])
    page = client.get(phase.get_absolute_url()).content.decode()
    assert page.count('class="card ') == 3
    assert "See all 4" in page


def test_a_printed_phase_names_all_its_resources_with_their_whole_addresses(client, settings):
    settings.SITE_URL = "https://center.example.org"
    phase = make_phase()
    resources = [make_resource(phases=[phase]) for _ in range(4)]
    shown = words(client, phase.get_absolute_url())
    for resource in resources:
        assert f"{resource.title} https://center.example.org{resource.get_absolute_url()}" in shown


def test_a_topic_counts_resources_and_networks_apart_and_no_zero(client):
    water = make_topic("Water")
    make_topic("Youth")
    make_resource(tags=[water])
    make_network(tags=[water])
    shown = words(client, "/topics/")
    assert "Water 1 resource · 1 network" in shown
    assert "Youth Nothing yet" in shown


def test_a_network_past_its_planned_end_is_not_called_active(client):
    network = make_network(planned_end="2015", last_active="2014")
    assert "Planned to end 2015; not confirmed" in words(client, network.get_absolute_url())
