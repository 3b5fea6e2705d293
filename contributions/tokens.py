"""Private links. The database keeps only hashes of their tokens; the tokens are derived from SECRET_KEY when needed."""

import base64
import hashlib
import hmac
import uuid

from django.conf import settings

TOKEN_BYTES = 24
"""192 bits."""


def token_for(form_key: uuid.UUID, token_hash: str = "") -> str:
    """Return the token of the contribution that came by the form with this key.

    It is derived, so that the same form sent twice gives the same link while the row of a contribution alone gives
    none. With ``token_hash`` older secrets are tried until one fits.
    """
    candidates = [
        _derive(secret, "contributions.status", form_key)
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
    return next((token for token in candidates if hash_of(token) == token_hash), candidates[0])


def draft_token_for(form_key: uuid.UUID) -> str:
    """Return the token of the draft of the form with this key."""
    return _derive(settings.SECRET_KEY, "contributions.draft", form_key)


def mail_code_for(form_key: uuid.UUID) -> str:
    """Return the code that only the mails about a contribution hold, so that it proves their address."""
    return _derive(settings.SECRET_KEY, "contributions.mail", form_key)[:16]


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _derive(secret: str, purpose: str, form_key: uuid.UUID) -> str:
    digest = hmac.digest(secret.encode(), purpose.encode() + b":" + form_key.bytes, "sha256")
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()
