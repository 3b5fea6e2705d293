"""The pages that show the catalogue otherwise than as a list."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.models import Membership, Network
from resourcecenter.core.limits import SEARCH, limited_when_asked
from resourcecenter.core.listing import Link, in_order
from resourcecenter.core.pagecache import public, remembered
from resourcecenter.core.search import MAX_MATCHES, Sort

from . import members, table, timeline, worldmap
from .asked import asked


@public
@require_safe
@limited_when_asked(SEARCH)
def network_table(request):
    """The networks asked for as rows that sort by column."""
    found = asked(request, order=table.ORDERS)
    order = found.own.get("order", table.BY_DEFAULT)
    page = table.page_of(found.networks(), order=order, number=request.GET.get("page"))
    context = {
        "current": "table",
        "here": _("Table"),
        "asked": found,
        "heads": [(head, found.address(order=head.order)) for head in table.heads(order)],
        "networks": page.object_list,
        "pages": _pages(found, page),
        "fits_workbook": found.total <= table.MAX_XLSX_ROWS,
        "max_workbook": table.MAX_XLSX_ROWS,
        "query": found.address(order=""),
    }
    return render(request, "catalogue/network_table.html", context)


@public
@require_safe
@limited_when_asked(SEARCH)
def network_xlsx(request):
    """The same as a workbook; where it would be too large, or a text too long for a cell, as CSV."""
    found = asked(request)
    instead = reverse("networks_csv") + found.address()
    if found.total > table.MAX_XLSX_ROWS:
        return redirect(instead)
    try:
        content = table.workbook(found.networks())
    except ValueError:
        return redirect(instead)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _as_file(HttpResponse(content, content_type=kind), "xlsx")


@public
@require_safe
@limited_when_asked(SEARCH)
def network_timeline(request):
    """The networks asked for in time, grouped by funder, sector or country."""
    found = asked(request, by=timeline.GROUPINGS)
    by = found.own.get("by", "")
    keys = found.keys(sort=Sort.EARLIEST, limit=timeline.MAX_BARS)
    networks = in_order(Network.objects.prefetch_related(*timeline.RELATIONS.get(by, [])), keys)
    ways = [("", ""), *timeline.GROUPINGS.items()]
    context = {
        "current": "timeline",
        "here": _("Timeline"),
        "asked": found,
        "networks": networks,
        "timeline": timeline.timeline(networks, today=timezone.localdate(), by=by),
        "ways": [Link(label, found.address(by=way), is_current=way == by) for way, label in ways],
        "by": by,
        "max_bars": timeline.MAX_BARS,
        "left_out": found.total - len(networks),
    }
    return render(request, "catalogue/network_timeline.html", context)


@public
@require_safe
@limited_when_asked(SEARCH)
def network_map(request):
    """The countries of the networks asked for, with how many work or worked in each."""
    found = asked(request)

    def count():
        return worldmap.counted(found.networks().order_by().values_list("countries", flat=True).iterator())

    counts = count() if found.listing.is_narrowed else remembered("map", count, generation=request.generation)
    drawn = worldmap.world_map(counts)
    context = {
        "current": "map",
        "here": _("Map"),
        "asked": found,
        "map": drawn,
        "places": [(place, _in_country(found, place.code)) for place in drawn.places],
        "placeless": counts[""],
        "is_capped": found.total > MAX_MATCHES,
    }
    return render(request, "catalogue/network_map.html", context)


@public
@require_safe
@limited_when_asked(SEARCH)
def network_members(request):
    """The organizations that connect the networks asked for."""
    found = asked(request)
    if found.listing.is_narrowed:
        shown = members.members(found.networks())
    else:
        shown = remembered("members", lambda: members.members(None), generation=request.generation)
    context = {
        "current": "members",
        "here": _("Members"),
        "asked": found,
        "members": shown,
        "matrix": members.matrix(shown.connectors),
        "roles": Membership.Role.choices,
        "max_networks": members.MAX_NETWORKS,
    }
    return render(request, "catalogue/network_members.html", context)


def _in_country(found, code):
    """The list of the networks asked for that work or worked in a country."""
    return reverse("catalogue:networks") + found.listing.asked.choosing("country", code).tail


def _pages(found, page):
    """What components/pagination.html takes."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    links = [
        Link(str(number), _page(found, number), is_current=number == page.number) if isinstance(number, int) else None
        for number in numbers
    ]
    return {
        "asked": found.listing.asked,
        "results": {"pages": page.paginator.num_pages},
        "pages": links,
        "previous": _page(found, page.previous_page_number()) if page.has_previous() else "",
        "next": _page(found, page.next_page_number()) if page.has_next() else "",
    }


def _page(found, number):
    return found.listing.asked.on_page(number).url


def _as_file(response, suffix):
    response["Content-Disposition"] = f'attachment; filename="networks-{timezone.localdate()}.{suffix}"'
    response["X-Robots-Tag"] = "noindex"
    return response
