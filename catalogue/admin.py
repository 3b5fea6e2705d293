from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple

from catalogue.models import (
    Deliverable,
    LearningQuestion,
    Membership,
    Network,
    NetworkSource,
    Organization,
    TaggedNetwork,
    Topic,
    refuse_an_early_end,
)
from catalogue.tables import NetworkTable, OrganizationTable
from resourcecenter.core.admin import LineInline, RecordAdmin
from resourcecenter.core.curating import RecordForm
from resourcecenter.core.tables.admin import TablesAdmin


class TopicsWidget(AutocompleteSelectMultiple):
    """Topics found by typing; each has its own cross, and a second one for all of them is no item of a list."""

    def build_attrs(self, *args, **kwargs):
        return super().build_attrs(*args, **kwargs) | {"data-allow-clear": "false"}


def topic_field(through):
    """Topics to choose from the vocabulary, found by typing; ``through`` is the table that tags the record."""
    widget = TopicsWidget(through._meta.get_field("tag"), admin.site)
    return forms.ModelMultipleChoiceField(Topic.objects.all(), required=False, widget=widget)


class TaggedForm(RecordForm):
    """A form of a record with topics; the class that uses it declares the field ``tags``."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["tags"] = list(self.instance.tags.values_list("pk", flat=True))


@admin.register(Organization)
class OrganizationAdmin(TablesAdmin, RecordAdmin):
    resource_classes = [OrganizationTable]
    list_display = ["name", "acronym", "kind", "country"]
    list_filter = ["kind"]
    search_fields = ["name", "acronym", "former_name"]
    autocomplete_fields = ["parent"]
    prepopulated_fields = {"slug": ["name"]}


class MembershipInline(LineInline):
    model = Membership
    autocomplete_fields = ["organization"]


class LearningQuestionInline(LineInline):
    model = LearningQuestion


class DeliverableInline(LineInline):
    model = Deliverable


class NetworkSourceInline(LineInline):
    model = NetworkSource


class NetworkForm(TaggedForm):
    tags = topic_field(TaggedNetwork)

    def clean(self):
        cleaned = super().clean()
        refuse_an_early_end(self)
        return cleaned


@admin.register(Network)
class NetworkAdmin(TablesAdmin, RecordAdmin):
    resource_classes = [NetworkTable]
    form = NetworkForm
    list_display = ["name", "acronym", "kind", "starts", "planned_end", "ends", "status", "confirmed_on"]
    list_filter = ["kind", "facilitated", "resourced"]
    search_fields = ["name", "acronym", "summary"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MembershipInline, LearningQuestionInline, DeliverableInline, NetworkSourceInline]


@admin.register(Deliverable)
class DeliverableAdmin(admin.ModelAdmin):
    """Deliverables are edited within their network; this page only lets a resource find the one that it is."""

    search_fields = ["title", "network__name"]

    def has_module_permission(self, request):
        return False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
