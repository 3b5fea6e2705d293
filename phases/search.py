"""What can be found of the phases and the site's own texts, as documents of the search index."""

from phases.models import GlossaryTerm, Page, Phase, Practice
from resourcecenter.core import markdown, search
from resourcecenter.core.search.kinds import Kind

PHASE, PRACTICE, TERM, PAGE = "phase", "practice", "term", "page"


def _phase(phase: Phase) -> search.Document:
    return search.Document(
        kind=PHASE,
        key=phase.pk,
        title=phase.name,
        summary=phase.summary,
        body=" ".join(
            [
                phase.purpose,
                markdown.words(phase.guidance),
                *phase.outputs,
                *phase.pitfalls,
                *(question.text for question in phase.key_questions.all()),
            ]
        ),
        facets={"phase": [phase.slug], "level": phase.levels},
        date=None,
        added_at=phase.added_at,
    )


def _practice(practice: Practice) -> search.Document:
    return search.Document(
        kind=PRACTICE,
        key=practice.pk,
        title=practice.title,
        tags=practice.phase.name,
        summary=practice.text,
        facets={"phase": [practice.phase.slug]},
        date=None,
        added_at=practice.phase.added_at,
    )


def _term(term: GlossaryTerm) -> search.Document:
    return search.Document(
        kind=TERM,
        key=term.pk,
        title=term.term,
        summary=markdown.words(term.definition),
        facets={},
        date=None,
        added_at=term.added_at,
    )


def _page(page: Page) -> search.Document:
    return search.Document(
        kind=PAGE,
        key=page.pk,
        title=page.title,
        summary=page.summary,
        body=markdown.words(page.body),
        facets={},
        date=None,
        added_at=page.added_at,
    )


KINDS = [
    Kind(PHASE, Phase, lambda: Phase.objects.prefetch_related("key_questions"), _phase, {}),
    Kind(PRACTICE, Practice, lambda: Practice.objects.select_related("phase"), _practice, {Phase: "phase"}),
    Kind(TERM, GlossaryTerm, GlossaryTerm.objects.all, _term, {}),
    Kind(PAGE, Page, Page.objects.all, _page, {}),
]
