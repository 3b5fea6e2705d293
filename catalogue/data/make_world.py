"""Make world.json, the outlines on the map of networks: ``python -m catalogue.data.make_world countries-50m.json``.

The source is ``countries-50m.json`` of the npm package world-atlas 2.0.2 (``npm pack world-atlas``), which is Natural
Earth's 1:50 million map of countries, in the public domain (https://www.naturalearthdata.com/about/terms-of-use/). It
is projected to Equal Earth (Šavrič, Patterson and Jenny, 2018), on which areas can be compared, and simplified arc by
arc, so that neighbours still share their borders. The same file always gives the same outlines.
"""

import json
import os
import sys
from collections import defaultdict
from itertools import pairwise
from math import asin, cos, hypot, radians, sin, sqrt
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resourcecenter.settings")
    django.setup()

from django_countries import countries

WIDTH = 1000
TOLERANCE = 1.5
"""How far, of WIDTH, a simplified line may stray from the true one."""

LEAST_AREA = 5
"""Islands and lakes below this area are left out, and a country with nothing larger is a dot."""

SMALL_AREA = 15
"""A country below this area gets a dot besides its outline."""

NORTH, SOUTH = 84, -57
"""Degrees of latitude at the edges of the map; Antarctica has no networks."""

APART = {
    "BQ": (-68.3, 12.2), "BV": (3.4, -54.4), "CC": (96.8, -12.2), "CX": (105.6, -10.5), "GF": (-53.1, 4.0),
    "GI": (-5.35, 36.14), "GP": (-61.5, 16.25), "MQ": (-61.0, 14.65), "RE": (55.5, -21.1), "SJ": (16.0, 78.0),
    "TK": (-171.8, -9.2), "TV": (179.2, -8.5), "UM": (166.6, 19.3), "YT": (45.15, -12.8),
}  # fmt: skip
"""Longitude and latitude of what the source leaves out or draws as a part of another country."""


def world(topology: dict) -> dict:
    """Return size, "land" (outlines of no country of the list) and "countries": code to path ("d"), dot and "small"."""
    arcs = [simplified(arc) for arc in decoded(topology)]
    codes = {countries.numeric(code, padded=True): code for code, _name in countries}
    parts = defaultdict(list)  # the source names some countries twice, for their far islands
    for shape in topology["objects"]["countries"]["geometries"]:
        parts[codes.get(shape.get("id"), "")] += outer_rings(shape, arcs)
    outlines = {code: sorted(rings, key=area, reverse=True) for code, rings in parts.items() if code != "AQ"}
    land = path(worth_drawing(outlines.pop("")))
    places = {code: place(rings) for code, rings in outlines.items()}
    for code, degrees in APART.items():
        x, y = projected(*degrees)
        places[code] = {"x": round(x), "y": round(y), "small": True, "d": ""}
    top, bottom = projected(0, NORTH)[1], projected(0, SOUTH)[1]
    return {
        "width": WIDTH,
        "top": round(top),
        "height": round(bottom - top),
        "land": land,
        "countries": dict(sorted(places.items())),
    }


def place(rings):
    """Where the number of a country stands, whether it needs a dot, and its outline."""
    x, y = middle(rings[0])
    return {"x": round(x), "y": round(y), "small": area(rings[0]) < SMALL_AREA, "d": path(worth_drawing(rings))}


def worth_drawing(rings):
    return [ring for ring in rings if area(ring) >= LEAST_AREA]


def decoded(topology):
    """Arcs in degrees. Source: the TopoJSON specification, 2.1.2 and 2.2."""
    (scale_x, scale_y), (offset_x, offset_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + offset_x, y * scale_y + offset_y))
        yield in_one_piece(points)


def in_one_piece(points):
    """The same line, going on beyond 180 degrees where it crosses that meridian, rather than round the world."""
    turns, line = 0, points[:1]
    for (before, _), (longitude, latitude) in pairwise(points):
        turns += (longitude - before < -180) - (longitude - before > 180)
        line.append((longitude + 360 * turns, latitude))
    return line


def projected(longitude, latitude):
    """A place on the map, x to the right and y downwards, by Equal Earth."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    t = asin(sqrt(3) / 2 * sin(radians(latitude)))
    slope = 9 * a4 * t**8 + 7 * a3 * t**6 + 3 * a2 * t**2 + a1
    x = 2 * sqrt(3) * radians(longitude) * cos(t) / (3 * slope)
    y = a4 * t**9 + a3 * t**7 + a2 * t**3 + a1 * t
    scale = WIDTH / (2 * 2.7066)  # x of 180 degrees on the equator
    return WIDTH / 2 + x * scale, WIDTH / 4 - y * scale


def simplified(degrees):
    """The line without the points that hardly matter on the map (Douglas and Peucker, 1973)."""
    points = [projected(*point) for point in degrees]
    keep, open_parts = {0, len(points) - 1}, [(0, len(points) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        inner = range(first + 1, last)
        far = max(inner, key=lambda i: distance(points[i], points[first], points[last]), default=None)
        if far is not None and distance(points[far], points[first], points[last]) > TOLERANCE:
            keep.add(far)
            open_parts += [(first, far), (far, last)]
    return [degrees[i] for i in sorted(keep)]


def distance(point, start, end):
    """From a point to the nearest of the way between two others."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / (dx * dx + dy * dy or 1)
    share = min(1, max(0, along))
    return hypot(point[0] - start[0] - share * dx, point[1] - start[1] - share * dy)


def outer_rings(shape, arcs):
    """The outline of each part of a country; holes in it are other countries, drawn above."""
    polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
    for polygon in polygons:
        ring = []
        for number in polygon[0]:
            line = arcs[number] if number >= 0 else arcs[~number][::-1]
            ring += [((x + 180) % 360 - 180, y) for x, y in (line[1:] if ring else line)]
        yield [tuple(map(round, projected(*point))) for point in in_one_piece(ring)]


def area(ring):
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))) / 2


def middle(ring):
    """The centre of gravity; of what has shrunk to a line or a point, its first point."""
    twice = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))
    if not twice:
        return ring[0]
    x = sum((x1 + x2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairwise(ring))
    y = sum((y1 + y2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairwise(ring))
    return x / (3 * twice), y / (3 * twice)


def path(rings):
    """The rings as the data of an SVG path: each from an absolute point by relative steps."""
    text = ""
    for ring in rings:
        steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(ring) if (x1, y1) != (x2, y2)]
        text += f"M{ring[0][0]} {ring[0][1]}l"
        text += " ".join(f"{dx} {dy}" for dx, dy in steps[:-1]).replace(" -", "-") + "z"
    return text


if __name__ == "__main__":
    made = world(json.loads(Path(sys.argv[1]).read_text()))
    lines = ",\n".join(f"{json.dumps(code)}: {json.dumps(place)}" for code, place in made.pop("countries").items())
    head = json.dumps(made)[:-1]
    Path(__file__).with_name("world.json").write_text(f'{head}, "countries": {{\n{lines}\n}}}}\n')
