"""What is kept about staff beside their accounts: codes, invitations, wishes for a new password, and what was done."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resourcecenter.core import tokens


class RecoveryCode(models.Model):
    """A code that stands in for the app once: its row goes when it is used."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="staff_recovery_code_once")]

    def __str__(self):
        return f"{self.user_id}"


class LinkQuerySet(models.QuerySet):
    def open(self):
        """Those whose link still works."""
        return self.filter(made_at__gt=timezone.now() - self.model.WORKS_FOR)

    def forget_old(self) -> int:
        """Delete those whose link works no more, and return how many."""
        return self.filter(made_at__lte=timezone.now() - self.model.WORKS_FOR).delete()[0]


class Link(models.Model):
    """A private link that works for a time. The row holds only the hash of the token in it."""

    PURPOSE: str
    WORKS_FOR: timedelta

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)

    objects = LinkQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.token_hash = self.token_hash or tokens.hash_of(tokens.derive(self.PURPOSE, self.key.bytes))
        super().save(*args, **kwargs)

    @property
    def works_until(self):
        return self.made_at + self.WORKS_FOR


class Invitation(Link):
    """That somebody may make themselves an account with these roles. It goes when they have, or when it is too old."""

    PURPOSE = "staff.invitation"
    WORKS_FOR = timedelta(days=7)

    email = models.EmailField(_("e-mail address"))
    roles = models.ManyToManyField(Group, verbose_name=_("roles"), related_name="+")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        editable=False,
        related_name="+",
        verbose_name=_("invited by"),
    )

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self):
        return self.email


class PasswordWish(models.Model):
    """That somebody asked for a new password; the worker answers it, so that no visitor learns who has an account."""

    email = models.EmailField()
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class PasswordReset(Link):
    """That an account may be given a new password."""

    PURPOSE = "staff.password"
    WORKS_FOR = timedelta(days=1)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="password_resets")

    def __str__(self):
        return f"{self.user_id}"


class DeedQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise TypeError("Deeds are append-only.")

    def delete(self):
        raise TypeError("Deeds are append-only.")

    def forget_before(self, moment) -> int:
        """Delete what was done before a moment, and return how many: the one change that the record allows."""
        return super(DeedQuerySet, self.filter(at__lt=moment)).delete()[0]


class Deed(models.Model):
    """What somebody did to accounts, their own or another's: written once, never changed, with no other names."""

    class Action(models.TextChoices):
        LOGGED_IN = "logged_in", _("Logged in")
        LOGGED_OUT = "logged_out", _("Logged out, on all devices")
        LOGIN_FAILED = "login_failed", _("Wrong name, password or code")
        LOCKED_OUT = "locked_out", _("Too many failures: locked out for a time")
        CONFIRMED = "confirmed", _("Confirmed the log-in with the app")
        RECOVERED = "recovered", _("Confirmed the log-in with a recovery code")
        FACTOR_SET_UP = "factor_set_up", _("Set up the second step with an app")
        CODES_RENEWED = "codes_renewed", _("Made new recovery codes")
        FACTOR_REMOVED = "factor_removed", _("Removed the second step of an account")
        INVITED = "invited", _("Sent an invitation")
        UNINVITED = "uninvited", _("Took an invitation back")
        JOINED = "joined", _("Made an account from an invitation")
        PASSWORD_CHANGED = "password_changed", _("Changed their password")
        PASSWORD_RESET = "password_reset", _("Chose a new password by a link")
        ROLES_CHANGED = "roles_changed", _("Changed what an account may do")

    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    # None is somebody whom the site does not know. Accounts are closed, not deleted.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    action = models.CharField(_("what"), max_length=20, choices=Action.choices)
    of = models.CharField(_("of what"), max_length=200, blank=True)

    objects = DeedQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("deed")
        verbose_name_plural = _("who did what")
        default_permissions = ["view"]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"

    def save(self, *args, **kwargs):
        if self.pk:
            raise TypeError("Deeds are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("Deeds are append-only.")
