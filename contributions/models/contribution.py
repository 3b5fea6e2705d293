"""Contributions: what strangers sent, waiting for a decision. Nothing in these tables is public."""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.models import Network
from contributions.models.resource import Resource
from resourcecenter.core import files

CLAIM_HOLDS = timedelta(hours=24)
"""After this long a claim no longer keeps colleagues away."""


class Version(NamedTuple):
    """What an actor saw before acting: the state and the revision."""

    state: str
    revision: int


class Sender(NamedTuple):
    """Who contributes."""

    name: str
    email: str
    organization: str = ""
    wants_credit: bool = False


class ContributionQuerySet(models.QuerySet):
    def unclaimed(self):
        """Claimed by nobody, or so long ago that the claim no longer counts."""
        return self.filter(models.Q(claimed_at=None) | models.Q(claimed_at__lte=timezone.now() - CLAIM_HOLDS))


class Contribution(models.Model):
    """Something sent in by a form, as the validated payload of that form."""

    class Kind(models.TextChoices):
        RESOURCE = "resource", _("resource")
        NETWORK = "network", _("network")

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for a moderator")
        CHANGES_REQUESTED = "changes_requested", _("waiting for the contributor")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("not accepted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    # The record to correct, or the one that was made; retiring that record must not erase the decision.
    resource = models.ForeignKey(
        Resource, on_delete=models.SET_NULL, null=True, blank=True, related_name="contributions"
    )
    network = models.ForeignKey(Network, on_delete=models.SET_NULL, null=True, blank=True, related_name="contributions")
    payload = models.JSONField(_("what was sent"))
    revision = models.PositiveIntegerField(_("revision"), default=1)
    state = models.CharField(_("state"), max_length=17, choices=State.choices, default=State.PENDING)

    contributor_name = models.CharField(_("name"), max_length=120)
    contributor_email = models.EmailField(_("e-mail"))
    contributor_organization = models.CharField(_("organization"), max_length=200, blank=True)
    wants_credit = models.BooleanField(_("wishes to be named"), default=False)

    form_key = models.UUIDField(_("form key"), unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    signals = models.JSONField(_("signals"), default=list, blank=True)
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

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        permissions = [("moderate_contribution", _("Can decide on contributions"))]
        indexes = [models.Index(fields=["state", "sent_at"], name="contributions_queue")]
        constraints = [
            models.CheckConstraint(name="contributions_revision_from_one", condition=models.Q(revision__gte=1)),
            models.CheckConstraint(
                name="contributions_target_is_of_its_kind",
                condition=models.Q(kind="resource", network=None) | models.Q(kind="network", resource=None),
            ),
            models.CheckConstraint(
                name="contributions_claim_has_who_and_when",
                condition=models.Q(assignee=None, claimed_at=None)
                | models.Q(assignee__isnull=False, claimed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def title(self) -> str:
        return self.payload.get("title") or self.payload.get("name") or self.reference

    @property
    def reference(self) -> str:
        """What a contributor and a moderator call it by: short, and no secret."""
        return f"LN-{self.pk:05d}"

    @property
    def version(self) -> Version:
        return Version(self.state, self.revision)

    @property
    def record(self):
        """The public record that it corrects or became, if there is one."""
        return self.resource or self.network

    @property
    def claim_is_live(self) -> bool:
        return self.claimed_at is not None and self.claimed_at + CLAIM_HOLDS > timezone.now()


class ContributionFile(files.StoredFile):
    """A file that came with a contribution; only moderators and its sender can reach it."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(_("file"), storage=files.private_storage, upload_to=files.random_path, max_length=200)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("file")
        verbose_name_plural = _("files")
