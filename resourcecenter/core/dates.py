"""Partial dates: "2009", "2009-06" and "2009-06-15", as their sources printed them."""

import re
from datetime import date
from functools import lru_cache

import edtf
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

READABLE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?[?~]?|[0-9]{3}X")
"""What a catalogue needs of EDTF: plain dates, doubtful ones ("2009?", "2009~") and decades ("201X")."""


@lru_cache(maxsize=4096)  # the parser takes some milliseconds, and a list shows many dates
def bounds(text: str) -> tuple[date, date]:
    """Return the first and last day, both inclusive, that a partial date can mean.

    "2009-06" gives (date(2009, 6, 1), date(2009, 6, 30)). No time zone: a date as its source printed it.
    Raises ValueError, worded for the person who typed it. Source: EDTF levels 0 and 1, Library of Congress, 2019.
    """
    try:
        if not READABLE.fullmatch(text):
            raise ValueError(text)
        parsed = edtf.parse_edtf(text)
        return date(*parsed.lower_strict()[:3]), date(*parsed.upper_strict()[:3])
    except (edtf.EDTFParseException, ValueError) as error:
        raise ValueError(_("Write a year, a month or a day: 2009, 2009-06 or 2009-06-15.")) from error


def display(text: str) -> str:
    """Return a partial date for reading: "2009", "June 2009", "15 June 2009"; doubt stays visible ("2009?")."""
    plain = text.rstrip("?~")
    doubt = text[len(plain) :]
    parts = plain.split("-")
    if len(parts) == 1 or not all(part.isdigit() for part in parts):
        return text
    day = date(int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) == 3 else 1)
    return date_format(day, "j F Y" if len(parts) == 3 else "F Y") + doubt


def validate_partial_date(text: str) -> None:
    try:
        bounds(text)
    except ValueError as error:
        raise ValidationError(error.args[0], code="partial_date") from error


class PartialDateField(models.CharField):
    """A partial date as text; empty when not known."""

    default_validators = [validate_partial_date]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 12)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("help_text", _("A year, month or day: 2009, 2009-06, 2009-06-15."))
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs):
        # Already the form refuses what is no date, so that its own rules can compare what is left.
        return super().formfield(**{"validators": [validate_partial_date], **kwargs})
