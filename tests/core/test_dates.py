"""Partial dates: what they can mean, how they read, and what is said of a text that is none."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from resourcecenter.core.dates import PartialDateField, bounds, display

HOW_TO_WRITE_ONE = "Write a year, a month or a day: 2009, 2009-06 or 2009-06-15."

READABLE = [
    # text, first day, last day, as it reads
    ("2009", date(2009, 1, 1), date(2009, 12, 31), "2009"),
    ("2009-06", date(2009, 6, 1), date(2009, 6, 30), "June 2009"),
    ("2009-06-15", date(2009, 6, 15), date(2009, 6, 15), "15 June 2009"),
    ("2009-12", date(2009, 12, 1), date(2009, 12, 31), "December 2009"),
    ("2009-02", date(2009, 2, 1), date(2009, 2, 28), "February 2009"),
    ("2008-02", date(2008, 2, 1), date(2008, 2, 29), "February 2008"),
    ("2000-02", date(2000, 2, 1), date(2000, 2, 29), "February 2000"),
    ("1900-02", date(1900, 2, 1), date(1900, 2, 28), "February 1900"),
    ("2008-02-29", date(2008, 2, 29), date(2008, 2, 29), "29 February 2008"),
    ("0001", date(1, 1, 1), date(1, 12, 31), "0001"),
    ("0001-01-01", date(1, 1, 1), date(1, 1, 1), "1 January 0001"),
    ("1969", date(1969, 1, 1), date(1969, 12, 31), "1969"),
    ("1969-12-31", date(1969, 12, 31), date(1969, 12, 31), "31 December 1969"),
    ("9999", date(9999, 1, 1), date(9999, 12, 31), "9999"),
    ("9999-12", date(9999, 12, 1), date(9999, 12, 31), "December 9999"),
    ("9999-12-31", date(9999, 12, 31), date(9999, 12, 31), "31 December 9999"),
    ("2009?", date(2009, 1, 1), date(2009, 12, 31), "2009?"),
    ("2009~", date(2009, 1, 1), date(2009, 12, 31), "2009~"),
    ("2009-06?", date(2009, 6, 1), date(2009, 6, 30), "June 2009?"),
    ("2009-06-15~", date(2009, 6, 15), date(2009, 6, 15), "15 June 2009~"),
    ("201X", date(2010, 1, 1), date(2019, 12, 31), "201X"),
]
NO_SUCH_DAY = ["2009-02-29", "2009-02-30", "1900-02-29", "2009-06-31", "2009-13", "2009-00", "2009-06-00", "0000"]
BEFORE_OUR_ERA = ["-2009", "-0001", "-0001-06"]
SEVERAL = ["2009/2010", "2009-06/2010", "2009/..", "../2009", "2009/", "/2009", "[2009,2010]", "{2009,2010}"]
OTHER_EDTF = ["2009-06-15T10:00:00", "2009-06-15T10:00:00Z", "Y20000", "2009-21", "2009-33", "2009%", "20XX", "XXXX"]
GARBAGE = [
    "", " ", "09", "2009-6", "2009-06-5", "20090615", "15.06.2009", "June 2009", "today", "unknown", "199u", "+2009",
    "2009\0", "\0", "٢٠٠٩", "２００９", "2009‐06", "2009-06-15-01", "1e5", "1.5", "2009;", "<script>",  # noqa: RUF001
]  # fmt: skip
ENDLESS = [char * 10_000 for char in "2[({-?X,/ \0"]


@pytest.mark.parametrize(("text", "first_day", "last_day"), [row[:3] for row in READABLE])
def test_a_partial_date_means_all_days_from_the_first_to_the_last(text, first_day, last_day):
    assert bounds(text) == (first_day, last_day)


@pytest.mark.parametrize(("text", "reading"), [(row[0], row[3]) for row in READABLE])
def test_a_partial_date_reads_as_people_write_it_and_keeps_its_doubt(text, reading):
    assert display(text) == reading


@pytest.mark.parametrize(
    "text",
    [*NO_SUCH_DAY, *BEFORE_OUR_ERA, *SEVERAL, *OTHER_EDTF, *GARBAGE, *ENDLESS],
    ids=lambda text: ascii(text[:20]),
)
def test_what_is_no_partial_date_is_refused_with_how_to_write_one(text, capfd):
    with pytest.raises(ValueError, match=HOW_TO_WRITE_ONE) as refusal:
        bounds(text)
    assert str(refusal.value) == HOW_TO_WRITE_ONE
    assert "".join(capfd.readouterr()) == "", "what strangers type must not reach the log"


EDGES = ["2009", "06", "-06", "-21", "X", "?", "~", "S2", "T10", " ", "\n", "/", "²"]


@pytest.mark.parametrize("start", ["2009", "2009-06", "2009-06-15", "201X", "", "-", "?", " "])
def test_whatever_has_bounds_can_be_shown(start):
    texts = [start, *(start + one + other for one in EDGES for other in ["", *EDGES])]
    assert all(display(text) for text in texts if _has_bounds(text))


def _has_bounds(text):
    try:
        return bool(bounds(text))
    except ValueError:
        return False


@pytest.mark.parametrize("text", ["2009 ", " 2009", "2009\n", "2009-?06", "?2009", "2X09", "1560S2"])
def test_nothing_but_the_forms_of_the_help_text_is_stored(text):
    with pytest.raises(ValueError, match=HOW_TO_WRITE_ONE):
        bounds(text)


def test_a_field_says_how_to_write_a_date_and_may_stay_empty():
    field = PartialDateField("date")
    assert field.clean("", None) == ""
    assert field.clean("2009-06", None) == "2009-06"
    with pytest.raises(ValidationError) as refusal:
        field.clean("June 2009", None)
    assert (refusal.value.messages, refusal.value.error_list[0].code) == ([HOW_TO_WRITE_ONE], "partial_date")


def test_a_form_field_forgives_white_space():
    assert PartialDateField("date").formfield().clean(" 2009-06\n") == "2009-06"
