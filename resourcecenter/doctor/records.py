"""The database: its tables, its clock, and what must be in step with it."""

from collections.abc import Iterator
from datetime import timedelta
from unicodedata import normalize

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.utils import timezone

from contributions import filekeeping
from contributions.models import Event
from resourcecenter.core.search.index import IndexedDocument
from resourcecenter.finding import KINDS

from . import Finding

CLOCKS_DIFFER = timedelta(seconds=5)
SAMPLE = 500
"""So many titles of each kind are compared with the index."""

SWEPT_WITHIN = timedelta(hours=49)
"""The worker removes once a day what is older than a day."""


def tables_are_of_this_release() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _backwards in pending)
        yield Finding(f"The tables are of an older release; not applied: {names}.", "python manage.py migrate")
    newer = set(executor.loader.applied_migrations) - set(executor.loader.graph.nodes)
    newer = {f"{app}.{name}" for app, name in newer if app in executor.loader.migrated_apps}
    if newer:
        what = f"The tables are of a newer release than this program: {', '.join(sorted(newer))}."
        yield Finding(what, "Install that release.")


def database_is_whole() -> Iterator[Finding]:
    """SQLite's own check of the file; PostgreSQL finds what is damaged when it reads it."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        [[said]] = cursor.fetchall()
    if said != "ok":
        yield Finding(f"The database file is damaged: {said}", "Stop the site, keep the file, and restore a backup.")


def clock_is_right() -> Iterator[Finding]:
    """That this machine and the database agree on the time, and that nothing happened in the future."""
    now = timezone.now()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            [theirs] = cursor.fetchone()
        if abs(theirs - now) > CLOCKS_DIFFER:
            what = f"It is {now:%H:%M:%S} UTC here, and {theirs:%H:%M:%S} UTC at the database."
            yield Finding(what, "Let both machines set their clocks by NTP.")
    newest = Event.objects.aggregate(at=Max("at"))["at"]
    if newest and newest - now > CLOCKS_DIFFER:
        what = f"Somebody moderated or contributed at {newest:%Y-%m-%d %H:%M:%S} UTC, which is in the future."
        yield Finding(what, "The clock of this machine is slow, or was fast. Set it by NTP.")


def search_is_in_step() -> Iterator[Finding]:
    """That each public record can be found by its title, and nothing else can."""
    remedy = "python manage.py reindex"
    for kind in KINDS.values():
        indexed = IndexedDocument.objects.filter(kind=kind.name)
        lost = kind.for_index().exclude(pk__in=indexed.values("key")).count()
        left_over = indexed.exclude(key__in=kind.for_index().values("pk")).count()
        if lost:
            yield Finding(f"{lost} records of the kind {kind.name} cannot be found by searching.", remedy)
        if left_over:
            yield Finding(f"The search finds {left_over} of the kind {kind.name} that are gone.", remedy)
        if changed := _changed(kind):
            yield Finding(f"The search knows {changed} of the kind {kind.name} by titles that they had before.", remedy)
    foreign = IndexedDocument.objects.exclude(kind__in=KINDS).count()
    if foreign:
        yield Finding(f"The search finds {foreign} of kinds that this release does not have.", remedy)


def files_and_rows_agree() -> Iterator[Finding]:
    """That every row has its file and every file its row. What is on its way is left out."""
    report = filekeeping.compare(SWEPT_WITHIN)
    if report.missing:
        names = ", ".join(f"{file._meta.verbose_name} {file.pk}" for file in report.missing[:5])
        what = f"{len(report.missing)} rows have lost their file: {names}."
        yield Finding(what, "Copy the files from a backup; verify_files names each.")
    if report.orphans:
        _storage, name = report.orphans[0]
        what = f"{len(report.orphans)} stored files belong to nothing, such as {name}."
        yield Finding(what, "The worker removes them each day: see that it runs.")


def _changed(kind):
    titles = IndexedDocument.objects.filter(kind=kind.name).order_by("-key").values_list("key", "title")
    titles = dict(titles[:SAMPLE])
    documents = map(kind.to_document, kind.for_index().filter(pk__in=titles))
    return sum(normalize("NFKC", document.title) != titles[document.key] for document in documents)
