"""The sessions of an account, which are rows: only staff have any, so they are few enough to look through."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone


def end_all(user, *, but: str | None = None) -> int:
    """End every session of ``user``, on all devices, but the one with the key ``but``; return how many ended."""
    running = Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=but)
    theirs = [session.pk for session in running if session.get_decoded().get(SESSION_KEY) == str(user.pk)]
    return Session.objects.filter(pk__in=theirs).delete()[0]


def forget_old() -> int:
    """Delete sessions that are over, and return how many."""
    return Session.objects.filter(expire_date__lte=timezone.now()).delete()[0]
