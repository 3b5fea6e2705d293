"""Which networks a view is to show: what the list of networks would, and the view's own choice beside it."""

from collections.abc import Container
from dataclasses import dataclass

from django.http import HttpRequest

from catalogue.lists import NETWORKS
from catalogue.models import Network, NetworkQuerySet
from resourcecenter.core import search
from resourcecenter.core.listing import Collection, Listing, listing


@dataclass(frozen=True)
class Seen:
    """What is asked for, as the list of networks understands it."""

    listing: Listing
    collection: Collection

    @property
    def total(self) -> int:
        return self.listing.results.total

    @property
    def own(self) -> dict[str, str]:
        """The view's own choices, by the names of their parameters."""
        return self.listing.asked.own

    def keys(self, *, sort: search.Sort = search.Sort.TITLE, limit: int = search.MAX_MATCHES) -> list[int]:
        return [key for _kind, key in self.collection.keys(self.listing.asked.sorted_by(sort), limit=limit)]

    def networks(self) -> NetworkQuerySet:
        """All networks asked for, in no order; of very many matches, the first ``search.MAX_MATCHES``."""
        return Network.objects.filter(pk__in=self.keys()) if self.listing.is_narrowed else Network.objects.all()

    def address(self, **own: str) -> str:
        """The query string of the same networks, with some of the view's own choices made otherwise; "" drops one."""
        return self.listing.asked.doing(**own).tail or "?"


def asked(request: HttpRequest, **choices: Container[str]) -> Seen:
    """Read the query string; ``choices`` names the view's own parameters and what each may be."""
    return Seen(listing(request, NETWORKS, choices=choices), NETWORKS.as_of(request.generation))
