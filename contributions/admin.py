"""The queue of contributions, and the curators' pages for resources."""

from django.contrib import admin
from django.db import models
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from catalogue.admin import TaggedForm, topic_field
from contributions import review, search
from contributions.models import Attachment, Contribution, Resource, ResourceSource, TaggedResource
from contributions.tables import ResourceTable
from resourcecenter.core.admin import CuratedAdmin, LineInline, RecordAdmin
from resourcecenter.core.search import remove
from resourcecenter.core.tables.admin import TablesAdmin


class StateFilter(admin.SimpleListFilter):
    """Shows what is to be decided unless asked for something else."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("all", _("All")), *Contribution.State.choices]

    def choices(self, changelist):
        value = self.value() or Contribution.State.PENDING
        for lookup, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: lookup})
            yield {"selected": value == lookup, "query_string": query, "display": title}

    def queryset(self, request, queryset):
        value = self.value() or Contribution.State.PENDING
        return queryset.filter(state=value) if value in Contribution.State.values else queryset


@admin.register(Contribution)
class ContributionAdmin(CuratedAdmin):
    """The queue: pending first, oldest first. Decisions are taken on the review page, and nowhere else."""

    list_display = ["reference_and_title", "kind", "state", "waiting", "contributor", "assignee", "revision"]
    list_display_links = None
    list_filter = [StateFilter, "kind", ("assignee", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["assignee"]
    search_fields = ["payload__title", "contributor_name", "contributor_email", "contributor_organization"]
    sortable_by = ()
    actions = None

    def get_ordering(self, request):
        pending_first = models.Case(models.When(state=Contribution.State.PENDING, then=0), default=1)
        return [pending_first.asc(), "sent_at", "pk"]

    def get_urls(self):
        view = self.admin_site.admin_view
        info = "contributions_contribution"
        return [
            path("<int:pk>/change/", view(review.review), name=f"{info}_change"),
            path("<int:pk>/decide/", view(review.decide), name=f"{info}_decide"),
            path("<int:pk>/preview/", view(review.preview), name=f"{info}_preview"),
            path("<int:pk>/files/<int:file_pk>/", view(review.download), name=f"{info}_file"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("contributions.moderate_contribution")

    @admin.display(description=_("contribution"))
    def reference_and_title(self, contribution):
        url = reverse("admin:contributions_contribution_change", args=[contribution.pk])
        return format_html('<a href="{}">{} <bdi>{}</bdi></a>', url, contribution.reference, contribution.title)

    @admin.display(description=_("waiting"))
    def waiting(self, contribution):
        is_pending = contribution.state == Contribution.State.PENDING
        return timesince(contribution.sent_at, timezone.now(), depth=1) if is_pending else ""

    @admin.display(description=_("contributor"))
    def contributor(self, contribution):
        return contribution.contributor_name


class ResourceForm(TaggedForm):
    tags = topic_field(TaggedResource)


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
    filter_horizontal = ["phases"]
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["link_state", "link_checked_on"]
    inlines = [AttachmentInline, ResourceSourceInline]

    def index(self, record):
        search.index(record)

    def index_all(self, records):
        search.index(*records)

    def unindex(self, key):
        remove(search.KIND, [key])
