"""The life of one network as a bar that can be drawn. Positions are percent of its width."""

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from catalogue.models import Network
from resourcecenter.core.dates import bounds, display


class Span(NamedTuple):
    """A part of a bar. ``how`` is what the drawing makes of it; a dotted "silent" part is where nobody knows."""

    how: str
    first: float
    last: float

    @property
    def width(self) -> float:
        return round(self.last - self.first, 2)


class Point(NamedTuple):
    """A date of the bar in words. ``how`` is "start", "planned", "end", "seen" or "today"."""

    how: str
    label: str
    text: str
    at: float


class Lifetime(NamedTuple):
    """Between the beginning of ``first_year`` and the end of ``last_year`` lie all dates, and today.

    Its spans are "sure", "perhaps" (some day within a partial date), "planned" or "silent".
    """

    first_year: int
    last_year: int
    spans: list[Span]
    points: list[Point]

    @property
    def hows(self) -> set[str]:
        """The kinds of its parts, which are what needs to be explained below it."""
        return {span.how for span in self.spans}


def lifetime(network: Network, *, today: date) -> Lifetime | None:
    """Return the bar of a network, which may be unsaved; None if it has no date.

    A year or month is the range of days that it can mean. What no date tells is not guessed.
    """
    texts = [network.starts, network.planned_end, network.ends, network.last_active]
    if not any(texts):
        return None
    days = [day for text in texts if text for day in bounds(text)]
    first, last = min([*days, today]).year, max([*days, today]).year
    length = (date(last, 12, 31) - date(first, 1, 1)).days

    def place(day):
        return round(100 * (day - date(first, 1, 1)).days / length, 2)

    spans = [Span(how, place(since), place(until)) for how, since, until in _spans(network, today) if until > since]
    points = [Point(how, label, text, place(day)) for how, label, text, day in _points(network, today)]
    return Lifetime(first, last, spans, points)


def _spans(network, today):
    starts, planned, ends, seen = (
        bounds(text) if text else None
        for text in (network.starts, network.planned_end, network.ends, network.last_active)
    )
    status = network.status_on(today)
    known = starts or seen or ends or planned
    if starts:
        yield "perhaps", *starts
    sure_from = known[1]
    until = max(sure_from, known_until(status, now=today, ends=ends, seen=seen) or sure_from)
    yield "sure", sure_from, until
    if ends:
        yield "perhaps", until, ends[1]
    elif planned:
        yield "planned", until, planned[1]
    if not ends and status in {Network.Status.ENDED, Network.Status.UNKNOWN}:
        yield "silent", max(until, planned[1]) if planned else until, today


def known_until(status, *, now, ends, seen):
    """Return until when a network is known to have run; None if only its start is known.

    ``ends`` and ``seen`` are the first and last moment that a date can mean, or None, in the unit of ``now``.
    """
    if ends:
        return ends[0]
    if status == Network.Status.ACTIVE:
        return now
    return min(seen[1], now) if seen else None


def _points(network, today):
    dates = [
        ("start", _("Started"), network.starts),
        ("planned", _("Planned end"), network.planned_end),
        ("end", _("Ended"), network.ends),
        ("seen", _("Last known to be active"), network.last_active),
    ]
    for how, label, text in dates:
        if text:
            yield how, label, display(text), bounds(text)[0 if how == "start" else 1]
    yield "today", _("Today"), display(today.isoformat()), today
