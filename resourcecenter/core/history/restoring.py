"""The way back: an earlier version of a record, or a record that was deleted. Both are changes, and can be undone."""

from collections.abc import Iterable

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from .recording import change
from .versions import Difference, State, compare, fold, latest, links_of, names_of, names_of_keys, state_at, timeline

NEVER = {"slug"}
"""Addresses last, whatever else is restored."""


class Overtaken(Exception):  # noqa: N818 (named for what happened)
    """The record is no longer as it was on the screen."""


def preview(record: models.Model, *, at: int) -> list[Difference]:
    """What ``restore`` would change. Raises ValidationError if there is no such version."""
    now, then = state_at(type(record), record.pk), _version(record, at)
    return list(compare(now, then, names_of([*now.rows.values(), *then.rows.values()])))


def restore(record: models.Model, *, at: int, by=None, seen: int | None = None) -> models.Model:
    """Put a record and its parts back as they were after the change ``at``, as a new change; return it.

    Keys and addresses stay. Raises Overtaken if ``seen`` is not its newest version any more; ValidationError, in
    sentences, if there is no such version, it does not fit today's rules, or it names something that is gone. Then
    nothing is written.
    """
    then = _version(record, at)
    moment = timezone.localtime(then.rows[type(record), record.pk].history_date)
    reason = _("Restored as it was on %(moment)s.") % {"moment": formats.date_format(moment, "j F Y, H:i")}
    with change(reason, by=by):
        if seen is not None and seen != latest(record):
            raise Overtaken
        _refuse_what_is_gone(then)
        _drop_other_parts(type(record), record.pk, then)
        return _put_back(type(record), record.pk, then)


def bring_back(model: type[models.Model], key: int) -> models.Model:
    """Put a deleted record back with its parts, its key and all that was lost with it elsewhere; return it.

    Raises ValidationError as ``restore`` does, and if the record is not deleted.
    """
    rows = timeline(model, key)
    deletions = [row.version for row in rows if row.instance_type is model and row.history_type == "-"]
    if not deletions or model._base_manager.filter(pk=key).exists():
        raise ValidationError(_("There is no deleted entry to put back."))
    with change():
        then = fold(State(), [row for row in rows if row.version < deletions[-1]], (model, key))
        _refuse_what_is_gone(then)
        record = _put_back(model, key, then)
        _undo_elsewhere(deletions[-1])
        return record


# --- The record and its parts -------------------------------------------------------------------


def _version(record, number):
    then = state_at(type(record), record.pk, number)
    if (type(record), record.pk) not in then.rows:
        raise ValidationError(_("This entry has no such version."))
    return then


def _drop_other_parts(model, key, then):
    now = state_at(model, key)
    for part, part_key in now.rows:
        if (part, part_key) not in then.rows:
            part._base_manager.filter(pk=part_key).delete()


def _put_back(model, key, then):
    """Write the record first, as its parts point at it."""
    for (row_model, row_key), row in sorted(then.rows.items(), key=lambda item: bool(item[0][0].part_of)):
        _write(row_model, row_key, row)
    record = model._base_manager.get(pk=key)
    for name, keys in then.links.items():
        getattr(record, name).set(keys)
    return record


def _write(model, key, row):
    """Make the row what history says, if it is anything else."""
    instance, standing = row.instance, model._base_manager.filter(pk=key).first()
    instance._state.adding = standing is None
    for name in NEVER.intersection(f.name for f in model._meta.fields) if standing else ():
        setattr(instance, name, getattr(standing, name))
    if standing and not _changed_fields(standing, instance):
        return
    try:
        instance.full_clean()
    except ValidationError as error:
        raise ValidationError([f"{instance._meta.verbose_name}: {' '.join(error.messages)}"]) from error
    instance.save(force_insert=standing is None)


def _changed_fields(one, other):
    return [f for f in type(one)._meta.fields if f.editable and f.value_from_object(one) != f.value_from_object(other)]


def _refuse_what_is_gone(then):
    """Raise ValidationError, naming them, if the state points at records or files that are no longer here."""
    gone = [name for row in then.rows.values() for name in _gone_files(row.instance)]
    for model, keys in _targets(then).items():
        here = set(model._base_manager.filter(pk__in=keys).values_list("pk", flat=True))
        gone += names_of_keys(model, keys - here).values()
    if gone:
        sentence = _("This version names what is no longer here: %(names)s. Restore that first, or edit by hand.")
        raise ValidationError(sentence % {"names": ", ".join(sorted(gone))})


def _targets(then):
    """The keys of the records that a state points at, by model."""
    wanted = {}
    for row in then.rows.values():
        model = row.instance_type
        for f in _references(model):
            wanted.setdefault(f.related_model, set()).add(getattr(row, f.attname))
        for name, keys in then.links.items() if not model.part_of else ():
            wanted.setdefault(model._meta.get_field(name).related_model, set()).update(keys)
    return {model: keys - {None} for model, keys in wanted.items()}


def _references(model):
    return [f for f in model._meta.fields if f.many_to_one and f.name != model.part_of]


def _gone_files(instance) -> Iterable[str]:
    for f in instance._meta.fields:
        if isinstance(f, models.FileField):
            file = getattr(instance, f.name)
            if file and not file.storage.exists(file.name):
                yield str(instance)


# --- What a deletion changed elsewhere ----------------------------------------------------------


def _undo_elsewhere(number):
    """Give back what other records lost by the change of this number, unless they have been changed since."""
    for model in apps.get_models():
        if hasattr(model, "part_of"):
            for row in model.history.filter(version=number).order_by("history_id"):
                _undo_row(model, row)


def _undo_row(model, row):
    before = model.history.filter(id=row.id, version__lt=row.version).order_by("version", "history_id").last()
    standing = model._base_manager.filter(pk=row.id).first()
    if row.history_type == "-" and standing is None and _has_its_references(model, row):
        row.instance.save(force_insert=True)
    elif row.history_type == "~" and before and standing:
        _undo_fields(before, row, standing)


def _undo_fields(before, after, standing):
    lost = [
        f.attname
        for f in _references(type(standing))
        if getattr(before, f.attname) != getattr(after, f.attname) == getattr(standing, f.attname)
    ]
    for attname in lost:
        setattr(standing, attname, getattr(before, attname))
    if lost:
        standing.save()
    then, now = links_of(before), links_of(after)
    for name in then:
        getattr(standing, name).add(*(then[name] - now[name]))


def _has_its_references(model, row):
    keys = [(f.related_model, getattr(row, f.attname)) for f in model._meta.fields if f.many_to_one]
    return all(key is None or target._base_manager.filter(pk=key).exists() for target, key in keys)
