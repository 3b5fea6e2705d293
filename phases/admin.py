from django.contrib import admin

from phases.models import GlossaryTerm, Page, PageSource
from resourcecenter.core.admin import LineInline, RecordAdmin


class PageSourceInline(LineInline):
    model = PageSource


@admin.register(Page)
class PageAdmin(RecordAdmin):
    list_display = ["title", "slug", "changed_at"]
    search_fields = ["title", "body"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [PageSourceInline]

    def has_delete_permission(self, request, obj=None):
        # Other pages and the footer lead to them.
        return False


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(RecordAdmin):
    list_display = ["term", "definition"]
    search_fields = ["term", "definition"]
    prepopulated_fields = {"slug": ["term"]}
