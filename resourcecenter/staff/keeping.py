"""What is kept about staff goes when it has had its time."""

from datetime import timedelta

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from . import lockout, sessions
from .models import Deed, Invitation, PasswordReset


def forget_old() -> str:
    """Let go of failures, sessions, links and deeds whose time is over; return what was done, in words."""
    failures, over = lockout.forget_old(), sessions.forget_old()
    links = Invitation.objects.forget_old() + PasswordReset.objects.forget_old()
    before = timezone.now() - timedelta(days=settings.RETENTION_AUDIT_DAYS)
    deeds = Deed.objects.forget_before(before) + LogEntry.objects.filter(action_time__lt=before).delete()[0]
    return f"{failures} failures, {over} sessions, {links} links and {deeds} deeds forgotten"
