"""The base of all public tables.

Whichever way they are written, the content generation rises, history is kept, and what is derived from them, such as
the search index, follows in the same transaction (see history.change).
"""

import re
from datetime import timedelta
from itertools import chain, count

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import NotSupportedError, models
from django.db.models.signals import m2m_changed
from django.dispatch import receiver
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import pagecache
from .fields import WebAddressField
from .history import History, bring_back, change, name_of, record_rows, writing

OWN_PATH = re.compile(r"/(?![/\\])[^\s\\]*")
CONFIRMATION_HOLDS = timedelta(days=730)
"""For how long a page says of a record that it was confirmed; then, that it was not confirmed since."""
WEB_ADDRESS = URLValidator(
    schemes=["http", "https"], message=_("Write an address that begins with /, https:// or http://.")
)


class PublicQuerySet(models.QuerySet):
    """A queryset whose writes raise the content generation and are kept in history.

    bulk_update is Django's, which calls update; of deleted rows Django tells history one by one.
    """

    def update(self, **kwargs):
        with writing():
            keys = list(self.values_list("pk", flat=True))
            updated = super().update(**kwargs)
            record_rows(self.model, keys, "~")
        return updated

    update.alters_data = True

    def delete(self):
        with writing():
            return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def bulk_create(self, objs, batch_size=None, *, ignore_conflicts=False, update_conflicts=False, **kwargs):
        """As Django's, but not over conflicts: nobody could tell which rows are new."""
        if ignore_conflicts or update_conflicts:
            raise NotSupportedError("Public rows have a history; conflicts cannot be passed over.")
        with writing():
            created = super().bulk_create(objs, batch_size, **kwargs)
            record_rows(self.model, [row.pk for row in created], "+")
        return created


class PublicModel(models.Model):
    """A row that anybody may see. What is waiting for a decision never lies in such a table."""

    part_of = ""
    """The name of the key to the record of which such a row is a part; empty for a record."""

    history = History()
    objects = PublicQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args, **kwargs):
        with writing():
            super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        with writing():
            return super().delete(*args, **kwargs)


class Record(PublicModel):
    """A public row with an address of its own."""

    reserved_slugs = frozenset()
    """Addresses of other pages beside those of such records."""

    slug = models.SlugField(_("address"), max_length=100, unique=True, help_text=_("The last part of the web address."))
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    confirmed_on = models.DateField(
        _("last confirmed on"),
        null=True,
        blank=True,
        help_text=_("When somebody last checked that this is still true."),
    )
    confirmed_how = models.CharField(_("confirmed how"), max_length=300, blank=True)
    confirmed_by = models.CharField(_("confirmed by"), max_length=150, blank=True)

    class Meta:
        abstract = True

    def clean_fields(self, exclude=None):
        super().clean_fields(exclude=exclude)
        if self.slug in self.reserved_slugs and "slug" not in (exclude or ()):
            raise ValidationError({"slug": gettext("Another page has this address. Choose a different one.")})

    @property
    def is_confirmation_old(self) -> bool:
        """Tell whether somebody confirmed it, but too long ago to rely on; of a record never confirmed, False."""
        return bool(self.confirmed_on) and self.confirmed_on < timezone.localdate() - CONFIRMATION_HOLDS


class Source(PublicModel):
    """What says so: a document, and the facts of a record that rest on it. Each app adds the key to its record."""

    url = WebAddressField(_("web address"))
    title = models.CharField(
        _("title"), max_length=300, blank=True, help_text=_("Needed for a document without address.")
    )
    facts = models.CharField(_("facts it carries"), max_length=300, blank=True, help_text=_("Empty: the whole entry."))
    read_on = models.DateField(_("read on"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_names_a_document",
                condition=~models.Q(url="", title=""),
                violation_error_message=_("Give the source a web address or a title."),
            ),
        ]

    def __str__(self):
        return self.title or self.url


def validate_replacement(address: str) -> None:
    """Raise ValidationError unless it is a path of this site or a web address: visitors are led there."""
    if not OWN_PATH.fullmatch(address):
        WEB_ADDRESS(address)


class Tombstone(PublicModel):
    """What stays of a retired record: its address answers 410 with the reason."""

    path = models.CharField(_("path"), max_length=300, unique=True, help_text=_("Such as /resources/old-guide/."))
    title = models.CharField(_("title"), max_length=300)
    reason = models.TextField(_("reason"), help_text=_("Shown to everybody who follows an old link."))
    retired_on = models.DateField(_("retired on"), default=timezone.localdate)
    retired_by = models.CharField(_("retired by"), max_length=150, blank=True)
    replacement = models.CharField(
        _("go here instead"),
        max_length=500,
        blank=True,
        validators=[validate_replacement],
        help_text=_("An address of this site, such as /resources/new-guide/, or a full web address."),
    )
    kind = models.CharField(_("kind"), max_length=60, blank=True, editable=False)
    key = models.PositiveBigIntegerField(null=True, editable=False)

    class Meta:
        ordering = ["-retired_on", "path"]
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")

    def __str__(self):
        return self.title

    @property
    def record_model(self) -> type[PublicModel] | None:
        """What kind of record it was; None where nobody wrote that down, or there is no such kind any more."""
        try:
            return apps.get_model(self.kind) if self.kind else None
        except LookupError:
            return None


def free_slug(model: type[Record], text: str) -> str:
    """Return an address for a new record: the words of ``text``, with a number behind where it is taken.

    Safe against a second writer only in a transaction that has already raised the content generation.
    """
    longest = model._meta.get_field("slug").max_length - 7
    stem = slugify(text)[:longest].strip("-") or model._meta.model_name
    taken = model.reserved_slugs.union(model.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in count(2))
    return next(slug for slug in chain([stem], numbered) if slug not in taken and not _was_retired(model, slug))


def _was_retired(model, slug):
    return Tombstone.objects.filter(path=model(slug=slug).get_absolute_url()).exists()


def retire(record: PublicModel, *, reason: str = "", replacement: str = "", by=None) -> Tombstone:
    """Delete a public record and leave a tombstone at its address, which then answers 410; ``by`` is a user.

    Raises django.db.models.ProtectedError, nothing written, if other records cannot do without it.
    """
    reason = reason or gettext("A curator has retired this entry.")
    with change(gettext("Retired: %(reason)s") % {"reason": reason}, by=by):
        tombstone, _is_new = Tombstone.objects.update_or_create(
            path=record.get_absolute_url(),
            defaults={
                "title": str(record),
                "reason": reason,
                "replacement": replacement,
                "retired_on": timezone.localdate(),
                "retired_by": name_of(by)[:150],
                "kind": record._meta.label_lower,
                "key": record.pk,
            },
        )
        record.delete()
    return tombstone


def revive(tombstone: Tombstone, *, by=None) -> PublicModel:
    """Put a retired record back at its address, with all that went with it, and remove the tombstone.

    Raises ValidationError, nothing written, if the record is not known any more or does not fit what has changed.
    """
    model = tombstone.record_model
    if model is None:
        raise ValidationError(gettext("It was retired before histories were kept, and cannot be put back."))
    reason = gettext("Put back after it was retired.")
    with change(reason, by=by):
        record = bring_back(model, tombstone.key)
        tombstone.delete()
    return record


def confirm(record: Record, *, how: str, by=None) -> None:
    """Write down that somebody has checked today that all of the record is still true."""
    record.confirmed_on, record.confirmed_how = timezone.localdate(), how
    record.confirmed_by = name_of(by)[:150] or gettext("a moderator")
    with change(gettext("Confirmed: %(how)s") % {"how": how}, by=by):
        record.save(update_fields=["confirmed_on", "confirmed_how", "confirmed_by", "changed_at"])


@receiver(m2m_changed)
def _relations_are_content_too(instance, action, **kwargs):
    """Tags and other many-to-many rows bypass the querysets above; Django reports them by this signal only."""
    if action.startswith("post_") and isinstance(instance, PublicModel):
        pagecache.raise_generation()
