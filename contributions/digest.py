"""The daily mail to moderators: what waits for them."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contributions import report
from contributions.bulk import QUEUE, moderators
from contributions.models import Contribution
from contributions.models.contribution import State
from contributions.notifications import TITLE_CHARS
from contributions.queue import LATE
from resourcecenter.core import mail
from resourcecenter.core.text import without_links

OLDEST = 5


@transaction.atomic
def send_digest() -> int:
    """Put the digest of today into the outbox for each moderator with an address, and return how many mails that is.

    There is none where nothing waits and no mail has failed. Each call sends again: the caller sees to it that there
    is one a day.
    """
    pending = Contribution.objects.filter(state=State.PENDING).order_by("waiting_since", "pk")
    n, failed = pending.count(), mail.failed().count()
    if not n and not failed:
        return 0
    subject = ngettext("%(n)d contribution waits for a moderator", "%(n)d contributions wait for a moderator", n)
    subject = subject % {"n": n} if n else _("Mails could not be delivered")
    addresses = sorted(set(moderators().exclude(email="").values_list("email", flat=True)))
    context = _context(pending, n) | {"failed": failed}
    for address in addresses:
        mail.enqueue(address, subject=subject, template="contributions/mail/digest.txt", context=context)
    return len(addresses)


def _context(pending, n):
    late = report.backlog(LATE).late
    return {
        "n": n,
        "new": pending.filter(sent_at__gt=timezone.now() - timedelta(days=1)).count(),
        "late": [(limit, n_late) for limit, n_late in late.items() if n_late],
        "oldest": [_line(contribution) for contribution in pending[:OLDEST]],
        "queue_url": settings.SITE_URL + reverse(QUEUE),
    }


def _line(contribution):
    page = reverse("admin:contributions_contribution_change", args=[contribution.pk])
    return {
        "reference": contribution.reference,
        "title": without_links(contribution.title)[:TITLE_CHARS] or _("(no title)"),
        "waiting": timesince(contribution.waiting_since, depth=1),
        "url": settings.SITE_URL + page,
    }
