"""How a network fits the definition of a learning network: separate facts, no score."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from catalogue.models import Membership, Network
from phases.models import KnowledgeStage, Level


class Criterion(NamedTuple):
    """One part of the definition; ``is_met`` is None where the entry does not say."""

    text: str
    is_met: bool | None
    field: str


def definition_fit(network: Network) -> list[Criterion]:
    """Return each criterion with whether it is met and the field that says so.

    Reads prefetched memberships, learning questions and deliverables. Nothing recorded means not known, never not met.
    Source of the criteria: the announcement of the Resource Center, USAID Learning Lab, 26 August 2013.
    """
    is_closed_form = network.kind not in {Network.Kind.COMMUNITY_OF_PRACTICE, Network.Kind.OTHER}
    has_members = is_closed_form and any(m.role == Membership.Role.MEMBER for m in network.memberships.all())
    has_questions = bool(network.learning_questions.all())
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
        Criterion(_("Members owe deliverables"), bool(network.deliverables.all()) or None, _("Deliverables")),
    ]


def _all_of(recorded: list[str], choices) -> bool | None:
    """Met if all are recorded; a record that lacks one differs; without a record nobody knows."""
    return set(recorded) == set(choices.values) if recorded else None
