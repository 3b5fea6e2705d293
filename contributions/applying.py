"""From payload to public record, in the transaction of the approval."""

from django.core.exceptions import ValidationError
from django.core.files import File

from contributions import search
from contributions.forms import form_for
from contributions.models import Attachment, Contribution
from resourcecenter.core import pagecache


class DoesNotFit(ValidationError):  # noqa: N818 (named for what happened)
    """The payload was valid when it was sent and no longer is; the world has moved."""


def apply(contribution: Contribution):
    """Write the payload to the public tables and return the record. Raises DoesNotFit, nothing written.

    The form that took the payload in validates it again. Raising the generation first makes writers follow one
    another, so that two new records cannot choose the same address.
    """
    pagecache.raise_generation()
    form = form_for(contribution.kind)(
        contribution.payload, instance=contribution.record, has_files=contribution.files.exists()
    )
    if not form.is_valid():
        raise DoesNotFit([f"{form[name].label}: {' '.join(errors)}" for name, errors in form.errors.items()])
    record = form.save()
    if contribution.wants_credit:
        record.credit = ", ".join(filter(None, [contribution.contributor_name, contribution.contributor_organization]))
        record.save()
    for file in contribution.files.all():
        _publish(file, record)
    setattr(contribution, contribution.kind, record)
    contribution.save(update_fields=[contribution.kind])
    search.index(record)
    return record


def _publish(file, record):
    """Copy a private file to the public storage, under a name of its own there."""
    with file.file.open("rb") as content:
        Attachment.objects.create(
            resource=record,
            file=File(content, name=file.name),
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
        )
