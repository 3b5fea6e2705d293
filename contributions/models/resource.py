"""Resources: the public collection of tools, guidance and stories."""

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from markdownx.models import MarkdownxField
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from catalogue.models import Deliverable, Network, Topic
from catalogue.tagging import TopicManager
from contributions.licences import LICENCES
from phases.models import Phase
from resourcecenter.core import files
from resourcecenter.core.dates import PartialDateField, bounds
from resourcecenter.core.fields import WebAddressField
from resourcecenter.core.likeness import address_key
from resourcecenter.core.public import PublicModel, PublicQuerySet, Record, Source


class TaggedResource(PublicModel, ItemBase):
    """A topic of a resource."""

    part_of = "content_object"

    tag = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="resource_tags", verbose_name=_("topic"))
    content_object = models.ForeignKey("Resource", on_delete=models.CASCADE, related_name="tagged")

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="contributions_resource_has_a_topic_once")
        ]


class ResourceQuerySet(PublicQuerySet):
    def for_cards(self):
        """With all that a card shows, in two queries however many cards."""
        return self.prefetch_related("phases")

    def for_index(self):
        """With all that can be found of a resource, in six queries however many resources."""
        phases = models.Prefetch("phases", Phase.objects.only("slug", "name"))
        return self.select_related("network").prefetch_related("tagged__tag", phases, "attachments__text")

    def for_page(self):
        """With all that a resource's page shows, in five queries."""
        return self.select_related("network", "deliverable").prefetch_related(
            "phases", "tags", "attachments", "sources"
        )


class Resource(Record):
    """A tool, a piece of guidance or a story."""

    class Kind(models.TextChoices):
        TOOL = "tool", _("tool")
        GUIDANCE = "guidance", _("guidance")
        STORY = "story", _("story")

    class Format(models.TextChoices):
        WEB = "web", _("web page")
        PDF = "pdf", _("PDF")
        DOCUMENT = "doc", _("document to edit")
        VIDEO = "video", _("video")
        OTHER = "other", _("other")

    class LinkState(models.TextChoices):
        UNCHECKED = "unchecked", _("not checked")
        ALIVE = "alive", _("works")
        DEAD = "dead", _("does not work")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(
        _("summary"), max_length=500, help_text=_("What it is, for whom, and what it is good for.")
    )
    body = MarkdownxField(_("text"), blank=True, max_length=20_000)
    url = WebAddressField(_("link"))
    address_key = models.CharField(max_length=500, blank=True, db_index=True, editable=False)
    format = models.CharField(_("format"), max_length=5, choices=Format.choices, blank=True)
    authors = models.CharField(_("authors"), max_length=300, blank=True, help_text=_("Names, with semicolons between."))
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    date = PartialDateField(_("date"))
    date_from = models.DateField(null=True, editable=False)
    language = models.CharField(
        _("language"),
        max_length=35,
        default="en",
        validators=[RegexValidator(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", _("Use a language code such as en or pt-BR."))],
    )
    licence = models.CharField(
        _("licence"),
        max_length=120,
        blank=True,
        help_text=_("An SPDX identifier such as CC-BY-4.0, or a plain statement."),
    )
    countries = CountryField(_("countries"), multiple=True, blank=True)
    phases = models.ManyToManyField(Phase, related_name="resources", blank=True, verbose_name=_("phases"))
    # A resource outlives the entry of the network that it tells of.
    network = models.ForeignKey(
        Network,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="resources",
        verbose_name=_("network"),
        help_text=_("The network whose experience it is."),
    )
    deliverable = models.ForeignKey(
        Deliverable,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="resources",
        verbose_name=_("deliverable"),
    )
    tags = TaggableManager(
        _("topics"), through=TaggedResource, manager=TopicManager, blank=True, help_text=_("Up to four fit best.")
    )
    featured = models.BooleanField(_("featured"), default=False)
    credit = models.CharField(_("contributed by"), max_length=330, blank=True)
    link_state = models.CharField(_("link"), max_length=9, choices=LinkState.choices, default=LinkState.UNCHECKED)
    link_checked_on = models.DateField(_("link checked on"), null=True, blank=True)
    archived_url = WebAddressField(_("archived copy"))

    _history_m2m_fields = ["phases"]
    objects = ResourceQuerySet.as_manager()

    class Meta:
        ordering = ["-added_at", "-pk"]
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        indexes = [
            models.Index(fields=["kind", "-featured", "-added_at", "-id"], name="contributions_shelf"),
            models.Index(fields=["-featured", "-added_at", "-id"], name="contributions_featured"),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.date_from = bounds(self.date)[0] if self.date else None
        self.address_key = address_key(self.url)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("contributions:resource", args=[self.slug])

    @property
    def language_name(self) -> str:
        try:
            return get_language_info(self.language)["name_translated"]
        except KeyError:
            return self.language

    @property
    def licence_known(self):
        """The Licence that the identifier names; None for a plain statement."""
        return LICENCES.get(self.licence)


class ResourceSource(Source):
    part_of = "resource"

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="sources", verbose_name=_("resource"))

    class Meta(Source.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")


class Attachment(PublicModel, files.StoredFile):
    """A file that anybody may download."""

    part_of = "resource"

    resource = models.ForeignKey(
        Resource, on_delete=models.CASCADE, related_name="attachments", verbose_name=_("resource")
    )
    file = models.FileField(_("file"), storage=files.public_storage, upload_to=files.random_path, max_length=200)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def get_absolute_url(self):
        return reverse("contributions:file", args=[self.pk, self.name])


class FileText(models.Model):
    """What can be read in an attachment, for the search. It follows from the file, and so has no history."""

    attachment = models.OneToOneField(Attachment, on_delete=models.CASCADE, primary_key=True, related_name="text")
    text = models.TextField(blank=True)
    problem = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=1)
    read_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return str(self.attachment)
