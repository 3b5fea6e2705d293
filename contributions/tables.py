"""Resources as a table. Nothing of contributions or contributors is in it but the public credit."""

from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field

from catalogue.models import Deliverable
from catalogue.tables import SOURCE_PARTS
from contributions.models import Resource, ResourceSource
from resourcecenter.core.tables.cells import Cell, Lines
from resourcecenter.core.tables.records import Table
from resourcecenter.core.text import one_line


class DeliverableOfNetwork(Cell):
    """A deliverable, which has no slug of its own: "groove: Mentoring of facilitators"."""

    how = gettext_lazy("The slug of its network and its title: groove: Mentoring of facilitators.")

    @cached_property
    def _known(self):
        """Of two that say the same, the first."""
        return {self.render(found): found for found in Deliverable.objects.select_related("network").order_by("-pk")}

    def clean(self, value, row=None, **kwargs):
        text = one_line(value)
        if text and text not in self._known:
            raise ValidationError(_("There is no deliverable “%(text)s”.") % {"text": text})
        return self._known.get(text)

    def render(self, value, obj=None, **kwargs):
        return f"{value.network.slug}: {one_line(value.title)}" if value else ""


class ResourceTable(Table):
    relations = ("phases", "tags", "network", "deliverable__network", "sources")
    name_field = "title"

    deliverable = Field("deliverable", widget=DeliverableOfNetwork())
    sources = Field("sources", widget=Lines(ResourceSource, SOURCE_PARTS))

    class Meta(Table.Meta):
        model = Resource
        fields = [
            "slug", "kind", "title", "summary", "body", "url", "format", "authors", "publisher", "date", "language",
            "licence", "countries", "phases", "tags", "network", "deliverable", "featured", "credit", "archived_url",
            "sources", "confirmed_on", "confirmed_how",
        ]  # fmt: skip
