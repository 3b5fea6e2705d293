"""Admin pages of what all apps have in common: the phases, the topics, and the site itself."""

from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag

from catalogue.models import Topic
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


@admin.register(Topic)
class TopicAdmin(RecordAdmin):
    list_display = ["name", "group", "definition", "synonyms"]
    list_filter = ["group"]
    search_fields = ["name", "synonyms"]
    prepopulated_fields = {"slug": ["name"]}
