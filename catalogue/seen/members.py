"""Which organizations connect which networks."""

from collections import Counter, defaultdict
from typing import NamedTuple

from django.db.models import Count, F, Window
from django.db.models.functions import DenseRank
from django.urls import reverse

from catalogue.models import Membership, NetworkQuerySet

MAX_ORGANIZATIONS = 40
MAX_NETWORKS = 12
"""Of one organization, as many networks are named; its own page has all."""

MAX_COLUMNS = 30


class Tie(NamedTuple):
    """What an organization is in a network; ``roles`` are values of Membership.Role, the weightiest first."""

    name: str
    url: str
    starts: str
    roles: tuple[str, ...]

    @property
    def labels(self) -> list[str]:
        return [str(Membership.Role(role).label) for role in self.roles]


class Connector(NamedTuple):
    """An organization with at least two networks; ``count`` is how many, also of those that ``ties`` leaves out."""

    name: str
    url: str
    count: int
    ties: list[Tie]

    @property
    def left_out(self) -> int:
        return self.count - len(self.ties)


class Members(NamedTuple):
    """``how_many`` counts all connectors, ``singles`` the organizations with one network only."""

    connectors: list[Connector]
    how_many: int
    singles: int


class Cell(NamedTuple):
    tie: Tie
    x: float


class Row(NamedTuple):
    """A line of the drawing, from the position of its first cell to that of its last."""

    connector: Connector
    cells: list[Cell]

    @property
    def first(self) -> float:
        return min(cell.x for cell in self.cells)

    @property
    def last(self) -> float:
        return max(cell.x for cell in self.cells)


class Matrix(NamedTuple):
    """``columns`` has a name, an address and a position in percent for each network, the earliest first."""

    columns: list[tuple[str, str, float]]
    rows: list[Row]


def members(networks: NetworkQuerySet | None) -> Members:
    """Return the organizations that connect these networks, or all networks for None, the most connected first."""
    memberships = Membership.objects.all() if networks is None else Membership.objects.filter(network__in=networks)
    counted = memberships.order_by().values("organization").annotate(count=Count("network", distinct=True))
    counts = {row["organization"]: row["count"] for row in counted}
    several = {key: count for key, count in counts.items() if count > 1}
    first = sorted(several, key=lambda key: (-several[key], key))[:MAX_ORGANIZATIONS]
    lines = _lines(memberships.filter(organization__in=first))
    connectors = [_connector(several[key], lines[key]) for key in first]
    return Members(
        connectors=sorted(connectors, key=lambda connector: (-connector.count, connector.name.casefold())),
        how_many=len(several),
        singles=len(counts) - len(several),
    )


def matrix(connectors: list[Connector]) -> Matrix:
    """Return a column for each of the networks that most of them share, and a row for who is in two of those."""
    shared = Counter(tie.url for connector in connectors for tie in connector.ties)
    most = {url for url, _count in shared.most_common(MAX_COLUMNS)}
    ties = {tie.url: tie for connector in connectors for tie in connector.ties if tie.url in most}
    in_time = sorted(ties.values(), key=lambda tie: (tie.starts or "9999", tie.name.casefold()))
    places = {tie.url: round(100 * (number + 0.5) / len(in_time), 2) for number, tie in enumerate(in_time)}
    rows = [
        Row(connector, [Cell(tie, places[tie.url]) for tie in connector.ties if tie.url in places])
        for connector in connectors
    ]
    return Matrix(
        [(tie.name, tie.url, places[tie.url]) for tie in in_time], [row for row in rows if len(row.cells) > 1]
    )


def _lines(memberships):
    """The first networks of each organization with its roles in them, by the organization's key."""
    place = Window(DenseRank(), partition_by=F("organization"), order_by=["network__name", "network"])
    rows = (
        memberships.annotate(place=place)
        .filter(place__lte=MAX_NETWORKS)
        .order_by("place")
        .values_list(
            "organization",
            "organization__name",
            "organization__slug",
            "network__name",
            "network__slug",
            "network__starts",
            "role",
        )
    )
    lines = defaultdict(list)
    for organization, *line in rows:
        lines[organization].append(line)
    return lines


def _connector(count, lines):
    roles = defaultdict(set)
    for _name, _slug, network, network_slug, starts, role in lines:
        roles[network, network_slug, starts].add(role)
    ties = [
        Tie(name, reverse("network", args=[slug]), starts, tuple(r for r in Membership.Role.values if r in held))
        for (name, slug, starts), held in roles.items()
    ]
    name, slug = lines[0][:2]
    return Connector(name, reverse("catalogue:organization", args=[slug]), count, ties)
