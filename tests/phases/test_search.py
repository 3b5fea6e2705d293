"""Phases, practices, terms and pages as documents of the search index."""

import pytest

from phases.models import GlossaryTerm, KeyQuestion, Practice
from phases.search import PAGE, PHASE, PRACTICE, TERM
from tests.factories import make_page, make_phase

pytestmark = pytest.mark.django_db


def test_a_phase_is_found_by_all_its_words_without_markdown():
    phase = make_phase(
        name="Launch",
        guidance="## Begin\n\nRead **[the guide](https://example.org/hidden)**.",
        who_leads="A facilitator",
        outputs=["A charter"],
        pitfalls=["Haste"],
        levels=["network"],
    )
    KeyQuestion.objects.create(phase=phase, text="Who is missing?")
    document = PHASE.to_document(PHASE.for_index().get())
    assert document.title == "Launch"
    assert document.body == "What it is for. Begin Read the guide. A facilitator Who is missing? A charter Haste"
    assert document.facets == {"phase": ["phase-1"], "level": ["network"]}


def test_a_practice_leads_to_its_place_in_its_phase(client):
    practice = Practice.objects.create(phase=make_phase(name="Launch"), title="Write a charter", text="On one page.")
    document = PRACTICE.to_document(PRACTICE.for_index().get())
    assert (document.title, document.tags, document.summary) == ("Write a charter", "Launch", "On one page.")
    assert document.facets == {"phase": ["phase-1"]}
    path, _, anchor = practice.get_absolute_url().partition("#")
    assert f'id="{anchor}"' in client.get(path).text


def test_a_term_and_a_page_are_found_by_their_words():
    GlossaryTerm.objects.create(term="CoP", slug="cop", definition="A community.")
    make_page("about", title="About us", summary="Who we are.", body="*Nobody* in particular.")
    term, page = TERM.to_document(TERM.for_index().get()), PAGE.to_document(PAGE.for_index().get())
    assert (term.title, term.summary) == ("CoP", "A community.")
    assert (page.title, page.summary, page.body) == ("About us", "Who we are.", "Nobody in particular.")
