"""Which event is told to the contributor, and how."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy

from contributions import tokens
from contributions.models import Event
from resourcecenter.core import mail
from resourcecenter.core.text import without_links

SUBJECTS = {
    "submit": gettext_lazy("We have received your contribution %(reference)s"),
    "request_changes": gettext_lazy("A question about your contribution %(reference)s"),
    "approve": gettext_lazy("Your contribution %(reference)s is published"),
    "reject": gettext_lazy("Your contribution %(reference)s was not accepted"),
    "reopen": gettext_lazy("Your contribution %(reference)s is being looked at again"),
}


def enqueue(event: Event) -> None:
    """Put the mail for an event into the outbox, if it is one that the contributor is told of."""
    if event.action not in SUBJECTS:
        return
    contribution = event.contribution
    token = tokens.token_for(contribution.form_key, contribution.token_hash)
    mail.enqueue(
        contribution.contributor_email,
        subject=SUBJECTS[event.action] % {"reference": contribution.reference},
        template=f"contributions/mail/{event.action}.txt",
        context={
            "reference": contribution.reference,
            "name": without_links(contribution.contributor_name),
            "title": without_links(contribution.title),
            "note": event.public_note,
            "status_url": settings.SITE_URL + reverse("contributions:status", args=[token]),
        },
    )
