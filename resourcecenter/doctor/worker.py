"""What the worker should have done, and the mails that it should have sent."""

from collections.abc import Iterator
from datetime import timedelta
from operator import attrgetter

from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone

from resourcecenter.core import mail
from resourcecenter.core.jobs import JobRun, is_silent, last_sign
from resourcecenter.recovery import backup

from . import Finding
from .configuration import is_public

MAIL_WAITS = timedelta(hours=1)
CONSOLE = "django.core.mail.backends.console.EmailBackend"


def worker_runs() -> Iterator[Finding]:
    """That a worker looked for its jobs lately, and that none of them failed."""
    runs = list(JobRun.objects.exclude(name=backup.JOB))
    newest = last_sign(runs)
    start = "Start manage.py worker, and let the system start it again when it ends."
    if newest is None:
        yield Finding("No worker has ever run: no mail leaves, and nothing is checked or erased in its time.", start)
    elif is_silent(runs):
        yield Finding(f"The worker has done nothing since {newest:%Y-%m-%d %H:%M} UTC.", start)
    for run in filter(attrgetter("error"), runs):
        remedy = "It is tried again by itself; if this stays, the log of the worker says more."
        yield Finding(f"The job “{run.name}” failed: {run.error}", remedy)


def mail_server_answers() -> Iterator[Finding]:
    """That mail goes to a server which takes the log-in. Nothing is sent."""
    if settings.DELIVERY_BACKEND == CONSOLE:
        remedy = "Set EMAIL_URL, such as smtp+tls://user:password@mail.example.org:587."
        yield Finding("Mails are printed by the worker and reach nobody.", remedy, urgent=is_public())
        return
    if is_public() and "@localhost" in settings.DEFAULT_FROM_EMAIL:
        what = f"Mails come from {settings.DEFAULT_FROM_EMAIL}, which receivers refuse."
        yield Finding(what, "Set FROM_EMAIL to an address of yours.")
    server = get_connection(settings.DELIVERY_BACKEND)
    try:
        server.open()
    except OSError as error:  # all of smtplib's are
        where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        yield Finding(
            f"The mail server {where} does not take us: {error}",
            "See EMAIL_URL and the server. Mails wait until it does; none is lost.",
        )
    finally:
        server.close()


def outbox_empties() -> Iterator[Finding]:
    """That no mail waits for long, and none was given up."""
    _n, longest = mail.waiting()
    if longest > MAIL_WAITS:
        what = f"A mail waits in the outbox since {timezone.now() - longest:%Y-%m-%d %H:%M} UTC."
        yield Finding(what, "See that the worker runs and that the mail server answers.")
    if given_up := mail.failed().count():
        what = f"{given_up} mails were given up after all their tries."
        yield Finding(what, "Their logs in the admin, under “Mails”, say why; there they can be sent again.")
