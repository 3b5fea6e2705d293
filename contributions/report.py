"""How moderation goes: how long people wait, how decisions come out, for moderators and (in sums) for everybody."""

from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from django.utils import timezone

from contributions.models import Contribution

ENOUGH = 10
"""Fewer decisions than these say nothing, and might tell about single ones."""

LOOK_BACK = timedelta(days=365)
AT_MOST = 5000


class Waits(NamedTuple):
    """How long contributors waited for a first answer: in half of the cases, in nine of ten, and of how many."""

    median: timedelta
    p90: timedelta
    n: int


def waits() -> Waits | None:
    """Return the waits of the last twelve months; None where too few were decided."""
    answered = Contribution.objects.filter(answered_at__gte=timezone.now() - LOOK_BACK).order_by("-answered_at")
    return waits_of(answered.values_list("sent_at", "answered_at")[:AT_MOST])


def public_summary():
    return {}


def waits_of(pairs) -> Waits | None:
    """``pairs``: when it was sent and when it was first answered."""
    durations = sorted(answered - sent for sent, answered in pairs)
    n = len(durations)
    if n < ENOUGH:
        return None
    return Waits(durations[ceil(n / 2) - 1], durations[ceil(n * 0.9) - 1], n)


def expected(contribution: Contribution) -> datetime | None:
    """Return when nine of ten such contributions had their answer; None where unknown or already past."""
    found = waits() if contribution.state == Contribution.State.PENDING else None
    day = found and contribution.sent_at + found.p90
    return day if day and day > timezone.now() else None
