"""The outbox: a mail is a row of the transaction that it reports; only the worker talks to a mail server."""

from django.conf import settings
from django.template.loader import render_to_string
from post_office import mail

from resourcecenter.core.text import one_line


def enqueue(to: str, *, subject: str, template: str, context: dict) -> None:
    """Write a plain-text mail to the outbox, in the caller's transaction."""
    body = render_to_string(template, {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, **context})
    mail.send(to, settings.DEFAULT_FROM_EMAIL, subject=one_line(subject), message=body.strip() + "\n")
