"""A list that can be searched, filtered, sorted and paged, the same for every kind of record.

All of its state is in the URL. Whatever the URL says, there is a sensible page: what is not known is left out and
named, a page beyond the last gives the last.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from resourcecenter.core import pagecache, search
from resourcecenter.core.text import one_line

PER_PAGE = 20
MAX_PAGE = 10_000
MAX_VALUES = 20
"""How many values of one facet a URL may choose; more are left out."""

SORTS = {
    search.Sort.RELEVANCE: _("Best match"),
    search.Sort.NEWEST: _("Newest here first"),
    search.Sort.LATEST: _("Latest date first"),
    search.Sort.EARLIEST: _("Earliest date first"),
    search.Sort.TITLE: _("By title"),
}


class Labels(NamedTuple):
    """How a facet and its values read; ``values`` gives the order, too."""

    title: str
    values: Mapping[str, str]


class FacetValue(NamedTuple):
    value: str
    label: str
    count: int
    is_chosen: bool


class Facet(NamedTuple):
    name: str
    title: str
    values: list[FacetValue]
    is_open: bool


class Link(NamedTuple):
    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Listing:
    """What a list page shows, but for the records themselves."""

    text: str
    sort: str
    results: search.Results
    facets: list[Facet]
    chips: list[Link]
    unknown: list[str]
    sorts: list[Link]
    pages: list[Link | None]
    previous: str
    next: str

    @property
    def keys(self) -> list[int]:
        return [hit.key for hit in self.results.hits]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.chips)


def listing(request: HttpRequest, *, kinds: list[str], labels: Callable[[], dict[str, Labels]]) -> Listing:
    """Read the query string, search, and return all that the page needs to draw itself.

    ``labels`` names the facets; it may ask the database and is remembered while public content stays as it is.
    """
    name = "-".join(kinds)
    known = pagecache.remembered(f"labels:{name}", labels, generation=request.generation)
    counts = pagecache.remembered(f"facets:{name}", lambda: search.facet_values(kinds), generation=request.generation)
    text = one_line(request.GET.get("q", ""))[: search.MAX_QUERY_CHARS]
    chosen, unknown = _chosen(request.GET, known)
    results = search.search(
        text,
        kinds=kinds,
        facets=chosen,
        sort=_sort(request.GET, text),
        page=_page(request.GET),
        per_page=PER_PAGE,
        count=False,
    )
    here = _Address(text=text, chosen=chosen, sort=request.GET.get("sort", "") if _is_sort(request.GET) else "")
    return Listing(
        text=text,
        sort=_sort(request.GET, text),
        results=results,
        facets=[_facet(name, known[name], dict(counts.get(name, [])), chosen.get(name, [])) for name in known],
        chips=[Link(known[name].values[value], here.without(name, value)) for name in chosen for value in chosen[name]],
        unknown=unknown,
        sorts=[
            Link(label, here.sorted_by(sort), is_current=sort == _sort(request.GET, text))
            for sort, label in SORTS.items()
            if text or sort != search.Sort.RELEVANCE
        ],
        pages=[_page_link(here, number, results) for number in _numbers(results.page, results.pages)],
        previous=here.page(results.page - 1) if results.page > 1 else "",
        next=here.page(results.page + 1) if results.page < results.pages else "",
    )


def in_order(queryset, keys: list[int]) -> list:
    """Return the records with these keys, in the order of the keys."""
    found = queryset.in_bulk(keys)
    return [found[key] for key in keys if key in found]


class _Address(NamedTuple):
    """The query string of this list, built from what is understood and from nothing else."""

    text: str
    chosen: dict[str, list[str]]
    sort: str

    def page(self, number: int) -> str:
        query = QueryDict(mutable=True)
        if self.text:
            query["q"] = self.text
        for name, values in self.chosen.items():
            query.setlist(name, values)
        if self.sort:
            query["sort"] = self.sort
        if number > 1:
            query["page"] = str(number)
        return f"?{query.urlencode()}"

    def without(self, name: str, value: str) -> str:
        rest = {other: [v for v in values if (other, v) != (name, value)] for other, values in self.chosen.items()}
        return self._replace(chosen=rest).page(1)

    def sorted_by(self, sort: str) -> str:
        return self._replace(sort=sort).page(1)


def _chosen(query: QueryDict, known: dict[str, Labels]) -> tuple[dict[str, list[str]], list[str]]:
    chosen, unknown = {}, []
    for name in known:
        wanted = list(dict.fromkeys(value for value in query.getlist(name) if value))[:MAX_VALUES]
        chosen[name] = [value for value in wanted if value in known[name].values]
        unknown += [one_line(value)[:60] for value in wanted if value not in known[name].values and one_line(value)]
    return {name: values for name, values in chosen.items() if values}, unknown


def _is_sort(query: QueryDict) -> bool:
    return query.get("sort") in SORTS


def _sort(query: QueryDict, text: str) -> str:
    if _is_sort(query) and (text or query["sort"] != search.Sort.RELEVANCE):
        return query["sort"]
    return search.Sort.RELEVANCE if text else search.Sort.NEWEST


def _page(query: QueryDict) -> int:
    typed = query.get("page", "1")
    is_number = typed.isascii() and typed.isdigit()
    return min(max(int(typed.lstrip("0")[:10] or 1), 1), MAX_PAGE) if is_number else 1


def _facet(name: str, labels: Labels, counts: dict[str, int], chosen: list[str]) -> Facet:
    values = [
        FacetValue(value, label, counts.get(value, 0), value in chosen)
        for value, label in labels.values.items()
        if value in counts or value in chosen
    ]
    return Facet(name, labels.title, values, is_open=bool(chosen))


def _numbers(page: int, pages: int) -> list[int]:
    """Page numbers worth a link: the ends and the neighbours; 0 marks a gap."""
    near = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
    gaps = [[0, number] if number - before > 1 else [number] for before, number in pairwise(near)]
    return [near[0], *(number for gap in gaps for number in gap)]


def _page_link(here: _Address, number: int, results: search.Results) -> Link | None:
    return Link(str(number), here.page(number), is_current=number == results.page) if number else None
