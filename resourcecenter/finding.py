"""All that can be found: the kinds of documents, how each is called, and the records behind what was found."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from catalogue.search import NETWORK, ORGANIZATION, QUESTION
from contributions.search import RESOURCE
from phases.search import PAGE, PHASE, PRACTICE, TERM
from resourcecenter.core import documents

Found = TypeVar("Found", bound=tuple)

KINDS = {kind.name: kind for kind in (RESOURCE, NETWORK, ORGANIZATION, PHASE, PRACTICE, QUESTION, TERM, PAGE)}

LABELS = {
    "resource": _("Resources"),
    "network": _("Networks"),
    "organization": _("Organizations"),
    "phase": _("Phases"),
    "practice": _("Practices"),
    "question": _("Learning questions"),
    "term": _("Glossary"),
    "page": _("Pages of this site"),
}
"""How the kinds are called, in the order of a page."""


def records(hits: Iterable[Found]) -> list[tuple[Found, Model]]:
    """Return each hit with its record, in the order of the hits and with what its card shows.

    ``hits`` begin with kind and key (search.Hit, search.Suggestion, what search.keys returns). As many queries as
    for_cards of each kind among them takes. A hit whose record is gone meanwhile is left out. Every record has
    get_absolute_url().
    """
    hits = list(hits)
    found = {name: _in_bulk(kind, [hit[1] for hit in hits if hit[0] == name]) for name, kind in KINDS.items()}
    return [(hit, found[hit[0]][hit[1]]) for hit in hits if hit[1] in found[hit[0]]]


def follow(written: Mapping[type[Model], set[int]]) -> None:
    """Bring the search index up to date with what a change wrote, in its transaction; core.public calls it."""
    documents.follow(KINDS.values(), written)


def _in_bulk(kind, keys):
    return kind.for_cards().in_bulk(keys) if keys else {}
