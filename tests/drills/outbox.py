"""Prints, as JSON, how many mails were sent and wait; before that, with ``--later``, lets an hour pass for workers."""

import json
import os
import sys
from datetime import timedelta

import django

HOUR = timedelta(hours=1)


def let_an_hour_pass() -> None:
    """Set back by an hour what workers hold, for those that were killed."""
    from django.db.models import F
    from post_office.models import Email

    from resourcecenter.core.jobs import JobRun

    JobRun.objects.filter(name="send mail").update(started_at=F("started_at") - HOUR)
    Email.objects.update(scheduled_time=F("scheduled_time") - HOUR)


def outbox() -> dict:
    from post_office.models import STATUS, Email

    sent = Email.objects.filter(status=STATUS.sent).count()
    return {"sent": sent, "waiting": Email.objects.exclude(status=STATUS.sent).count()}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resourcecenter.settings")
    django.setup()
    if "--later" in sys.argv:
        let_an_hour_pass()
    print(json.dumps(outbox()))
