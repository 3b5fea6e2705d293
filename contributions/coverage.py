"""What the collection has and what it lacks, as tables of numbers: a number leads to its list, a hole to the form."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Count
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalogue.models import Deliverable
from contributions.forms.resource import LANGUAGES
from contributions.models import Resource
from phases.models import KnowledgeStage, Level, Phase
from resourcecenter.core.pagecache import remembered

MOST_LANGUAGES = 10
"""How many languages the table shows, the most used first."""

WANTED = 6
NOT_SAID = "none"
"""What stands in an address for a level or a stage that nobody has recorded."""

Pair = tuple[str, str]


class Counts(NamedTuple):
    """How many public records there are, by pairs of values; "" stands for all. One stands under each of its phases."""

    kinds: Mapping[Pair, int]  # phase and kind
    languages: Mapping[Pair, int]  # language and phase
    deliverables: Mapping[Pair, int]  # level and stage


class Cell(NamedTuple):
    """``column`` is its heading; ``list_url`` shows what is counted, ``form_url`` is empty where nobody is asked."""

    column: str
    count: int
    list_url: str
    form_url: str = ""


class Row(NamedTuple):
    label: str
    cells: list[Cell]


class Grid(NamedTuple):
    corner: str
    columns: list[str]
    rows: list[Row]


class Wanted(NamedTuple):
    """A kind of resource of which a phase has the fewest."""

    phase: Phase
    kind: Resource.Kind
    count: int
    form_url: str


def counts(*, generation: int) -> Counts:
    """The numbers, remembered for as long as public content stays as it is."""
    return remembered("coverage", _count, generation=generation)


def phases_by_kinds(numbers: Counts, phases: list[Phase]) -> Grid:
    kinds = {kind.value: capfirst(kind.label) for kind in Resource.Kind}
    return _grid(
        numbers.kinds,
        corner=_("Phase"),
        rows={phase.slug: phase.name for phase in phases} | {"": _("All phases")},
        columns=kinds | {"": _("All kinds")},
        list_url=lambda phase, kind: _address("contributions:resources", phase=phase, kind=kind),
        form_url=lambda phase, kind: phase and kind and _address("contributions:contribute", phases=phase, kind=kind),
    )


def languages_by_phases(numbers: Counts, phases: list[Phase]) -> Grid:
    """The most used languages, English and others alike; a language that nobody has used yet has no row."""
    names = dict(LANGUAGES)
    used = sorted(
        (language for language, phase in numbers.languages if language and not phase),
        key=lambda language: (-numbers.languages[language, ""], language),
    )
    return _grid(
        numbers.languages,
        corner=_("Language"),
        rows={language: capfirst(names.get(language, language)) for language in used[:MOST_LANGUAGES]},
        columns={phase.slug: phase.name for phase in phases} | {"": _("All phases")},
        list_url=lambda language, phase: _address("contributions:resources", language=language, phase=phase),
        form_url=lambda language, phase: (
            phase and _address("contributions:contribute", language=language, phases=phase)
        ),
    )


def levels_by_stages(numbers: Counts) -> Grid:
    """Deliverables of networks; those without a recorded level or stage, if any, have a row or column of their own."""
    levels = {level.value: capfirst(level.label) for level in Level}
    stages = {stage.value: capfirst(stage.label) for stage in KnowledgeStage}
    if any(level == NOT_SAID for level, _stage in numbers.deliverables):
        levels[NOT_SAID] = _("Level not recorded")
    if any(stage == NOT_SAID for _level, stage in numbers.deliverables):
        stages[NOT_SAID] = _("Part not recorded")

    def form_url(level, stage):
        known = NOT_SAID not in {level, stage}
        return known and _address("contributions:contribute_network", levels=level, knowledge_cycle=stage)

    return _grid(
        numbers.deliverables,
        corner=_("Level of learning"),
        rows=levels,
        columns=stages,
        list_url=lambda level, stage: _address("deliverables", level=level, stage=stage),
        form_url=form_url,
    )


def most_wanted(numbers: Counts, phases: list[Phase]) -> list[Wanted]:
    """The pairs of phase and kind with the fewest resources, the fewest first, then in the order of the phases."""
    pairs = [
        Wanted(
            phase,
            kind,
            numbers.kinds.get((phase.slug, kind.value), 0),
            _address("contributions:contribute", phases=phase.slug, kind=kind.value),
        )
        for phase in phases
        for kind in Resource.Kind
    ]
    return sorted(pairs, key=lambda wanted: wanted.count)[:WANTED]


# --- Counting -----------------------------------------------------------------------------------


def _count():
    """Two passes over all resources, filed and whole; one over the deliverables."""
    slugs = dict(Phase.objects.values_list("pk", "slug"))
    filed = Resource.phases.through.objects.values_list("phase", "resource__kind", "resource__language")
    whole = Resource.objects.order_by().values_list("kind", "language")
    kinds, languages = Counter(), Counter()
    for key, kind, language, number in filed.annotate(Count("pk")):
        kinds[slugs[key], kind] += number
        kinds[slugs[key], ""] += number
        languages[language, slugs[key]] += number
    for kind, language, number in whole.annotate(Count("pk")):
        kinds["", kind] += number
        kinds["", ""] += number
        languages[language, ""] += number
    by_level = Deliverable.objects.order_by().values_list("level", "stage").annotate(Count("pk"))
    return Counts(kinds, languages, {(level or NOT_SAID, stage or NOT_SAID): n for level, stage, n in by_level})


# --- Drawing ------------------------------------------------------------------------------------


def _grid(numbers, *, corner, rows, columns, list_url, form_url):
    return Grid(
        corner,
        list(columns.values()),
        [
            Row(
                label,
                [
                    Cell(
                        heading,
                        numbers.get((row, column), 0),
                        list_url(row, column),
                        form_url(row, column) or "",
                    )
                    for column, heading in columns.items()
                ],
            )
            for row, label in rows.items()
        ],
    )


def _address(name, **chosen):
    query = urlencode({parameter: value for parameter, value in chosen.items() if value})
    return f"{reverse(name)}?{query}" if query else reverse(name)
