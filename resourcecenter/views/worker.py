"""The page of the admin that says how the worker is: its jobs, the outbox, and what to do when it is away."""

from typing import NamedTuple

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from resourcecenter.core import mail
from resourcecenter.core.jobs import Job, JobRun, is_silent, last_sign
from resourcecenter.core.pagecache import personal
from resourcecenter.jobs import jobs


class Row(NamedTuple):
    """A job, and its last run; one that never began has no ``run``."""

    job: Job
    run: JobRun | None

    @property
    def state(self) -> str:
        """ "failed", "waiting", "running", "stuck" (its worker was killed), or "new"."""
        if self.run is None or self.run.started_at is None:
            return "new"
        if self.run.finished_at is None:
            return "stuck" if self.run.is_due(self.job) else "running"
        return "failed" if self.run.error else "waiting"

    @property
    def took_s(self) -> float | None:
        return self.run.took.total_seconds() if self.run and self.run.took is not None else None

    @property
    def said(self) -> str:
        """Its last error, or else its last result."""
        return self.run.error or self.run.result if self.run else ""

    @property
    def next_at(self):
        """When it begins again; None if the worker would begin it at its next look."""
        return self.run.next_at(self.job) if self.run and not self.run.is_due(self.job) else None


def may_see(user) -> bool:
    """Who moderates waits for the mails that the worker sends."""
    return user.has_perm("contributions.moderate_contribution") or user.has_perm("core.view_jobrun")


def rows() -> list[Row]:
    runs = JobRun.objects.in_bulk()
    return [Row(job, runs.get(job.name)) for job in jobs()]


def runs_of(rows: list[Row]) -> list[JobRun]:
    return [row.run for row in rows if row.run]


def count_failing() -> int:
    """How many jobs failed when they last ran, or were left in the middle; all of them, if the worker is away."""
    found = rows()
    return len(found) if is_silent(runs_of(found)) else sum(row.state in {"failed", "stuck"} for row in found)


@personal
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    if not may_see(request.user):
        raise PermissionDenied
    found = rows()
    n, longest = mail.waiting()
    context = {
        **admin.site.each_context(request),
        "title": _("Worker"),
        "rows": found,
        "is_silent": is_silent(runs_of(found)),
        "last_sign": last_sign(runs_of(found)),
        "due": n,
        "due_since": timezone.now() - longest if n else None,
        "later": mail.put_off().count(),
        "failed": mail.failed().count(),
        "may_see_mail": request.user.has_perm("post_office.view_email"),
        "failed_state": mail.FAILED,
    }
    return TemplateResponse(request, "admin/worker.html", context)
