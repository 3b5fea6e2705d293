"""The six phases, their lines, the site's own pages and its glossary."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from phases.models import GlossaryTerm, KeyQuestion, Page, PageSource, Phase, PhaseSource, Practice
from tests.factories import make_page, make_phase

ALREADY = "{} with this {} already exists."


def make_term(term="Convenor", **fields):
    record = GlossaryTerm(**{"term": term, "slug": term.lower(), "definition": "Who calls the others in.", **fields})
    record.full_clean()
    record.save()
    return record


def phase(**fields):
    return Phase(**{"number": 2, "name": "Other", "slug": "other", "summary": "S", "purpose": "P", **fields})


def page(**fields):
    return Page(**{"slug": "other", "title": "Other", "summary": "S", "body": "B", **fields})


def term(**fields):
    return GlossaryTerm(**{"slug": "other", "term": "Other", "definition": "D", **fields})


# What breaks a rule of the database; ``known`` is a phase 1, a page "known" and a term "Known".
BROKEN = {
    "phases_phase_number_is_one_to_six, below": (
        lambda known: phase(number=0),
        {"Ensure this value is greater than or equal to 1."},
    ),
    "phases_phase_number_is_one_to_six, above": (
        lambda known: phase(number=7),
        {"Ensure this value is less than or equal to 6."},
    ),
    "number once": (lambda known: phase(number=known.number), {ALREADY.format("Phase", "Number")}),
    "name once": (lambda known: phase(name=known.name), {ALREADY.format("Phase", "Name")}),
    "address once": (lambda known: phase(slug=known.slug), {ALREADY.format("Phase", "Address")}),
    "address of a page once": (lambda known: page(slug="known"), {ALREADY.format("Page", "Address")}),
    "address of a term once": (lambda known: term(slug="known"), {ALREADY.format("Glossary term", "Address")}),
    "term once": (lambda known: term(term="Known"), {ALREADY.format("Glossary term", "Term")}),
    "phases_phasesource_names_a_document": (
        lambda known: PhaseSource(phase=known, facts="All of it"),
        {"Give the source a web address or a title."},
    ),
    "phases_pagesource_names_a_document": (
        lambda known: PageSource(page=Page.objects.get(), facts="All of it"),
        {"Give the source a web address or a title."},
    ),
}
every_rule = pytest.mark.parametrize(("broken", "messages"), BROKEN.values(), ids=BROKEN)


@pytest.fixture
def known(db):
    make_page("known")
    make_term("Known")
    return make_phase(1)


@every_rule
def test_the_database_keeps_its_rules_behind_the_forms_back(known, broken, messages):
    record = broken(known)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(record).objects.bulk_create([record])


@every_rule
def test_a_form_says_which_rule_was_broken(known, broken, messages):
    with pytest.raises(ValidationError) as refusal:
        broken(known).full_clean()
    assert set(refusal.value.messages) == messages


def test_no_constraint_of_the_phases_goes_untried():
    declared = {rule.name for model in apps.get_app_config("phases").get_models() for rule in model._meta.constraints}
    assert declared == {name.split(",")[0] for name in BROKEN if name.startswith("phases_")}


@pytest.mark.django_db
def test_a_rule_cannot_be_broken_by_an_update_either():
    make_phase(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Phase.objects.update(number=7)


@pytest.mark.django_db
@pytest.mark.parametrize("source", [{"url": "https://example.org/"}, {"title": "A printed report"}])
def test_a_source_is_an_address_or_a_title(source):
    record = PhaseSource(phase=make_phase(), **source)
    record.full_clean()
    record.save()
    assert str(record) == next(iter(source.values()))


@pytest.mark.django_db
def test_phases_come_in_their_order_and_their_lines_in_theirs():
    second, first = make_phase(2), make_phase(1)
    Practice.objects.create(phase=first, title="Last", text="T", position=2)
    Practice.objects.create(phase=first, title="First", text="T", position=1)
    Practice.objects.create(phase=first, title="Second", text="T", position=1)
    assert list(Phase.objects.all()) == [first, second]
    assert [str(practice) for practice in first.practices.all()] == ["First", "Second", "Last"]


@pytest.mark.django_db
@pytest.mark.parametrize("how_many", [1, 3])
def test_a_phase_page_asks_four_questions_for_one_phase_and_for_three(django_assert_num_queries, how_many):
    for number in range(1, how_many + 1):
        phase = make_phase(number)
        Practice.objects.create(phase=phase, title="Meet", text="Often.")
        KeyQuestion.objects.create(phase=phase, text="Who else?")
        PhaseSource.objects.create(phase=phase, title="Report")
    with django_assert_num_queries(4):  # phases, practices, key questions, sources
        lines = [
            (p.practices.all()[0].title, p.key_questions.all()[0].text, p.sources.all()[0].title)
            for p in Phase.objects.for_page()
        ]
    assert lines == [("Meet", "Who else?", "Report")] * how_many


@pytest.mark.django_db
def test_addresses_last():
    assert make_phase(1, slug="exploration").get_absolute_url() == "/phases/exploration/"
    assert make_page("privacy").get_absolute_url() == "/about/privacy/"
    assert make_term("Convenor").get_absolute_url() == "/glossary/#convenor"


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["levels", "knowledge_cycle"])
def test_a_phase_knows_the_levels_and_the_cycle_and_nothing_else(field):
    with pytest.raises(ValidationError) as refusal:
        make_phase(1, **{field: ["planet"]})
    assert refusal.value.message_dict == {field: ["Unknown choice: planet."]}
