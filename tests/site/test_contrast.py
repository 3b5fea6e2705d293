"""The colours of the stylesheet, by the formula of WCAG 2.2 for contrast, in both themes."""

import re
from itertools import product
from pathlib import Path

import pytest

SHEET = (Path(__file__).resolve().parents[2] / "static" / "css" / "site.css").read_text()
MODERN, FALLBACK = SHEET.split("@supports not (color: light-dark(", maxsplit=1)
PAIRS = dict(re.findall(r"--([\w-]+): light-dark\((.+)\);", MODERN))
LIGHT, DARK = 0, 1

PHASES = [f"phase-{number}" for number in range(1, 7)]
SURFACES = ["paper", "sheet", "wash", "note-wash", "warning-wash"]
TEXTS = ["ink", "ink-soft", "accent", "warning", *PHASES]
FILLED = [("on-accent", "accent"), ("paper", "accent"), *product(["paper", "sheet"], PHASES)]
MARKED = [(text, "found") for text in ["ink", "ink-soft", "accent", *PHASES]]


def colour(name, theme):
    """The six digits of a token in a theme, also where it names another token."""
    value = PAIRS[name].split(", ")[theme]
    if inner := re.fullmatch(r"var\(--([\w-]+)\)", value):
        value = re.search(rf"--{inner[1]}: (#\w+);", MODERN)[1]
    digits = value.removeprefix("#")
    return digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)


def luminance(digits):
    """The relative luminance of WCAG, from 0 (black) to 1 (white)."""
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other, theme):
    darker, lighter = sorted(luminance(colour(name, theme)) for name in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("pairs", "least"),
    [
        ([*product(TEXTS, SURFACES)], 4.5),
        (FILLED, 4.5),
        (MARKED, 4.5),
        ([*product(["ink", "ink-soft"], ["paper", "sheet"])], 7),
        ([*product(["edge"], SURFACES)], 3),
    ],
    ids=["text", "text on a fill", "found words", "what is read at length", "edges of controls"],
)
def test_colours_are_told_apart_in_both_themes(theme, pairs, least):
    weak = {pair: round(contrast(*pair, theme), 2) for pair in pairs if contrast(*pair, theme) < least}
    assert weak == {}


def test_the_formula_gives_known_luminances():
    assert luminance("ffffff") == pytest.approx(1)
    assert luminance("000000") == 0
    assert luminance("777777") == pytest.approx(0.1845, abs=0.0001)


def test_a_browser_that_knows_one_theme_has_the_light_one_whole():
    plain = dict(re.findall(r"--([\w-]+): ([^;]+);", FALLBACK.split("@layer", maxsplit=1)[0]))
    assert plain == {name: pair.split(", ")[LIGHT] for name, pair in PAIRS.items()}
