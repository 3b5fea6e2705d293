"""How moderation goes: how long people wait, how decisions come out, for moderators and (in sums) for everybody.

Only numbers leave this module. A contribution counts on, also when the data of its sender have been deleted. It is
received in the month in which it was sent, answered in that of its first answer, and decided in that of its closing;
one that was opened again is decided once more, and only then. A month is one of the current time zone.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import (
    Count,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Window,
)
from django.db.models.functions import RowNumber, TruncMonth
from django.utils import timezone

from contributions.models import Contribution, Event, Reason
from contributions.models.contribution import Intent, Kind, State
from contributions.moderation import TRANSITIONS

ENOUGH = 10
"""Fewer decisions than these say nothing, and might tell about single ones."""

LOOK_BACK = timedelta(days=365)
NEWEST = 1000
"""More than these say nothing new, and would slow down every form."""

CLOSED = [State.APPROVED, State.REJECTED, State.WITHDRAWN]


class Waits(NamedTuple):
    """How long contributors waited for a first answer: in half of the cases, in nine of ten, and of how many."""

    median: timedelta
    p90: timedelta
    n: int


class Period(NamedTuple):
    """Whole months, each by its first day, from ``start`` up to but not including ``end``."""

    months: list[date]
    start: datetime
    end: datetime


class Figures(NamedTuple):
    """What came in, how it was decided, and how long the first answers of that time had taken."""

    received: int
    approved: int
    rejected: int
    withdrawn: int
    waits: Waits | None

    @property
    def decided(self) -> int:
        return self.approved + self.rejected + self.withdrawn

    @property
    def answered(self) -> int:
        return self.waits.n if self.waits else 0


class Outcome(NamedTuple):
    """How many decisions of one sort gave one reason, which is empty where none was chosen."""

    decision: str
    reason: str
    n: int


class Backlog(NamedTuple):
    """How many contributions are in each state (by its label), and how many wait for longer than each limit."""

    states: dict[str, int]
    late: dict[timedelta, int]


class Waiting(NamedTuple):
    """What waits for a moderator: how many, how many of them for too long or with an answer, and since when."""

    n: int
    late: int
    answered: int
    oldest: datetime | None


IS_ANSWERED = Q(state=State.PENDING) & Q(
    Exists(
        Event.objects.filter(
            contribution=OuterRef("pk"), actor=None, from_state__in=[State.CHANGES_REQUESTED, State.REJECTED]
        )
    )
)
"""Its contributor has sent it back after a moderator asked for changes or rejected it."""


def has_waited(limit: timedelta) -> Q:
    """The condition of what has waited for a moderator at least so long."""
    return Q(state=State.PENDING, waiting_since__lte=timezone.now() - limit)


def waiting(limit: timedelta) -> Waiting:
    """Return what waits for a moderator; late is what has waited at least as long as ``limit``."""
    found = Contribution.objects.filter(state=State.PENDING).aggregate(
        n=Count("pk"),
        late=Count("pk", filter=has_waited(limit)),
        answered=Count("pk", filter=IS_ANSWERED),
        oldest=Min("waiting_since"),
    )
    return Waiting(**found)


def waits() -> Waits | None:
    """Return the waits of the last twelve months (of the newest in them), by one query; None where too few."""
    answered = Contribution.objects.filter(answered_at__gte=timezone.now() - LOOK_BACK)
    newest = answered.order_by("-answered_at").values("pk")[:NEWEST]
    found = _waits(Contribution.objects.filter(pk__in=newest), []).get(())
    return found if found and found.n >= ENOUGH else None


def expected(contribution: Contribution) -> datetime | None:
    """Return when nine of ten such contributions had their answer; None where unknown or already past."""
    found = waits() if contribution.state == State.PENDING else None
    day = found and contribution.waiting_since + found.p90
    return day if day and day > timezone.now() else None


def backlog(limits: Iterable[timedelta]) -> Backlog:
    """Return how much there is in each state, and how much waits for a moderator at least as long as each limit."""
    limits = sorted(limits)
    late = {f"late_{i}": Count("pk", filter=has_waited(limit)) for i, limit in enumerate(limits)}
    found = Contribution.objects.aggregate(**{state: Count("pk", filter=Q(state=state)) for state in State}, **late)
    return Backlog(
        states={str(state.label): found[state] for state in State},
        late={limit: found[name] for limit, name in zip(limits, late, strict=True)},
    )


# --- By month, by kind, by reason ---------------------------------------------------------------


def last_months(n: int, *, complete: bool = False) -> Period:
    """Return the last ``n`` months: the last of them is this one, or if ``complete`` the one before."""
    today = timezone.localdate()
    last = today.year * 12 + today.month - 1 - complete
    days = [date(month // 12, month % 12 + 1, 1) for month in range(last - n + 1, last + 2)]
    start, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (days[0], days[-1]))
    return Period(days[:-1], start, end)


def overall(period: Period, **of) -> Figures:
    """Return the figures of a whole period; ``of`` narrows them down to an intent or a kind."""
    return _figures(period, lambda moment: [], of)(())


def monthly(period: Period, **of) -> dict[date, Figures]:
    """Return the figures of each month, the empty ones too, in as many queries however many months."""
    of_month = _figures(period, lambda moment: [TruncMonth(moment, output_field=DateField())], of)
    return {month: of_month((month,)) for month in period.months}


def by_kind(period: Period) -> dict[tuple[Intent, Kind], Figures]:
    """Return the figures of each sort of contribution that there was."""
    of_sort = _figures(period, lambda moment: ["intent", "kind"], {})
    figures = {(intent, kind): of_sort((intent, kind)) for intent in Intent for kind in Kind}
    return {sort: found for sort, found in figures.items() if any(found)}


def reasons(period: Period, **of) -> list[Outcome]:
    """Return how often each reason was given for a rejection or a question, the most frequent of each first."""
    given = Event.objects.filter(action__in=Reason.Action.values, at__gte=period.start, at__lt=period.end)
    given = given.filter(**{f"contribution__{name}": value for name, value in of.items()})
    counts = given.order_by().values_list("action", "reason").annotate(n=Count("pk"))
    outcomes = [Outcome(str(TRANSITIONS[action].done), reason, n) for action, reason, n in counts]
    return sorted(outcomes, key=lambda outcome: (outcome.decision, -outcome.n, outcome.reason))


def _figures(period: Period, by: Callable[[str], list], of: dict) -> Callable[[tuple], Figures]:
    """Return a function from a group to its figures.

    ``by`` takes the name of a moment and returns what to group by; a group is a tuple of the values of that.
    """

    def within(moment):
        return Contribution.objects.filter(**{f"{moment}__gte": period.start, f"{moment}__lt": period.end}, **of)

    received = _count(within("sent_at"), by("sent_at"))
    decided = _count(within("decided_at"), [*by("decided_at"), "state"])
    waited = _waits(within("answered_at"), by("answered_at"))
    return lambda group: Figures(received[group], *(decided[*group, state] for state in CLOSED), waited.get(group))


def _count(contributions: QuerySet, by: list) -> Counter[tuple]:
    if not by:
        return Counter({(): contributions.count()})
    return Counter({tuple(group): n for *group, n in contributions.order_by().values_list(*by).annotate(n=Count("pk"))})


def _waits(answered: QuerySet, by: list) -> dict[tuple, Waits]:
    """Return the waits of each group. The database ranks them and hands over two rows a group.

    A percentile is by nearest rank: the shortest wait that at least such a share had at most.
    """
    ranked = answered.annotate(
        waited=ExpressionWrapper(F("answered_at") - F("sent_at"), output_field=DurationField()),
        n=Window(Count("pk"), partition_by=by or None),
        rank=Window(RowNumber(), partition_by=by or None, order_by=["waited", "pk"]),
    )
    half, nine_tenths = (F("n") + 1) / 2, (F("n") * 9 + 9) / 10
    rows = ranked.filter(Q(rank=half) | Q(rank=nine_tenths)).order_by("rank").values_list(*by, "waited", "n")
    found = {}
    for *group, waited, n in rows:
        shorter = found.get(tuple(group))
        found[tuple(group)] = Waits(shorter.median if shorter else waited, waited, n)
    return found


# --- For everybody ------------------------------------------------------------------------------


def public_summary() -> dict:
    """Return what everybody may know of the last twelve complete months; a number that is kept back is None.

    The month that runs is left out, because from one day to the next its numbers would tell of single decisions.
    """
    period = last_months(12, complete=True)
    total, months = overall(period), monthly(period)
    approved, rejected, withdrawn = kept_back([total.approved, total.rejected, total.withdrawn])
    received_by_month = kept_back([month.received for month in months.values()])
    decided_by_month = kept_back([month.decided for month in months.values()])
    return {
        "received": kept_back([total.received])[0],
        "decided": kept_back([total.decided])[0],
        "approved": approved,
        "rejected": rejected,
        "withdrawn": withdrawn,
        "months": list(zip(months, received_by_month, decided_by_month, strict=True)),
        "reasons": [outcome for outcome in reasons(period) if outcome.reason and outcome.n >= ENOUGH],
        "waits": waits(),
        "enough": ENOUGH,
    }


def kept_back(parts: list[int]) -> list[int | None]:
    """Return the numbers with None for each between 0 and ENOUGH, and for those by which it could be worked out.

    The sum is known, so what is left out has to be at least ENOUGH together: the smallest others go too until it is.
    """
    shown, together = list(parts), 0
    for i in sorted(range(len(parts)), key=parts.__getitem__):
        if 0 < parts[i] < ENOUGH or 0 < together < ENOUGH:
            shown[i] = None
            together += parts[i]
    return shown
