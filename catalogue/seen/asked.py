"""Which networks a view is to show: the query string of the list of networks, and the view's own choice beside it."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from django.http import HttpRequest, QueryDict

from catalogue.facets import network_labels
from catalogue.models import Network, NetworkQuerySet
from catalogue.search import KIND
from resourcecenter.core import search
from resourcecenter.core.listing import Link, Listing, listing
from resourcecenter.core.text import one_line


@dataclass(frozen=True)
class Asked:
    """What is asked for. ``own`` has the view's own choices, by the names of their parameters."""

    listing: Listing
    own: dict[str, str]

    @property
    def total(self) -> int:
        return self.listing.results.total

    @property
    def facets(self) -> dict[str, list[str]]:
        chosen = {facet.name: [v.value for v in facet.values if v.is_chosen] for facet in self.listing.facets}
        return {name: values for name, values in chosen.items() if values}

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The names and values that a form of filters must hand on."""
        return list(self.own.items())

    def keys(self, *, sort: search.Sort = search.Sort.TITLE, limit: int = search.MAX_MATCHES) -> list[int]:
        found = search.keys(self.listing.text, kinds=[KIND], facets=self.facets, sort=sort, limit=limit)
        return [key for _kind, key in found]

    def networks(self) -> NetworkQuerySet:
        """All networks asked for, in no order; of very many matches, the first ``search.MAX_MATCHES``."""
        return Network.objects.filter(pk__in=self.keys()) if self.listing.is_narrowed else Network.objects.all()

    def address(self, **changes: str | int) -> str:
        """The query string of the same networks, with some of the view's own choices made otherwise; "" drops one."""
        query = QueryDict(mutable=True)
        if self.listing.text:
            query["q"] = self.listing.text
        for name, values in self.facets.items():
            query.setlist(name, values)
        for name, value in {**self.own, **changes}.items():
            if value:
                query[name] = str(value)
        return f"?{query.urlencode()}"


def asked(request: HttpRequest, **choices: Collection[str]) -> Asked:
    """Read the query string; ``choices`` names the view's own parameters and what each may be.

    What is not known is left out and named by the page.
    """
    found = listing(request, kinds=[KIND], labels=network_labels)
    typed = {name: request.GET[name] for name in choices if request.GET.get(name)}
    own = {name: value for name, value in typed.items() if value in choices[name]}
    strange = [one_line(value)[:60] for name, value in typed.items() if name not in own and one_line(value)]
    chips = [Link(chip.label, _with(chip.url, own), chip.is_current) for chip in found.chips]
    return Asked(replace(found, chips=chips, unknown=[*found.unknown, *strange]), own)


def _with(url, own):
    query = QueryDict(url.removeprefix("?"), mutable=True)
    query.update(own)
    return f"?{query.urlencode()}"
