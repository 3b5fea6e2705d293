"""A list that can be searched, filtered, sorted and paged, the same for every kind of record.

All of its state is in the URL (see ``asked``). Whatever the URL says, there is a sensible page: what is not known is
left out and named, a page beyond the last gives the last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from resourcecenter.core import pagecache, search
from resourcecenter.core.asked import Asked, Collection, Labels
from resourcecenter.core.broader import Way, broader, other_spelling

__all__ = ["Collection", "Labels", "Listing", "asked_of", "listing"]

PER_PAGE = 20
SHOWN_VALUES = 8
"""How many values of a facet are seen at once; the others are a click away."""

SORTS = {
    search.Sort.RELEVANCE: _("Best match"),
    search.Sort.NEWEST: _("Newly added"),
    search.Sort.LATEST: _("Latest date"),
    search.Sort.EARLIEST: _("Earliest date"),
    search.Sort.TITLE: _("A to Z"),
}


class FacetValue(NamedTuple):
    value: str
    label: str
    count: int
    is_chosen: bool


class Facet(NamedTuple):
    name: str
    title: str
    values: list[FacetValue]
    more: list[FacetValue]
    is_chosen: bool


class Chip(NamedTuple):
    """A filter that is set, and the list without it."""

    title: str
    label: str
    list: Asked


class Line(NamedTuple):
    """One line of the list: a record, and what of it matched; None in a list without words."""

    record: object
    hit: search.Hit | None


class Link(NamedTuple):
    label: str
    list: Asked
    is_current: bool = False


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What a list page shows, but for the records themselves."""

    place: str
    asked: Asked
    results: search.Results
    facets: list[Facet]
    chips: list[Chip]
    sorts: list[Link]
    pages: list[Link | None]
    previous: Asked | None
    next: Asked | None
    spelling: Way | None
    broader: list[Way]

    @property
    def without_text(self) -> Asked:
        return self.asked.saying("")

    @property
    def way(self) -> str:
        """What the addresses of records take along, so that their pages know of this search; empty without one."""
        return f"?{self.asked.query_string}&in={self.place}" if self.asked.is_narrowed else ""

    def lines(self, records: Mapping[tuple[str, int], object]) -> list[Line]:
        """Return the lines of this page; ``records`` by kind and key. What was retired in the meantime is left out."""
        hits = [hit for hit in self.results.hits if (hit.kind, hit.key) in records]
        return [Line(records[hit.kind, hit.key], hit if self.asked.text else None) for hit in hits]

    def lines_from(self, queryset: QuerySet) -> list[Line]:
        """Return the lines of this page of a list of one kind."""
        found = queryset.in_bulk([hit.key for hit in self.results.hits])
        return self.lines({(hit.kind, hit.key): found[hit.key] for hit in self.results.hits if hit.key in found})


def asked_of(request: HttpRequest, collection: Collection) -> tuple[Asked, dict[str, Labels]]:
    """Return what the query string asks of a collection, and how its facets read.

    The names are remembered while public content stays as it is.
    """
    name = f"labels:{collection.name}"
    known = pagecache.remembered(name, collection.labels, generation=request.generation)
    return Asked.read(request.GET, known, path=collection.path), known


def listing(request: HttpRequest, collection: Collection) -> Listing:
    """Read the query string, search, and return all that the page needs to draw itself."""
    asked, known = asked_of(request, collection)
    results = collection.search(asked, per_page=PER_PAGE)
    counts = results.counts or _all_counts(request, collection)
    here = asked.on_page(results.page)
    return Listing(
        place=collection.name,
        asked=here,
        results=results,
        facets=[
            _facet(name, labels, counts.get(name, {}), asked.chosen.get(name, [])) for name, labels in known.items()
        ],
        chips=[Chip(known[n].title, known[n].values[value], here.without(n, value)) for n, value in here.filters],
        sorts=[
            Link(label, here.sorted_by(sort), is_current=sort == here.order)
            for sort, label in SORTS.items()
            if here.text or sort != search.Sort.RELEVANCE
        ],
        pages=[_page_link(here, number) for number in _numbers(results.page, results.pages)],
        previous=here.on_page(results.page - 1) if results.page > 1 else None,
        next=here.on_page(results.page + 1) if results.page < results.pages else None,
        spelling=other_spelling(collection, here, results),
        broader=broader(collection, here, results, known),
    )


def _all_counts(request, collection):
    """How often each value of a facet is used where nothing narrows the list."""
    name, kinds = f"facets:{collection.name}", collection.kinds
    values = pagecache.remembered(name, lambda: search.facet_values(kinds), generation=request.generation)
    return {facet: dict(counted) for facet, counted in values.items()}


def _facet(name: str, labels: Labels, counts: Mapping[str, int], chosen: list[str]) -> Facet:
    """What there is of a facet; of one with many values, those that matter most come first, the others as they read."""
    values = [
        FacetValue(value, label, counts.get(value, 0), value in chosen)
        for value, label in labels.values.items()
        if counts.get(value) or value in chosen
    ]
    first = values
    if len(values) > SHOWN_VALUES + 1:  # to hide a single one would save nothing
        first = sorted(values, key=lambda value: (not value.is_chosen, -value.count))[: max(SHOWN_VALUES, len(chosen))]
    return Facet(name, labels.title, first, [value for value in values if value not in first], bool(chosen))


def _numbers(page: int, pages: int) -> list[int]:
    """Page numbers worth a link: the ends and the neighbours; 0 marks a gap."""
    near = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
    gaps = [[0, number] if number - before > 1 else [number] for before, number in pairwise(near)]
    return [near[0], *(number for gap in gaps for number in gap)]


def _page_link(here: Asked, number: int) -> Link | None:
    return Link(str(number), here.on_page(number), is_current=number == here.page) if number else None
