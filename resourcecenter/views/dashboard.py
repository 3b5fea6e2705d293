"""The first page of the admin: what needs attention, of what this person may see; each number by one query."""

from collections.abc import Iterator
from typing import NamedTuple

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from contributions import coverage, queue, report
from contributions.models import Resource
from phases.models import Phase
from resourcecenter.core import curating, mail
from resourcecenter.core.missed import MissedSearch
from resourcecenter.core.pagecache import current_generation
from resourcecenter.core.templatetags.site import duration
from resourcecenter.views import worker

QUEUE = "admin:contributions_contribution_changelist"
YEAR_DAYS = 365


class Matter(NamedTuple):
    """Something of which there should be none. ``words`` name it, ``url`` lists it, ``more`` says what else helps."""

    words: str
    n: int
    url: str
    more: str = ""


def dashboard(request: HttpRequest) -> HttpResponse:
    """Django's first page, and above it what needs attention."""
    matters = list(_matters(request))
    context = {
        "pressing": [matter for matter in matters if matter.n],
        "calm": [matter for matter in matters if not matter.n],
    }
    return admin.site.index(request, context)


def _matters(request) -> Iterator[Matter]:
    may = request.user.has_perm
    if may("contributions.moderate_contribution"):
        yield from _waiting()
    if may("post_office.view_email"):
        url = reverse("admin:post_office_email_changelist", query={"status__exact": mail.FAILED})
        yield Matter(_("E-mails that could not be sent"), mail.failed().count(), url)
    if worker.may_see(request.user):
        yield Matter(_("Jobs of the worker that are not done"), worker.count_failing(), reverse("worker"))
    if may("contributions.view_resource"):
        yield _dead_links()
        yield _holes()
    if curating.kinds_to_see(request):
        n = curating.count_stale(request, days=YEAR_DAYS)
        address = reverse("stalest", query={"days": YEAR_DAYS})
        yield Matter(_("Entries that nobody has confirmed for a year"), n, address)
    if may("core.view_missedsearch"):
        n = MissedSearch.objects.worth_a_look().values("words").distinct().count()
        yield Matter(_("Searches without result"), n, reverse("admin:core_missedsearch_changelist"))


def _waiting():
    found = report.waiting(queue.LATE_FROM)
    oldest = _("The first of them has waited for %(time)s.") % {"time": timesince(found.oldest)} if found.n else ""
    yield Matter(_("Contributions that wait for a moderator"), found.n, reverse(QUEUE), oldest)
    late = _("Contributions that have waited for %(time)s or longer") % {"time": duration(queue.LATE_FROM)}
    yield Matter(late, found.late, reverse(QUEUE, query={"wait": queue.LATE[queue.LATE_FROM]}))
    answered = reverse(QUEUE, query={"wait": queue.ANSWERED})
    yield Matter(_("Contributions that came back with an answer"), found.answered, answered)


def _dead_links():
    dead = Resource.LinkState.DEAD
    url = reverse("admin:contributions_resource_changelist", query={"link_state__exact": dead})
    return Matter(_("Resources with a link that does not work"), Resource.objects.filter(link_state=dead).count(), url)


def _holes():
    kinds = coverage.counts(generation=current_generation()).kinds
    phases = Phase.objects.values_list("slug", flat=True)
    n = sum((phase, kind) not in kinds for phase in phases for kind in Resource.Kind.values)
    more = _("A gap is a phase without one of the kinds of resource.")
    return Matter(_("Gaps in the coverage"), n, reverse("coverage"), more)
