"""Reading history: the versions of a record, and what each of them changed, in words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resourcecenter.core.textdiff import Piece, word_diff

from .recording import History

DONE = {
    "added": gettext_lazy("added"),
    "removed": gettext_lazy("removed"),
    "changed": gettext_lazy("changed"),
}


@dataclass(frozen=True)
class Difference:
    """One field of a record, or one of its parts, before and after; empty where there was nothing."""

    label: str
    kind: str
    before: str
    after: str
    name: str = ""
    """The field of the record itself; empty for a part."""

    @property
    def done(self) -> str:
        return str(DONE[self.kind])

    @property
    def pieces(self) -> list[Piece]:
        return word_diff(self.before, self.after)


@dataclass(frozen=True)
class Version:
    """What one change made of a record. ``who`` and ``why`` are empty where nobody said."""

    number: int
    at: datetime
    who: str
    why: str
    differences: list[Difference]


@dataclass
class State:
    """A record and its parts at one moment, as rows of history by model and key; and what the record links to."""

    rows: dict[tuple[type[models.Model], int], models.Model] = field(default_factory=dict)
    links: dict[str, frozenset[int]] = field(default_factory=dict)


def part_models(model: type[models.Model]) -> list[type[models.Model]]:
    """The models whose rows are parts of a record of ``model``."""
    relations = [relation for relation in model._meta.related_objects if relation.one_to_many]
    return [
        relation.related_model
        for relation in relations
        if getattr(relation.related_model, "part_of", "") == relation.field.name
    ]


def latest(record: models.Model) -> int:
    """The number of the newest version of a record; 0 for one that was never written."""
    newest = [rows.aggregate(models.Max("version"))["version__max"] for rows in _tables(type(record), record.pk)]
    return max(number or 0 for number in newest)


def versions(record: models.Model) -> list[Version]:
    """The versions of a record, the newest first; without those that changed nothing that people can see."""
    rows = timeline(type(record), record.pk)
    names = names_of(rows)
    users = {row.history_user_id for row in rows}
    people = get_user_model()._default_manager.in_bulk(users - {None})
    found, before = [], State()
    for number, changed in groupby(rows, key=lambda row: row.version):
        first, *others = changed
        after = fold(before, [first, *others], (type(record), record.pk))
        if differences := list(compare(before, after, names)):
            who, why = name_of(people.get(first.history_user_id)), first.history_change_reason
            found.append(Version(number, first.history_date, who, why, differences))
        before = after
    return found[::-1]


def changes_since(record: models.Model, number: int) -> list[Difference]:
    """What all changes after the change of this number, taken together, made of a record."""
    then, now = state_at(type(record), record.pk, number), state_at(type(record), record.pk)
    return list(compare(then, now, names_of([*then.rows.values(), *now.rows.values()])))


def name_of(user) -> str:
    """How a member of staff is named to colleagues and visitors; empty for nobody."""
    return (user.get_full_name() or user.get_username()) if user else ""


def timeline(model: type[models.Model], key: int, *, until: int | None = None) -> list[models.Model]:
    """All rows of history of a record and of whatever was ever its part, in the order of the changes."""
    found = []
    for table in _tables(model, key):
        rows = list(table if until is None else table.filter(version__lte=until))
        read_links(rows)
        found += rows
    return sorted(found, key=lambda row: (row.version, row.history_id))


def state_at(model: type[models.Model], key: int, number: int | None = None) -> State:
    """The record as it was after the change of this number, or as it is now."""
    return fold(State(), timeline(model, key, until=number), (model, key))


def fold(before: State, rows: Iterable[models.Model], owner: tuple[type[models.Model], int]) -> State:
    """The state that ``before`` becomes by these rows of history."""
    after = replace(before, rows=dict(before.rows))
    for row in rows:
        model = row.instance_type
        is_here = row.history_type != "-" and (model is owner[0] or _owner_of(row) == owner[1])
        if is_here:
            after.rows[model, row.id] = row
        else:
            after.rows.pop((model, row.id), None)
        if model is owner[0]:
            after.links = links_of(row)
    return after


def links_of(row: models.Model) -> dict[str, frozenset[int]]:
    """What a row of history linked to: keys by many-to-many field."""
    if not hasattr(row, "_links"):
        read_links([row])
    return row._links


def read_links(rows: list[models.Model]) -> None:
    """Read what these rows of one history linked to, in one query a field."""
    for row in rows:
        row._links = {link.name: frozenset() for link in row._history_m2m_fields}
    by_id = {row.history_id: row for row in rows}
    for link in rows[0]._history_m2m_fields if rows else ():
        target = f"{link.m2m_reverse_field_name()}_id"
        found = History.m2m_models[link].objects.filter(history__in=list(by_id)).values_list("history_id", target)
        for history_id, key in found:
            by_id[history_id]._links[link.name] |= {key}


# --- Differences --------------------------------------------------------------------------------


def compare(before: State, after: State, names) -> Iterator[Difference]:
    """What a reader would call different. ``names`` are those of all rows in both (see names_of)."""
    keys = list(dict.fromkeys([*before.rows, *after.rows]))
    for key in sorted(keys, key=lambda key: (bool(key[0].part_of), key[0]._meta.label, key[1])):
        old, new = before.rows.get(key), after.rows.get(key)
        if old is new:
            continue
        if not key[0].part_of:
            yield from _of_fields(old, new, names)
        elif old and new:
            yield from _of_changed_part(old, new, names)
        else:
            label = capfirst(key[0]._meta.verbose_name)
            yield _difference(label, ", ".join(_part_words(old, names)), ", ".join(_part_words(new, names)))
    yield from _of_links(before, after, names)


def _of_fields(old, new, names):
    for model_field in _shown(old or new):
        was, is_now = _words(old, model_field, names), _words(new, model_field, names)
        if was != is_now:
            yield _difference(capfirst(model_field.verbose_name), was, is_now, name=model_field.name)


def _of_changed_part(old, new, names):
    """The fields of a part that stayed, each under the name that the part had."""
    title = next(iter(_part_words(old, names)), "")
    for difference in _of_fields(old, new, names):
        parts = {"part": capfirst(old.instance_type._meta.verbose_name), "title": title, "field": difference.label}
        label = _("%(part)s “%(title)s”, %(field)s") % parts
        yield replace(difference, label=label, kind="changed", name="")


def _of_links(before, after, names):
    for name in dict.fromkeys([*before.links, *after.links]):
        row = next(row for row in [*after.rows.values(), *before.rows.values()] if not row.instance_type.part_of)
        link = row.instance_type._meta.get_field(name)
        was, is_now = (
            ", ".join(sorted(names[link.related_model, key] for key in state.links.get(name, ())))
            for state in (before, after)
        )
        if was != is_now:
            yield _difference(capfirst(link.verbose_name), was, is_now, name=name)


def _difference(label, before, after, *, name=""):
    kind = "added" if not before else "removed" if not after else "changed"
    return Difference(label, kind, before, after, name)


def _shown(row):
    """The fields that people fill in: neither keys nor what the site derives or counts."""
    model = row.instance_type
    hidden = {"id", model.part_of}
    return [
        f for f in model._meta.fields if f.editable and f.name not in hidden and not isinstance(f, models.FileField)
    ]


def _part_words(row, names):
    if row is None:
        return []
    words = [_words(row, model_field, names) for model_field in _shown(row) if model_field.name != "position"]
    return [word for word in words if word]


def _words(row, model_field, names):
    """A value as people read it; empty for none."""
    value = None if row is None else getattr(row, model_field.attname)
    if value is None or value == "":
        return ""
    if model_field.many_to_one:
        return names[model_field.related_model, value]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "j F Y, H:i")
    if isinstance(value, date):
        return formats.date_format(value)
    if isinstance(value, str):
        return str(dict(model_field.flatchoices).get(value, value))
    if hasattr(model_field, "labels"):
        return ", ".join(map(str, model_field.labels(value)))
    if isinstance(value, list):
        return "\n".join(map(str, value))
    # A country, or several, reads as its name.
    several = value if hasattr(value, "__iter__") else [value]
    return ", ".join(str(getattr(item, "name", item)) for item in several)


# --- Rows and names -----------------------------------------------------------------------------


def names_of(rows: Iterable[models.Model]) -> dict[tuple[type[models.Model], int], str]:
    """How the records read that these rows point at, by model and key; for one that is gone, how it last read."""
    wanted = defaultdict(set)
    for row in rows:
        for model_field in row.instance_type._meta.fields:
            if model_field.many_to_one and model_field.name != row.instance_type.part_of:
                wanted[model_field.related_model].add(getattr(row, model_field.attname))
        for name, keys in links_of(row).items():
            wanted[row.instance_type._meta.get_field(name).related_model] |= keys
    return {
        (model, key): name
        for model, keys in wanted.items()
        for key, name in names_of_keys(model, keys - {None}).items()
    }


def names_of_keys(model: type[models.Model], keys: set[int]) -> dict[int, str]:
    """How records of one model read, also those that are gone, by key."""
    here = {key: str(record) for key, record in model._base_manager.in_bulk(keys).items()}
    rows = model.history.filter(id__in=keys - here.keys()).order_by("version", "history_id")
    return dict.fromkeys(keys, "?") | {row.id: str(row.instance) for row in rows} | here


def _tables(model, key):
    """The histories in which a record and whatever was ever its part are found."""
    yield model.history.filter(id=key)
    for part in part_models(model):
        ever = part.history.filter(**{f"{part.part_of}_id": key}).values("id")
        yield part.history.filter(id__in=ever)


def _owner_of(row):
    return getattr(row, f"{row.instance_type.part_of}_id")
