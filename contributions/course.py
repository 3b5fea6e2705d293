"""The course of a contribution, for its sender: what is still to come, in words and with a day where one is known."""

from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contributions import privacy, report
from contributions.models import Contribution
from contributions.models.contribution import Intent, State


class Step(NamedTuple):
    """Something that is to come. ``when``: in words, as far as that is known; ``text`` explains it."""

    title: str | Promise
    text: str | Promise = ""
    when: str = ""
    is_now: bool = False


READING = {
    Intent.NEW: _("A moderator reads it"),
    Intent.CORRECTION: _("A moderator compares it with the public page"),
    Intent.PROBLEM: _("A moderator looks into it"),
}
OUTCOME = {
    Intent.NEW: _("It is published, or you are asked a question, or you are told why it is not published."),
    Intent.CORRECTION: _("The page is changed, or you are asked a question, or you are told why it stays as it is."),
    Intent.PROBLEM: _("The problem is solved, or you are asked a question, or you are told why nothing is changed."),
}
ANSWER = _("Without an answer it is closed on that day. You can send it again later.")
APPROVED_ENDS = _(
    "We will delete your e-mail address and your messages, and this page will end. What is published stays."
)
CLOSED_ENDS = _("We will delete your name, your e-mail address, your messages and what you sent.")


def ahead(contribution: Contribution) -> list[Step]:
    """What is still to come, first things first; nothing once the personal data are deleted."""
    if contribution.erased_at:
        return []
    decision = Step(_("The moderator decides"), OUTCOME[contribution.intent])
    reading = Step(READING[contribution.intent])
    if contribution.state == State.PENDING:
        day = report.expected(contribution)
        when = _("probably by %(day)s") % {"day": _words(day)} if day else ""
        return [reading._replace(when=when, is_now=True), decision]
    if contribution.state == State.CHANGES_REQUESTED:
        when = _("by %(day)s") % {"day": _words(privacy.closes_on(contribution))}
        return [Step(_("You answer"), ANSWER, when, is_now=True), reading, decision]
    text = APPROVED_ENDS if contribution.state == State.APPROVED else CLOSED_ENDS
    when = _("on %(day)s") % {"day": _words(privacy.erased_on(contribution))}
    return [Step(_("Your data will be deleted"), text, when)]


def _words(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y")
