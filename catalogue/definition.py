"""What a network's page says beside its fields: its profile, and how it fits the definition, without a score."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from catalogue.models import Membership, Network
from phases.models import KnowledgeStage, Level


class Criterion(NamedTuple):
    """One part of the definition; ``is_met`` is None where the entry does not say."""

    text: str
    is_met: bool | None
    field: str


def profile(network: Network, *, tags, memberships, learning_questions, deliverables, sources) -> dict:
    """Return what the body of a network's page shows; the network and its lines may be unsaved."""
    levels = [*Level.choices, ("", "")]
    return {
        "network": network,
        "tags": tags,
        "roles": [
            (label, [m.organization for m in memberships if m.role == role]) for role, label in Membership.Role.choices
        ],
        "questions": learning_questions,
        "deliverables": [(label, [d for d in deliverables if d.level == level]) for level, label in levels],
        "has_deliverables": bool(deliverables),
        "sources": sources,
        "criteria": definition_fit(
            network, memberships=memberships, learning_questions=learning_questions, deliverables=deliverables
        ),
    }


def definition_fit(network: Network, *, memberships, learning_questions, deliverables) -> list[Criterion]:
    """Return each criterion with whether it is met and the field that says so.

    Nothing recorded means not known, never not met. Source of the criteria: the announcement of the Resource Center,
    USAID Learning Lab, 26 August 2013.
    """
    is_closed_form = network.kind not in {Network.Kind.COMMUNITY_OF_PRACTICE, Network.Kind.OTHER}
    has_members = is_closed_form and any(m.role == Membership.Role.MEMBER for m in memberships)
    has_questions = bool(learning_questions)
    has_end = bool(network.ends or network.planned_end)
    return [
        Criterion(_("A finite set of organizations"), has_members or None, _("Members and kind")),
        Criterion(_("A shared learning agenda"), has_questions or None, _("Learning questions")),
        Criterion(_("A fixed period with a known end"), has_end or None, _("Dates")),
        Criterion(_("Learning at three levels"), _all_of(network.levels, Level), _("Levels of learning")),
        Criterion(
            _("The whole knowledge cycle"), _all_of(network.knowledge_cycle, KnowledgeStage), _("Knowledge cycle")
        ),
        Criterion(_("Facilitated"), network.facilitated, _("Facilitation")),
        Criterion(_("Members are given resources"), network.resourced, _("Resources")),
        Criterion(_("Members owe deliverables"), bool(deliverables) or None, _("Deliverables")),
    ]


def _all_of(recorded: list[str], choices) -> bool | None:
    """Met if all are recorded; a record that lacks one differs; without a record nobody knows."""
    return set(recorded) == set(choices.values) if recorded else None
