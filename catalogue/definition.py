"""What a network's page says beside its fields: its profile, and how it fits the definition, without a score."""

import re
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.lifetime import lifetime
from catalogue.matrix import matrix
from catalogue.models import Membership, Network
from phases.models import KnowledgeStage, Level
from resourcecenter.core.public import Source

CHARACTERISTICS = (
    (
        _("A shared agenda for a set time"),
        (
            (
                "members",
                _("A finite set of organizations"),
                _("Members and kind"),
                {"memberships", "members", "organizations", "kind"},
            ),
            (
                "agenda",
                _("A shared learning agenda"),
                _("Learning questions"),
                {"learning questions", "questions", "learning agenda", "agenda"},
            ),
            (
                "end",
                _("A fixed period with a known end"),
                _("Dates"),
                {"dates", "period", "starts", "start", "planned end", "ends", "end", "ended"},
            ),
        ),
    ),
    (
        _("Learning at three levels"),
        (
            ("levels", _("For organization, network and industry"), _("Levels of learning"), {"levels"}),
            ("cycle", _("Through the whole knowledge cycle"), _("Knowledge cycle"), {"knowledge cycle"}),
            ("facilitated", _("Facilitated"), _("Facilitation"), {"facilitated", "facilitation", "facilitator"}),
        ),
    ),
    (
        _("Resources and obligations"),
        (
            ("resourced", _("Members are given resources"), _("Resources"), {"resourced", "resources", "funding"}),
            ("deliverables", _("Members owe deliverables"), _("Deliverables"), {"deliverables"}),
            (
                "at_each_level",
                _("Deliverables at each of the three levels"),
                _("Levels of the deliverables"),
                {"deliverables"},
            ),
        ),
    ),
)
"""Each characteristic with its facts: name, text, field, and the words by which ``Source.facts`` names that field.

Source: the announcement of the Resource Center, USAID Learning Lab, 26 August 2013.
"""


class Fact(NamedTuple):
    """One part of the definition; ``is_met`` is None where the entry does not say.

    ``sources`` are those that name the field; if none does, those of the whole entry, and ``is_general`` is true.
    """

    text: str
    is_met: bool | None
    field: str
    sources: list[Source]
    is_general: bool


class Characteristic(NamedTuple):
    """One of the three numbered characteristics of the definition, as facts that can differ from each other."""

    title: str
    facts: list[Fact]


def profile(network: Network, *, tags, memberships, learning_questions, deliverables, sources, resources=()) -> dict:
    """Return what the body of a network's page shows; the network and its lines may be unsaved.

    ``resources`` are records whose ``deliverable_id`` names one of the deliverables.
    """
    return {
        "network": network,
        "tags": tags,
        "roles": [
            (label, [m.organization for m in memberships if m.role == role]) for role, label in Membership.Role.choices
        ],
        "has_members": bool(memberships),
        "questions": learning_questions,
        "matrix": matrix(deliverables, resources) if deliverables else None,
        "lifetime": lifetime(network, today=timezone.localdate()),
        "sources": sources,
        "characteristics": definition_fit(
            network,
            memberships=memberships,
            learning_questions=learning_questions,
            deliverables=deliverables,
            sources=sources,
        ),
    }


def definition_fit(network: Network, *, memberships, learning_questions, deliverables, sources) -> list[Characteristic]:
    """Return the three characteristics with three facts each, and the fields and sources that say so.

    Nothing recorded means not known, never not met.
    """
    is_closed_form = network.kind not in {Network.Kind.COMMUNITY_OF_PRACTICE, Network.Kind.OTHER}
    has_members = is_closed_form and any(m.role == Membership.Role.MEMBER for m in memberships)
    owed_at = {deliverable.level for deliverable in deliverables}
    is_met = {
        "members": has_members or None,
        "agenda": bool(learning_questions) or None,
        "end": bool(network.ends or network.planned_end) or None,
        "levels": _all_of(network.levels, Level),
        "cycle": _all_of(network.knowledge_cycle, KnowledgeStage),
        "facilitated": network.facilitated,
        "resourced": network.resourced,
        "deliverables": bool(deliverables) or None,
        "at_each_level": owed_at.issuperset(Level.values) or None,
    }
    return [
        Characteristic(
            title, [Fact(text, is_met[name], field, *_carriers(words, sources)) for name, text, field, words in parts]
        )
        for title, parts in CHARACTERISTICS
    ]


def _all_of(recorded: list[str], choices) -> bool | None:
    """Met if all are recorded; a record that lacks one differs; without a record nobody knows."""
    return set(recorded) == set(choices.values) if recorded else None


def _carriers(words, sources):
    """The sources that carry a field, and whether they do so only because they carry the whole entry."""
    named = [source for source in sources if _names(source.facts, words)]
    return (named, False) if named else ([source for source in sources if not source.facts], True)


def _names(facts, words):
    told = re.sub(r"\W|_", " ", facts.casefold())
    return any(re.search(rf"\b{word}\b", told) for word in words)
