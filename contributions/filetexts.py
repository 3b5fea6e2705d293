"""The text of public files, read by the worker and put into the search index."""

from django.db import transaction
from django.utils import timezone

from contributions import search
from contributions.models import Attachment, FileText
from resourcecenter.core import extraction
from resourcecenter.core.pagecache import raise_generation

FILES_AT_ONCE = 20


def read_files(is_stopping=lambda: False, *, limit: int = FILES_AT_ONCE) -> str:
    """Read some public files that nobody has read yet; one that cannot be read is not tried again."""
    read = 0
    for attachment in Attachment.objects.filter(extract=None).order_by("pk")[:limit]:
        if is_stopping():
            break
        _read(attachment)
        read += 1
    return str(read)


def _read(attachment):
    text = problem = ""
    try:
        with attachment.file.open("rb") as file:
            text = extraction.text_of(file, media_type=attachment.media_type)
    except (extraction.NotRead, OSError) as error:
        problem = str(error)[:200]
    with transaction.atomic():
        # Retired while it was read, or read by another worker: then there is nothing to do.
        standing = Attachment.objects.select_for_update().filter(pk=attachment.pk, extract=None)
        if standing.exists():
            FileText.objects.create(attachment=attachment, text=text, problem=problem, read_at=timezone.now())
            raise_generation()
            [kind] = search.KINDS
            kind.index([attachment.resource_id])
