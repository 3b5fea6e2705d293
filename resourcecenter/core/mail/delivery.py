"""From the outbox to the mail server, one row at a time.

post_office's own send_queued commits a hundred mails together, so a killed process would repeat them all, and knows one
fixed wait between tries.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from post_office.models import STATUS, Email

from resourcecenter.core.text import without_links

from . import quota
from .links import put_in

logger = logging.getLogger(__name__)

FAILED = STATUS.failed
"""The state of a mail that is given up, in the outbox."""

WAITS = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)]
WAITS += [timedelta(hours=2), timedelta(hours=6), timedelta(hours=24)]
"""Between a try that failed and the next; after the last of them a mail has failed."""

CLAIM_HOLDS = timedelta(minutes=10)
"""So long after a worker died in the middle of a mail it is tried again; longer than a mail can take."""

MOST_IN_A_LOOK = 100


class Backend(BaseEmailBackend):
    """Hands what leaves the outbox to the mail server of EMAIL_URL, with its private links put in."""

    def __init__(self, **options):
        super().__init__(**options)
        self.server = get_connection(settings.DELIVERY_BACKEND, **options)

    def open(self):
        return self.server.open()

    def close(self):
        self.server.close()

    def send_messages(self, email_messages):
        for message in email_messages:
            put_in(message)
        return self.server.send_messages(email_messages)


def send_due(*, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Send the mails that are due, and return how many were.

    A mail that the server refuses waits for its next try, and the others go on. Raises OSError if the server cannot
    be reached or is lost on the way: the mails that were not tried stay due, however long that lasts.
    """
    sent = 0
    server = Backend()
    try:
        for key in list(_due().order_by("-priority", "pk").values_list("pk", flat=True)[:MOST_IN_A_LOOK]):
            if is_stopping():
                break
            server.open()  # once, and again after a refusal
            if email := _claim(key):
                sent += _send(email, server)
    finally:
        server.close()
    return sent


def failed() -> QuerySet[Email]:
    """The mails that are given up: each try failed. Their logs say why."""
    return Email.objects.filter(status=FAILED)


def send_again(emails: QuerySet[Email]) -> int:
    """Begin anew with those of the mails that are given up, all tries before them; return how many they are."""
    anew = {"status": STATUS.queued, "scheduled_time": timezone.now(), "number_of_retries": None}
    return emails.filter(status=FAILED).update(**anew, last_updated=timezone.now())


def put_off() -> QuerySet[Email]:
    """The mails whose time is yet to come: most were refused, and wait for their next try."""
    return Email.objects.filter(status__in=[STATUS.queued, STATUS.requeued], scheduled_time__gt=timezone.now())


def waiting() -> tuple[int, timedelta]:
    """Return how many mails are due, and for how long the first of them has been."""
    since = Coalesce("scheduled_time", "created")
    found = _due().aggregate(n=Count("pk"), since=Min(since))
    return found["n"], timezone.now() - found["since"] if found["n"] else timedelta(0)


def purge() -> int:
    """Delete what was sent or given up more than RETENTION_MAIL_DAYS ago, and return how many mails that were."""
    quota.forget_old()
    before = timezone.now() - timedelta(days=settings.RETENTION_MAIL_DAYS)
    old = Email.objects.filter(status__in=[STATUS.sent, STATUS.failed], last_updated__lt=before)
    _, deleted = old.delete()
    return deleted.get(Email._meta.label, 0)


def _due():
    now = timezone.now()
    return Email.objects.filter(
        Q(scheduled_time=None) | Q(scheduled_time__lte=now), status__in=[STATUS.queued, STATUS.requeued]
    )


def _claim(key):
    """Count a try and keep the mail from other workers, in one statement, before anything can go wrong.

    Returns None if the mail is no longer due: another worker has it, or its person was erased.
    """
    claimed = _due().filter(pk=key)
    won = claimed.update(
        status=STATUS.requeued,
        scheduled_time=timezone.now() + CLAIM_HOLDS,
        number_of_retries=Coalesce(F("number_of_retries") + 1, 0),
        last_updated=timezone.now(),
    )
    return Email.objects.filter(pk=key).first() if won else None


def _send(email, server):
    try:
        email.dispatch(commit=False, disconnect_after_delivery=False, connection=server)
    except (SMTPResponseException, SMTPRecipientsRefused) as error:
        # Said of this mail. What state the connection is in is not worth knowing.
        _put_off(email, error)
        server.close()
        return False
    except OSError as error:
        _put_off(email, error)
        raise
    except Exception as error:  # the mail itself cannot be made; it must not keep the others
        logger.exception("Mail %s cannot be made.", email.pk)
        _put_off(email, error)
        return False
    Email.objects.filter(pk=email.pk).update(status=STATUS.sent, last_updated=timezone.now())
    return True


def _put_off(email, error):
    """Wait for the next try, or give up, and keep the reason beside the mail; a log has no business with addresses."""
    tries_left = email.number_of_retries < len(WAITS)
    if tries_left:
        outcome = {"status": STATUS.requeued, "scheduled_time": timezone.now() + WAITS[email.number_of_retries]}
    else:
        outcome = {"status": STATUS.failed}
    Email.objects.filter(pk=email.pk).update(**outcome, last_updated=timezone.now())
    # A server that objects to a link may repeat it in its answer.
    reason = without_links(str(error))
    email.logs.create(status=STATUS.failed, exception_type=type(error).__name__, message=reason)
    logger.warning("Mail %s was not sent: %s.", email.pk, type(error).__name__)
