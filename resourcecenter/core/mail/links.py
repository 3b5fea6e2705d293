"""Private links in mails: the outbox holds a marker, and the address is put in at the moment of sending."""

import secrets
from dataclasses import dataclass, field

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.html import escape

from resourcecenter.core import tokens

HEADER = "private-links"
"""Under this name a row's headers hold which marker stands for which link; it never leaves the house."""


def _new_marker():
    # 128 random bits: what a stranger wrote before the mail was made cannot be one of its markers.
    return f"private-link-{secrets.token_hex(16)}"


@dataclass(frozen=True)
class PrivateLink:
    """The address of ``view``, whose one argument is the token of ``key`` for ``purpose``. Of use for one mail.

    With ``proof``, a purpose too, the address ends in "?mail=" and the token for that: who comes with it has read the
    mail. As text it is its marker.
    """

    view: str
    purpose: str
    key: bytes
    token_hash: str = ""
    proof: str = ""
    marker: str = field(default_factory=_new_marker)

    def __str__(self):
        return self.marker

    def address(self) -> str:
        path = reverse(self.view, args=[tokens.derive(self.purpose, self.key, self.token_hash)])
        query = f"?mail={tokens.derive(self.proof, self.key)}" if self.proof else ""
        return f"{settings.SITE_URL}{path}{query}"

    def stored(self) -> list[str]:
        """Return what a row may hold; without SECRET_KEY it leads nowhere."""
        return [self.view, self.purpose, self.key.hex(), self.token_hash, self.proof]


def put_in(message: EmailMessage) -> None:
    """Put the private links into a message that comes from the outbox, in place of its own markers only."""
    stored = message.extra_headers.pop(HEADER, {})
    for marker, (view, purpose, key, token_hash, proof) in stored.items():
        address = PrivateLink(view, purpose, bytes.fromhex(key), token_hash, proof).address()
        message.body = message.body.replace(marker, address)
        message.alternatives = [
            html._replace(content=html.content.replace(marker, escape(address)))
            for html in getattr(message, "alternatives", [])
        ]
