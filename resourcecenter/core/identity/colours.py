"""Whether a colour can be read: contrast as WCAG 2.2 measures it, against the grounds of the two themes."""

import math

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

GROUNDS = {
    "light": ("#fbf9f4", "#ffffff", "#eef3ee"),
    "dark": ("#14181d", "#1b2128", "#1a2526"),
}
"""What lies behind text in each theme: paper, sheet and wash of css/site.css."""

LEAST_CONTRAST = 4.5
"""For text of any size. Source: WCAG 2.2, 1.4.3, level AA."""

hex_colour = RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("Write the colour as # and six digits, such as #0b5c5a."))


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 (black) to 1 (white), of a colour such as "#0b5c5a"."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def refuse_unreadable_on_light(colour: str) -> None:
    """Raise ValidationError unless text in this colour can be read in the light theme."""
    _refuse_unreadable(
        colour,
        GROUNDS["light"],
        _("On the light page this colour has a contrast of %(ratio)s to 1; text needs 4.5 to 1. Choose a darker one."),
    )


def refuse_unreadable_on_dark(colour: str) -> None:
    """Raise ValidationError unless text in this colour can be read in the dark theme."""
    _refuse_unreadable(
        colour,
        GROUNDS["dark"],
        _("On the dark page this colour has a contrast of %(ratio)s to 1; text needs 4.5 to 1. Choose a lighter one."),
    )


def _refuse_unreadable(colour, grounds, message):
    hex_colour(colour)
    ratio = min(contrast(colour, ground) for ground in grounds)
    if ratio < LEAST_CONTRAST:
        # Rounded down, so that 4.49 is never called 4.5.
        raise ValidationError(message, params={"ratio": math.floor(ratio * 100) / 100})
