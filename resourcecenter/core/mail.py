"""The outbox: a mail is a row of the transaction that it reports; only the worker talks to a mail server."""

from django.conf import settings
from django.template.loader import render_to_string
from post_office import mail

from resourcecenter.core.text import one_line

# post_office takes what it is given for the source of a template. What people wrote must not be one.
AS_IT_IS = "{%% autoescape off %%}{{ %s }}{%% endautoescape %%}"


def enqueue(to: str, *, subject: str, template: str, context: dict) -> None:
    """Write a plain-text mail to the outbox, in the caller's transaction."""
    body = text_of(template, context)
    mail.send(
        to,
        settings.DEFAULT_FROM_EMAIL,
        subject=AS_IT_IS % "subject",
        message=AS_IT_IS % "body",
        context={"subject": one_line(subject), "body": body},
    )


def text_of(template: str, context: dict) -> str:
    """Return the text of a mail."""
    body = render_to_string(template, {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, **context})
    return body.strip() + "\n"
