"""Which event is told to the contributor, and how."""

from django.utils.translation import gettext_lazy

from contributions import tokens
from contributions.models import Contribution, Event
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
    mail.enqueue(
        contribution.contributor_email,
        subject=SUBJECTS[event.action] % {"reference": contribution.reference},
        template=f"contributions/mail/{event.action}.txt",
        context={
            "reference": contribution.reference,
            "name": without_links(contribution.contributor_name),
            "title": without_links(contribution.title),
            "note": event.public_note,
        },
        links={"status_url": status_link(contribution)},
        unproved=event.action == "submit",
    )


def status_link(contribution: Contribution) -> mail.PrivateLink:
    """Return the link of a mail to the contribution's private page."""
    key, token_hash = contribution.form_key.bytes, contribution.token_hash
    return mail.PrivateLink("contributions:status", tokens.STATUS, key, token_hash)
