"""Writing history: each public row as it was after each change that touched it.

django-simple-history makes the tables and tells of saved and deleted rows. The rows are written here, because bulk
writes tell nobody, and because all rows of one change need one number, one moment, one author and one reason.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from simple_history.models import HistoricalRecords

from resourcecenter.core.pagecache import ContentGeneration, current_generation, raise_generation

BATCH = 500

Written = Mapping[type[models.Model], set[int]]
"""The keys of rows that were written or removed, by model; with a part, the record that it belongs to."""


@dataclass
class Change:
    """What is written together. The number is that of the content generation, which only rises, as clocks may not."""

    reason: str
    by: models.Model | None
    number: int = 0
    at: datetime | None = None
    rows: dict[type[models.Model], set[int]] = field(default_factory=dict)
    """The keys of all rows that were written, and of the records that they are parts of."""


_current: ContextVar[Change | None] = ContextVar("change", default=None)


@contextmanager
def change(reason: str = "", *, by=None) -> Iterator[None]:
    """Make all that is written inside one change of public content, in one transaction, by ``by`` (a user or None).

    Other writers of public content wait until it ends. Inside another change it is a part of that one. At its end the
    function that settings.AFTER_CHANGE names gets all rows that were written, and does what follows from them.
    """
    if _current.get():
        with transaction.atomic():
            yield
        return
    with transaction.atomic():
        list(ContentGeneration.objects.select_for_update())
        token = _current.set(Change(reason, by))
        try:
            yield
            if rows := _current.get().rows:
                import_string(settings.AFTER_CHANGE)(rows)
        finally:
            _current.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Raise the content generation for one write, which is part of the change around it or a change of its own."""
    with nullcontext() if _current.get() else change(), transaction.atomic():
        raise_generation()
        now = _current.get()
        if not now.number:
            now.number, now.at = current_generation(), timezone.now()
        yield


def touch(model: type[models.Model], keys: Iterable[int]) -> None:
    """Say, inside a change or as one of its own, that what is derived from these rows is not what it was.

    For what follows from the day, or from a table that is not public; the rows themselves stay as they are.
    """
    with writing():
        _current.get().rows.setdefault(model, set()).update(keys)


class HistoryRow(models.Model):
    """A public row as it was after one change, or, of type "-", just before it was deleted."""

    version = models.PositiveBigIntegerField(db_index=True, editable=False)

    class Meta:
        abstract = True


class History(HistoricalRecords):
    """Gives every model that inherits it a table of HistoryRow, and keeps it."""

    def __init__(self):
        super().__init__(inherit=True, bases=[HistoryRow], history_id_field=models.BigAutoField())

    def create_historical_record(self, instance, history_type, using=None):
        if history_type == "-":
            _insert(type(instance), [instance], "-")
        else:
            record_rows(type(instance), [instance.pk], history_type)

    def m2m_changed(self, instance, action, attr, pk_set, reverse, model, **kwargs):
        """Keep the links of a many-to-many field, from whichever side they were changed."""
        if action == "pre_clear" and reverse:
            instance._unlinked = {(model, attr): _linked(model, attr, instance)}
        elif action.startswith("post_"):
            if pk_set is None and reverse:
                pk_set = instance.__dict__.pop("_unlinked")[model, attr]
            owner, keys = (model, pk_set) if reverse else (type(instance), [instance.pk])
            with writing():
                record_rows(owner, keys, "~")

    def pre_delete(self, instance, **kwargs):
        super().pre_delete(instance, **kwargs)
        # Django deletes the links to a row without a word to those that were linked.
        relations = [relation for relation in instance._meta.related_objects if _is_kept_link(relation)]
        instance._unlinked = {
            (relation.related_model, relation.field.name): _linked(
                relation.related_model, relation.field.name, instance
            )
            for relation in relations
        }

    def post_delete(self, instance, using=None, **kwargs):
        super().post_delete(instance, using=using, **kwargs)
        for (model, _name), keys in instance.__dict__.pop("_unlinked").items():
            record_rows(model, keys, "~")


def record_rows(model: type[models.Model], keys: Iterable[int], kind: str) -> None:
    """Write down how these rows stand in the database, where a value may differ from what an instance holds."""
    keys = list(keys)
    for start in range(0, len(keys), BATCH):
        _insert(model, model._base_manager.filter(pk__in=keys[start : start + BATCH]).order_by("pk"), kind)


def _insert(model, instances, kind):
    now, history = _current.get(), model.history.model
    rows = history.objects.bulk_create(
        history(
            version=now.number,
            history_date=now.at,
            history_type=kind,
            history_user=now.by,
            history_change_reason=now.reason,
            **{f.attname: getattr(instance, f.attname) for f in history.tracked_fields},
        )
        for instance in instances
    )
    _note(model, rows)
    for links in history._history_m2m_fields:
        _insert_links(links, rows)


def _note(model, rows):
    now = _current.get()
    now.rows.setdefault(model, set()).update(row.id for row in rows)
    if model.part_of:
        owner = model._meta.get_field(model.part_of)
        now.rows.setdefault(owner.related_model, set()).update(getattr(row, owner.attname) for row in rows)


def _insert_links(field, rows):
    row_of = {row.id: row for row in rows}
    owner, target = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
    links = field.remote_field.through.objects.filter(**{f"{owner}__in": row_of}).values("id", owner, target)
    table = History.m2m_models[field]
    table.objects.bulk_create(table(history=row_of[link[owner]], **link) for link in links)


def _is_kept_link(relation):
    return relation.many_to_many and relation.field.name in getattr(relation.related_model, "_history_m2m_fields", ())


def _linked(model, name, target):
    return set(model._base_manager.filter(**{name: target}).values_list("pk", flat=True))
