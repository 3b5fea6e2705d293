"""Where networks work or worked: countries with numbers of networks, as numbers that a map can be drawn from."""

import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from math import dist
from pathlib import Path
from typing import NamedTuple

from django_countries import countries

NEAREST = 24
"""How close two numbers may stand to each other, in units of the map, which is 1000 wide and at least 840 px."""


class Place(NamedTuple):
    """A country with networks. ``x`` and ``y`` are percent of the map, ``d`` is an SVG path and may be empty."""

    code: str
    name: str
    count: int
    d: str
    x: float
    y: float
    has_number: bool  # False where it would cover the number of a neighbour


class WorldMap(NamedTuple):
    """``land`` has the outlines of all countries without a network; ``places`` the others, most networks first."""

    box: str
    land: str
    places: list[Place]


def counted(country_lists: Iterable[str]) -> Counter:
    """Count the networks of each country, and under "" those without one; each text has the codes of one network."""
    return Counter(code for codes in country_lists for code in set(codes.split(",")))


def world_map(counts: Counter) -> WorldMap:
    """Return the map for numbers of networks by code of the country; what is no country of the list is left out."""
    world = _world()
    taken, places = [], []
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    for code, count in ranked:
        country = world["countries"].get(code)
        if not country:
            continue
        spot = country["x"], country["y"]
        has_number = all(dist(spot, other) >= NEAREST for other in taken)
        taken += [spot] if has_number else []
        x = 100 * spot[0] / world["width"]
        y = 100 * (spot[1] - world["top"]) / world["height"]
        places.append(Place(code, countries.name(code), count, country["d"], round(x, 2), round(y, 2), has_number))
    empty = [country["d"] for code, country in world["countries"].items() if code not in counts]
    return WorldMap(
        box=f"0 {world['top']} {world['width']} {world['height']}",
        land="".join([world["land"], *empty]),
        places=places,
    )


@cache
def _world():
    """The outlines; data/make_world.py tells where they come from."""
    return json.loads((Path(__file__).resolve().parent.parent / "data" / "world.json").read_text())
