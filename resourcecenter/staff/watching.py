"""What follows when Django says that somebody logged in or out."""

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver

from . import sessions
from .models import Deed


@receiver(user_logged_in)
def note_log_in(sender, request, user, **kwargs):
    Deed.objects.create(actor=user, action=Deed.Action.LOGGED_IN)


@receiver(user_logged_out)
def end_sessions(sender, request, user, **kwargs):
    """Who logs out anywhere may fear for what is open elsewhere."""
    if user is not None and user.is_authenticated:
        sessions.end_all(user)
        Deed.objects.create(actor=user, action=Deed.Action.LOGGED_OUT)
