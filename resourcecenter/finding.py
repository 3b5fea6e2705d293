"""All that can be found: the kinds of documents, how each is called, and the records behind what was found."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.search import NETWORK, ORGANIZATION, QUESTION
from contributions.search import RESOURCE
from phases.search import PAGE, PHASE, PRACTICE, TERM
from resourcecenter.core import documents
from resourcecenter.core.history import Written

KINDS = {kind.name: kind for kind in (RESOURCE, NETWORK, ORGANIZATION, PHASE, PRACTICE, QUESTION, TERM, PAGE)}

LABELS = {
    "resource": gettext_lazy("Resources"),
    "network": gettext_lazy("Networks"),
    "organization": gettext_lazy("Organizations"),
    "phase": gettext_lazy("Phases"),
    "practice": gettext_lazy("Practices"),
    "question": gettext_lazy("Learning questions"),
    "term": gettext_lazy("Glossary"),
    "page": gettext_lazy("Pages of this site"),
}
"""How the kinds are called, in the order of a page."""


class Found(NamedTuple):
    """A record as a line of results."""

    kind: str
    key: int
    record: Model
    label: str
    """What it is, in a word or two."""
    summary: str
    added_at: datetime
    changed_at: datetime
    licence: str = ""

    @property
    def title(self) -> str:
        return str(self.record)

    @property
    def url(self) -> str:
        return self.record.get_absolute_url()


def records(hits: Iterable[tuple]) -> dict[tuple[str, int], Found]:
    """Return, by kind and key, the records of these hits that are still there, with what their cards show.

    ``hits`` begin with kind and key (search.Hit, search.Suggestion, what search.keys returns). As many queries as
    for_cards of each kind among them takes.
    """
    keys = {}
    for kind, key, *_rest in hits:
        keys.setdefault(kind, []).append(key)
    return {
        (kind, key): _found(kind, record)
        for kind in keys.keys() & KINDS.keys()
        for key, record in KINDS[kind].for_cards().in_bulk(keys[kind]).items()
    }


def follow(written: Written) -> None:
    """Bring the search index up to date with what a change wrote, in its transaction; see settings.AFTER_CHANGE."""
    documents.follow(KINDS.values(), written)


def _found(kind, record):
    dated, licence = record, ""
    match kind:
        case "resource":
            label, summary, licence = record.get_kind_display(), record.summary, record.licence
        case "network":
            label, summary = record.get_kind_display(), record.summary
        case "organization":
            label, summary = record.get_kind_display(), record.former_name
        case "question":
            label, summary, dated = _("Learning question"), str(record.network), record.network
        case "practice":
            label, summary, dated = _("Practice"), record.text, record.phase
        case "phase":
            label, summary = _("Phase %(number)s") % {"number": record.number}, record.summary
        case "term":
            label, summary = _("Glossary term"), record.definition
        case _:
            label, summary = _("Page"), record.summary
    return Found(kind, record.pk, record, str(capfirst(label)), summary, dated.added_at, dated.changed_at, licence)
