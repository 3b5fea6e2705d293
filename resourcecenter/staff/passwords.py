"""A new password for staff who have lost theirs, by a link in a mail."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from resourcecenter.core import mail

from . import sessions
from .models import Deed, PasswordReset, PasswordWish

AT_ONCE = 100


def answer_wishes() -> str:
    """Send links to those who asked for a new password and have an account; the worker does so at each look."""
    wishes = list(PasswordWish.objects.order_by("pk")[:AT_ONCE])
    for wish in wishes:
        with transaction.atomic():
            if PasswordWish.objects.filter(pk=wish.pk).delete()[0]:
                _send_links(wish.email)
    return str(len(wishes))


def reset(link: PasswordReset, form) -> None:
    """Save the new password of a filled SetPasswordForm; every link and every session of the account ends."""
    with transaction.atomic():
        form.save()
        PasswordReset.objects.filter(user=link.user).delete()
        sessions.end_all(link.user)
        Deed.objects.create(actor=link.user, action=Deed.Action.PASSWORD_RESET)


def _send_links(email):
    for user in get_user_model().objects.filter(email__iexact=email, is_active=True, is_staff=True):
        made = PasswordReset.objects.create(user=user)
        link = mail.PrivateLink("staff:reset_password", PasswordReset.PURPOSE, made.key.bytes, made.token_hash)
        sent = mail.enqueue(
            # The account's own spelling: what a stranger typed may be another mailbox that only looks the same.
            user.email,
            subject=_("A new password"),
            template="staff/mail/password.txt",
            context={"username": user.get_username(), "until": made.works_until},
            links={"link": link},
            unproved=True,
        )
        if sent is None:
            made.delete()
