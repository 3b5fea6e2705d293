"""The second step of the log-in: a code of an app (TOTP, RFC 6238), or one of ten recovery codes."""

import base64
import re
import secrets

import django_otp
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from resourcecenter.core import tokens

from . import sessions
from .models import Deed, RecoveryCode

CODES = 10
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's 32: none is taken for another. Sixteen of them are 80 bits, too many to be guessed from their hash."""
CODE_LENGTH, GROUP_LENGTH = 16, 4
TAKEN_FOR = str.maketrans("oil", "011")

SALT = "staff.set-up"
SET_UP_WITHIN_S = 60 * 60


def is_needed(user) -> bool:
    """Whether this account has to take the second step."""
    return settings.STAFF_SECOND_FACTOR and user.is_active and user.is_staff


def is_confirmed(request: HttpRequest) -> bool:
    """Whether nothing more is asked of this session: the second step was taken, or need not be."""
    return not is_needed(request.user) or getattr(request.user, "otp_device", None) is not None


def device_of(user) -> TOTPDevice | None:
    """Return the app of an account, if it has set one up."""
    return TOTPDevice.objects.devices_for_user(user, confirmed=True).first()


def confirm(request: HttpRequest, code: str) -> Deed.Action | None:
    """Take the second step with a code of either kind; return how it was taken, or None if the code does not fit.

    No code works twice. The session gets a new key.
    """
    device = device_of(request.user)
    code = code_of(code)
    if device is None:
        return None
    if len(code) == device.digits and django_otp.verify_token(request.user, device.persistent_id, code):
        return _enter(request, device, Deed.Action.CONFIRMED)
    if _use_up(request.user, code):
        return _enter(request, device, Deed.Action.RECOVERED)
    return None


def code_of(typed: str) -> str:
    """Return a code as it is meant: without spaces and signs, and with digits for letters that look like them."""
    return re.sub(r"[\W_]", "", typed.lower()).translate(TAKEN_FOR)


def new_key(user) -> str:
    """Return a fresh key for an app, signed for this account, to be sent back with the first code."""
    return signing.dumps([user.pk, default_key()], salt=SALT)


def device_with(user, signed_key: str) -> TOTPDevice | None:
    """Return the app with the key that ``new_key`` gave, not saved; None if it is not the user's, or an hour old."""
    try:
        owner, key = signing.loads(signed_key, salt=SALT, max_age=SET_UP_WITHIN_S)
    except signing.BadSignature:
        return None
    return TOTPDevice(user=user, name="app", key=key) if owner == user.pk else None


@transaction.atomic
def set_up(request: HttpRequest, device: TOTPDevice, code: str) -> list[str] | None:
    """Put ``device`` in the place of any before, if the code fits; return new recovery codes, to be shown once.

    The session is then confirmed and has a new key; all others of the account end.
    """
    former = TOTPDevice.objects.filter(user=request.user)
    former_pks = list(former.values_list("pk", flat=True))
    device.save()
    if not device.verify_token(code_of(code)):
        transaction.set_rollback(True)
        return None
    former.filter(pk__in=former_pks).delete()
    _enter(request, device, Deed.Action.FACTOR_SET_UP)
    sessions.end_all(request.user, but=request.session.session_key)
    return new_codes(request.user)


@transaction.atomic
def renew_codes(user) -> list[str]:
    """Return new recovery codes, to be shown once; those before work no more."""
    Deed.objects.create(actor=user, action=Deed.Action.CODES_RENEWED)
    return new_codes(user)


def new_codes(user) -> list[str]:
    codes = ["".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=tokens.hash_of(code)) for code in codes)
    return ["-".join(in_groups(code)) for code in codes]


def as_text(device: TOTPDevice) -> str:
    """Return the key of an app as people type it: in Base32, 32 characters."""
    return base64.b32encode(device.bin_key).decode()


def in_groups(text: str) -> list[str]:
    """Return the text in parts of four, which people can read and type."""
    return [text[start : start + GROUP_LENGTH] for start in range(0, len(text), GROUP_LENGTH)]


@transaction.atomic
def remove(user, *, by) -> None:
    """Forget app and codes of an account, so that it sets them up anew when it next logs in; all its sessions end."""
    TOTPDevice.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    sessions.end_all(user)
    Deed.objects.create(actor=by, action=Deed.Action.FACTOR_REMOVED, of=user.get_username())


def _use_up(user, code):
    # Of two who use the same code at once, one deletes nothing.
    return RecoveryCode.objects.filter(user=user, code_hash=tokens.hash_of(code)).delete()[0] == 1


def _enter(request, device, action):
    request.session.cycle_key()
    django_otp.login(request, device)
    Deed.objects.create(actor=request.user, action=action)
    return action
