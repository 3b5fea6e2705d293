"""The network catalogue: who learned what, with whom, and when."""

from contextlib import suppress
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from markdownx.models import MarkdownxField
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase

from catalogue.tagging import TopicManager, words
from phases.models import KnowledgeStage, Level, OrderedLine
from resourcecenter.core.dates import PartialDateField, bounds
from resourcecenter.core.fields import ChoiceListField, WebAddressField
from resourcecenter.core.public import PublicModel, PublicQuerySet, Record, Source
from resourcecenter.core.text import one_line

NEWS_HOLDS = timedelta(days=3 * 365)
"""For how long a network without an end counts as active after the last day on which a source shows it at work."""


class TopicQuerySet(PublicQuerySet):
    def for_tags(self):
        """Topics before sectors, each in alphabetical order."""
        return self.order_by("-group", "name")

    def by_words(self):
        """Topics by all that may stand for them, folded: synonyms, names, former addresses and addresses."""
        topics = list(self)
        former = FormerAddress.objects.filter(topic__in=topics).select_related("topic")
        return {
            **{words(synonym): topic for topic in topics for synonym in topic.synonym_list},
            **{words(topic.name): topic for topic in topics},
            **{address.slug: address.topic for address in former},
            **{topic.slug: topic for topic in topics},
        }


class Topic(PublicModel, TagBase):
    """A term of the controlled vocabulary, used as a tag."""

    class Group(models.TextChoices):
        TOPIC = "topic", _("topic")
        SECTOR = "sector", _("sector")

    group = models.CharField(_("group"), max_length=10, choices=Group.choices, default=Group.TOPIC)
    definition = models.CharField(_("definition"), max_length=300, blank=True)
    synonyms = models.CharField(
        _("synonyms"), max_length=1000, blank=True, help_text=_("Other words and short forms, with commas between.")
    )

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("name"),
                name="catalogue_topic_name_once_in_any_case",
                violation_error_message=_("There is a topic of this name already."),
            ),
        ]

    def clean(self):
        self.name = one_line(self.name)
        others = {words(topic.name): topic for topic in Topic.objects.exclude(pk=self.pk)}
        if namesake := others.get(words(self.name)):
            raise ValidationError({"name": _("There is the topic “%(topic)s” already.") % {"topic": namesake}})
        if former := FormerAddress.objects.filter(slug=self.slug).exclude(topic=self.pk).first():
            raise ValidationError({"slug": _("This address leads to the topic “%(topic)s”.") % {"topic": former.topic}})

    @transaction.atomic
    def save(self, *args, **kwargs):
        self.name = one_line(self.name)
        former = Topic.objects.filter(pk=self.pk).exclude(slug=self.slug).first() if self.pk else None
        super().save(*args, **kwargs)
        if former:
            FormerAddress.objects.filter(slug=self.slug).delete()
            FormerAddress.objects.create(slug=former.slug, topic=self)

    def get_absolute_url(self):
        return reverse("topic", args=[self.slug])

    @property
    def synonym_list(self) -> list[str]:
        return [synonym for part in self.synonyms.split(",") if (synonym := one_line(part))]


class FormerAddress(PublicModel):
    """An address under which a topic was known before, or which a topic had that was merged into it.

    No part of the topic: putting an earlier version of a topic back must not break an address.
    """

    slug = models.SlugField(_("address"), max_length=100, unique=True, allow_unicode=True)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="former_addresses", verbose_name=_("topic"))

    class Meta:
        ordering = ["slug"]
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")

    def __str__(self):
        return self.slug


class Organization(Record):
    """An organization named in the catalogue."""

    class Kind(models.TextChoices):
        DONOR = "donor", _("donor")
        GOVERNMENT = "government", _("government body")
        NETWORK = "network", _("network")
        NGO = "ngo", _("non-governmental organization")
        PRIVATE = "private", _("company")
        RESEARCH = "research", _("research institute")
        UNIVERSITY = "university", _("university")
        OTHER = "other", _("other")

    name = models.CharField(_("name"), max_length=200, unique=True)
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    former_name = models.CharField(_("former name"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.OTHER)
    country = CountryField(_("seat"), blank=True)
    website = WebAddressField(_("website"))
    # An office whose parent is removed is still an organization of its own.
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="offices", verbose_name=_("part of")
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [
            models.CheckConstraint(
                name="catalogue_organization_is_not_its_own_parent",
                condition=Q(parent=None) | ~Q(parent=F("id")),
                violation_error_message=_("An organization cannot be part of itself."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("catalogue:organization", args=[self.slug])


class TaggedNetwork(PublicModel, ItemBase):
    """A topic of a network."""

    part_of = "content_object"

    tag = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="network_tags", verbose_name=_("topic"))
    content_object = models.ForeignKey("Network", on_delete=models.CASCADE, related_name="tagged")

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="catalogue_network_has_a_topic_once")
        ]


class NetworkQuerySet(PublicQuerySet):
    def for_cards(self):
        """With all that a card shows, in two queries however many cards."""
        return self.prefetch_related("tags")

    def for_page(self):
        """With all of its own that a network's page shows, in six queries."""
        return self.prefetch_related(named_memberships(), "tags", "learning_questions", "deliverables", "sources")


class Network(Record):
    """A finite set of organizations that pursue a shared learning agenda over a fixed period, or a close relative."""

    reserved_slugs = frozenset({"map", "members", "table", "timeline"})

    class Kind(models.TextChoices):
        LEARNING_NETWORK = "learning_network", _("learning network")
        COMMUNITY_OF_PRACTICE = "community_of_practice", _("community of practice")
        LEARNING_ALLIANCE = "learning_alliance", _("learning alliance")
        COLLABORATIVE = "collaborative", _("collaborative")
        OTHER = "other", _("other form")

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        ACTIVE = "active", _("active")
        ENDED = "ended", _("ended")
        UNKNOWN = "unknown", _("not known")

    name = models.CharField(_("name"), max_length=200, unique=True)
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices, default=Kind.LEARNING_NETWORK)
    summary = models.CharField(_("summary"), max_length=500)
    description = MarkdownxField(_("description"), blank=True)

    starts = PartialDateField(_("starts"))
    planned_end = PartialDateField(_("planned end"))
    ends = PartialDateField(_("ended"))
    ended_undated = models.BooleanField(
        _("ended, date not known"), default=False, help_text=_("A source shows that it is over, but not since when.")
    )
    last_active = PartialDateField(
        _("last known to be active"),
        help_text=_("The latest date on which a source shows that the network was active."),
    )
    starts_by = models.DateField(null=True, editable=False)
    ends_by = models.DateField(null=True, editable=False)

    countries = CountryField(_("countries"), multiple=True, blank=True)
    countries_note = models.CharField(_("about the countries"), max_length=300, blank=True)
    member_note = models.CharField(_("about the members"), max_length=300, blank=True)
    levels = ChoiceListField(_("levels of learning"), choices_of=Level)
    knowledge_cycle = ChoiceListField(_("parts of the knowledge cycle"), choices_of=KnowledgeStage)
    resourced = models.BooleanField(_("members are given resources"), null=True, blank=True)
    resourced_how = models.CharField(_("how it is resourced"), max_length=300, blank=True)
    facilitated = models.BooleanField(_("facilitated"), null=True, blank=True)
    website = WebAddressField(_("website"))
    notes = models.TextField(_("what is uncertain"), blank=True)
    organizations = models.ManyToManyField(Organization, through="Membership", related_name="networks")
    tags = TaggableManager(
        _("topics"), through=TaggedNetwork, manager=TopicManager, blank=True, help_text=_("Topics and sectors.")
    )

    objects = NetworkQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("network")
        verbose_name_plural = _("networks")
        constraints = [
            models.CheckConstraint(
                name="catalogue_network_ends_after_it_starts",
                condition=Q(starts_by=None) | Q(ends_by=None) | Q(ends_by__gte=F("starts_by")),
                violation_error_message=_("A network cannot end before it starts."),
            ),
            models.CheckConstraint(
                name="catalogue_network_end_has_a_date_or_none",
                condition=Q(ended_undated=False) | Q(ends=""),
                violation_error_message=_("Give the date of the end, or say that it is not known; not both."),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        """Derive the bounds early, so that the constraints can be checked before saving."""
        with suppress(ValueError):  # the field of the wrong date has said so already
            self._set_bounds()

    def save(self, *args, **kwargs):
        self._set_bounds()
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("network", args=[self.slug])

    def _set_bounds(self):
        """The first day on which it can have started, the last on which it can have ended or was to end."""
        end = self.ends or self.planned_end
        self.starts_by = bounds(self.starts)[0] if self.starts else None
        self.ends_by = bounds(end)[1] if end else None

    @property
    def status(self) -> Status:
        return self.status_on(timezone.localdate())

    def status_on(self, day: date) -> Status:
        """What the dates say of ``day``: past a planned end, or long after the last news, nobody knows.

        News from before the planned end does not say that it went on after it.
        """
        if self.ended_undated or (self.ends and bounds(self.ends)[1] < day):
            return self.Status.ENDED
        if self.starts and bounds(self.starts)[0] > day:
            return self.Status.PLANNED
        is_on_time = self.ends_by and self.ends_by >= day
        has_news = self._went_on and bounds(self.last_active)[1] >= day - NEWS_HOLDS
        return self.Status.ACTIVE if is_on_time or has_news else self.Status.UNKNOWN

    @property
    def _went_on(self) -> bool:
        """Whether a source shows it at work, later than its planned end if it has one."""
        last_seen = self.last_active and bounds(self.last_active)[1]
        return bool(last_seen) and (not self.planned_end or last_seen > bounds(self.planned_end)[1])

    @property
    def unknown_since(self) -> str:
        """The partial date of the last news, where the status is not known for want of later news; else empty."""
        return self.last_active if self.status == self.Status.UNKNOWN and self._went_on else ""

    @property
    def unconfirmed_end(self) -> str:
        """The planned end, a partial date, where it has passed and no source says what became of it; else empty."""
        return self.planned_end if self.status == self.Status.UNKNOWN and not self._went_on else ""


def refuse_an_early_end(form) -> None:
    """Add an error beside the end that lies before the start, in a form of a network that has been cleaned.

    The constraint compares columns that are no fields of a form, so that Django does not ask it there.
    """
    starts, ends, planned = (form.cleaned_data.get(name) for name in ("starts", "ends", "planned_end"))
    if starts and (ends or planned) and bounds(ends or planned)[1] < bounds(starts)[0]:
        form.add_error("ends" if ends else "planned_end", _("A network cannot end before it starts."))


class Membership(PublicModel):
    """An organization's role in a network."""

    part_of = "network"

    class Role(models.TextChoices):
        FUNDER = "funder", _("funder")
        CONVENOR = "convenor", _("convenor")
        FACILITATOR = "facilitator", _("facilitator")
        MEMBER = "member", _("member")

    network = models.ForeignKey(
        Network, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("network")
    )
    # Removing an organization must not silently change what the catalogue says of its networks.
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("organization")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.MEMBER)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("membership")
        verbose_name_plural = _("members and roles")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "organization", "role"],
                name="catalogue_membership_once_a_role",
                violation_error_message=_("This organization has this role already."),
            ),
        ]

    def __str__(self):
        return f"{self.organization}, {self.get_role_display()}"


def named_memberships(**which) -> models.Prefetch:
    """Memberships with their organizations, for prefetch_related of networks; ``which`` filters them.

    Joined, because Django 5.2 asks SQLite for several records by an expression of at most 1000 parts.
    """
    return models.Prefetch("memberships", Membership.objects.filter(**which).select_related("organization"))


class LearningQuestion(OrderedLine):
    """A question of a network's learning agenda, in the network's own words."""

    part_of = "network"

    network = models.ForeignKey(
        Network, on_delete=models.CASCADE, related_name="learning_questions", verbose_name=_("network")
    )
    text = models.CharField(_("question"), max_length=500)
    level = models.CharField(_("level"), max_length=12, choices=Level.choices, blank=True)

    class Meta(OrderedLine.Meta):
        verbose_name = _("learning question")
        verbose_name_plural = _("learning questions")

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return f"{self.network.get_absolute_url()}#question-{self.pk}"


class Deliverable(OrderedLine):
    """Something that a network, or a member of it, agreed to produce."""

    part_of = "network"

    network = models.ForeignKey(
        Network, on_delete=models.CASCADE, related_name="deliverables", verbose_name=_("network")
    )
    title = models.CharField(_("title"), max_length=300)
    level = models.CharField(_("level"), max_length=12, choices=Level.choices, blank=True)
    stage = models.CharField(
        _("part of the knowledge cycle"), max_length=13, choices=KnowledgeStage.choices, blank=True
    )
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    url = WebAddressField(_("link"))

    class Meta(OrderedLine.Meta):
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        constraints = [
            models.CheckConstraint(
                name="catalogue_deliverable_year_has_four_digits",
                condition=Q(year=None) | Q(year__range=(1000, 9999)),
                violation_error_message=_("Write the year with four digits."),
            ),
        ]

    def __str__(self):
        return self.title


class NetworkSource(Source):
    part_of = "network"

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="sources", verbose_name=_("network"))

    class Meta(Source.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")
