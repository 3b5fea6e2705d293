"""All that can be found: how it is kept in the index, and how it looks in a list of results."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import Model, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalogue import search as catalogue
from catalogue.models import LearningQuestion
from contributions import search as contributions
from phases import search as phases
from phases.models import Practice

KINDS = {kind.name: kind for kind in (*contributions.KINDS, *catalogue.KINDS, *phases.KINDS)}


def follow(rows: Mapping[type[Model], set[int]]) -> None:
    """Bring the search index up to date with public rows that were written, in the transaction that wrote them."""
    for kind in KINDS.values():
        if keys := kind.touched_by(rows):
            kind.index(keys)


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
    """Return, by kind and key, the records of these hits that are still there, with all that their cards show."""
    keys = {}
    for kind, key, *_rest in hits:
        keys.setdefault(kind, []).append(key)
    found = {}
    for name in keys.keys() & KINDS.keys():
        for key, record in _with_cards(KINDS[name]).in_bulk(keys[name]).items():
            found[name, key] = _found(name, record)
    return found


def _with_cards(kind) -> QuerySet:
    match kind.name:
        case contributions.RESOURCE | catalogue.NETWORK:
            return kind.model.objects.for_cards()
        case catalogue.QUESTION:
            return LearningQuestion.objects.select_related("network")
        case phases.PRACTICE:
            return Practice.objects.select_related("phase")
    return kind.model.objects.all()


def _found(kind, record):
    dated, licence = record, ""
    match kind:
        case contributions.RESOURCE:
            label, summary, licence = record.get_kind_display(), record.summary, record.licence
        case catalogue.NETWORK:
            label, summary = record.get_kind_display(), record.summary
        case catalogue.ORGANIZATION:
            label, summary = record.get_kind_display(), record.former_name
        case catalogue.QUESTION:
            label, summary, dated = _("Learning question"), str(record.network), record.network
        case phases.PRACTICE:
            label, summary, dated = _("Practice"), record.text, record.phase
        case phases.PHASE:
            label, summary = _("Phase %(number)s") % {"number": record.number}, record.summary
        case phases.TERM:
            label, summary = _("Word of the glossary"), record.definition
        case _:
            label, summary = _("Page"), record.summary
    return Found(kind, record.pk, record, str(capfirst(label)), summary, dated.added_at, dated.changed_at, licence)
