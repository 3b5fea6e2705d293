"""What the worker does again and again: each job by one worker at a time, and not more often than it should."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .logs import about

logger = logging.getLogger(__name__)

AFTER_A_FAILURE = timedelta(minutes=1)
"""A job that failed is not tried again sooner."""

AT_LATEST = timedelta(hours=1)
"""And not later, however seldom it runs."""


SILENT_AFTER = timedelta(minutes=15)
"""A job that reads large files may keep a worker for some minutes."""


class Job(NamedTuple):
    """Something to ``run``, with at least ``every`` between two starts. What it returns is kept as its result.

    A worker that was killed in the middle keeps others from the job until ``holds`` has passed since it began; then it
    is run again, so a job must not mind having been half done.
    """

    name: str
    every: timedelta
    run: Callable[[], object]
    holds: timedelta = timedelta(hours=1)


class JobRun(models.Model):
    """When a job last began and ended, and how."""

    name = models.CharField(_("job"), max_length=50, primary_key=True)
    started_at = models.DateTimeField(_("began"), null=True)
    finished_at = models.DateTimeField(_("ended"), null=True)
    result = models.TextField(_("result"), blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("job of the worker")
        verbose_name_plural = _("jobs of the worker")

    def __str__(self):
        return self.name

    @property
    def took(self) -> timedelta | None:
        """How long it was at work; None while it is, and before it ever was."""
        return self.finished_at and self.finished_at - self.started_at

    def next_at(self, job: Job) -> datetime | None:
        """The time from which the job may begin again; None if it never began."""
        if self.started_at is None:
            return None
        if self.finished_at is None:
            wait = job.holds
        elif self.error:
            wait = max(min(job.every, AT_LATEST), AFTER_A_FAILURE)
        else:
            wait = job.every
        return self.started_at + wait

    def is_due(self, job: Job) -> bool:
        at = self.next_at(job)
        return at is None or timezone.now() >= at


def last_sign(runs: Iterable[JobRun]) -> datetime | None:
    """Return when a worker last began or ended one of these; None if none ever did."""
    return max((at for run in runs for at in (run.started_at, run.finished_at) if at), default=None)


def is_silent(runs: Iterable[JobRun]) -> bool:
    """Whether the worker seems to be away: one that runs begins or ends something more often."""
    at = last_sign(runs)
    return at is None or timezone.now() - at > SILENT_AFTER


def run_due(jobs: Iterable[Job], *, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Run each job that is due and that no other worker is at. One that fails is logged, and the next goes on."""
    for job in jobs:
        if is_stopping():
            return
        if started_at := _begin(job):
            about.set({"job": job.name})
            _run(job, started_at)
            about.set({})


def _begin(job):
    """Return the time by which this worker holds the job, or None if it is not due or another was first."""
    seen, _is_new = JobRun.objects.get_or_create(name=job.name)
    if not seen.is_due(job):
        return None
    now = timezone.now()
    unbegun = JobRun.objects.filter(name=job.name, started_at=seen.started_at, finished_at=seen.finished_at)
    return now if unbegun.update(started_at=now, finished_at=None) else None


def _run(job, started_at):
    result = error = ""
    try:
        result = job.run()
    except Exception as failure:  # the edge of the process: the other jobs go on
        logger.exception("The job %s failed.", job.name)
        error = f"{type(failure).__name__}: {failure}"
    # Only if the job was not taken over meanwhile.
    JobRun.objects.filter(name=job.name, started_at=started_at).update(
        finished_at=timezone.now(), result="" if result is None else str(result), error=error
    )
