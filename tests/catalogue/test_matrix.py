"""Where each deliverable stands in the matrix of levels and parts of the knowledge cycle."""

from dataclasses import dataclass

import pytest

from catalogue.matrix import matrix
from catalogue.models import Deliverable
from phases.models import KnowledgeStage, Level


@dataclass
class Kept:
    """What this site keeps of a deliverable."""

    deliverable_id: int | None


def titles(drawn):
    """Title by the labels of the cell in which it stands."""
    return {
        (cell.level, row.stage): [entry.deliverable.title for entry in cell.entries]
        for row in drawn.rows
        for cell in row.cells
        if cell.entries
    }


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("stage", KnowledgeStage)
def test_a_deliverable_stands_in_the_one_cell_of_its_level_and_part(level, stage):
    drawn = matrix([Deliverable(title="Guide", level=level, stage=stage)])
    assert titles(drawn) == {(level.label, stage.label): ["Guide"]}


def test_there_are_three_levels_and_four_parts_whether_or_not_something_stands_there():
    drawn = matrix([])
    assert drawn.levels == Level.labels
    assert [row.stage for row in drawn.rows] == KnowledgeStage.labels
    assert [len(row.cells) for row in drawn.rows] == [3] * 4


def test_a_column_for_an_unknown_level_comes_only_where_it_is_needed():
    drawn = matrix([Deliverable(title="Guide", stage="capture")])
    assert (len(drawn.levels), len(drawn.rows)) == (4, 4)
    assert titles(drawn) == {("level not known", "capture"): ["Guide"]}


def test_a_row_for_an_unknown_part_comes_only_where_it_is_needed():
    drawn = matrix([Deliverable(title="Guide", level="industry")])
    assert (len(drawn.levels), len(drawn.rows)) == (3, 5)
    assert titles(drawn) == {("industry", "part not known"): ["Guide"]}


def test_deliverables_of_one_cell_keep_their_order():
    drawn = matrix([Deliverable(title=title, level="network", stage="capture") for title in ("B", "A", "C")])
    assert titles(drawn) == {("network", "capture"): ["B", "A", "C"]}


def test_what_this_site_keeps_stands_with_its_deliverable_only():
    mine, other = Kept(7), Kept(8)
    drawn = matrix([Deliverable(pk=7, title="Guide", level="network", stage="capture")], [mine, other])
    assert drawn.rows[1].cells[1].entries[0].resources == [mine]


def test_an_unsaved_deliverable_owns_no_record_without_one():
    drawn = matrix([Deliverable(title="Guide", level="network", stage="capture")], [Kept(None)])
    assert drawn.rows[1].cells[1].entries[0].resources == []
