"""The content files, and how they are merged with what curators made of the records.

A field follows the files until a curator changes it; from then on it is the curator's. A list, such as the sources or
the topics of a record, is one field. A record that a curator removed stays away, and is left out where the files
still point at it. A record that is no longer in the files stays as it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from catalogue.models import Network, Organization, Topic
from contributions.models import Resource
from phases.models import GlossaryTerm, OrderedLine, Page, Phase
from resourcecenter.core import history
from resourcecenter.core.content import LoadedRecord


class Kind(NamedTuple):
    """One content file: its name, the model of its records, and the fields that they may set beside the slug."""

    name: str
    model: type[Model]
    fields: tuple[str, ...]


KINDS = [
    Kind(
        "phases",
        Phase,
        (
            "number", "name", "name_inferred", "name_note", "summary", "purpose", "who_leads", "levels",
            "knowledge_cycle", "outputs", "pitfalls", "guidance", "confirmed_on", "confirmed_how",
            "key_questions", "practices", "sources",
        ),
    ),
    Kind("topics", Topic, ("name", "group", "definition", "synonyms")),
    Kind(
        "organizations",
        Organization,
        (
            "name", "acronym", "former_name", "kind", "country", "website", "parent", "confirmed_on", "confirmed_how",
        ),
    ),
    Kind(
        "networks",
        Network,
        (
            "name", "acronym", "kind", "summary", "description", "starts", "planned_end", "ends", "ended_undated",
            "last_active", "countries", "countries_note", "member_note", "levels", "knowledge_cycle", "resourced",
            "resourced_how", "facilitated", "website", "notes", "confirmed_on", "confirmed_how",
            "memberships", "learning_questions", "deliverables", "tags", "sources",
        ),
    ),
    Kind(
        "resources",
        Resource,
        (
            "kind", "title", "summary", "body", "url", "format", "authors", "publisher", "date", "language", "licence",
            "countries", "network", "featured", "credit", "archived_url", "confirmed_on", "confirmed_how",
            "phases", "tags", "sources",
        ),
    ),
    Kind("pages", Page, ("title", "summary", "body", "confirmed_on", "confirmed_how", "sources")),
    Kind("glossary", GlossaryTerm, ("term", "definition", "confirmed_on", "confirmed_how")),
]  # fmt: skip
"""In the order in which they are loaded: a record can point only at records before it."""

LINES = {
    "practices": ("title", "text"),
    "key_questions": ("text",),
    "memberships": ("organization", "role"),
    "learning_questions": ("text", "level"),
    "deliverables": ("title", "level", "stage", "year", "url"),
    "sources": ("url", "title", "facts", "read_on"),
}
"""The lists whose lines belong to one record, and what a line of each says."""


class ContentInvalid(Exception):  # noqa: N818 (named for what happened)
    """A content file cannot be loaded; the message names the file and, where known, the record and the field."""


@dataclass
class Tally:
    """What happened to the records of one file; ``kept`` names the fields that curators changed: "groove, website"."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: list[str] = field(default_factory=list)


Report = dict[str, Tally]


class Entry(NamedTuple):
    """A record as a file describes it: where, unsaved, with its lists beside it, and all its fields as JSON."""

    place: tuple[str, str]
    record: Model
    lists: dict[str, list[Model]]
    values: dict[str, Any]


def load(folder: Path) -> Report:
    """Merge the content files of ``folder`` into the database, field by field; say by file what happened.

    A file that is not there is passed over. Raises ContentInvalid, nothing written, for the first record that does not
    fit. Loading unchanged files again writes nothing.
    """
    files = {kind: _read(folder / f"{kind.name}.yaml") for kind in KINDS}
    if not any(files.values()):
        raise ContentInvalid(_("There are no content files in %(folder)s.") % {"folder": folder})
    # Curators wait until the change ends, instead of writing between the comparison and the merge.
    with history.change(_("Loaded from the content files.")):
        return _Merge().merge(files)


def value_of(record: Model, name: str) -> Any:
    """Return a field as JSON, for comparison: other records by their slugs, lines as dicts, topics by the alphabet."""
    if _is_list(type(record), name):
        return _listed(name, getattr(record, name).all())
    model_field = record._meta.get_field(name)
    if model_field.many_to_one:
        return getattr(getattr(record, name), "slug", None)
    value = model_field.get_prep_value(model_field.value_from_object(record))
    if isinstance(value, str):
        # A browser sends a text that nobody changed back with other line ends, and a form strips it.
        return value.replace("\r\n", "\n").strip()
    return value.isoformat() if isinstance(value, date) else value


def _listed(name, rows):
    if name in LINES:
        return [{part: value_of(row, part) for part in LINES[name]} for row in rows]
    return sorted(row.slug for row in rows)


def _is_list(model, name):
    model_field = model._meta.get_field(name)
    return model_field.one_to_many or model_field.many_to_many


def _read(path: Path) -> dict[str, dict]:
    """Return the records of a file by slug; what is empty is left out."""
    if not path.exists():
        return {}
    try:
        records = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContentInvalid(f"{path.name}: {error}") from error
    if not (isinstance(records, list) and all(isinstance(record, dict) and record.get("slug") for record in records)):
        raise ContentInvalid(_("%(file)s: write a list of records, each with a slug.") % {"file": path.name})
    by_slug = {}
    for record in records:
        slug = str(record["slug"])
        if slug in by_slug:
            raise ContentInvalid(_("%(file)s, %(slug)s: this slug is there twice.") % {"file": path.name, "slug": slug})
        by_slug[slug] = {name: value for name, value in record.items() if name != "slug" and value is not None}
    return by_slug


@contextmanager
def _naming(*place: str) -> Iterator[None]:
    """Turn what a model finds wrong into one sentence that begins with the place."""
    try:
        yield
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            name, messages = next(iter(error.message_dict.items()))
            place = place if name == NON_FIELD_ERRORS else (*place, name)
        else:
            messages = error.messages
        raise ContentInvalid(f"{', '.join(map(str, place))}: {' '.join(messages)}") from error


class _Merge:
    """One run of ``load``: what the files said last time, what was found and written so far."""

    def __init__(self):
        self.said_before = {(said.kind, said.slug): said for said in LoadedRecord.objects.all()}
        self.targets = {}
        self.report = {kind.name: Tally() for kind in KINDS}

    def merge(self, files: dict[Kind, dict[str, dict]]) -> Report:
        for kind, raw_records in files.items():
            present = self._present(kind, raw_records)
            for slug, raw in raw_records.items():
                self._merge_record(kind, slug, raw, present.get(slug))
        return self.report

    def _present(self, kind, slugs):
        """The records that are in the database already, with all that the comparison reads."""
        relations = [name for name in kind.fields if kind.model._meta.get_field(name).is_relation]
        lookups = ["memberships__organization" if name == "memberships" else name for name in relations]
        return kind.model.objects.prefetch_related(*lookups).in_bulk(list(slugs), field_name="slug")

    def _merge_record(self, kind, slug, raw, record):
        tally, before = self.report[kind.name], self.said_before.get((kind.name, slug))
        place = (f"{kind.name}.yaml", slug)
        with _naming(*place):
            entry = self._parse(kind, place, raw)
            if record is None and before:
                tally.removed += 1
                return
            fields = [name for name in kind.fields if name in raw or (before and name in before.values)]
            if record is None:
                self._write(kind, entry.record, entry, fields)
                tally.created += 1
            elif changed := self._followed(kind, record, entry, fields, before):
                self._write(kind, record, entry, changed)
                tally.updated += 1
            else:
                tally.unchanged += 1
        self._remember(kind, slug, {name: entry.values[name] for name in fields}, before)

    def _followed(self, kind, record, entry, fields, before):
        """The fields in which the record is to become what the file says; a curator's are kept and reported."""
        said_last = _blank(kind.model, fields) | (before.values if before else {})
        differing = [name for name in fields if value_of(record, name) != entry.values[name]]
        followed = [name for name in differing if value_of(record, name) == said_last[name]]
        self.report[kind.name].kept += [f"{record.slug}, {name}" for name in differing if name not in followed]
        return followed

    def _remember(self, kind, slug, values, before):
        if before is None:
            LoadedRecord.objects.create(kind=kind.name, slug=slug, values=values)
        elif before.values != values:
            before.values = values
            before.save()

    # --- From the file --------------------------------------------------------------------------

    def _parse(self, kind, place, raw) -> Entry:
        _check_names(raw, kind.fields)
        lists = {name: self._parse_list(kind.model, name, raw.get(name, []), place) for name in _lists(kind)}
        record = self._parse_fields(kind.model, {name: raw[name] for name in raw if name not in lists})
        record.slug = place[-1]
        record.clean_fields(exclude=_relations(kind.model))
        plain = {name: value_of(record, name) for name in kind.fields if name not in lists}
        return Entry(place, record, lists, plain | {name: _listed(name, rows) for name, rows in lists.items()})

    def _parse_fields(self, model, raw):
        """An unsaved ``model`` of plain values and, by their slugs, other records."""
        values = {}
        for name, value in raw.items():
            model_field = model._meta.get_field(name)
            values[name] = self._target(name, model_field.related_model, value) if model_field.many_to_one else value
        return model(**values)

    def _parse_list(self, model, name, items, place):
        if not isinstance(items, list):
            raise ValidationError({name: _("Write a list.")})
        related = model._meta.get_field(name).related_model
        if name not in LINES:
            return [target for slug in items if (target := self._target(name, related, slug))]
        lines = []
        for number, item in enumerate(items, start=1):
            with _naming(*place, f"{name} {number}"):
                lines.append(self._parse_line(related, name, item))
        # A membership of an organization that a curator removed says nothing any more.
        return [line for line in lines if name != "memberships" or line.organization_id]

    def _parse_line(self, model, name, item):
        if not isinstance(item, dict):
            raise ValidationError(_("Write names and values."))
        _check_names(item, LINES[name])
        line = self._parse_fields(model, {part: value for part, value in item.items() if value is not None})
        line.clean_fields(exclude=_relations(model))
        return line

    def _target(self, name, model, slug):
        """The record that a file points at; None for one that a curator removed. Raises ValidationError without."""
        if model not in self.targets:
            self.targets[model] = model.objects.in_bulk(field_name="slug")
        slug = str(slug)
        if slug in self.targets[model]:
            return self.targets[model][slug]
        kind = next(kind for kind in KINDS if kind.model is model)
        if (kind.name, slug) in self.said_before:
            return None
        raise ValidationError({name: _("No record before this one is called “%(slug)s”.") % {"slug": slug}})

    # --- Into the database ----------------------------------------------------------------------

    def _write(self, kind, record, entry, fields):
        for name in fields:
            if name not in entry.lists:
                setattr(record, name, getattr(entry.record, name))
        record.full_clean()
        record.save()
        for name in fields:
            if name in LINES:
                with _naming(*entry.place, name):
                    _replace_lines(record, name, entry.lists[name])
            elif name in entry.lists:
                getattr(record, name).set(entry.lists[name])
        if kind.model in self.targets:
            self.targets[kind.model][record.slug] = record


def _lists(kind):
    return [name for name in kind.fields if _is_list(kind.model, name)]


def _relations(model):
    return [model_field.name for model_field in model._meta.fields if model_field.is_relation]


def _blank(model, fields):
    """What the fields are in a record of which nothing was ever said."""
    record = model()
    return {name: [] if _is_list(model, name) else value_of(record, name) for name in fields}


def _check_names(raw, allowed):
    for name in raw:
        if name not in allowed:
            raise ValidationError({name: _("There is no such field.")})


def _replace_lines(record, name, lines):
    """Make these the lines of a list, in this order.

    Where positions tell the order, a line that says the same stays the row that it is, as resources point at it.
    """
    owner = record._meta.get_field(name).field.name
    old = list(getattr(record, name).all())
    kept = {}
    for number, line in enumerate(lines):
        same = [row for row in old if isinstance(row, OrderedLine) and _listed(name, [row]) == _listed(name, [line])]
        if same:
            old.remove(same[0])
            kept[number] = same[0]
    for row in old:
        row.delete()
    for number, line in enumerate(lines):
        row = kept.get(number, line)
        row.position = number  # means nothing to the lists that are read in the order of their rows
        setattr(row, owner, record)
        row.full_clean()
        row.save()
