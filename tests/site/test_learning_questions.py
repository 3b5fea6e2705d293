"""The index of learning questions: by topic, in the words of the networks, with what each network made."""

import pytest
from django.urls import reverse

from catalogue.models import LearningQuestion
from catalogue.seen import questions
from tests.factories import make_network, make_resource, make_topic

pytestmark = pytest.mark.django_db
ADDRESS = reverse("learning_questions")


def ask(network, text, level=""):
    return LearningQuestion.objects.create(network=network, text=text, level=level)


def shelves(client, query=""):
    """What the page says, as topic: {network: questions}."""
    page = client.get(ADDRESS + query)
    assert page.status_code == 200
    return {
        str(shelf.topic): {network.name: [question.text for question in network.asked] for network in shelf.networks}
        for shelf, _address, _networks in page.context["shelves"]
    }


def test_questions_stand_under_each_topic_of_their_network_in_its_own_words(client):
    water, mentoring = make_topic("Water"), make_topic("Mentoring")
    ask(make_network("Alpha", tags=[water, mentoring]), "How do “pumps” last?")
    ask(make_network("Beta"), "Who pays?")
    make_network("Silent", tags=[water])
    assert shelves(client) == {
        "Mentoring": {"Alpha": ["How do “pumps” last?"]},
        "Water": {"Alpha": ["How do “pumps” last?"]},
        "None": {"Beta": ["Who pays?"]},
    }
    text = client.get(ADDRESS).content.decode()
    assert "2 questions of 2 networks" in text
    assert "The topics are ours; a network with several topics stands under each of them." in text


def test_sectors_are_no_topics(client):
    ask(make_network("Alpha", tags=[make_topic("Health", group="sector")]), "Who pays?")
    assert shelves(client) == {"None": {"Alpha": ["Who pays?"]}}


def test_a_question_is_found_by_its_words_without_minding_accents_and_not_by_those_of_its_network(client):
    network = make_network("Café network", summary="All about pumps.")
    ask(network, "How does a café pay?")
    ask(network, "Who learns?")
    assert shelves(client, "?q=cafe") == {"None": {"Café network": ["How does a café pay?"]}}
    assert shelves(client, "?q=pumps") == {}


def test_questions_are_narrowed_by_their_level_and_by_topic(client):
    water, mentoring = make_topic("Water"), make_topic("Mentoring")
    network = make_network("Alpha", tags=[water, mentoring])
    ask(network, "Ours?", "organization")
    ask(network, "Everybody's?", "industry")
    ask(network, "Whose?")
    assert shelves(client, "?topic=water&question_level=industry") == {"Water": {"Alpha": ["Everybody's?"]}}
    assert shelves(client, "?topic=water&question_level=none") == {"Water": {"Alpha": ["Whose?"]}}
    assert (
        "We left out a filter that we do not know: moon."
        in client.get(ADDRESS + "?question_level=moon").content.decode()
    )


def test_the_outputs_of_the_network_stand_beside_its_questions(client):
    network = make_network("Alpha", questions=1, deliverables=1)
    make_resource("A guide to pumps", network=network)
    make_resource("Another's guide")
    text = client.get(ADDRESS).content.decode()
    assert "A guide to pumps" in text
    assert "Deliverable 0" in text
    assert "Another&#x27;s guide" not in text


def test_a_topic_with_many_networks_shows_the_first_and_links_to_all(client):
    water = make_topic("Water")
    for number in range(questions.MAX_NETWORKS + 1):
        make_network(f"Network {number}", questions=1, tags=[water])
    assert list(shelves(client)["Water"]) == ["Network 0", "Network 1", "Network 2"]
    assert (
        'href="/learning-questions/?topic=water">See all 4 networks with questions under Water'
        in client.get(ADDRESS).content.decode()
    )
    assert len(shelves(client, "?topic=water")["Water"]) == questions.MAX_NETWORKS + 1


def test_nothing_found_says_so(client):
    make_network("Alpha", questions=1)
    assert "No learning question has all of this." in client.get(ADDRESS + "?question_level=industry").content.decode()


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_index_asks_the_database_as_often_for_three_networks_as_for_one(
    client, django_assert_max_num_queries, how_many
):
    topics = [make_topic(f"Topic {number}") for number in range(how_many)]
    for _ in range(how_many):
        make_resource(network=make_network(questions=how_many, deliverables=how_many, tags=topics))
    make_network(questions=1)
    with django_assert_max_num_queries(28):
        assert client.get(ADDRESS).status_code == 200
