"""How many mails strangers may cause to an address that nobody has proved to own."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

APART = timedelta(hours=1)
WINDOW = timedelta(hours=24)
MOST_IN_WINDOW = 5


class UnprovedMail(models.Model):
    """That such a mail goes or went to an address at a time; the address only as a keyed hash."""

    address = models.CharField(max_length=64, editable=False)
    send_at = models.DateTimeField(editable=False)

    class Meta:
        indexes = [models.Index(fields=["address", "send_at"], name="core_unproved_mail")]

    def __str__(self):
        return str(self.send_at)


def reserve(address: str) -> datetime | None:
    """Return when one more mail may go to the address, and count it; None if it has had all that it may have.

    Writers in parallel transactions do not see each other: of each, one mail may go too many or too early.
    """
    now, key = timezone.now(), _key(address)
    taken = UnprovedMail.objects.filter(address=key, send_at__gt=now - WINDOW).order_by("send_at")
    times = list(taken.values_list("send_at", flat=True))
    if len(times) >= MOST_IN_WINDOW:
        return None
    send_at = max(now, times[-1] + APART) if times else now
    UnprovedMail.objects.create(address=key, send_at=send_at)
    return send_at


def forget_old() -> None:
    """Delete what no longer counts."""
    UnprovedMail.objects.filter(send_at__lte=timezone.now() - WINDOW).delete()


def _key(address):
    """The address without case and "+tag", which lead to the same mailbox, and not to be read from the table."""
    name, _, domain = address.rpartition("@")
    mailbox = f"{name.partition('+')[0]}@{domain}".lower()
    return salted_hmac("core.mail.quota", mailbox, algorithm="sha256").hexdigest()
