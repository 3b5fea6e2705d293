"""The private status link of a contribution, which keeps only the hash of its token."""

import uuid

from resourcecenter.core import tokens
from resourcecenter.core.tokens import hash_of

__all__ = ["STATUS", "hash_of", "token_for"]

STATUS = "contributions.status"
"""What the tokens are for; part of each, so that a token for something else never opens the page."""


def token_for(form_key: uuid.UUID, token_hash: str = "") -> str:
    """Return the token of the contribution that came by the form with this key.

    The same form sent twice gives the same link. With ``token_hash`` older secrets are tried until one fits.
    """
    return tokens.derive(STATUS, form_key.bytes, token_hash)
