"""Phases, practices, glossary terms and pages as documents of the search index."""

from phases.models import GlossaryTerm, Page, Phase, Practice
from resourcecenter.core import markdown, search
from resourcecenter.core.documents import Kind


def phase_document(phase: Phase) -> search.Document:
    """Return what can be found of a phase; its key questions should be prefetched. Practices are found themselves."""
    questions = [question.text for question in phase.key_questions.all()]
    guidance = markdown.words(phase.guidance)
    return search.Document(
        kind=PHASE.name,
        key=phase.pk,
        title=phase.name,
        summary=phase.summary,
        body=" ".join([phase.purpose, guidance, phase.who_leads, *questions, *phase.outputs, *phase.pitfalls]),
        facets={"phase": [phase.slug], "level": phase.levels},
        date=None,
        added_at=phase.added_at,
    )


def practice_document(practice: Practice) -> search.Document:
    """Return what can be found of a practice; its phase should be at hand."""
    return search.Document(
        kind=PRACTICE.name,
        key=practice.pk,
        title=practice.title,
        tags=practice.phase.name,
        summary=practice.text,
        facets={"phase": [practice.phase.slug]},
        date=None,
        added_at=practice.phase.added_at,
    )


def term_document(term: GlossaryTerm) -> search.Document:
    return search.Document(
        kind=TERM.name,
        key=term.pk,
        title=term.term,
        summary=term.definition,
        facets={},
        date=None,
        added_at=term.added_at,
    )


def page_document(page: Page) -> search.Document:
    return search.Document(
        kind=PAGE.name,
        key=page.pk,
        title=page.title,
        summary=page.summary,
        body=markdown.words(page.body),
        facets={},
        date=None,
        added_at=page.added_at,
    )


PHASE = Kind(
    name="phase",
    model=Phase,
    for_index=lambda: Phase.objects.prefetch_related("key_questions"),
    to_document=phase_document,
    for_cards=lambda: Phase.objects.all(),
)
PRACTICE = Kind(
    name="practice",
    model=Practice,
    for_index=lambda: Practice.objects.select_related("phase"),
    to_document=practice_document,
    for_cards=lambda: Practice.objects.select_related("phase"),
    names={Phase: "phase"},
)
TERM = Kind(
    name="term",
    model=GlossaryTerm,
    for_index=lambda: GlossaryTerm.objects.all(),
    to_document=term_document,
    for_cards=lambda: GlossaryTerm.objects.all(),
)
PAGE = Kind(
    name="page",
    model=Page,
    for_index=lambda: Page.objects.all(),
    to_document=page_document,
    for_cards=lambda: Page.objects.all(),
)
