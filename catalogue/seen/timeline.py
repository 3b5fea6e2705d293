"""Networks in time, as numbers that a drawing can be written from. Positions are percent of its width.

A date is what its source printed, so an end that is known to the year fades over that year; where nobody knows, the
bar is a dashed line rather than a guess.
"""

from datetime import date, timedelta
from math import ceil, floor
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.lifetime import Span, known_until
from catalogue.models import Membership, Network, Topic, named_memberships
from resourcecenter.core.dates import bounds

MAX_BARS = 300
MAX_TICKS = 7
STEPS = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000]
"""Years between two ticks of the axis."""

RELATIONS = {"funder": [named_memberships(role=Membership.Role.FUNDER)], "sector": ["tags"]}
"""What must be prefetched for a grouping."""

GROUPINGS = {"funder": gettext_lazy("Funder"), "sector": gettext_lazy("Sector"), "country": gettext_lazy("Country")}


class Mark(NamedTuple):
    """A point of a bar. ``how`` is "end", "planned" (the end that was agreed) or "on" (goes on)."""

    how: str
    at: float


class Bar(NamedTuple):
    """Its spans are "known", "begins" or "ends" (some day within it), "planned" or "silent"."""

    network: Network
    spans: list[Span]
    marks: list[Mark]


class Group(NamedTuple):
    """Bars under one title; all bars stand in one group without a title where nothing groups them."""

    title: str
    value: str
    bars: list[Bar]


class Axis(NamedTuple):
    """Ticks as year and position. Between ``first`` and ``last``, both in years, all bars fit."""

    first: float
    last: float
    ticks: list[tuple[int, float]]
    today: float

    def place(self, years: float) -> float:
        return round(100 * (years - self.first) / (self.last - self.first), 2)


class Timeline(NamedTuple):
    axis: Axis
    groups: list[Group]
    undated: list[Network]
    is_repeated: bool  # a network stands in several groups
    left_out: int  # bars beyond MAX_BARS


def timeline(networks: list[Network], *, today: date, by: str = "") -> Timeline:
    """Return the drawing of these networks in their order, grouped by one of GROUPINGS or by nothing.

    What the grouping reads must be prefetched (RELATIONS).
    """
    dated = [network for network in networks if is_dated(network)]
    axis = axis_of(dated, today=today)
    grouped = _grouped(dated, by)
    standing = [(title, value, network) for title, value, members in grouped for network in members]
    groups = {}
    for title, value, network in standing[:MAX_BARS]:
        groups.setdefault((title, value), []).append(bar(network, axis, today=today))
    return Timeline(
        axis=axis,
        groups=[Group(title, value, bars) for (title, value), bars in groups.items()],
        undated=[network for network in networks if not is_dated(network)],
        is_repeated=len(standing) > len(dated),
        left_out=max(0, len(standing) - MAX_BARS),
    )


def is_dated(network: Network) -> bool:
    return any((network.starts, network.ends, network.planned_end, network.last_active))


def axis_of(networks: list[Network], *, today: date) -> Axis:
    """The years that hold all dates of these networks, and today."""
    texts = {text for n in networks for text in (n.starts, n.ends, n.planned_end, n.last_active) if text}
    days = [day for text in texts for day in bounds(text)]
    first, last = min([*days, today]).year, max([*days, today]).year + 1
    step = next(step for step in STEPS if ceil((last - first) / step) < MAX_TICKS or step == STEPS[-1])
    first = floor(first / step) * step
    last = ceil(last / step) * step
    axis = Axis(first, last, [], 0)
    ticks = [(year, axis.place(year)) for year in range(first, last, step)]
    return axis._replace(ticks=ticks, today=axis.place(_years(today)))


def bar(network: Network, axis: Axis, *, today: date) -> Bar:
    """Return the parts and points of one network's bar, from left to right; it has at least one date."""
    now = _years(today)
    starts, ends, planned, seen = (
        _bounds(text) for text in (network.starts, network.ends, network.planned_end, network.last_active)
    )
    spans, sure_from = [], starts[1] if starts else None
    if starts:
        spans.append(Span("begins", *starts))
    else:
        sure_from = (seen or ends or planned)[0]
        spans.append(Span("silent", axis.first, sure_from))
    status = network.status_on(today)
    until = max(sure_from, known_until(status, now=now, ends=ends, seen=seen) or sure_from)
    spans.append(Span("known", sure_from, until))
    if ends:
        spans.append(Span("ends", until, ends[1]))
    else:
        if planned:
            spans.append(Span("planned", until, planned[1]))
        if status in {Network.Status.UNKNOWN, Network.Status.ENDED}:
            spans.append(Span("silent", max(until, planned[1] if planned else until), now))
    return Bar(network, _placed(spans, axis), _marks(axis, ends=ends, planned=planned, status=status, now=now))


def _placed(spans, axis):
    """The spans that have a length, on the axis."""
    return [Span(how, axis.place(a), axis.place(b)) for how, a, b in spans if axis.place(b) > axis.place(a)]


def _marks(axis, *, ends, planned, status, now):
    marks = []
    if planned:
        marks.append(Mark("planned", axis.place(planned[1])))
    if ends:
        marks.append(Mark("end", axis.place(ends[1])))
    elif status == Network.Status.ACTIVE:
        marks.append(Mark("on", axis.place(now)))
    return marks


def _grouped(networks, by):
    """Title, value and networks of each group in the order of the alphabet; who is in none comes last."""
    if not by:
        return [("", "", networks)]
    groups, without = {}, []
    for network in networks:
        places = GROUPS_OF[by](network)
        for place in places:
            groups.setdefault(place, []).append(network)
        if not places:
            without.append(network)
    ordered = sorted(groups.items(), key=lambda item: item[0][0].casefold())
    named = [(title, value, members) for (title, value), members in ordered]
    return [*named, (_("None recorded"), "", without)] if without else named


def _funders(network):
    return [(funder.organization.name, funder.organization.slug) for funder in network.memberships.all()]


def _sectors(network):
    return [(tag.name, tag.slug) for tag in network.tags.all() if tag.group == Topic.Group.SECTOR]


def _countries(network):
    return [(country.name, country.code) for country in network.countries]


GROUPS_OF = {"funder": _funders, "sector": _sectors, "country": _countries}


def _bounds(text):
    """The first moment and the last of a partial date, in years; None where there is no date."""
    if not text:
        return None
    first, last = bounds(text)
    return _years(first), _years(last) + 1 / 366


def _years(day: date) -> float:
    return day.year + (day - date(day.year, 1, 1)) / timedelta(days=366)
