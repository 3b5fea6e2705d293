"""The history of a contribution: written once, never changed."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions.models.contribution import Contribution


class EventQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise TypeError("Events are append-only.")

    def delete(self):
        raise TypeError("Events are append-only.")

    def forget(self) -> None:
        """Blank what the contributor wrote, on their wish: the one change that the history allows."""
        super().update(payload=None)
        super(EventQuerySet, self.filter(actor=None)).update(public_note="")


class Event(models.Model):
    """Who did what to a contribution, when, and on which revision."""

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(_("when"), default=timezone.now)
    # None is the contributor, or the worker. Staff accounts with a history are closed, not deleted.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    action = models.CharField(_("action"), max_length=20)
    from_state = models.CharField(max_length=17, blank=True)
    to_state = models.CharField(max_length=17)
    revision = models.PositiveIntegerField(_("revision"))
    payload = models.JSONField(_("what it was set to"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=80, blank=True)
    public_note = models.TextField(_("note"), blank=True, help_text=_("Moderators and the contributor read it."))
    internal_note = models.TextField(_("internal note"), blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self):
        return f"{self.contribution_id}: {self.action}"

    def save(self, *args, **kwargs):
        if self.pk:
            raise TypeError("Events are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("Events are append-only.")


class Reason(models.Model):
    """A reason for a decision that is not an approval, with the words to begin a note with."""

    class Action(models.TextChoices):
        REQUEST_CHANGES = "request_changes", _("ask for changes")
        REJECT = "reject", _("reject")

    action = models.CharField(_("decision"), max_length=20, choices=Action.choices)
    name = models.CharField(_("reason"), max_length=80, help_text=_("Named in the report, in a few words."))
    text = models.TextField(_("words to begin with"), help_text=_("The moderator can change them before sending."))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["action", "position", "name"]
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        constraints = [models.UniqueConstraint(fields=["action", "name"], name="contributions_reason_once")]

    def __str__(self):
        return self.name
