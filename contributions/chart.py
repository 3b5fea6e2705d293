"""Bars for months, as numbers that an SVG can be written from. Lengths are texts with their unit, in "em" or "%"."""

from datetime import date
from typing import NamedTuple

BAR = 0.9
"""How high a bar is; the heights are in em, so that a chart grows with the text and is as wide as its page."""

GROUP = 2 * BAR + 0.9
HEAD = 2.2
LONGEST = 85
"""Percent of the width for the longest bar; its number stands behind it."""


class Bar(NamedTuple):
    """One bar; ``n`` is None where the number is kept back, and then there is nothing to draw."""

    n: int | None
    top: str
    base: str
    length: str


class Row(NamedTuple):
    """A month, the line on which its name stands, and its two bars."""

    month: date
    base: str
    received: Bar
    decided: Bar


class Chart(NamedTuple):
    rows: list[Row]
    height: str
    bar: str


def chart(months: list[tuple[date, int | None, int | None]]) -> Chart | None:
    """Return the chart of what was received and decided in each month; None where there is nothing to draw."""
    most = max((n or 0 for _month, *both in months for n in both), default=0)
    if not most:
        return None
    rows = []
    for i, (month, received, decided) in enumerate(months):
        top = HEAD + i * GROUP
        rows.append(Row(month, _em(top + 1.3 * BAR), _bar(received, top, most), _bar(decided, top + BAR, most)))
    return Chart(rows, _em(HEAD + len(rows) * GROUP), _em(BAR * 0.9))


def _bar(n, top, most):
    return Bar(n, _em(top), _em(top + 0.85 * BAR), f"{LONGEST * (n or 0) / most:.1f}%")


def _em(length):
    return f"{length:.2f}em"
