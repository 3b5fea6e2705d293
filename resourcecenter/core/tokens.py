"""Private links: what is in one is derived from SECRET_KEY, and the database holds only its hash."""

import base64
import hashlib
import hmac

from django.conf import settings

TOKEN_BYTES = 24
"""192 bits."""


def derive(purpose: str, key: bytes, token_hash: str = "") -> str:
    """Return the token that ``key`` has for ``purpose``: 32 characters that fit an address, the same every time.

    Neither the key nor the hash gives it without SECRET_KEY. With ``token_hash``, the SECRET_KEY_FALLBACKS are tried
    too until one fits; if none does, it is the token of today's secret.
    """
    candidates = [_derive(secret, purpose, key) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return next((token for token in candidates if hash_of(token) == token_hash), candidates[0])


def hash_of(token: str) -> str:
    """Return what a row may hold of a token: its SHA-256, in 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _derive(secret: str, purpose: str, key: bytes) -> str:
    digest = hmac.digest(secret.encode(), f"{purpose}:".encode() + key, "sha256")
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()
