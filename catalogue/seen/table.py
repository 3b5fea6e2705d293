"""The networks asked for as a table: on a page that sorts by any of its dates and names, and as a file."""

from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, OrderBy, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from tablib import Dataset

from catalogue.models import LearningQuestion, Membership, NetworkQuerySet
from catalogue.tables import NetworkTable
from resourcecenter.core.tables.files import Xlsx

PER_PAGE = 50
MAX_XLSX_ROWS = 1_000
"""A workbook is built in memory, so it has fewer rows than a CSV file, which is sent as it is written."""

BATCH = 200


class Column(NamedTuple):
    """A column of the page. ``order`` is the field that it sorts by; "" if it does not sort."""

    name: str
    label: str
    order: str


COLUMNS = [
    Column("name", _("Network"), "name"),
    Column("kind", _("Kind"), "kind"),
    Column("starts", _("Started"), "starts"),
    Column("planned_end", _("Planned end"), "planned_end"),
    Column("ends", _("Ended"), "ends"),
    Column("status", _("Status"), ""),
    Column("countries", _("Countries"), ""),
    Column("members", _("Organizations"), "member_count"),
    Column("questions", _("Learning questions"), "question_count"),
]
DATES = {"starts", "planned_end", "ends"}
BY_DEFAULT = "name"
ORDERS = [direction + column.name for column in COLUMNS if column.order for direction in ("", "-")]
"""What an address may ask for; a minus turns the order round."""


class Head(NamedTuple):
    """The head of a column: ``order`` is what its link asks for, ``aria_sort`` how the table is sorted by it now."""

    column: Column
    order: str
    aria_sort: str


def heads(order: str) -> list[Head]:
    return [_head(column, order) for column in COLUMNS]


def page_of(networks: NetworkQuerySet, *, order: str, number: str) -> Page:
    """Return a page of the networks in an order of ORDERS; a number that is none gives the nearest page."""
    counted = networks.annotate(
        member_count=_count(Membership, "organization"), question_count=_count(LearningQuestion, "pk")
    )
    return Paginator(counted.order_by(*_order(order)), PER_PAGE).get_page(number)


def workbook(networks: NetworkQuerySet) -> bytes:
    """Return the networks as XLSX, in the shape that the import takes.

    Raises ValueError, worded for people, for a text that is too long for a cell.
    """
    head, *rows = _rows(networks)
    return Xlsx().export_data(Dataset(*rows, headers=head))


def _rows(networks):
    table = NetworkTable()
    yield table.get_export_headers()
    for network in table.filter_export(networks.order_by("name", "pk")).iterator(chunk_size=BATCH):
        yield table.export_resource(network)


def _count(model, what):
    """How many there are of a network, counted for the rows of the page only unless they sort by it."""
    lines = model.objects.filter(network=OuterRef("pk")).order_by().values("network")
    return Coalesce(Subquery(lines.annotate(count=Count(what, distinct=True)).values("count")), 0)


def _head(column, order):
    if not column.order:
        return Head(column, "", "")
    if column.name == order:
        return Head(column, f"-{column.name}", "ascending")
    return Head(column, column.name, "descending" if order == f"-{column.name}" else "none")


def _order(order):
    """The terms of the order: a date that is not known comes last either way."""
    name = order.removeprefix("-")
    field = next(column.order for column in COLUMNS if column.name == name)
    is_blank = Case(When(**{field: ""}, then=Value(1)), default=Value(0))
    terms = [is_blank] if name in DATES else []
    return [*terms, OrderBy(F(field), descending=order.startswith("-")), "name", "pk"]
