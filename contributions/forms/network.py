"""The form of a network, with its members, learning questions, deliverables and sources."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from markdownx.widgets import MarkdownxWidget

from catalogue.definition import profile
from catalogue.models import (
    Deliverable,
    LearningQuestion,
    Membership,
    Network,
    NetworkSource,
    Organization,
    refuse_an_early_end,
)
from resourcecenter.core.public import free_slug

from .countries import CountriesField
from .record import RecordForm, Section, TidyForm, missing, rows_of
from .topics import TopicsToPick


class MemberForm(TidyForm):
    """An organization, by any name under which the catalogue knows it, and its role."""

    organization = forms.CharField(
        max_length=200, label=_("Organization"), error_messages=missing(_("Enter the name of the organization."))
    )
    role = forms.ChoiceField(
        choices=[(value, capfirst(label)) for value, label in Membership.Role.choices],
        initial=Membership.Role.MEMBER,
        label=_("Role"),
        error_messages=missing(_("Choose the role of the organization.")),
    )

    def clean_organization(self):
        """The name under which the catalogue knows it, so that two names of one organization are the same."""
        name = self.cleaned_data["organization"]
        known = find_organization(name)
        return known.name if known else name

    def has_changed(self):
        # A role alone says nothing; the first of them stands in every empty row.
        return "organization" in self.changed_data

    def membership(self, network, *, create: bool) -> Membership:
        """The unsaved membership; an organization that is new to the catalogue is made if ``create`` says so."""
        name = self.cleaned_data["organization"]
        organization = find_organization(name) or Organization(name=name, slug=free_slug(Organization, name))
        if create and not organization.pk:
            organization.save()
        return Membership(network=network, organization=organization, role=self.cleaned_data["role"])


class QuestionForm(TidyForm, forms.ModelForm):
    class Meta:
        model = LearningQuestion
        fields = ["text", "level"]
        error_messages = {"text": missing(_("Enter the learning question, or empty this row."))}


class DeliverableForm(TidyForm, forms.ModelForm):
    class Meta:
        model = Deliverable
        fields = ["title", "level", "stage", "year", "url"]
        widgets = {"year": forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4})}
        error_messages = {"title": missing(_("Enter the title of the deliverable, or empty this row."))}


class SourceForm(TidyForm, forms.ModelForm):
    class Meta:
        model = NetworkSource
        fields = ["url", "title", "facts"]
        labels = {"facts": _("What it supports")}
        help_texts = {
            "title": _("Needed if it has no web address."),
            "facts": _("Leave empty if it supports the whole entry."),
        }


class NetworkForm(RecordForm):
    """A network for the catalogue."""

    TITLE = "name"
    PREVIEW = "catalogue/network_body.html"
    READS = ["memberships__organization"]
    ROWS = {
        "memberships": rows_of(MemberForm, label=_("Members and roles"), adding=_("Add a member"), empty=3),
        "learning_questions": rows_of(QuestionForm, label=_("Learning questions"), adding=_("Add a question")),
        "deliverables": rows_of(DeliverableForm, label=_("Deliverables"), adding=_("Add a deliverable")),
        "sources": rows_of(SourceForm, label=_("Sources"), adding=_("Add a source")),
    }
    SECTIONS = [
        Section(_("What it is"), ["name", "acronym", "kind", "summary", "description"]),
        Section(
            _("When"),
            ["starts", "planned_end", "ends", "ended_undated", "last_active"],
            intro=_("Give a year, a month or a day: 2009, 2009-06 or 2009-06-15. If you are not sure, add a ?: 2009?"),
        ),
        Section(_("Who"), ["memberships", "member_note", "countries", "countries_note"]),
        Section(
            _("What it learns, and how"),
            ["learning_questions", "deliverables", "levels", "knowledge_cycle", "tags"],
        ),
        Section(_("How it is run"), ["resourced", "resourced_how", "facilitated", "website"]),
        Section(
            _("How you know"),
            ["sources", "notes"],
            intro=_("Where can a reader check this? Name a page or a document for what you know."),
        ),
    ]

    tags = TopicsToPick(label=_("Topics and sectors"))
    countries = CountriesField(help_text=_("Where the network works or worked."))

    class Meta:
        model = Network
        fields = [
            "name", "acronym", "kind", "summary", "description", "starts", "planned_end", "ends", "ended_undated",
            "last_active", "member_note", "countries", "countries_note", "levels", "knowledge_cycle", "tags",
            "resourced", "resourced_how", "facilitated", "website", "notes",
        ]  # fmt: skip
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 4}),
            "description": MarkdownxWidget(attrs={"rows": 10}),
            "notes": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "summary": _("What the network is for, and who is in it. Two or three sentences."),
            "description": _("The longer story, if there is one. You can use Markdown: **bold**, *italic*, - list."),
            "starts": _("When the network began."),
            "planned_end": _("When it is to end, or was to end, if that was agreed."),
            "ends": _("When it ended, if it has ended."),
            "member_note": _("For example: about 40 members, most of them small organizations."),
            "countries_note": _("For example: only the northern districts."),
            "levels": _("Who was to learn: single organizations, the network itself, the industry around it?"),
            "knowledge_cycle": _("What it did with knowledge: make it, write it down, pass it on, use it."),
            "resourced": _("Do members get money, staff time or other means for learning together?"),
            "resourced_how": _("For example: a grant, or fees that members pay."),
            "facilitated": _("Does somebody prepare meetings and look after the exchange?"),
            "website": _("The network's own web address, if it has one."),
            "notes": _("What you are not sure of, or where sources differ."),
        }
        error_messages = {
            "name": missing(_("Enter the name of the network.")),
            "kind": missing(_("Choose what kind of network it is.")),
            "summary": missing(_("Enter a summary: what the network is for, and who is in it.")),
        }

    def clean(self):
        cleaned = super().clean()
        refuse_an_early_end(self)
        return cleaned

    def preview(self) -> dict:
        self.is_valid()
        memberships = [form.membership(self.instance, create=False) for form in self.rows["memberships"].filled]
        lines = {
            prefix: [form.save(commit=False) for form in self.rows[prefix].filled]
            for prefix in ("learning_questions", "deliverables", "sources")
        }
        return profile(self.instance, tags=self.cleaned_data.get("tags", []), memberships=memberships, **lines)

    def lines(self, prefix):
        if prefix != "memberships":
            return super().lines(prefix)
        lines = [form.membership(self.instance, create=True) for form in self.rows[prefix].filled]
        # One organization may have been given twice, by two of its names.
        return list({(line.organization.pk, line.role): line for line in lines}.values())

    @classmethod
    def line_of(cls, prefix, line):
        if prefix == "memberships":
            return {"organization": line.organization.name, "role": line.role}
        return super().line_of(prefix, line)


def find_organization(name: str) -> Organization | None:
    """The organization of this name, acronym or former name, in any case; None where none or several could be meant."""
    for lookup in ("name", "name__iexact", "acronym__iexact", "former_name__iexact"):
        found = list(Organization.objects.filter(**{lookup: name})[:2])
        if len(found) == 1:
            return found[0]
    return None
