"""The admin as a whole, and the pages of records that the apps leave to the roof."""

from functools import partial

import post_office.admin  # noqa: F401 so that its pages are there to be taken out
from django.contrib import admin
from django.urls import path
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.admin import TOTPDevice
from post_office.models import Attachment, Email, EmailTemplate, Log
from taggit.models import Tag

from catalogue.models import Topic
from contributions import merge_page
from phases.models import KeyQuestion, Phase, PhaseSource, Practice
from resourcecenter.core import identity
from resourcecenter.core.admin import LineInline, RecordAdmin
from resourcecenter.core.mail.admin import OutboxAdmin

admin.site.site_header = admin.site.site_title = lazy(lambda: identity.current().name, str)()
admin.site.index_title = _("Moderate and curate")
# Its lists are those of the first page; the queue and the review need the width.
admin.site.enable_nav_sidebar = False

# The vocabulary is Topic; taggit's own table stays empty.
admin.site.unregister(Tag)

# The library's own pages send a mail again when a link is followed, and offer templates that the site does not use.
for model in (Email, Log, Attachment, EmailTemplate):
    admin.site.unregister(model)
admin.site.register(Email, OutboxAdmin)


# Its page shows the key of everybody's app.
admin.site.unregister(TOTPDevice)


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
