"""The curators' pages for resources; the queue of contributions is in queue.py."""

from django import forms
from django.contrib import admin

from catalogue.admin import TaggedForm, topic_field
from contributions import queue
from contributions.models import Attachment, Contribution, Reason, Resource, ResourceSource, TaggedResource
from contributions.tables import ResourceTable
from resourcecenter.core.admin import CuratedAdmin, LineInline, RecordAdmin
from resourcecenter.core.tables.admin import TablesAdmin

admin.site.register(Contribution, queue.ContributionAdmin)


@admin.register(Reason)
class ReasonAdmin(CuratedAdmin):
    list_display = ["name", "action", "position"]
    list_filter = ["action"]


class ResourceForm(TaggedForm):
    tags = topic_field(TaggedResource)

    class Meta:
        widgets = {"phases": forms.CheckboxSelectMultiple}


class AttachmentInline(LineInline):
    """What is public already; new files come by contributions, where they are checked."""

    model = Attachment
    readonly_fields = fields = ["name", "media_type", "size", "sha256"]

    def has_add_permission(self, request, obj=None):
        return False


class ResourceSourceInline(LineInline):
    model = ResourceSource


@admin.register(Resource)
class ResourceAdmin(TablesAdmin, RecordAdmin):
    resource_classes = [ResourceTable]
    form = ResourceForm
    list_display = ["title", "kind", "publisher", "date", "language", "featured", "link_state"]
    list_filter = ["kind", "featured", "phases", "link_state", "language"]
    search_fields = ["title", "summary", "authors", "publisher"]
    autocomplete_fields = ["network", "deliverable"]
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["link_state", "link_checked_on"]
    inlines = [AttachmentInline, ResourceSourceInline]
