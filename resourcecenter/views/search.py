"""One search over everything, what it suggests, and any result as a table."""

from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from resourcecenter import finding
from resourcecenter.core import search as core_search
from resourcecenter.core.limits import SEARCH, SUGGEST, limited_when_asked
from resourcecenter.core.listing import asked_of, listing
from resourcecenter.core.pagecache import public
from resourcecenter.core.text import one_line
from resourcecenter.exports.csv import table_of
from resourcecenter.lists import EVERYTHING, LISTS

MIN_CHARS = 2
MAX_SUGGESTIONS = 8


@public
@require_safe
@limited_when_asked(SEARCH)
def search(request):
    """Everything that matches, best first."""
    found = listing(request, EVERYTHING)
    lines = found.lines(finding.records(found.results.hits))
    return render(request, "site/search.html", {"listing": found, "lines": lines})


@public
@require_safe
@limited_when_asked(SUGGEST)
def suggest(request):
    """What somebody who typed ``q`` so far may want, of the list ``in`` or of everything; and how many in words."""
    text = one_line(request.GET.get("q", ""))[: core_search.MAX_QUERY_CHARS]
    collection = LISTS.get(request.GET.get("in"), EVERYTHING)
    found = []
    if len(text) >= MIN_CHARS:
        found = core_search.suggest(text, kinds=collection.kinds, limit=MAX_SUGGESTIONS)
    records = finding.records(found)
    suggestions = [
        {"title": each.title, "kind": records[each.kind, each.key].label, "url": records[each.kind, each.key].url}
        for each in found
        if (each.kind, each.key) in records
    ]
    return JsonResponse({"suggestions": suggestions, "status": _status(len(suggestions))})


def _status(count):
    if not count:
        return _("No suggestions.")
    return ngettext(
        "%(count)d suggestion. Use the arrow keys to choose it.",
        "%(count)d suggestions. Use the arrow keys to choose one.",
        count,
    ) % {"count": count}


@public
@require_safe
@limited_when_asked(SEARCH)
def table(request, name):
    """The whole result of a list as CSV, however long."""
    asked = asked_of(request, LISTS[name])
    return table_of(LISTS[name], asked)
