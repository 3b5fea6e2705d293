"""Figures for Prometheus, read from the database when they are asked for.

So any of several processes and machines gives the same answer, without a memory that they share. How many requests
there are and how long they take is in the log, a line each, and at the proxy.
"""

from collections.abc import Iterator

from django.db.models import Count
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric

from contributions.models import Contribution
from resourcecenter.core import mail, readiness
from resourcecenter.core.jobs import JobRun


class Figures:
    """Collects what the registry gives out."""

    def collect(self) -> Iterator[Metric]:
        failing = readiness.failing()
        yield GaugeMetricFamily("portal_ready", "Whether /readyz answers 200.", value=not failing)
        if "database" in failing or "migrations" in failing:
            return
        yield from _outbox()
        yield _contributions()
        yield from _jobs()


def _outbox():
    n, longest = mail.waiting()
    yield GaugeMetricFamily("portal_outbox_due", "Mails that are due.", value=n)
    yield GaugeMetricFamily(
        "portal_outbox_oldest_seconds", "For how long the first due mail waits.", value=longest.total_seconds()
    )
    yield GaugeMetricFamily("portal_outbox_failed", "Mails that were given up.", value=mail.failed().count())


def _contributions():
    found = GaugeMetricFamily("portal_contributions", "Contributions by their state.", labels=["state"])
    counts = dict(Contribution.objects.order_by().values_list("state").annotate(n=Count("pk")))
    for state in Contribution.State.values:
        found.add_metric([state], counts.get(state, 0))
    return found


def _jobs():
    began = GaugeMetricFamily("portal_job_started_timestamp_seconds", "When a job last began.", labels=["job"])
    failed = GaugeMetricFamily("portal_job_failed", "Whether its last run failed.", labels=["job"])
    for run in JobRun.objects.exclude(started_at=None):
        began.add_metric([run.name], run.started_at.timestamp())
        failed.add_metric([run.name], bool(run.error))
    yield began
    yield failed


registry = CollectorRegistry(auto_describe=False)
registry.register(Figures())
