"""How somebody becomes staff: an administrator invites an e-mail address, and its owner makes the account."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from resourcecenter.core import mail

from .models import Deed, Invitation


def send(invitation: Invitation) -> None:
    """Write the mail of a new invitation to the outbox, in the caller's transaction."""
    key, token_hash = invitation.key.bytes, invitation.token_hash
    link = mail.PrivateLink("staff:join", Invitation.PURPOSE, key, token_hash)
    mail.enqueue(
        invitation.email,
        subject=_("You are invited to help with this site"),
        template="staff/mail/invitation.txt",
        context={"until": invitation.works_until, "roles": roles_of(invitation)},
        links={"link": link},
    )
    Deed.objects.create(actor=invitation.invited_by, action=Deed.Action.INVITED, of=roles_of(invitation))


@transaction.atomic
def take_back(invitation: Invitation, *, by) -> None:
    Deed.objects.create(actor=by, action=Deed.Action.UNINVITED, of=roles_of(invitation))
    invitation.delete()


@transaction.atomic
def join(invitation: Invitation, *, user):
    """Save the new account ``user`` with the roles of the invitation, which is then used up.

    Returns None, nothing saved, if somebody else has used it meanwhile.
    """
    roles = list(invitation.roles.all())
    if not Invitation.objects.open().filter(pk=invitation.pk).delete()[0]:
        return None
    user.email, user.is_staff = invitation.email, True
    user.save()
    user.groups.set(roles)
    Deed.objects.create(actor=user, action=Deed.Action.JOINED, of=", ".join(role.name for role in roles))
    return user


def has_account(email: str) -> bool:
    return get_user_model().objects.filter(email__iexact=email, is_active=True, is_staff=True).exists()


def roles_of(account) -> str:
    """Return the roles of an invitation as words."""
    return ", ".join(account.roles.order_by("name").values_list("name", flat=True))
