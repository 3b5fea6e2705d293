"""Which event is told to whom, and how. Every mail is a row of the transaction that it reports."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from post_office.models import Email

from contributions import tokens
from contributions.models import Contribution, Draft, Event
from contributions.models.contribution import Intent
from resourcecenter.core import mail
from resourcecenter.core.text import without_links

TITLE_CHARS = 80
MOST_LINKS = 50

SUBJECTS = {
    "submit": gettext_lazy("We have received your contribution %(reference)s"),
    "request_changes": gettext_lazy("A question about your contribution %(reference)s"),
    "approve": gettext_lazy("Your contribution %(reference)s is published"),
    "reject": gettext_lazy("Your contribution %(reference)s was not accepted"),
    "reopen": gettext_lazy("Your contribution %(reference)s is being looked at again"),
    "expire": gettext_lazy("Your contribution %(reference)s was closed without an answer"),
    "problem_submit": gettext_lazy("We have received your report %(reference)s"),
    "problem_request_changes": gettext_lazy("A question about your report %(reference)s"),
    "problem_approve": gettext_lazy("The problem that you reported is solved (%(reference)s)"),
    "problem_reject": gettext_lazy("About the problem that you reported (%(reference)s)"),
    "problem_reopen": gettext_lazy("Your report %(reference)s is being looked at again"),
    "problem_expire": gettext_lazy("Your report %(reference)s was closed without an answer"),
}

TOLD = {"submit", "request_changes", "approve", "reject", "reopen", "expire"}


def enqueue(event: Event) -> None:
    """Put the mail for an event into the outbox, if the contributor is told of such and left an address."""
    contribution = event.contribution
    if not _is_told(contribution, event.action):
        return
    mail.enqueue(
        contribution.contributor_email,
        subject=_subject(contribution, event.action),
        template=f"contributions/mail/{event.action}.txt",
        context=_context(contribution, event.public_note),
        links={"status_url": status_link(contribution)},
        unproved=event.action == "submit" and not _is_proved(contribution.contributor_email),
    )


def letter(contribution: Contribution, action: str, note: str) -> tuple[str, str] | None:
    """Return the subject and text of the mail that a decision would send; None where it sends none."""
    if not _is_told(contribution, action):
        return None
    context = _context(contribution, note) | {"status_url": _("(the private link)")}
    return _subject(contribution, action), mail.text_of(f"contributions/mail/{action}.txt", context)


def enqueue_draft(draft: Draft) -> bool:
    """Send the link of a saved draft; False where too many mails went to that address to send one more."""
    link = mail.PrivateLink("contributions:draft", tokens.DRAFT, draft.form_key.bytes, draft.token_hash)
    return bool(
        mail.enqueue(
            draft.email,
            subject=_("Your saved form"),
            template="contributions/mail/draft.txt",
            context={"days": settings.RETENTION_DRAFT_DAYS},
            links={"draft_url": link},
            unproved=not _is_proved(draft.email),
        )
    )


def enqueue_links(email: str) -> None:
    """Send all private links of an address, if there are any."""
    found = Contribution.objects.reachable().filter(contributor_email__iexact=email, erased_at=None)
    links = {contribution.reference: status_link(contribution) for contribution in found.order_by("-pk")[:MOST_LINKS]}
    if links:
        mail.enqueue(
            email,
            subject=_("Your private links"),
            template="contributions/mail/links.txt",
            context={"contributions": list(links.items())},
            links=links,
            unproved=not _is_proved(email),
        )


def status_link(contribution: Contribution) -> mail.PrivateLink:
    """Return the link of a mail to the contribution's private page."""
    key, token_hash = contribution.form_key.bytes, contribution.token_hash
    return mail.PrivateLink("contributions:status", tokens.STATUS, key, token_hash, tokens.MAIL)


def forget(email: str, *, until: datetime) -> None:
    """Take the mails to an address that were written ``until`` then out of the outbox."""
    Email.objects.filter(to__iexact=email, created__lte=until).delete()


def addresses() -> set[str]:
    """Return to whom there are mails in the outbox."""
    return {address for to in Email.objects.values_list("to", flat=True) for address in to}


def _is_proved(email):
    """Whether somebody has shown to read the mail of an address."""
    return Contribution.objects.filter(contributor_email__iexact=email, address_proved_at__isnull=False).exists()


def _is_told(contribution, action):
    return action in TOLD and contribution.contributor_email != ""


def _subject(contribution, action):
    key = f"problem_{action}" if contribution.intent == Intent.PROBLEM else action
    return SUBJECTS[key] % {"reference": contribution.reference}


def _context(contribution, note):
    return {
        "reference": contribution.reference,
        "name": without_links(contribution.contributor_name),
        "title": without_links(contribution.title)[:TITLE_CHARS],
        "note": note,
        "may_appeal": lambda: not contribution.events.filter(action="appeal").exists(),
        "days_unanswered": settings.RETENTION_UNANSWERED_DAYS,
        "days_kept": settings.RETENTION_REJECTED_DAYS,
        "is_problem": contribution.intent == Intent.PROBLEM,
        "is_correction": contribution.intent == Intent.CORRECTION,
    }
