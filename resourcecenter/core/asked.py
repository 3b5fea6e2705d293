"""What the address of a list asks for, and the addresses of lists near to it.

Whatever a query string says, it asks for something sensible: what is not known is left out and named. An address that
is built here has its parameters in one fixed order and holds nothing that was not understood.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self

from django.http import QueryDict
from django.urls import reverse

from resourcecenter.core import search
from resourcecenter.core.pagecache import remembered
from resourcecenter.core.text import one_line

MAX_PAGE = 10_000
MAX_UNKNOWN = 20
"""How many values of a facet that are not known are named."""


class Labels(NamedTuple):
    """How a facet and its values read; ``values`` gives the order, too."""

    title: str
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A list and what of it is wanted. ``sort`` is empty for the usual order, ``path`` leads to the list itself.

    ``own`` has what only this page of the list lets one choose, by the names of the parameters.
    """

    path: str
    text: str = ""
    chosen: Mapping[str, list[str]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    own: Mapping[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    is_cut: bool = False

    @classmethod
    def read(
        cls,
        query: QueryDict,
        known: Mapping[str, Labels],
        *,
        path: str,
        choices: Mapping[str, Container[str]] | None = None,
    ) -> Self:
        """Take a query string for what can be understood of it.

        ``known`` has the facets of the list, ``choices`` what each parameter of the page's own may be.
        """
        typed, choices = one_line(query.get("q", "")), choices or {}
        chosen, unknown = _chosen(query, known)
        own = {name: query[name] for name in choices if query.get(name) in choices[name]}
        strange = [one_line(query[name])[:60] for name in choices if query.get(name) and name not in own]
        return cls(
            path=path,
            text=typed[: search.MAX_QUERY_CHARS].rstrip(),
            chosen=chosen,
            sort=query.get("sort", "") if query.get("sort") in list(search.Sort) else "",
            page=_page(query.get("page", "1")),
            own=own,
            unknown=[*unknown, *filter(None, strange)],
            is_cut=len(typed) > search.MAX_QUERY_CHARS,
        )

    @property
    def usual_order(self) -> search.Sort:
        return search.Sort.RELEVANCE if self.text else search.Sort.NEWEST

    @property
    def order(self) -> search.Sort:
        """The order of the list; the best match needs words."""
        if self.sort and (self.text or self.sort != search.Sort.RELEVANCE):
            return search.Sort(self.sort)
        return self.usual_order

    @property
    def filters(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self.chosen.items() for value in values]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.chosen)

    @property
    def is_deep(self) -> bool:
        """Whether it combines filters: of such lists there is no end, and crawlers need none."""
        return len(self.filters) + bool(self.text) > 1

    @property
    def query_string(self) -> str:
        """What stands behind the "?"; empty for the whole list."""
        query = QueryDict(mutable=True)
        query.update({"q": self.text} if self.text else {})
        for name, value in self.filters:
            query.appendlist(name, value)
        query.update(self.own)
        query.update({"sort": self.order} if self.order != self.usual_order else {})
        query.update({"page": str(self.page)} if self.page > 1 else {})
        return query.urlencode()

    @property
    def url(self) -> str:
        return f"{self.path}?{self.query_string}" if self.query_string else self.path

    @property
    def tail(self) -> str:
        """The same for another address of the whole list, such as its feed: with the "?", without the page."""
        query_string = self.on_page(1).query_string
        return f"?{query_string}" if query_string else ""

    def on_page(self, page: int) -> Self:
        return replace(self, page=page)

    def sorted_by(self, sort: str) -> Self:
        return replace(self, sort=sort, page=1)

    def saying(self, text: str) -> Self:
        return replace(self, text=text, page=1)

    def without(self, name: str, value: str) -> Self:
        rest = {other: [v for v in values if (other, v) != (name, value)] for other, values in self.chosen.items()}
        return replace(self, chosen={other: values for other, values in rest.items() if values}, page=1)

    def choosing(self, name: str, value: str) -> Self:
        """The same with one value of a facet, instead of those that were chosen in it."""
        return replace(self, chosen={**self.chosen, name: [value]}, page=1)

    def doing(self, **own: str) -> Self:
        """The same with some of the page's own choices made otherwise; "" drops one."""
        made = {name: value for name, value in {**self.own, **own}.items() if value}
        return replace(self, own=made, page=1)

    def without_filters(self) -> Self:
        return replace(self, chosen={}, page=1)


class Collection(NamedTuple):
    """What a list is of.

    ``name`` stands in addresses. ``labels`` names the facets, ``vocabulary`` the synonyms; both may ask the database.
    """

    name: str
    page: str  # the name of its URL
    kinds: list[str]
    labels: Callable[[], dict[str, Labels]]
    vocabulary: Callable[[], search.Vocabulary] = search.Vocabulary

    @property
    def path(self) -> str:
        return reverse(self.page)

    def as_of(self, generation: int) -> Self:
        """The same, with its names and synonyms remembered while public content stays as it is."""
        return self._replace(
            labels=lambda: remembered(f"labels:{self.name}", self.labels, generation=generation),
            vocabulary=lambda: remembered(f"vocabulary:{self.name}", self.vocabulary, generation=generation),
        )

    def search(self, asked: Asked, *, per_page: int, counted: Iterable[str] = ()) -> search.Results:
        """Return the page that is asked for, with the counts of the facets named in ``counted``."""
        return search.search(
            asked.text,
            kinds=self.kinds,
            facets=asked.chosen,
            sort=asked.order,
            page=asked.page,
            per_page=per_page,
            vocabulary=self.vocabulary(),
            counted=list(counted),
        )

    def keys(self, asked: Asked, *, limit: int) -> list[tuple[str, int]]:
        """Return kind and key of the first ``limit`` records of the whole list."""
        return search.keys(
            asked.text,
            kinds=self.kinds,
            facets=asked.chosen,
            sort=asked.order,
            vocabulary=self.vocabulary(),
            limit=limit,
        )

    def around(self, asked: Asked, *, kind: str, key: int) -> tuple[tuple[str, int] | None, tuple[str, int] | None]:
        """Return kind and key of the records before and after this one in the list, or None for each."""
        return search.around(
            asked.text,
            kinds=self.kinds,
            facets=asked.chosen,
            sort=asked.order,
            kind=kind,
            key=key,
            vocabulary=self.vocabulary(),
        )


def _chosen(query, known):
    chosen, unknown = {}, []
    for name in known:
        wanted = list(dict.fromkeys(value for value in query.getlist(name) if value))
        here = set(wanted) & known[name].values.keys()
        chosen[name] = [value for value in known[name].values if value in here]
        unknown += [one_line(value)[:60] for value in wanted if value not in here and one_line(value)][:MAX_UNKNOWN]
    return {name: values for name, values in chosen.items() if values}, unknown


def _page(typed):
    is_number = typed.isascii() and typed.isdigit()
    return min(max(int(typed.lstrip("0")[:10] or 1), 1), MAX_PAGE) if is_number else 1
