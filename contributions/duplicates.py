"""What is like a contribution, among what is public and what waits: the same link, a similar title, the same file."""

import uuid
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from contributions.models import Attachment, Contribution, ContributionFile, Resource
from contributions.models.contribution import RECORDS, Intent, Kind
from resourcecenter.core import search
from resourcecenter.core.likeness import address_key, are_alike, most_alike, title_key

SHOWN = 5
CANDIDATES = 50


class Likeness(models.TextChoices):
    LINK = "link", _("the same link")
    FILE = "file", _("the same file")
    TITLE = "title", _("a similar title")


class Duplicate(NamedTuple):
    """Something alike: a public record or a contribution that waits, and in what they are alike."""

    of: models.Model
    by: Likeness

    @property
    def is_public(self) -> bool:
        return not isinstance(self.of, Contribution)


def find(kind: str, *, title: str, url: str = "", checksums=(), besides: uuid.UUID | None = None) -> list[Duplicate]:
    """Return what is alike, public records first, each once and by its strongest likeness; at most a few of each.

    ``besides`` is the key of a form: what came by it is the same, not alike, even if it came only this moment.
    """
    key = address_key(url)
    waiting = Contribution.objects.undecided().filter(kind=kind, intent=Intent.NEW)
    if besides:
        waiting = waiting.exclude(form_key=besides)
    found = [
        *_by(Likeness.LINK, Resource.objects.filter(address_key=key) if key and kind == Kind.RESOURCE else ()),
        *_by(Likeness.FILE, _with_file(Attachment, checksums, "resource")),
        *_by(Likeness.TITLE, _public_titles(kind, title)),
        *_by(Likeness.LINK, waiting.filter(address_key=key) if key else ()),
        *_by(Likeness.FILE, waiting.filter(files__in=ContributionFile.objects.filter(sha256__in=checksums)).distinct()),
        *_by(Likeness.TITLE, _waiting_titles(waiting, title)),
    ]
    return list({(type(one.of), one.of.pk): one for one in reversed(found)}.values())[::-1]


def _by(likeness, records):
    return [Duplicate(record, likeness) for record in records[:SHOWN]]


def _with_file(model, checksums, owner):
    files = model.objects.filter(sha256__in=checksums).select_related(owner)
    return [getattr(file, owner) for file in files[:SHOWN]]


def _public_titles(kind, title):
    """Records with a similar title, among the best that the search finds for its words."""
    if kind not in {Kind.RESOURCE, Kind.NETWORK}:
        return []
    # As typed, and with look-alike letters read as Latin, for a title that only looks like a public one.
    wordings = [title] if title.isascii() else [title, title_key(title)]
    keys = [key for wording in wordings for key in _found(kind, wording)]
    records = RECORDS[kind].objects.filter(pk__in=keys)
    return [record for record in records if are_alike(str(record), title)]


def _found(kind, words):
    hits = search.keys(words, kinds=[kind], limit=CANDIDATES) if search.parse(words) else []
    return [key for _kind, key in hits]


def _waiting_titles(waiting, title):
    keys = most_alike(title, waiting.values_list("pk", "title"), limit=SHOWN)
    return list(waiting.filter(pk__in=keys))
