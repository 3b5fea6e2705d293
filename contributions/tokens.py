"""Private links of contributors: to the page of a contribution, and to a saved draft."""

import uuid

from resourcecenter.core import tokens
from resourcecenter.core.tokens import hash_of

__all__ = ["DRAFT", "MAIL", "STATUS", "draft_token_for", "hash_of", "mail_code_for", "token_for"]

# What the tokens are for is part of each, so that one for something else never opens a page.
STATUS = "contributions.status"
DRAFT = "contributions.draft"
MAIL = "contributions.mail"


def token_for(form_key: uuid.UUID, token_hash: str = "") -> str:
    """Return the token of the contribution that came by the form with this key.

    The same form sent twice gives the same link. With ``token_hash`` older secrets are tried until one fits.
    """
    return tokens.derive(STATUS, form_key.bytes, token_hash)


def draft_token_for(form_key: uuid.UUID) -> str:
    """Return the token of the draft of the form with this key."""
    return tokens.derive(DRAFT, form_key.bytes)


def mail_code_for(form_key: uuid.UUID) -> str:
    """Return the code that only the mails about a contribution hold, so that it proves their address."""
    return tokens.derive(MAIL, form_key.bytes)
