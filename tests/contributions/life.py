"""What should be so: all contributions and all that is public, as plain Python moved along with the real."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from contributions import notifications
from contributions.forms.record import fingerprint
from contributions.models import Contribution
from contributions.models.contribution import Intent, Version
from contributions.moderation import ANSWERS, CLOSED, TRANSITIONS

State = Contribution.State

CLAIM_HOLDS = timedelta(hours=24)
LINK_LASTS = timedelta(days=180)
UNANSWERED = timedelta(days=365)
KEPT = {State.APPROVED: LINK_LASTS, State.REJECTED: timedelta(days=90), State.WITHDRAWN: timedelta(days=90)}
MAILS_APART, MAILS_IN, MOST_MAILS = timedelta(hours=1), timedelta(hours=24), 5

TOLD = {"submit", "request_changes", "approve", "reject", "reopen", "expire"}
FREES_THE_CLAIM = {"withdraw", "release", "request_changes", "approve", "reject"}


@dataclass
class Life:
    """One contribution as it should be."""

    pk: int
    reference: str
    sent: dict
    """The arguments that it was sent with."""
    payload: dict
    title: str
    email: str
    credit: str
    checksums: list[str]
    record: tuple[str, int] | None = None
    state: str = State.PENDING
    revision: int = 1
    assignee: int | None = None
    claimed_at: datetime | None = None
    answered_at: datetime | None = None
    decided_at: datetime | None = None
    is_proved: bool = False
    is_erased: bool = False
    events: list[tuple] = field(default_factory=list)
    event_at: datetime = field(default_factory=timezone.now)
    seen: list[Version] = field(default_factory=list)
    """What was on a screen at some time, the newest last."""

    @property
    def intent(self):
        return self.sent["intent"]

    @property
    def changes(self) -> dict:
        return {name: value for name, value in self.payload.items() if self.sent["base"].get(name) != value}

    @property
    def is_claimed(self) -> bool:
        return self.claimed_at is not None and timezone.now() < self.claimed_at + CLAIM_HOLDS

    @property
    def is_reachable(self) -> bool:
        return self.decided_at is None or timezone.now() < self.decided_at + LINK_LASTS

    def row(self) -> dict:
        """The columns of its row, as they should be."""
        is_blank = self.is_erased and (self.state != State.APPROVED or self.intent == Intent.PROBLEM)
        return {
            "state": self.state,
            "revision": self.revision,
            "payload": {} if is_blank else self.payload,
            "title": "" if is_blank else self.title,
            "contributor_name": "" if self.is_erased else self.sent["sender"].name,
            "contributor_email": self.email,
            "contributor_organization": "" if self.is_erased else self.sent["sender"].organization,
            "record_key": self.record and self.record[1],
            "assignee": self.assignee,
            "claimed_at": self.claimed_at,
            "answered_at": self.answered_at,
            "decided_at": self.decided_at,
        }


@dataclass
class World:
    """All contributions, and all that they can change."""

    lives: list[Life] = field(default_factory=list)
    public: dict[tuple[str, int], dict] = field(default_factory=dict)
    """The payload that each public record should have, by kind and key."""
    retired: dict[tuple[str, int], dict] = field(default_factory=dict)
    credits: dict[tuple[str, int], str] = field(default_factory=dict)
    outbox: Counter = field(default_factory=Counter)
    """How many mails of each subject wait for each address."""
    unproved_mails: dict[str, list[datetime]] = field(default_factory=dict)

    # --- What may be done -----------------------------------------------------------------------

    def available(self, life: Life, by: str) -> set[str]:
        return {name for name, step in TRANSITIONS.items() if step.by == by and self._fits(life, name)}

    def allows(self, life: Life, action: str, seen: Version) -> bool:
        if (seen.state, seen.revision) != (life.state, life.revision) or not self._fits(life, action):
            return False
        if action == "approve" and life.intent == Intent.CORRECTION:
            return life.record in self.public and seen.record == self.mark(life)
        return True

    def mark(self, life: Life) -> str:
        is_marked = life.intent == Intent.CORRECTION and life.record in self.public
        return fingerprint(self.public[life.record]) if is_marked else ""

    def _fits(self, life, action):
        if life.is_erased or life.state not in TRANSITIONS[action].sources:
            return False
        had = {event[0] for event in life.events}
        return {
            "claim": not life.is_claimed,
            "release": life.assignee is not None,
            "appeal": "appeal" not in had,
        }.get(action, True)

    # --- What comes of it -----------------------------------------------------------------------

    def begin(self, life: Life) -> None:
        self.lives.append(life)
        self._happened(life, "submit", None, "")

    def move(self, life: Life, action: str, *, by=None, to=None, payload=None) -> None:
        """Take what the table says for done; ``payload`` is what a revision or an amendment brings."""
        before, life.state = life.state, TRANSITIONS[action].target
        life.decided_at = timezone.now() if life.state in CLOSED else None
        if action in ANSWERS and life.answered_at is None:
            life.answered_at = timezone.now()
        if action in FREES_THE_CLAIM:
            life.assignee = life.claimed_at = None
        if action in {"claim", "assign"}:
            life.assignee, life.claimed_at = (to or by).pk, timezone.now()
        if payload is not None:
            life.payload, life.revision = payload, life.revision + 1
        self._happened(life, action, by, before)

    def publish(self, life: Life, key: tuple[str, int]) -> None:
        if life.intent == Intent.NEW:
            life.record = key
            self.public[key] = life.payload
            self.credits[key] = life.credit
        elif life.intent == Intent.CORRECTION:
            self.public[key] = self.public[key] | life.changes

    def erase(self, life: Life, *, keeps_credit: bool = False) -> None:
        if life.is_erased:
            return
        if self._fits(life, "withdraw"):
            self.move(life, "withdraw")
        if life.credit and not keeps_credit and life.record:
            self.credits[life.record] = ""
        if sum(other.email == life.email for other in self.lives) == 1:
            self.outbox = Counter({mail: n for mail, n in self.outbox.items() if mail[0] != life.email})
        life.is_erased, life.email, life.checksums = True, "", []

    def retain(self) -> None:
        for life in self.lives:
            if life.state == State.CHANGES_REQUESTED and life.event_at + UNANSWERED <= timezone.now():
                self.move(life, "expire")
        for life in self.lives:
            if life.decided_at and life.decided_at + KEPT[life.state] <= timezone.now():
                self.erase(life, keeps_credit=True)

    def look(self) -> None:
        """Let everybody open the page of everything."""
        for life in self.lives:
            version = Version(life.state, life.revision, self.mark(life))
            if version not in life.seen[-1:]:
                life.seen.append(version)

    def _happened(self, life, action, by, before):
        life.events.append((action, by and by.pk, before, life.state, life.revision))
        life.event_at = timezone.now()
        if action in TOLD and life.email and self._may_mail(life, action):
            key = f"problem_{action}" if life.intent == Intent.PROBLEM else action
            self.outbox[life.email, notifications.SUBJECTS[key] % {"reference": life.reference}] += 1

    def _may_mail(self, life, action):
        """Whoever writes under an address that nobody has proved causes a few mails a day to it, an hour apart."""
        now, times = timezone.now(), self.unproved_mails.setdefault(life.email, [])
        if action != "submit" or any(other.is_proved and other.email == life.email for other in self.lives):
            return True
        recent = [moment for moment in times if moment > now - MAILS_IN]
        if len(recent) >= MOST_MAILS:
            return False
        times.append(max(now, recent[-1] + MAILS_APART) if recent else now)
        return True


def titles(records: Iterable[tuple[tuple[str, int], dict]]) -> dict:
    return {key: payload.get("title", payload.get("name")) for key, payload in records}
