"""A list that can be searched, filtered, sorted and paged, the same for every kind of record.

All of its state is in the URL (see ``asked``). Whatever the URL says, there is a sensible page: what is not known is
left out and named, a page beyond the last gives the last.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from itertools import pairwise
from typing import NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from resourcecenter.core import missed, search
from resourcecenter.core.asked import Asked, Collection, Labels
from resourcecenter.core.broader import Way, broader, other_spelling

__all__ = ["Collection", "Labels", "Listing", "asked_of", "in_order", "listing"]

PER_PAGE = 20
SHOWN_VALUES = 8
"""How many values of a facet are seen at once; the others are a click away."""

LISTED_VALUES = 50
"""How many are a click away at most, those with most results: thousands of names would outweigh the page."""

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
    """``left_out`` is how many values have results and are not listed."""

    name: str
    title: str
    values: list[FacetValue]
    more: list[FacetValue]
    is_chosen: bool
    left_out: int = 0


class Chip(NamedTuple):
    """A filter that is set, and the address of the list without it."""

    title: str
    label: str
    url: str
    is_deep: bool


class Line(NamedTuple):
    """One line of the list: a record, and what of it matched; None in a list without words."""

    record: object
    hit: search.Hit | None


class Link(NamedTuple):
    label: str
    url: str
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
    previous: str
    next: str
    spelling: Way | None
    broader: list[Way]

    @property
    def text(self) -> str:
        return self.asked.text

    @property
    def is_narrowed(self) -> bool:
        return self.asked.is_narrowed

    @property
    def has_filters(self) -> bool:
        return any(facet.values for facet in self.facets)

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


def asked_of(request: HttpRequest, collection: Collection) -> Asked:
    """Return what the query string asks of a collection."""
    return Asked.read(request.GET, collection.as_of(request.generation).labels(), path=collection.path)


def listing(
    request: HttpRequest, collection: Collection, *, choices: Mapping[str, Container[str]] | None = None
) -> Listing:
    """Read the query string, search, and return all that a page of the list needs to draw itself.

    ``choices`` names the parameters that only this page has, and what each may be. Words for which there is nothing
    in the whole list are counted for the curators.
    """
    collection = collection.as_of(request.generation)
    known = collection.labels()
    asked = Asked.read(request.GET, known, path=request.path, choices=choices)
    results = collection.search(asked, per_page=PER_PAGE, counted=known)
    if not (results.total or asked.chosen):
        missed.count(request, asked.text)
    here = asked.on_page(results.page)
    return Listing(
        place=collection.name,
        asked=here,
        results=results,
        facets=[
            _facet(name, labels, results.counts.get(name, {}), asked.chosen.get(name, []))
            for name, labels in known.items()
        ],
        chips=[_chip(here, known[name], name, value) for name, value in here.filters],
        sorts=[
            Link(label, here.sorted_by(sort).url, is_current=sort == here.order)
            for sort, label in SORTS.items()
            if here.text or sort != search.Sort.RELEVANCE
        ],
        pages=[_page_link(here, number) for number in _numbers(results.page, results.pages)],
        previous=here.on_page(results.page - 1).url if results.page > 1 else "",
        next=here.on_page(results.page + 1).url if results.page < results.pages else "",
        spelling=other_spelling(collection, here, results),
        broader=broader(collection, here, results, known),
    )


def in_order(queryset: QuerySet, keys: list[int]) -> list:
    """Return the records with these keys, in the order of the keys."""
    found = queryset.in_bulk(keys)
    return [found[key] for key in keys if key in found]


def _chip(here: Asked, labels: Labels, name: str, value: str) -> Chip:
    less = here.without(name, value)
    return Chip(labels.title, labels.values[value], less.url, less.is_deep)


def _facet(name: str, labels: Labels, counts: Mapping[str, int], chosen: list[str]) -> Facet:
    """What there is of a facet; of one with many values, those that matter most come first, the others as they read."""
    used = {value for value, count in counts.items() if count and value in labels.values}.union(chosen)
    matter = nsmallest(LISTED_VALUES, used, key=lambda value: (value not in chosen, -counts.get(value, 0), value))
    listed = set(matter)
    values = [
        FacetValue(value, label, counts.get(value, 0), value in chosen)
        for value, label in labels.values.items()
        if value in listed
    ]
    first = values
    if len(values) > SHOWN_VALUES + 1:  # to hide a single one would save nothing
        first = sorted(values, key=lambda value: (not value.is_chosen, -value.count))[: max(SHOWN_VALUES, len(chosen))]
    more = [value for value in values if value not in first]
    return Facet(name, labels.title, first, more, bool(chosen), left_out=len(used) - len(values))


def _numbers(page: int, pages: int) -> list[int]:
    """Page numbers worth a link: the ends and the neighbours; 0 marks a gap."""
    near = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
    gaps = [[0, number] if number - before > 1 else [number] for before, number in pairwise(near)]
    return [near[0], *(number for gap in gaps for number in gap)]


def _page_link(here: Asked, number: int) -> Link | None:
    return Link(str(number), here.on_page(number).url, is_current=number == here.page) if number else None
