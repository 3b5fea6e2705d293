"""The queue of contributions: what waits, for how long, and what is worth a look before it is decided."""

import re
from datetime import timedelta

from django.contrib import admin
from django.db.models import Count
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from contributions import bulk, report, report_page, review, signals
from contributions.keeping import gives_back
from contributions.models import Contribution
from contributions.models.contribution import State
from resourcecenter.core.admin import CuratedAdmin
from resourcecenter.core.templatetags.site import duration

LATE = {timedelta(days=7): "very-late", timedelta(days=3): "late"}
"""How long something may wait until it is marked, the longest first."""

LATE_FROM = min(LATE)
ANSWERED = "answered"


class StateFilter(admin.SimpleListFilter):
    """Shows what is to be decided unless asked for something else, and how much there is of each."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        counts = dict(Contribution.objects.order_by().values_list("state").annotate(Count("pk")))
        states = [(value, f"{label} ({counts.get(value, 0)})") for value, label in State.choices]
        return [("all", f"{_('All')} ({sum(counts.values())})"), *states]

    def choices(self, changelist):
        value = self.value() or State.PENDING
        for lookup, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: lookup})
            yield {"selected": value == lookup, "query_string": query, "display": title}

    def queryset(self, request, queryset):
        value = self.value() or State.PENDING
        return queryset.filter(state=value) if value in State.values else queryset


class WaitFilter(admin.SimpleListFilter):
    """Shows what has waited too long, or what a contributor has sent back with an answer."""

    title = _("wait")
    parameter_name = "wait"

    def lookups(self, request, model_admin):
        late = [(mark, _("%(time)s or longer") % {"time": duration(limit)}) for limit, mark in reversed(LATE.items())]
        return [*late, (ANSWERED, _("answered by the contributor"))]

    def queryset(self, request, queryset):
        limits = {mark: limit for limit, mark in LATE.items()}
        if self.value() in limits:
            return queryset.filter(report.has_waited(limits[self.value()]))
        return queryset.filter(report.IS_ANSWERED) if self.value() == ANSWERED else queryset


class SignalFilter(admin.SimpleListFilter):
    title = _("worth a look")
    parameter_name = "signal"

    def lookups(self, request, model_admin):
        return signals.KINDS

    def queryset(self, request, queryset):
        return signals.with_signal(queryset, self.value()) if self.value() else queryset


class ContributionAdmin(CuratedAdmin):
    """Pending first, oldest first. Decisions are taken on the review page, or for several on the page of bulk.py."""

    list_display = ["reference_and_title", "what", "state", "waiting", "signals_shown", "contributor", "claimed_by"]
    list_display_links = None
    list_filter = [
        StateFilter,
        WaitFilter,
        SignalFilter,
        "intent",
        "kind",
        ("assignee", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["assignee"]
    search_fields = ["title", "contributor_name", "contributor_email", "contributor_organization"]
    search_help_text = _("Title, name, address or organization; or a reference such as LN-00012.")
    sortable_by = ()
    actions = [bulk.approve, bulk.reject, bulk.assign]

    def changelist_view(self, request, extra_context=None):
        context = {"title": _("Queue of contributions"), "backlog": report.backlog(LATE), **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_queryset(self, request):
        return super().get_queryset(request).in_queue_order()

    def get_ordering(self, request):
        return []

    def get_search_results(self, request, queryset, search_term):
        number = re.sub(r"(?i)^\s*LN[\s-]*", "", search_term).strip()
        if number.isdecimal() and len(number) < 18:
            return queryset.filter(pk=int(number)), False
        return super().get_search_results(request, queryset, search_term)

    def get_urls(self):
        view = self.admin_site.admin_view
        info = "contributions_contribution"
        return [
            path("<int:pk>/change/", view(review.review), name=f"{info}_change"),
            path("<int:pk>/decide/", gives_back(view(review.decide)), name=f"{info}_decide"),
            path("<int:pk>/amend/", gives_back(view(review.amend)), name=f"{info}_amend"),
            path("<int:pk>/erase/", view(review.erase), name=f"{info}_erase"),
            path("<int:pk>/preview/", view(review.preview), name=f"{info}_preview"),
            path("<int:pk>/files/<int:file_pk>/", view(review.download), name=f"{info}_file"),
            path("several/", view(bulk.decide), name=f"{info}_several"),
            path("report/", view(report_page.report), name=f"{info}_report"),
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

    @admin.display(description=_("what"))
    def what(self, contribution):
        return f"{contribution.get_intent_display()}, {contribution.get_kind_display()}"

    @admin.display(description=_("waiting"))
    def waiting(self, contribution):
        if contribution.state != State.PENDING:
            return ""
        waited = timezone.now() - contribution.waiting_since
        mark = next((mark for limit, mark in LATE.items() if waited >= limit), "on-time")
        words = timesince(contribution.waiting_since, depth=1)
        if mark == "on-time":
            return words
        return format_html(
            '<b class="waiting waiting--{}">{} <span class="waiting__mark">{}</span></b>', mark, words, _("late")
        )

    @admin.display(description=_("worth a look"))
    def signals_shown(self, contribution):
        return format_html_join(" ", '<span class="signal" title="{}">{}</span>', signals.badges(contribution))

    @admin.display(description=_("contributor"))
    def contributor(self, contribution):
        return contribution.contributor_name

    @admin.display(description=_("claimed by"))
    def claimed_by(self, contribution):
        return contribution.assignee if contribution.claim_is_live else ""
