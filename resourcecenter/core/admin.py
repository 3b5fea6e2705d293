"""What the admin pages of public records have in common."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from markdownx.models import MarkdownxField
from markdownx.widgets import AdminMarkdownxWidget

from resourcecenter.core import curating, history
from resourcecenter.core.identity import SiteIdentity
from resourcecenter.core.identity.form import IdentityForm
from resourcecenter.core.missed import MissedSearch
from resourcecenter.core.public import Record, Tombstone


class CuratedAdmin(admin.ModelAdmin):
    """An admin page whose list answers whatever its address says."""

    def changelist_view(self, request, extra_context=None):
        # Django hands a NUL in the address on to the database, and PostgreSQL refuses it with an error.
        if any("\0" in value for value in request.GET.values()):
            return redirect(request.path)
        return super().changelist_view(request, extra_context)


class PublicAdmin(CuratedAdmin):
    """Curates public rows: what one form changes is one change of their history; nothing is deleted in bulk."""

    change_form_template = "admin/record/change_form.html"

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        # A record is retired on a page of its own, to which the form leads.
        context = {**(extra_context or {}), "show_delete": False}
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, context)
        with history.change(by=request.user):
            return super().changeform_view(request, object_id, form_url, context)

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def history_view(self, request, object_id, extra_context=None):
        row = self.get_for(request, object_id, self.has_view_permission)
        return curating.show_history(self, request, row)

    def get_for(self, request, object_id, may):
        """The row of this address. Raises Http404, or PermissionDenied if ``may`` says so."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not may(request, row):
            raise PermissionDenied
        return row


class RecordAdmin(PublicAdmin):
    """Curates a public record: Markdown with preview, history, retiring and confirming."""

    form = curating.RecordForm
    formfield_overrides = {MarkdownxField: {"widget": AdminMarkdownxWidget}}
    save_on_top = True

    def needed_by(self, record):
        """The records, if any, that keep this one from being retired."""
        relations = [r for r in record._meta.related_objects if getattr(r, "on_delete", None) is models.PROTECT]
        found = [row for r in relations for row in r.related_model.objects.filter(**{r.field.name: record})]
        owners = [getattr(row, row.part_of) if row.part_of else row for row in found]
        return list(dict.fromkeys(owners))

    def count_parts(self, record):
        """How many parts of each kind the record has: pairs of a name and a number, without zeros."""
        counts = [
            (part._meta.verbose_name_plural, part.objects.filter(**{part.part_of: record}).count())
            for part in history.part_models(type(record))
        ]
        return [(name, number) for name, number in counts if number]

    def get_urls(self):
        view, info = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("<path:object_id>/history/<int:number>/", view(self.restore_view), name=f"{info}_restore"),
            path("<path:object_id>/confirm/", view(self.confirm_view), name=f"{info}_confirm"),
            *super().get_urls(),
        ]

    def restore_view(self, request, object_id, number):
        record = self.get_for(request, object_id, self.has_change_permission)
        return curating.restore(self, request, record, number)

    def confirm_view(self, request, object_id):
        record = self.get_for(request, object_id, self.has_change_permission)
        if not isinstance(record, Record):
            raise Http404
        return curating.confirm_record(self, request, record)

    def delete_view(self, request, object_id, extra_context=None):
        record = self.get_for(request, object_id, self.has_delete_permission)
        return curating.retire(self, request, record)

    def get_fields(self, request, obj=None):
        # What the record says comes first, then what every record has.
        common = [field.name for field in Record._meta.fields]
        # What was seen is no field to fill: the template has it, in a form that can be saved.
        fields = [name for name in super().get_fields(request, obj) if name != "seen"]
        return [name for name in fields if name not in common] + [name for name in fields if name in common]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_readonly_fields(self, request, obj=None):
        # An address lasts: it follows the title only until the record is first saved.
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "slug"] if obj else fields


class LineInline(admin.StackedInline):
    """The rows of an ordered list, edited within their record; each field has its label, and fits a phone."""

    form = curating.LineForm
    view_on_site = False
    extra = 0


@admin.register(Tombstone)
class TombstoneAdmin(PublicAdmin):
    """What is said of retired records, and the way back for them."""

    list_display = ["title", "path", "retired_on", "retired_by"]
    search_fields = ["title", "path"]
    fields = ["title", "path", "retired_on", "retired_by", "reason", "replacement"]
    readonly_fields = ["title", "path", "retired_on", "retired_by"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        # A tombstone goes only when its record comes back.
        return False

    def get_urls(self):
        view = self.admin_site.admin_view(self.put_back_view)
        return [path("<path:object_id>/put-back/", view, name="core_tombstone_put_back"), *super().get_urls()]

    def put_back_view(self, request, object_id):
        tombstone = self.get_for(request, object_id, self.has_change_permission)
        return curating.put_back(self, request, tombstone)


@admin.register(MissedSearch)
class MissedSearchAdmin(CuratedAdmin):
    """What visitors looked for in vain, to read; what too few asked is not shown."""

    list_display = ["search_again", "month_asked", "times"]
    list_display_links = None
    search_fields = ["words"]

    def get_queryset(self, request):
        return super().get_queryset(request).worth_a_look()

    def changelist_view(self, request, extra_context=None):
        context = {"title": self.opts.verbose_name_plural.capitalize(), **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(description=_("words"), ordering="words")
    def search_again(self, missed):
        return format_html('<a href="{}?{}">{}</a>', reverse("search"), urlencode({"q": missed.words}), missed.words)

    @admin.display(description=_("month"), ordering="month")
    def month_asked(self, missed):
        return date_format(missed.month, "F Y")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(SiteIdentity)
class SiteIdentityAdmin(admin.ModelAdmin):
    """One row: its list leads straight to it."""

    form = IdentityForm
    fieldsets = [
        (None, {"description": _("What you leave empty stays as it was set up."), "fields": IdentityForm.FIELDS})
    ]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        # There is no other to add.
        context = {**(extra_context or {}), "show_save_and_add_another": False}
        return super().changeform_view(request, object_id, form_url, context)

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row = SiteIdentity.objects.first()
        return redirect("admin:core_siteidentity_change", row.pk) if row else redirect("admin:core_siteidentity_add")

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not SiteIdentity.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False
