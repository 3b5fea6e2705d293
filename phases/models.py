"""The six phases of a learning network, and the site's own pages and glossary beside them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from markdownx.models import MarkdownxField

from resourcecenter.core.fields import ChoiceListField, LinesField
from resourcecenter.core.public import PublicModel, PublicQuerySet, Record, Source

PHASE_COUNT = 6


class Level(models.TextChoices):
    """Where learning happens. Source: the announcement of the Resource Center, USAID Learning Lab, 26 August 2013."""

    ORGANIZATION = "organization", _("organization")
    NETWORK = "network", _("network")
    INDUSTRY = "industry", _("industry")


class KnowledgeStage(models.TextChoices):
    """The parts of the knowledge cycle. Source: the announcement of 26 August 2013."""

    GENERATION = "generation", _("generation")
    CAPTURE = "capture", _("capture")
    DISSEMINATION = "dissemination", _("dissemination")
    APPLICATION = "application", _("application")


class PhaseQuerySet(PublicQuerySet):
    def for_page(self):
        """With practices, key questions and sources, in four queries."""
        return self.prefetch_related("practices", "key_questions", "sources")


class Phase(Record):
    """One of the six phases, with its guidance."""

    number = models.PositiveSmallIntegerField(
        _("number"), unique=True, validators=[MinValueValidator(1), MaxValueValidator(PHASE_COUNT)]
    )
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_inferred = models.BooleanField(
        _("name is inferred"), default=False, help_text=_("The original name was not found; the page says so.")
    )
    name_note = models.TextField(_("about the name"), blank=True)
    summary = models.CharField(_("summary"), max_length=300)
    purpose = models.TextField(_("purpose"))
    who_leads = models.CharField(_("who leads"), max_length=300, blank=True)
    levels = ChoiceListField(_("levels of learning"), choices_of=Level)
    knowledge_cycle = ChoiceListField(_("parts of the knowledge cycle"), choices_of=KnowledgeStage)
    outputs = LinesField(_("typical outputs"), help_text=_("One a line."))
    pitfalls = LinesField(_("common pitfalls"), help_text=_("One a line."))
    guidance = MarkdownxField(_("guidance"), blank=True)

    objects = PhaseQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        constraints = [
            models.CheckConstraint(
                name="phases_phase_number_is_one_to_six",
                condition=models.Q(number__gte=1, number__lte=PHASE_COUNT),
                violation_error_message=_("There are six phases, numbered 1 to 6."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("phase", args=[self.slug])


class OrderedLine(PublicModel):
    """One of an ordered list that belongs to a record."""

    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]


class Practice(OrderedLine):
    """Something that helps in a phase."""

    part_of = "phase"

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="practices", verbose_name=_("phase"))
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))

    class Meta(OrderedLine.Meta):
        verbose_name = _("practice")
        verbose_name_plural = _("practices")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Its place on the page of its phase, which should be at hand."""
        return f"{self.phase.get_absolute_url()}#practice-{self.pk}"


class KeyQuestion(OrderedLine):
    """A question to ask in a phase."""

    part_of = "phase"

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="key_questions", verbose_name=_("phase"))
    text = models.CharField(_("question"), max_length=300)

    class Meta(OrderedLine.Meta):
        verbose_name = _("key question")
        verbose_name_plural = _("key questions")

    def __str__(self):
        return self.text


class PhaseSource(Source):
    part_of = "phase"

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="sources", verbose_name=_("phase"))

    class Meta(Source.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")


class Page(Record):
    """One of the site's own texts, such as the overview or the guidelines for contributors."""

    OWN_ADDRESSES = {
        "what-is-a-learning-network": "phases:overview",
        "glossary": "phases:glossary",
        "contribute": "contributions:guidelines",
    }

    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary"), max_length=300)
    body = MarkdownxField(_("text"))

    class Meta:
        ordering = ["title"]
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        if self.slug in self.OWN_ADDRESSES:
            return reverse(self.OWN_ADDRESSES[self.slug])
        return reverse("phases:page", args=[self.slug])


class PageSource(Source):
    part_of = "page"

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="sources", verbose_name=_("page"))

    class Meta(Source.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")


class GlossaryTerm(Record):
    """A word as this site uses it."""

    term = models.CharField(_("term"), max_length=100, unique=True)
    definition = models.TextField(_("definition"))

    class Meta:
        ordering = ["term"]
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")

    def __str__(self):
        return self.term

    def get_absolute_url(self):
        return f"{reverse('phases:glossary')}#{self.slug}"
