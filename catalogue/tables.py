"""Organizations and networks as tables."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.fields import Field

from catalogue.models import (
    Deliverable,
    LearningQuestion,
    Membership,
    Network,
    NetworkSource,
    Organization,
    named_memberships,
)
from resourcecenter.core.tables.cells import Lines, Reference
from resourcecenter.core.tables.records import Table

SOURCE_PARTS = ("url", "title", "facts", "read_on")


class OrganizationTable(Table):
    relations = ("parent",)

    class Meta(Table.Meta):
        model = Organization
        fields = [
            "slug", "name", "acronym", "former_name", "kind", "country", "website", "parent", "confirmed_on",
            "confirmed_how",
        ]  # fmt: skip


class Members(Lines):
    """The organizations of a network with their roles, one a line: "funder: usaid"."""

    def __init__(self):
        super().__init__(Membership, ["role"])
        self.organization = Reference(Organization)

    @property
    def how(self):
        return _("One a line, or with semicolons between: funder: usaid. The roles are %(roles)s.") % {
            "roles": ", ".join(Membership.Role.values)
        }

    def clean(self, value, row=None, **kwargs):
        members = super().clean(value, row=row, **kwargs)
        written = [self.write(member) for member in members]
        twice = sorted({text for text in written if written.count(text) > 1})
        if twice:
            raise ValidationError(_("“%(member)s” is there twice.") % {"member": twice[0]})
        return members

    def split(self, text):
        return super().split(text.replace(";", "\n"))

    def read(self, text):
        role, colon, name = text.partition(":")
        if not colon:
            raise ValidationError(_("Write the role before the organization: member: %(name)s.") % {"name": text})
        return Membership(role=self.parts["role"].clean(role), organization=self.organization.find(name.strip()))

    def write(self, line):
        return f"{line.role}: {line.organization.slug}"


class NetworkTable(Table):
    relations = ("tags", named_memberships(), "learning_questions", "deliverables", "sources")

    memberships = Field("memberships", widget=Members())
    learning_questions = Field("learning_questions", widget=Lines(LearningQuestion, ["text", "level"]))
    deliverables = Field("deliverables", widget=Lines(Deliverable, ["title", "level", "stage", "year", "url"]))
    sources = Field("sources", widget=Lines(NetworkSource, SOURCE_PARTS))

    class Meta(Table.Meta):
        model = Network
        fields = [
            "slug", "name", "acronym", "kind", "summary", "description", "starts", "planned_end", "ends",
            "ended_undated", "last_active", "countries", "countries_note", "memberships", "member_note",
            "learning_questions", "deliverables", "levels", "knowledge_cycle", "resourced", "resourced_how",
            "facilitated", "website", "tags", "notes", "sources", "confirmed_on", "confirmed_how",
        ]  # fmt: skip
