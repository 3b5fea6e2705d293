"""The decision aid: which form fits which answers, what is still open, and what the page says of it."""

from collections import Counter
from itertools import product

import pytest
from django.http import QueryDict
from django.urls import reverse

from catalogue.models import Network
from phases.forms_of_learning import (
    FORMS,
    LEARNING_NETWORK,
    QUESTIONS,
    changes,
    possible_forms,
    questions_that_matter,
    read_answers,
)
from phases.models import GlossaryTerm
from tests.factories import make_phase, remember_identity
from tests.site.test_bad_input import ODD

NAMES = [question.name for question in QUESTIONS]
COMPLETE = [
    dict(zip(NAMES, values, strict=True))
    for values in product(*([option.value for option in question.options] for question in QUESTIONS))
]
PARTIAL = [
    {name: value for name, value in zip(NAMES, values, strict=True) if value}
    for values in product(*(["", *[option.value for option in question.options]] for question in QUESTIONS))
]


def form_of(answers):
    """The key of the one form that fits."""
    (form,) = possible_forms(answers)
    return next(key for key, known in FORMS.items() if known == form)


def names(forms):
    return [str(form.name) for form in forms]


@pytest.mark.parametrize("answers", COMPLETE, ids=lambda answers: "-".join(answers.values()))
def test_six_answers_give_the_one_form_that_the_overview_names_for_them(answers):
    """For each form, what the overview says that it is for."""
    if answers["formality"] == "people":
        expected = "community_of_practice"
    elif answers["agenda"] == "approach":
        expected = "learning_alliance"
    elif answers["agenda"] == "practice":
        expected = "collaborative" if answers["end"] == "fixed" else "community_of_practice"
    elif answers["agenda"] == "interest":
        expected = "membership_network" if answers["end"] == "open" else "community_of_practice"
    else:
        expected = "learning_network" if answers == LEARNING_NETWORK else "community_of_practice"
    assert form_of(answers) == expected


def test_of_all_128_ways_to_answer_one_gives_a_learning_network():
    assert Counter(form_of(answers) for answers in COMPLETE) == {
        "community_of_practice": 64 + 15 + 8 + 8,
        "learning_alliance": 16,
        "collaborative": 8,
        "membership_network": 8,
        "learning_network": 1,
    }


def test_the_first_answer_to_each_question_makes_a_learning_network():
    assert {question.name: question.options[0].value for question in QUESTIONS} == LEARNING_NETWORK


def test_an_open_question_matters_exactly_where_its_answer_can_change_the_form():
    for answers in PARTIAL:
        matter = {question.name for question in questions_that_matter(answers)}
        assert matter.isdisjoint(answers)
        assert bool(matter) == (len(possible_forms(answers)) > 1)


def test_without_answers_every_form_is_possible_and_every_question_matters():
    assert possible_forms({}) == list(FORMS.values())
    assert questions_that_matter({}) == list(QUESTIONS)


def test_people_who_come_and_go_settle_it_whatever_else_is_answered():
    assert form_of({"formality": "people"}) == "community_of_practice"
    assert questions_that_matter({"formality": "people"}) == []


def test_one_missing_answer_of_a_learning_network_is_told_as_what_would_change_it():
    answers = {**LEARNING_NETWORK, "facilitation": "voluntary"}
    leading = [change for change in changes(answers) if names(change.forms) == ["a learning network"]]
    assert [(change.question.name, change.option.value) for change in leading] == [("facilitation", "paid")]


def test_what_would_change_the_form_really_does():
    for answers in COMPLETE:
        for change in changes(answers):
            assert change.forms == possible_forms({**answers, change.question.name: change.option.value})
            assert change.forms != possible_forms(answers)


def test_every_form_is_filed_in_the_catalogue_under_a_kind_that_it_has():
    assert {form.kind for form in FORMS.values()} <= set(Network.Kind.values)


@pytest.mark.parametrize(
    ("query", "answers", "left_out"),
    [
        ("", {}, []),
        ("end=fixed", {"end": "fixed"}, []),
        ("end=", {}, []),
        ("end=never", {}, ["end=never"]),
        ("end=fixed&end=open", {"end": "open"}, ["end=fixed"]),
        ("end=open&end=never", {"end": "open"}, ["end=never"]),
        ("end=open&end=open", {"end": "open"}, []),
        ("END=fixed&from=mail", {}, []),
    ],
)
def test_an_address_gives_its_answers_and_what_was_left_out(query, answers, left_out):
    assert read_answers(QueryDict(query)) == (answers, left_out)


def page(client, query=""):
    return client.get(f"{reverse('phases:which_form')}?{query}").content.decode()


def query_of(answers):
    return "&".join(f"{name}={value}" for name, value in answers.items())


@pytest.mark.django_db
def test_the_page_asks_six_questions_and_says_nothing_before_they_are_answered(client):
    shown = page(client)
    assert shown.partition("</main>")[0].count("<fieldset") == 6
    assert 'class="verdict' not in shown
    assert " checked" not in shown


@pytest.mark.django_db
def test_the_page_may_end_with_a_community_of_practice_and_says_why(client):
    shown = page(client, query_of({**LEARNING_NETWORK, "end": "open"}))
    assert "A community of practice suits you better" in shown
    assert "A community of practice lasts as long as people find it useful" in shown
    assert "/networks/?kind=community_of_practice" in shown
    assert shown.count(" checked") == 6
    assert shown.count("As in a learning network") == 5
    assert shown.count("Differs from a learning network") == 1


@pytest.mark.django_db
def test_the_page_leads_to_the_first_phase_and_to_the_glossary(client):
    phase = make_phase(1)
    GlossaryTerm.objects.create(slug="learning-network", term="learning network", definition="A limited group.")
    shown = page(client, query_of(LEARNING_NETWORK))
    assert "A learning network fits" in shown
    assert f'href="{phase.get_absolute_url()}"' in shown
    assert 'href="/glossary/#learning-network"' in shown
    assert "A limited group." in shown


@pytest.mark.django_db
def test_with_too_few_answers_the_page_cannot_say_yet_and_names_the_questions_that_matter(client):
    shown = page(client, query_of({**LEARNING_NETWORK, "end": ""}))
    assert "We cannot say yet" in shown
    assert '<a href="#end">' in shown
    assert '<a href="#formality">' not in shown


@pytest.mark.django_db
def test_nonsense_in_the_address_is_named_and_the_rest_counts(client):
    shown = page(client, "formality=people&end=%3Cscript%3E&agenda=" + "x" * 5000)
    assert "We left out 2 answers" in shown
    assert "end=&lt;script&gt;" in shown
    assert "x" * 61 not in shown
    assert "A community of practice suits you better" in shown


@pytest.mark.django_db
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_any_text_in_the_address_gets_the_page(client, text):
    answer = client.get(f"{reverse('phases:which_form')}?formality=people&end={text}")
    assert answer.status_code == 200
    assert "A community of practice suits you better" in answer.content.decode()


@pytest.mark.django_db
def test_starting_again_forgets_the_answers(client):
    assert '<a href="/which-form-fits/">Start again</a>' in page(client, "end=open")


@pytest.mark.django_db
def test_the_address_to_share_holds_the_answers_and_nothing_else(client):
    shown = page(client, "end=open&agenda=nonsense&formality=people&from=mail")
    assert "/which-form-fits/?formality=people&amp;end=open</a>" in shown


@pytest.mark.django_db
def test_the_same_address_says_the_same_to_everybody_and_is_not_sent_twice(client):
    address = f"{reverse('phases:which_form')}?end=open"
    first = client.get(address)
    assert not first.cookies
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize("how_many", [1, 3])
def test_a_full_answer_asks_the_database_three_times(client, django_assert_num_queries, how_many):
    for number in range(1, how_many + 1):
        make_phase(number)
        GlossaryTerm.objects.create(slug=f"term-{number}", term=f"term {number}", definition="It means that.")
    remember_identity()
    with django_assert_num_queries(3):  # the generation, the glossary entry and the first phase
        page(client, query_of(LEARNING_NETWORK))
