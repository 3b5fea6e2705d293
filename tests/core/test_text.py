"""What strangers typed, once it is safe to show."""

import time
import unicodedata

import pytest

from resourcecenter.core.text import many_lines, one_line, opening

BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
ZERO_WIDTH = [0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x180E, 0x00AD, 0x034F, 0x3164, 0xE0041]
CONTROLS = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if not chr(code).isspace()]
UNSTORABLE = [0xD800, 0xDFFF, 0xFFFE, 0xFFFF]
LINE_ENDS = ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("code", [*BIDI, *ZERO_WIDTH, *CONTROLS, *UNSTORABLE], ids=lambda code: f"U+{code:04X}")
def test_what_cannot_be_seen_is_taken_out(code):
    assert one_line(f"gui{chr(code)}de") == "guide"
    assert many_lines(f"gui{chr(code)}de") == "guide"


@pytest.mark.parametrize("line_end", LINE_ENDS, ids=ascii)
def test_a_title_is_one_line_and_a_body_keeps_its_lines(line_end):
    assert one_line(f"first{line_end}second") == "first second"
    assert many_lines(f"first{line_end}second") == "first\nsecond"


def test_white_space_in_a_title_is_folded_and_stripped():
    assert one_line("\u3000 A \t\u00a0 guide\r\n\r\n for   all ") == "A guide for all"


def test_a_body_keeps_the_spaces_and_tabs_that_markdown_reads():
    assert many_lines(" \r\n\n- a\r\n  - b\r\n\tcode  \r\n\r\nend \n\n") == "- a\n  - b\n\tcode  \n\nend"
    assert many_lines("    code first") == "    code first"


def test_a_body_of_blank_lines_is_empty():
    assert many_lines(" \n\t\n \u200b\n ") == ""


@pytest.mark.parametrize("clean", [one_line, many_lines])
def test_text_is_composed_even_where_something_stood_between_letter_and_accent(clean):
    assert clean("Cafe\u0301") == "Café"
    assert clean("Cafe\u200b\u0301") == "Café"
    assert clean("Cafe\u200d\u0301") == "Café"


@pytest.mark.parametrize(
    "text",
    [
        " " * 500_000 + "x",
        "x" + "\n " * 250_000 + "x",
        "\u200c" * 150_000,
        "a" + "\u0301\u0327" * 125_000,
        "\u0f73" * 150_000,
    ],
    ids=["spaces", "lines", "joiners", "accents", "Tibetan vowels"],
)
@pytest.mark.parametrize("clean", [one_line, many_lines])
def test_half_a_megabyte_of_anything_takes_no_long_time(clean, text):
    start = time.process_time()
    clean(text)
    assert time.process_time() - start < 2


def test_a_letter_keeps_as_many_marks_as_a_language_needs():
    assert one_line("x" + "\u0316" * 31) == "x" + "\u0316" * 30


@pytest.mark.parametrize(
    "word",
    ["می\u200cروم", "क्\u200dष", "ශ්\u200dරී", "ന്\u200dറെ"],
    ids=["Persian", "Hindi", "Sinhala", "Malayalam"],
)
def test_a_joiner_stays_where_it_is_spelling(word):
    assert one_line(word) == unicodedata.normalize("NFC", word)


@pytest.mark.parametrize(
    "hidden", ["\u200cمی", "می\u200c", "می\u200c\u200cروم", "pay\u200cpal", "👩\u200d💻"], ids=ascii
)
def test_a_joiner_goes_where_it_only_hides(hidden):
    assert one_line(hidden) == hidden.replace("\u200c", "").replace("\u200d", "")


@pytest.mark.parametrize("title", ["شبكات التعلّم", "רשתות למידה", "学习网络", "Réseaux ❤️"], ids=ascii)
def test_ordinary_titles_in_any_script_pass_unchanged(title):
    assert one_line(title) == title
    assert many_lines(title) == title


SUMMARY = "A guide for hosts, e.g. of J. Smith. It has four parts. Each of them ends with questions."


@pytest.mark.parametrize(
    ("text", "max_chars", "shown"),
    [
        (SUMMARY, 500, SUMMARY),
        (SUMMARY, 60, "A guide for hosts, e.g. of J. Smith. It has four parts."),
        (SUMMARY, 30, "A guide for hosts, e.g. of J. Smith."),
        ("No full stop, and short", 60, "No full stop, and short"),
        ("word " * 100, 20, "word word word word word word word\xa0…"),
        ("", 20, ""),
    ],
)
def test_an_opening_ends_with_a_sentence(text, max_chars, shown):
    assert opening(text, max_chars) == shown
