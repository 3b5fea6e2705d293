"""Where a record stands in the search that somebody came from: the query string of its page says which."""

from typing import NamedTuple

from django.http import HttpRequest

from catalogue import search as network_search
from catalogue.models import Network
from contributions import search as resource_search
from contributions.models import Resource
from resourcecenter import finding
from resourcecenter.core.asked import Asked
from resourcecenter.core.listing import asked_of
from resourcecenter.lists import LISTS

PAGES = {
    "contributions:resource": (resource_search.KIND, Resource),
    "network": (network_search.KIND, Network),
}
"""The pages that can tell, by the names of their addresses."""


class Within(NamedTuple):
    """The list somebody came from, and the entries before and after; the way is what their addresses take along."""

    list: Asked
    way: str
    previous: object
    next: object


def within(request: HttpRequest) -> dict[str, Within | None]:
    """Tell templates of a record's page where it stands in a search; None if the query string names none.

    A context processor, because a page of an app cannot know of the search over all of them.
    """
    match = request.resolver_match
    is_asked = match and match.view_name in PAGES and request.GET.get("in") in LISTS and hasattr(request, "generation")
    return {"within": _within(request, *PAGES[match.view_name], slug=match.kwargs["slug"]) if is_asked else None}


def _within(request, kind, model, *, slug) -> Within | None:
    collection = LISTS[request.GET["in"]]
    asked = asked_of(request, collection)
    key = model.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if key is None or asked.unknown or not asked.is_narrowed:
        return None
    before, after = collection.around(asked, kind=kind, key=key)
    if not (before or after) and collection.keys(asked, limit=2) != [(kind, key)]:
        return None
    records = finding.records([each for each in (before, after) if each])
    return Within(asked, f"?{asked.query_string}&in={collection.name}", records.get(before), records.get(after))
