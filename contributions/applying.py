"""From payload to public record, in the transaction of the approval."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _

from contributions.forms import form_for
from contributions.forms.record import fingerprint
from contributions.models import Attachment, Contribution
from contributions.models.contribution import RECORDS
from resourcecenter.core import history
from resourcecenter.core.textdiff import Piece, word_diff


class DoesNotFit(ValidationError):  # noqa: N818 (named for what happened)
    """The payload was valid when it was sent and no longer is; the world has moved."""


class RecordMoved(Exception):  # noqa: N818 (named for what happened)
    """The public record that a correction is about is no longer as the moderator saw it, or is retired."""


def apply(contribution: Contribution, *, by=None, record_seen: str = ""):
    """Write the payload to the public tables, as one change by the moderator ``by``, and return the record.

    The form that took the payload in validates it again. Of a correction only what its sender changed is written.
    Writers of public content follow one another from the first line on, so that two new records cannot choose the same
    address, and a record stays as it was compared. Raises DoesNotFit or RecordMoved, nothing written.
    """
    with history.change(_("%(reference)s was approved.") % {"reference": contribution.reference}, by=by):
        form = proposed(contribution)
        if contribution.intent == Contribution.Intent.CORRECTION and record_seen != record_mark(contribution):
            raise RecordMoved
        if not form.is_valid():
            raise DoesNotFit([f"{p['label']}: {p['message']}".removeprefix(": ") for p in form.problems()])
        record = form.save()
        if contribution.wants_credit:
            names = contribution.contributor_name, contribution.contributor_organization
            record.credit = ", ".join(filter(None, names))
            record.save()
        for file in contribution.files.all():
            _publish(file, record)
        contribution.record_key = record.pk
        contribution.save(update_fields=["record_key"])
    return record


def proposed(contribution: Contribution):
    """The form of the record as it would be after approval, bound.

    A new one is its payload. A correction is the record as it is now with what its sender changed, so that what others
    changed meanwhile stays. Raises RecordMoved where the record is retired.
    """
    form_class = form_for(contribution.kind, contribution.intent)
    if contribution.intent == Contribution.Intent.PROBLEM:
        return form_class.of(contribution.payload)
    has_files = contribution.files.exists()
    if contribution.intent == Contribution.Intent.NEW:
        return form_class.of(contribution.payload, has_files=has_files)
    record = contribution.record
    if record is None:
        raise RecordMoved
    payload = form_class.payload_of(record) | changes(contribution)
    has_files = has_files or (form_class.takes_files and record.attachments.exists())
    return form_class.of(payload, instance=record, has_files=has_files)


def looks(contribution: Contribution, *, heading: str = "h1") -> str:
    """The public record as it would look after approval, as HTML; empty for the report of a problem."""
    if contribution.intent == Contribution.Intent.PROBLEM:
        return ""
    try:
        form = proposed(contribution)
    except RecordMoved:
        form = form_for(contribution.kind).of(contribution.payload)
    sub = f"h{int(heading[1]) + 1}"
    return form.looks(attachments=contribution.files.all(), heading=heading, sub=sub)


def changes(contribution: Contribution) -> dict:
    """The fields that the sender of a correction changed, as they want them."""
    return {name: value for name, value in contribution.payload.items() if contribution.base.get(name) != value}


def differences(contribution: Contribution) -> list[tuple[str, list[Piece]]]:
    """What the sender of a correction changed: the label of each field, and its words as they were and as they are."""
    if contribution.intent != Contribution.Intent.CORRECTION or not contribution.payload:
        return []
    form_class = form_for(contribution.kind)
    before, after = (form_class.of(values).facts() for values in (contribution.base, contribution.payload))
    return [(after[name][0], word_diff(before[name][1], after[name][1])) for name in changes(contribution)]


def record_mark(contribution: Contribution) -> str:
    """A short mark of the public record that a correction is about, as it is now; empty for all else."""
    record = contribution.record if contribution.intent == Contribution.Intent.CORRECTION else None
    return fingerprint(form_for(contribution.kind).payload_of(record)) if record else ""


def record_marks(contributions: Iterable[Contribution]) -> dict[int, str]:
    """The marks of several by their keys, in a few queries for each kind of record."""
    marks, corrected = {one.pk: "" for one in contributions}, {}
    for one in contributions:
        if one.intent == Contribution.Intent.CORRECTION:
            corrected.setdefault(one.kind, {})[one.pk] = one.record_key
    for kind, keys in corrected.items():
        form_class = form_for(kind)
        records = form_class.with_payloads(RECORDS[kind].objects.all()).in_bulk({*keys.values()})
        found = {key: fingerprint(form_class.payload_of(record)) for key, record in records.items()}
        marks |= {one: found.get(key, "") for one, key in keys.items()}
    return marks


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
