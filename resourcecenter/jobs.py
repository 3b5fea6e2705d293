"""All that the worker does."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from catalogue.search import renew_statuses
from contributions import chores, digest, filekeeping, privacy
from resourcecenter.core import mail, missed
from resourcecenter.core.jobs import Job
from resourcecenter.staff import keeping, passwords

logger = logging.getLogger(__name__)

EACH_LOOK = timedelta(0)
DAILY = timedelta(days=1)
FILES_AT_ONCE = 100


def jobs(is_stopping: Callable[[], bool] = lambda: False) -> list[Job]:
    """In the order in which they run. What takes long asks ``is_stopping()`` between two steps."""
    return [
        Job("answer lost links", EACH_LOOK, chores.answer_lost_links, holds=timedelta(minutes=5)),
        Job("answer wishes for a new password", EACH_LOOK, passwords.answer_wishes, holds=timedelta(minutes=5)),
        # Each mail is claimed by itself, so the job need not be held for long to be sure that none goes twice.
        Job("send mail", EACH_LOOK, partial(mail.send_due, is_stopping=is_stopping), holds=timedelta(minutes=1)),
        Job("check links", timedelta(minutes=1), partial(chores.check_links, is_stopping), holds=timedelta(minutes=5)),
        Job("read files", timedelta(minutes=1), partial(chores.read_files, is_stopping), holds=timedelta(minutes=30)),
        # What is planned, active or over changes at midnight; at most an hour later the search knows.
        Job("renew statuses", timedelta(hours=1), renew_statuses),
        Job("digest", DAILY, digest.send_digest),
        Job("purge mail", DAILY, mail.purge),
        Job("let go of old data", DAILY, privacy.retain),
        Job("forget searches without result", DAILY, missed.purge),
        Job("forget old log-ins", timedelta(hours=1), keeping.forget_old),
        Job("sweep files", DAILY, _sweep),
        Job("verify files", timedelta(hours=1), _verify),
    ]


def _sweep():
    """Log rows that lack their file: that must never be."""
    swept = filekeeping.sweep()
    for file in swept.missing:
        logger.error("The file %s of %s is missing.", file.pk, file._meta.label)
    return f"{len(swept.removed)} removed, {len(swept.missing)} missing"


def _verify():
    """Read some files again; every hour so many that all have had their turn within a month."""
    verified = filekeeping.verify(limit=FILES_AT_ONCE)
    for file in [*verified.missing, *verified.changed]:
        logger.error("The file %s of %s is not what was stored.", file.pk, file._meta.label)
    return f"{verified.checked} read, {len(verified.missing)} missing, {len(verified.changed)} changed"
