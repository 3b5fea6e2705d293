"""What templates need to read data out in words; nothing here decides or asks the database."""

from urllib.parse import urlsplit

from django import template
from django.utils import timezone
from django.utils.timesince import timesince

from resourcecenter.core import dates, uploads
from resourcecenter.core import markdown as core_markdown
from resourcecenter.core import text as core_text

register = template.Library()

FILE_TYPES = {kind.media_type: kind.label for kind in uploads.ACCEPTED.values()}


@register.filter
def partial_date(text):
    """Return "2009-06" as "June 2009"."""
    return dates.display(text) if text else ""


@register.filter
def markdown(text, origin=""):
    """Return safe HTML; with "contributed" its links carry rel="ugc nofollow"."""
    return core_markdown.render(text or "", contributed=origin == "contributed")


@register.filter
def opening(text, max_chars):
    """Return the first whole sentences of a text, about so many characters of it."""
    return core_text.opening(text, int(max_chars))


@register.filter
def choice_labels(record, name):
    """Return the labels of a ChoiceListField, in the order of its choices."""
    return record._meta.get_field(name).labels(getattr(record, name))


@register.filter
def file_type(media_type):
    """Return "PDF" for "application/pdf"; a type without a name is told as it is."""
    return FILE_TYPES.get(media_type, media_type)


@register.filter
def host(url):
    """Return the host of a web address without a leading "www."; empty if there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


@register.filter
def without_scheme(url):
    """Return a web address for reading: "example.org/guide"."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/") or url


@register.filter
def numbers(phases):
    """Return the numbers of some phases, to ask which of the six are among them."""
    return [phase.number for phase in phases or ()]


@register.filter
def is_under(path, root):
    """Tell whether a page lies at or below an address; no page does where there is no request."""
    return bool(path) and path.startswith(root)


@register.filter
def duration(delta):
    """How long a timedelta is, in its two largest units: "1 week, 6 days"."""
    now = timezone.now()
    return timesince(now - delta, now)
