"""Admin pages of records whose words stand in the search entries of others, above them or beside them."""

from functools import partial

from django.conf import settings
from django.contrib import admin
from django.urls import path
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag

from catalogue import search as network_search
from catalogue.admin import NetworkAdmin
from catalogue.models import Network, Topic
from contributions import merge_page
from contributions import search as resource_search
from contributions.models import Resource
from phases.models import KeyQuestion, Phase, PhaseSource, Practice
from resourcecenter.core.admin import LineInline, RecordAdmin

admin.site.site_header = admin.site.site_title = settings.SITE_NAME
admin.site.index_title = _("Moderate and curate")

# The vocabulary is Topic; taggit's own table stays empty.
admin.site.unregister(Tag)


class PracticeInline(LineInline):
    model = Practice


class KeyQuestionInline(LineInline):
    model = KeyQuestion


class PhaseSourceInline(LineInline):
    model = PhaseSource


@admin.register(Network)
class NetworkOfResourcesAdmin(NetworkAdmin):
    """A network whose name stands in the entries of its resources."""

    def index(self, record):
        super().index(record)
        resource_search.index(*record.resources.all())

    def index_all(self, records):
        super().index_all(records)
        resource_search.index(*Resource.objects.filter(network__in=records))

    def retire(self, record, **words):
        resources = list(record.resources.all())
        super().retire(record, **words)
        resource_search.index(*resources)


@admin.register(Phase)
class PhaseAdmin(RecordAdmin):
    list_display = ["number", "name", "summary", "name_inferred"]
    list_display_links = ["name"]
    search_fields = ["name", "summary"]
    inlines = [KeyQuestionInline, PracticeInline, PhaseSourceInline]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def index(self, record):
        resource_search.index(*record.resources.all())


@admin.register(Topic)
class TopicAdmin(RecordAdmin):
    list_display = ["name", "group", "definition", "synonyms"]
    list_filter = ["group"]
    search_fields = ["name", "synonyms"]
    prepopulated_fields = {"slug": ["name"]}
    actions = ["merge"]

    @admin.action(description=_("Merge the chosen topics"), permissions=["delete"])
    def merge(self, request, queryset):
        return merge_page.ask(self, request, queryset)

    def get_urls(self):
        view = self.admin_site.admin_view(partial(merge_page.merge_page, self))
        return [path("merge/", view, name="catalogue_topic_merge"), *super().get_urls()]

    def get_readonly_fields(self, request, obj=None):
        # The address may change: the former one leads to the topic all the same.
        return [name for name in super().get_readonly_fields(request, obj) if name != "slug"]

    def index(self, record):
        network_search.index(*Network.objects.filter(tagged__tag=record))
        resource_search.index(*Resource.objects.filter(tagged__tag=record))

    def retire(self, record, **words):
        networks = list(Network.objects.filter(tagged__tag=record))
        resources = list(Resource.objects.filter(tagged__tag=record))
        super().retire(record, **words)
        network_search.index(*networks)
        resource_search.index(*resources)
