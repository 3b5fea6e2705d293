"""What stands near a record: a plain score of what two records have in common, and the reason in words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.models import Membership, Network, TaggedNetwork
from catalogue.search import KIND
from resourcecenter.core import search
from resourcecenter.core.listing import in_order
from resourcecenter.core.pagecache import remembered

POINTS = {"network": 3, "topics": 2, "organizations": 2, "phases": 0.5}
"""For each thing in common."""

ALIKE_POINTS = 3
"""For the record whose words are most alike; for the others less, down to none."""

CANDIDATES = 30
"""How many records each topic, each organization and the words bring up, the newest first: the work has an end."""

MOST = 6
"""How many topics or organizations of one record are asked for candidates."""

Shared = Mapping[str, Sequence[str]]
"""The names of what two records have in common, by a key of POINTS."""


class Near(NamedTuple):
    """A record, by its key, that has something in common with the one that is looked at."""

    key: int
    shared: Shared


class Neighbour(NamedTuple):
    """A record to show, and in whole phrases why."""

    record: object
    why: list[str]


def nearest(shared: Mapping[int, Shared], alike: Sequence[int], *, limit: int) -> list[Near]:
    """The records with most points, the best first; ``alike`` are keys in the order of likeness of their words."""
    points = defaultdict(float)
    for key, common in shared.items():
        points[key] += sum(POINTS[what] * len(names) for what, names in common.items())
    for place, key in enumerate(alike):
        points[key] += ALIKE_POINTS * (1 - place / len(alike))
    best = sorted(points, key=lambda key: (-points[key], -key))[:limit]
    return [Near(key, dict(shared.get(key, {}))) for key in best]


def neighbours(near: Iterable[Near], queryset) -> list[Neighbour]:
    """The records themselves, as ``queryset`` loads them, with the reasons."""
    shared = {one.key: one.shared for one in near}
    return [Neighbour(record, why(shared[record.pk])) for record in in_order(queryset, list(shared))]


def why(shared: Shared) -> list[str]:
    """What two records have in common, in phrases; phases only where nothing says more."""
    phrases = [_phrase(what, shared[what]) for what in ("network", "topics", "organizations") if shared.get(what)]
    if not phrases and shared.get("phases"):
        phrases = [_phrase("phases", shared["phases"])]
    return phrases or [_("Similar words")]


def _phrase(what, names):
    phrase = {
        "network": ngettext("Same network: %(names)s", "Same networks: %(names)s", len(names)),
        "topics": ngettext("Same topic: %(names)s", "Same topics: %(names)s", len(names)),
        "organizations": ngettext("Same organization: %(names)s", "Same organizations: %(names)s", len(names)),
        "phases": ngettext("Same phase: %(names)s", "Same phases: %(names)s", len(names)),
    }[what]
    return phrase % {"names": ", ".join(names)}


def alike(kind: str, key: int, *, among: str) -> list[int]:
    """The keys of records of the kind ``among`` whose words are like those of a record, the most alike first."""
    return [found for _kind, found in search.similar(kind, key, kinds=[among], limit=CANDIDATES)]


def newest_with(rows, field: str, names: Mapping[int, str], *, owner: str) -> dict[int, list[str]]:
    """By the key of their ``owner``, the names of what the newest ``rows`` of each key in ``names`` share."""
    found = defaultdict(list)
    for key, name in list(names.items())[:MOST]:
        for owner_key in rows.filter(**{field: key}).order_by("-pk").values_list(owner, flat=True)[:CANDIDATES]:
            if name not in found[owner_key]:
                found[owner_key].append(name)
    return found


def together(besides: int | None = None, **found: Mapping[int, list[str]]) -> dict[int, dict[str, list[str]]]:
    """By key, all that was found in common; ``besides`` is the record itself."""
    shared = defaultdict(dict)
    for what, names_by_key in found.items():
        for key, names in names_by_key.items():
            if key != besides:
                shared[key][what] = names
    return shared


def networks_like(network: Network, *, generation: int, limit: int = 3) -> list[Neighbour]:
    """Networks with the same topics, sectors or organizations, or about the same, with the reasons."""
    near = remembered(f"networks-like:{network.pk}", lambda: _near(network, limit), generation=generation)
    return neighbours(near, Network.objects.for_cards())


def _near(network, limit):
    topics = dict(network.tags.values_list("pk", "name"))
    organizations = dict(network.organizations.order_by("memberships__pk").values_list("pk", "name"))
    shared = together(
        besides=network.pk,
        topics=newest_with(TaggedNetwork.objects, "tag", topics, owner="content_object"),
        organizations=newest_with(Membership.objects, "organization", organizations, owner="network"),
    )
    return nearest(shared, alike(KIND, network.pk, among=KIND), limit=limit)
