"""What people look for and do not find: folded words and how often, by month; nothing about who asked."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection, models, transaction
from django.db.models import F, Q, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import limits, pagecache
from .search.query import fold, split

MAX_WORDS_CHARS = 100
"""What is longer was rather pasted than asked."""

MAX_ROWS = 5_000
PATIENCE_MS = 50
"""How long a page waits for its turn to write down that it found nothing."""

MISSED = limits.Limit("missed", times=30, window_s=60 * 60)
"""So many in an hour from one network address count, so that nobody can fill the table alone."""

# Numbers of six digits and more, with what people write between: telephones, accounts, identity cards.
PERSONAL = re.compile(r"@|://|\bwww\.|\b[\w-]+\.(?:com|net|org|info|edu|gov|int|io)\b|\d(?:[\s().+/-]*\d){5,}")


class MissedSearchQuerySet(models.QuerySet):
    def worth_a_look(self):
        """What was asked three times, or on two days: less than that could be about one person."""
        often = (
            MissedSearch.objects.order_by()
            .values("words")
            .annotate(all_times=Sum("times"), all_days=Sum("days"))
            .filter(Q(all_times__gte=3) | Q(all_days__gte=2))
        )
        return self.filter(words__in=often.values("words"))


class MissedSearch(models.Model):
    """Words for which nothing was found, and how often in one month."""

    words = models.CharField(_("words"), max_length=MAX_WORDS_CHARS)
    month = models.DateField(_("month"), help_text=_("Its first day."))
    times = models.PositiveIntegerField(_("times"), default=1)
    days = models.PositiveSmallIntegerField(_("on so many days"), default=1)
    last_day = models.DateField()

    objects = MissedSearchQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "-times", "words"]
        verbose_name = _("search without result")
        verbose_name_plural = _("searches without result")
        constraints = [models.UniqueConstraint(fields=["words", "month"], name="core_missed_search_once_a_month")]

    def __str__(self):
        return self.words


def count(request: HttpRequest, text: str) -> None:
    """Count that nothing was found for ``text``, unless it could tell of a person.

    Never raises and never waits long: a database that is busy, or lets nobody write, is left alone.
    """
    pagecache.leave_out(request)
    words = _words(text)
    if request.method != "GET" or not words or limits.wait_s(request, MISSED):
        return
    try:
        with _impatiently():
            _add(words, timezone.localdate())
    except Error:
        return  # one search more or less: the page matters, the count does not


def purge() -> str:
    """Forget the months that have had their time; the worker does so each day. Returns in words what was done."""
    oldest = timezone.localdate() - timedelta(days=settings.RETENTION_MISSED_SEARCH_DAYS)
    gone, _rows = MissedSearch.objects.filter(last_day__lt=oldest).delete()
    return f"{gone} removed"


def _words(text: str) -> str:
    """The folded words of a search; empty where it may hold an address or a number of a person, or is too long."""
    folded = fold(text)
    words = " ".join(split(folded))
    return "" if PERSONAL.search(folded) or len(words) > MAX_WORDS_CHARS else words


def _add(words, today):
    month = today.replace(day=1)
    known = MissedSearch.objects.filter(words=words, month=month)
    is_new_day = models.Case(models.When(last_day=today, then=0), default=1)
    if known.update(times=F("times") + 1, days=F("days") + is_new_day, last_day=today):
        return
    if MissedSearch.objects.count() >= MAX_ROWS:
        MissedSearch.objects.order_by("times", "month", "pk").first().delete()
    MissedSearch.objects.create(words=words, month=month, last_day=today)


@contextmanager
def _impatiently() -> Iterator[None]:
    """A transaction that gives up after PATIENCE_MS if another one writes."""
    if connection.vendor != "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE_MS}ms'")
            yield
        return
    with connection.cursor() as cursor:
        # SQLite waits where a transaction begins, so that the time is set before, and set back behind.
        usual_ms = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            with transaction.atomic():
                yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual_ms}")
