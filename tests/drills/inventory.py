"""Prints, as JSON, what the portal of this environment holds of contributions, mails and files."""

import json
import os
from datetime import timedelta

import django


def inventory() -> dict:
    """Return what is stored, and how many files the sweep removed that no row names."""
    from post_office.models import Email

    from contributions import filekeeping
    from contributions.models import Attachment, Contribution, ContributionFile, Resource
    from resourcecenter.doctor import records

    verified = filekeeping.verify()
    contributions = [
        {
            "key": contribution.pk,
            "state": contribution.state,
            "title": contribution.title,
            "form_key": str(contribution.form_key),
            "events": contribution.events.count(),
            "files": contribution.files.count(),
            "public": Resource.objects.filter(title=contribution.title).count(),
            "attachments": Attachment.objects.filter(resource__title=contribution.title).count(),
            "mails": Email.objects.filter(to=contribution.contributor_email).count(),
        }
        for contribution in Contribution.objects.all()
    ]
    swept = filekeeping.sweep(older_than=timedelta(0))
    return {
        "contributions": contributions,
        "files": verified.checked,
        "not_in_step": [finding.what for finding in records.search_is_in_step()],
        "held": ContributionFile.objects.filter(contribution=None).count(),
        "without_file": len(verified.missing) + len(swept.missing),
        "damaged": len(verified.changed),
        "swept": len(swept.removed),
        "left_over": len(filekeeping.sweep(older_than=timedelta(0)).removed),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resourcecenter.settings")
    django.setup()
    print(json.dumps(inventory()))
