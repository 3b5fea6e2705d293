"""The outbox: a mail is a row of the transaction that it reports; only the worker talks to a mail server."""

from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils import timezone
from post_office import mail
from post_office.models import Email

from resourcecenter.core import identity
from resourcecenter.core.text import many_lines, one_line

from . import letters, quota
from .delivery import FAILED, failed, purge, put_off, send_due, waiting
from .links import HEADER, PrivateLink

__all__ = ["FAILED", "PrivateLink", "enqueue", "failed", "purge", "put_off", "send_due", "text_of", "waiting"]

# post_office takes what it is given for the source of a template. What people wrote must not be one.
AS_IT_IS = "{%% autoescape off %%}{{ %s }}{%% endautoescape %%}"


def enqueue(
    to: str,
    *,
    subject: str,
    template: str,
    context: dict,
    links: Mapping[str, PrivateLink | str] | None = None,
    unproved: bool = False,
) -> Email | None:
    """Write a mail, as text and as HTML made from it, to the outbox in the caller's transaction; return its row.

    ``links`` are addresses of ours by the names that the text template calls them: a line that is only one of them
    can be followed in the HTML. The row holds a marker for a PrivateLink, which may also stand elsewhere in the
    context, and never its address.

    ``unproved`` marks a mail that a stranger can cause to an address that nobody has proved to own. It waits if one
    went there within the hour; after five in 24 hours none is written, and None is returned.

    Raises ValidationError if ``to`` is not one plain address.
    """
    _refuse_unless_one_address(to)
    send_at = quota.reserve(to) if unproved else timezone.now()
    if send_at is None:
        return None
    links = links or {}
    text = text_of(template, {**context, **links})
    subject = one_line(subject)
    return mail.send(
        to,
        settings.DEFAULT_FROM_EMAIL,
        subject=AS_IT_IS % "subject",
        message=AS_IT_IS % "text",
        html_message=AS_IT_IS % "html",
        context={"subject": subject, "text": text, "html": letters.as_html(text, subject=subject, links=links)},
        headers={
            "Auto-Submitted": "auto-generated",  # keeps "I am on holiday" from being answered to it
            HEADER: {link.marker: link.stored() for link in links.values() if isinstance(link, PrivateLink)},
        },
        scheduled_time=send_at,
    )


def text_of(template: str, context: dict) -> str:
    """Return the text of a mail, for people who are to read it before it is sent."""
    site = {"site_name": identity.current().name, "site_url": settings.SITE_URL}
    return many_lines(render_to_string(template, {**site, **context})) + "\n"


def _refuse_unless_one_address(to):
    # post_office looks only at what is between "<" and ">", and reads a comma, even a quoted one, as two receivers.
    validate_email(to)
    if "," in to:
        raise ValidationError("An address must not have a comma.")
