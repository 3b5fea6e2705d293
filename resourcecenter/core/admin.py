"""What the admin pages of public records have in common."""

from django.contrib import admin
from django.db import transaction
from django.shortcuts import redirect
from markdownx.models import MarkdownxField
from markdownx.widgets import AdminMarkdownxWidget

from resourcecenter.core.public import Record, Tombstone, retire


class CuratedAdmin(admin.ModelAdmin):
    """An admin page whose list answers whatever its address says."""

    def changelist_view(self, request, extra_context=None):
        # Django hands a NUL in the address on to the database, and PostgreSQL refuses it with an error.
        if any("\0" in value for value in request.GET.values()):
            return redirect(request.path)
        return super().changelist_view(request, extra_context)


class RecordAdmin(CuratedAdmin):
    """Curates a public record: Markdown with preview, the search index in step, a tombstone when it is retired."""

    formfield_overrides = {MarkdownxField: {"widget": AdminMarkdownxWidget}}
    save_on_top = True

    def index(self, record):
        """Bring the search index up to date with a saved record. For records that can be found."""

    def unindex(self, key):
        """Take a retired record out of the search index. For records that can be found."""

    def get_fields(self, request, obj=None):
        # What the record says comes first, then what every record has.
        common = [field.name for field in Record._meta.fields]
        fields = super().get_fields(request, obj)
        return [name for name in fields if name not in common] + [name for name in fields if name in common]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_readonly_fields(self, request, obj=None):
        # An address lasts: it follows the title only until the record is first saved.
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "slug"] if obj else fields

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        self.index(form.instance)

    def delete_model(self, request, obj):
        key = obj.pk
        retire(obj)
        self.unindex(key)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        for record in queryset:
            self.delete_model(request, record)


class LineInline(admin.TabularInline):
    """The rows of an ordered list, edited within their record."""

    extra = 0


@admin.register(Tombstone)
class TombstoneAdmin(CuratedAdmin):
    list_display = ["title", "path", "retired_on"]
    search_fields = ["title", "path"]

    def has_add_permission(self, request):
        return False
