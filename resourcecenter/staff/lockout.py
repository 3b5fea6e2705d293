"""Who guesses passwords or codes is kept out for a time: from one address, never an account from all addresses."""

import math

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from resourcecenter.core import limits
from resourcecenter.core.context import site_as_last_seen

from .models import Deed

MOST_OF_ADDRESS = 20
"""So many failures of one address, whatever names were tried, keep it out; of one account from there, five do."""


MOST_OF_NAME = 255
"""As long as the column of the library; no account has a name so long."""


def address_of(request: HttpRequest) -> str | None:
    """Return the address that failures are counted by, as core.limits sees it: of IPv6 the first of its /64."""
    network = limits.network_of(request).partition("/")[0]
    return None if network == "unknown" else network


def name_of(request: HttpRequest, credentials: dict | None) -> str:
    """Return the name that failures are counted by; the field that takes what was typed has no end."""
    return ((credentials or request.POST).get("username") or "")[:MOST_OF_NAME]


def unnamed(*args) -> str:
    """Return what the library's log lines call whoever fails: neither name nor address."""
    return "somebody"


class Handler(AxesDatabaseHandler):
    """Counts in the database. A success forgets nothing, so that nobody earns more guesses by logging in between."""

    def get_failures(self, request, credentials=None):
        """Return the failures of the account from this address; those of the address as the same share of its limit."""
        of_account, of_address = (
            attempts.aggregate(n=Sum("failures_since_start", default=0))["n"]
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(of_account, of_address * settings.AXES_FAILURE_LIMIT // MOST_OF_ADDRESS)

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        was_locked_out = getattr(request, "axes_locked_out", False)
        super().user_login_failed(sender, credentials, request, **kwargs)
        if was_locked_out:
            return
        action = Deed.Action.LOCKED_OUT if request.axes_locked_out else Deed.Action.LOGIN_FAILED
        # For a name that is not known the same is asked and written, so that the time tells nothing.
        actor = get_user_model().objects.filter(username=credentials.get("username")).first()
        Deed.objects.create(actor=actor, action=action)


def refuse(request: HttpRequest, response: HttpResponse | None, credentials: dict | None) -> HttpResponse:
    """Answer 429 with the seconds after which no failure of the address counts any more."""
    last = AccessAttempt.objects.filter(ip_address=address_of(request)).aggregate(last=Max("attempt_time"))["last"]
    wait = (last or timezone.now()) + settings.AXES_COOLOFF_TIME - timezone.now()
    wait_s = max(1, math.ceil(wait.total_seconds()))
    context = {**site_as_last_seen(request), "minutes": math.ceil(wait_s / 60)}
    page = render_to_string("staff/locked_out.html", context)
    return HttpResponse(page, status=429, headers={"Retry-After": wait_s})


def forget_old() -> int:
    """Delete failures that no longer count, and return how many rows."""
    return AccessAttempt.objects.filter(attempt_time__lte=timezone.now() - settings.AXES_COOLOFF_TIME).delete()[0]
