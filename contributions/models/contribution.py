"""Contributions: what strangers sent, waiting for a decision. Nothing in these tables is public."""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.models import Network, Organization, Topic
from contributions.models.resource import Resource
from phases.models import GlossaryTerm, Page, Phase
from resourcecenter.core import files

CLAIM_HOLDS = timedelta(hours=24)
"""After this long a claim no longer keeps colleagues away."""


class Version(NamedTuple):
    """What an actor saw before acting: the state and the revision, and of a correction the public record's mark."""

    state: str
    revision: int
    record: str = ""


class Sender(NamedTuple):
    """Who contributes; all empty for somebody who reports a problem without a name."""

    name: str = ""
    email: str = ""
    organization: str = ""
    wants_credit: bool = False


class Kind(models.TextChoices):
    """What a contribution is about: each kind of public record."""

    RESOURCE = "resource", _("resource")
    NETWORK = "network", _("network")
    ORGANIZATION = "organization", _("organization")
    PHASE = "phase", _("phase")
    TOPIC = "topic", _("topic")
    PAGE = "page", _("page")
    TERM = "term", _("glossary term")


RECORDS = {
    Kind.RESOURCE: Resource,
    Kind.NETWORK: Network,
    Kind.ORGANIZATION: Organization,
    Kind.PHASE: Phase,
    Kind.TOPIC: Topic,
    Kind.PAGE: Page,
    Kind.TERM: GlossaryTerm,
}


class Intent(models.TextChoices):
    """What a contribution is for."""

    NEW = "new", _("new entry")
    CORRECTION = "correction", _("correction")
    PROBLEM = "problem", _("problem")


class State(models.TextChoices):
    PENDING = "pending", _("waiting for a moderator")
    CHANGES_REQUESTED = "changes_requested", _("waiting for the contributor")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("not accepted")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ContributionQuerySet(models.QuerySet):
    def unclaimed(self):
        """Claimed by nobody, or so long ago that the claim no longer counts."""
        return self.filter(Q(claimed_at=None) | Q(claimed_at__lte=timezone.now() - CLAIM_HOLDS))

    def undecided(self):
        """Waiting for a moderator or for the contributor."""
        return self.filter(state__in=[State.PENDING, State.CHANGES_REQUESTED])

    def in_queue_order(self):
        """What waits for a moderator first, the oldest before the others."""
        pending_first = models.Case(models.When(state=State.PENDING, then=0), default=1)
        return self.order_by(pending_first.asc(), "waiting_since", "pk")

    def reachable(self):
        """Those whose private link still works: it ends some time after the decision."""
        since = timezone.now() - timedelta(days=settings.RETENTION_LINK_DAYS)
        return self.filter(Q(decided_at=None) | Q(decided_at__gt=since))


class Contribution(models.Model):
    """Something sent in by a form, as the validated payload of that form."""

    Kind = Kind
    Intent = Intent
    State = State

    intent = models.CharField(_("what for"), max_length=10, choices=Intent.choices, default=Intent.NEW)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    # The record to correct, or the one that was made. A plain key, because the decision outlives a retired record,
    # and belongs to it again when it is restored.
    record_key = models.PositiveBigIntegerField(_("public record"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True, default="")
    payload = models.JSONField(_("what was sent"))
    base = models.JSONField(
        _("what was public"), default=dict, blank=True, help_text=_("The fields of the record that a correction saw.")
    )
    revision = models.PositiveIntegerField(_("revision"), default=1)
    state = models.CharField(_("state"), max_length=17, choices=State.choices, default=State.PENDING)

    contributor_name = models.CharField(_("name"), max_length=120, blank=True)
    contributor_email = models.EmailField(_("e-mail"), blank=True)
    contributor_organization = models.CharField(_("organization"), max_length=200, blank=True)
    wants_credit = models.BooleanField(_("wishes to be named"), default=False)
    address_proved_at = models.DateTimeField(_("address confirmed"), null=True, blank=True)

    form_key = models.UUIDField(_("form key"), unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    address_key = models.CharField(_("link, normalised"), max_length=500, blank=True, db_index=True, editable=False)
    signals = models.JSONField(_("signals"), default=list, blank=True)
    link_checked_at = models.DateTimeField(_("link checked"), null=True, blank=True, editable=False)
    # A colleague who has decided must stay readable in the history: accounts are closed, not deleted.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claimed_contributions",
        verbose_name=_("claimed by"),
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    # When the turn came to the moderators last: the contributor's own time is not theirs.
    waiting_since = models.DateTimeField(_("waiting since"), default=timezone.now, editable=False)
    answered_at = models.DateTimeField(
        _("first answer"), null=True, blank=True, editable=False, help_text=_("When a moderator first decided.")
    )
    decided_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(_("personal data deleted"), null=True, blank=True, editable=False)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        permissions = [("moderate_contribution", _("Can decide on contributions"))]
        indexes = [
            models.Index(fields=["state", "sent_at"], name="contributions_queue"),
            models.Index(fields=["kind", "record_key"], name="contributions_of_a_record"),
            models.Index(fields=["answered_at"], name="contributions_answered"),
        ]
        constraints = [
            models.CheckConstraint(name="contributions_revision_from_one", condition=Q(revision__gte=1)),
            models.CheckConstraint(
                name="contributions_correction_has_a_record",
                condition=Q(intent="new") | Q(record_key__isnull=False),
            ),
            models.CheckConstraint(
                name="contributions_claim_has_who_and_when",
                condition=Q(assignee=None, claimed_at=None) | Q(assignee__isnull=False, claimed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="contributions_closed_has_when",
                condition=Q(state__in=["pending", "changes_requested"], decided_at=None)
                | Q(state__in=["approved", "rejected", "withdrawn"], decided_at__isnull=False),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def reference(self) -> str:
        """What a contributor and a moderator call it by: short, and no secret."""
        return f"LN-{self.pk:05d}"

    @property
    def version(self) -> Version:
        return Version(self.state, self.revision)

    @property
    def record(self):
        """The public record that it is about or became; None where there is none, or none any more."""
        return RECORDS[self.kind].objects.filter(pk=self.record_key).first() if self.record_key else None

    @property
    def claim_is_live(self) -> bool:
        return self.claimed_at is not None and self.claimed_at + CLAIM_HOLDS > timezone.now()


class ContributionFileQuerySet(models.QuerySet):
    def waiting(self):
        """Held for a form, or with a contribution that is not decided."""
        return self.filter(Q(contribution=None) | Q(contribution__decided_at=None))


class ContributionFile(files.StoredFile):
    """A file that came by a form; only moderators and its sender can reach it.

    It is held from the moment when it arrives, so that an error elsewhere in the form does not lose it: without a
    contribution, found by the key of its form, until that form is accepted.
    """

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, null=True, related_name="files")
    form_key = models.UUIDField(db_index=True, editable=False)
    file = models.FileField(_("file"), storage=files.private_storage, upload_to=files.random_path, max_length=200)
    arrived_at = models.DateTimeField(_("arrived"), default=timezone.now)

    objects = ContributionFileQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("file")
        verbose_name_plural = _("files")


class Draft(models.Model):
    """A form as it was typed, kept on its sender's wish until it is sent; nothing in it has been checked."""

    intent = models.CharField(max_length=10, choices=Intent.choices)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    record_key = models.PositiveBigIntegerField(null=True)
    form_key = models.UUIDField(unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField()
    data = models.JSONField(help_text=_("The values of each field, as lists of texts."))
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self):
        return f"{self.intent} {self.kind}"


class LostLink(models.Model):
    """A wish to be sent all private links of an address; the worker answers it, so that no visitor learns anything."""

    email = models.EmailField()
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
