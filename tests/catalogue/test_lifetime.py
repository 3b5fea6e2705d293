"""One network's bar: what is known of its time, what may be, and what nobody knows."""

from datetime import date

import pytest

from catalogue.lifetime import lifetime
from catalogue.models import Network

TODAY = date(2026, 6, 30)


def drawn(**fields):
    """The bar of a network with these dates, saved or not."""
    network = Network(**fields)
    network.clean()
    return lifetime(network, today=TODAY)


def kinds(bar):
    return [span.how for span in bar.spans]


def test_a_network_without_a_date_has_no_bar():
    assert drawn() is None


def test_a_year_is_a_range_and_what_lies_between_two_years_is_sure():
    bar = drawn(starts="2009", ends="2012")
    assert (bar.first_year, bar.last_year) == (2009, 2026)
    assert kinds(bar) == ["perhaps", "sure", "perhaps"]
    start, between, end = bar.spans
    assert start.first == 0
    assert start.last == between.first
    assert between.last == end.first


def test_exact_days_leave_nothing_open():
    assert kinds(drawn(starts="2009-06-15", ends="2012-01-31")) == ["sure"]


def test_an_agreed_end_ahead_is_planned_from_today():
    bar = drawn(starts="2020-01-01", planned_end="2028-12-31")
    assert kinds(bar) == ["sure", "planned"]
    today = next(point for point in bar.points if point.how == "today")
    assert bar.spans[0].last == bar.spans[1].first == today.at


def test_after_an_agreed_end_without_news_nobody_knows():
    assert kinds(drawn(starts="2015-01-01", planned_end="2019-12-31")) == ["planned", "silent"]


def test_it_ran_at_least_until_it_was_last_shown_at_work():
    bar = drawn(starts="2010-01-01", last_active="2015-01-01")
    assert kinds(bar) == ["sure", "silent"]
    seen = next(point for point in bar.points if point.how == "seen")
    assert bar.spans[0].last == seen.at


def test_an_end_without_a_date_leaves_the_rest_open():
    assert kinds(drawn(starts="2009-01-01", ended_undated=True)) == ["silent"]


def test_an_end_alone_draws_no_guess_about_the_start():
    bar = drawn(ends="2012")
    assert bar.spans == []
    assert [(point.how, point.text) for point in bar.points] == [("end", "2012"), ("today", "30 June 2026")]


@pytest.mark.parametrize(
    "fields",
    [
        {"starts": "2026-06-30"},
        {"starts": "2026"},
        {"starts": "2030"},
        {"planned_end": "2030"},
        {"last_active": "2026-06-30"},
        {"starts": "0001", "ends": "9999"},
        {"starts": "2012", "ends": "2009"},
        {"starts": "2009?", "ends": "201X"},
        {"starts": "2020", "last_active": "2010", "planned_end": "2015"},
    ],
    ids=str,
)
def test_every_part_lies_within_the_bar_and_has_a_length(fields):
    bar = drawn(**fields)
    assert all(0 <= span.first < span.last <= 100 for span in bar.spans)
    assert all(0 <= point.at <= 100 for point in bar.points)
    assert bar.points[-1].how == "today"
