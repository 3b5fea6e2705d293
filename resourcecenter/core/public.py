"""The base of all public tables: whichever way they are written, the content generation rises with the change."""

from itertools import chain, count

from django.db import models, transaction
from django.db.models.signals import m2m_changed
from django.dispatch import receiver
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import pagecache
from .fields import WebAddressField


class PublicQuerySet(models.QuerySet):
    """A queryset whose writes raise the content generation; bulk_update is Django's, which calls update."""

    @transaction.atomic
    def update(self, **kwargs):
        pagecache.raise_generation()
        return super().update(**kwargs)

    update.alters_data = True

    @transaction.atomic
    def delete(self):
        pagecache.raise_generation()
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    @transaction.atomic
    def bulk_create(self, *args, **kwargs):
        pagecache.raise_generation()
        return super().bulk_create(*args, **kwargs)


class PublicModel(models.Model):
    """A row that anybody may see. What is waiting for a decision never lies in such a table."""

    objects = PublicQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @transaction.atomic
    def save(self, *args, **kwargs):
        pagecache.raise_generation()
        super().save(*args, **kwargs)

    @transaction.atomic
    def delete(self, *args, **kwargs):
        pagecache.raise_generation()
        return super().delete(*args, **kwargs)


class Record(PublicModel):
    """A public row with an address of its own."""

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

    class Meta:
        abstract = True


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


class Tombstone(PublicModel):
    """What stays of a retired record: its address answers 410 with the reason."""

    path = models.CharField(_("path"), max_length=300, unique=True, help_text=_("Such as /resources/old-guide/."))
    title = models.CharField(_("title"), max_length=300)
    reason = models.TextField(_("reason"), help_text=_("Shown to everybody who follows an old link."))
    retired_on = models.DateField(_("retired on"), default=timezone.localdate)
    replacement = models.CharField(_("go here instead"), max_length=500, blank=True)

    class Meta:
        ordering = ["-retired_on", "path"]
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")

    def __str__(self):
        return self.title


def free_slug(model: type[Record], text: str) -> str:
    """Return an address for a new record: the words of ``text``, with a number behind where it is taken.

    Safe against a second writer only in a transaction that has already raised the content generation.
    """
    longest = model._meta.get_field("slug").max_length - 7
    stem = slugify(text)[:longest].strip("-") or model._meta.model_name
    taken = set(model.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in count(2))
    return next(slug for slug in chain([stem], numbered) if slug not in taken and not _was_retired(model, slug))


def _was_retired(model, slug):
    return Tombstone.objects.filter(path=model(slug=slug).get_absolute_url()).exists()


@transaction.atomic
def retire(record: Record, *, reason: str = "", replacement: str = "") -> Tombstone:
    """Delete a public record and leave a tombstone at its address, which then answers 410."""
    tombstone, _is_new = Tombstone.objects.update_or_create(
        path=record.get_absolute_url(),
        defaults={
            "title": str(record),
            "reason": reason or gettext("A curator has retired this entry."),
            "replacement": replacement,
            "retired_on": timezone.localdate(),
        },
    )
    record.delete()
    return tombstone


@receiver(m2m_changed)
def _relations_are_content_too(instance, action, **kwargs):
    """Tags and other many-to-many rows bypass the querysets above; Django reports them by this signal only."""
    if action.startswith("post_") and isinstance(instance, PublicModel):
        pagecache.raise_generation()
