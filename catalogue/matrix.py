"""What a network made, by the level at which it teaches and the part of the knowledge cycle that it serves."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from catalogue.models import Deliverable
from phases.models import KnowledgeStage, Level


class Entry(NamedTuple):
    """A deliverable, and the records on this site that are that deliverable."""

    deliverable: Deliverable
    resources: list


class Cell(NamedTuple):
    level: str
    entries: list[Entry]


class Row(NamedTuple):
    stage: str
    cells: list[Cell]

    @property
    def is_empty(self) -> bool:
        return not any(cell.entries for cell in self.cells)


class Matrix(NamedTuple):
    """A column for each level, a row for each part of the cycle; one more for "not known" only where it is needed."""

    levels: list[str]
    rows: list[Row]


def matrix(deliverables, resources=()) -> Matrix:
    """Return each deliverable in its one cell, in the given order, with the records whose ``deliverable_id`` names it.

    Deliverables may be unsaved: no record is one of those.
    """
    levels = _headings(Level, _("level not known"), {deliverable.level for deliverable in deliverables})
    stages = _headings(KnowledgeStage, _("part not known"), {deliverable.stage for deliverable in deliverables})
    entries = [Entry(made, [r for r in resources if made.pk and r.deliverable_id == made.pk]) for made in deliverables]
    return Matrix(
        [label for _level, label in levels],
        [
            Row(label, [Cell(title, _within(entries, level=level, stage=stage)) for level, title in levels])
            for stage, label in stages
        ],
    )


def _headings(choices, not_known, used):
    return [*choices.choices, ("", not_known)] if "" in used else choices.choices


def _within(entries, *, level, stage):
    return [entry for entry in entries if (entry.deliverable.level, entry.deliverable.stage) == (level, stage)]
