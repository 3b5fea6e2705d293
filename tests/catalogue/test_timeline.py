"""A bar says what is known of a network's dates, and shows where nobody knows."""

from datetime import date

import pytest
from django.utils import timezone

from catalogue.models import Membership, Network
from catalogue.seen.timeline import MAX_BARS, MAX_TICKS, RELATIONS, axis_of, bar, timeline
from tests.factories import make_network, make_organization, make_topic

TODAY = date(2020, 7, 1)


def drawn(**dates):
    """The spans and marks of a network with these dates, in years rather than percent."""
    network = Network(name="Water", **dates)
    network.clean()
    axis = axis_of([network], today=TODAY)
    found = bar(network, axis, today=TODAY)

    def years(place):
        return round(axis.first + place / 100 * (axis.last - axis.first), 1)

    spans = [(span.how, years(span.first), years(span.last)) for span in found.spans]
    return spans, [(mark.how, years(mark.at)) for mark in found.marks]


def test_an_end_that_is_known_to_the_year_lies_somewhere_in_that_year():
    spans, marks = drawn(starts="2010", ends="2013")
    assert spans == [("begins", 2010, 2011), ("known", 2011, 2013), ("ends", 2013, 2014)]
    assert marks == [("end", 2014)]


def test_ends_that_are_known_to_the_day_leave_no_doubt():
    spans, _marks = drawn(starts="2010-07-02", ends="2013-07-02")
    assert [span for span in spans if span[2] > span[1]] == [("known", 2010.5, 2013.5)]


def test_a_planned_end_and_a_real_end_are_told_apart():
    spans, marks = drawn(starts="2010-01", planned_end="2012-12", ends="2015-12")
    assert marks == [("planned", 2013), ("end", 2016)]
    assert ("known", 2010.1, 2015.9) in spans


def test_what_runs_goes_on_to_today_and_from_there_to_its_planned_end():
    spans, marks = drawn(starts="2018", planned_end="2022")
    assert spans == [("begins", 2018, 2019), ("known", 2019, 2020.5), ("planned", 2020.5, 2023)]
    assert marks == [("planned", 2023), ("on", 2020.5)]


def test_after_the_last_news_nobody_knows():
    spans, marks = drawn(starts="2003", last_active="2014-02")
    assert spans == [("begins", 2003, 2004), ("known", 2004, 2014.2), ("silent", 2014.2, 2020.5)]
    assert marks == []


def test_past_a_planned_end_without_news_nobody_knows():
    spans, marks = drawn(starts="2010", planned_end="2012")
    assert spans == [("begins", 2010, 2011), ("planned", 2011, 2013), ("silent", 2013, 2020.5)]
    assert marks == [("planned", 2013)]


def test_an_end_without_a_date_is_not_drawn_as_one():
    spans, marks = drawn(starts="2010", ended_undated=True)
    assert spans == [("begins", 2010, 2011), ("silent", 2011, 2020.5)]
    assert marks == []


def test_a_start_that_nobody_knows_is_a_silent_line():
    spans, marks = drawn(ends="2015")
    assert spans == [("silent", 2015, 2015), ("ends", 2015, 2016)] or spans == [("ends", 2015, 2016)]
    assert marks == [("end", 2016)]


def test_what_is_planned_begins_after_today():
    spans, _marks = drawn(starts="2025", planned_end="2027")
    assert spans == [("begins", 2025, 2026), ("planned", 2026, 2028)]


@pytest.mark.parametrize(
    "dates",
    [
        {"starts": "2010", "ends": "2010"},
        {"starts": "2010", "last_active": "2009"},
        {"last_active": "1999"},
        {"planned_end": "2030"},
        {"starts": "0001", "ends": "9999"},
        {"starts": "201X"},
        {"starts": "2009?", "ends": "2011~"},
    ],
)
def test_every_part_of_a_bar_lies_on_its_axis_and_runs_forward(dates):
    network = Network(name="Water", **dates)
    network.clean()
    found = timeline([network], today=TODAY)
    (group,) = found.groups
    for span in group.bars[0].spans:
        assert 0 <= span.first < span.last <= 100
    assert all(0 <= mark.at <= 100 for mark in group.bars[0].marks)


@pytest.mark.parametrize("years", [("2019", "2020"), ("1995", "2027"), ("1850", "2020"), ("0001", "9999")])
def test_the_axis_has_few_round_years_and_holds_all(years):
    axis = axis_of([Network(starts=years[0], planned_end=years[1])], today=TODAY)
    assert 1 <= len(axis.ticks) <= MAX_TICKS
    assert axis.first <= int(years[0])
    assert int(years[1]) < axis.last


def test_networks_without_a_date_are_listed_apart():
    dated, undated = Network(name="Dated", starts="2010"), Network(name="Undated", ended_undated=True)
    found = timeline([dated, undated], today=TODAY)
    assert [b.network for group in found.groups for b in group.bars] == [dated]
    assert found.undated == [undated]


def networks():
    return list(Network.objects.prefetch_related("tags", *RELATIONS["funder"]).order_by("name"))


def titles(found):
    return [(group.title, [b.network.name for b in group.bars]) for group in found.groups]


@pytest.mark.django_db
def test_a_network_of_two_countries_stands_in_both_and_the_drawing_knows():
    make_network("Alpha", starts="2010", countries=["KE", "PE"])
    make_network("Beta", starts="2011", countries=["KE"])
    make_network("Gamma", starts="2012")
    found = timeline(networks(), today=TODAY, by="country")
    assert titles(found) == [("Kenya", ["Alpha", "Beta"]), ("Peru", ["Alpha"]), ("None recorded", ["Gamma"])]
    assert found.is_repeated


@pytest.mark.django_db
def test_networks_are_grouped_by_who_paid_and_not_by_who_took_part():
    payer, member = make_organization("Payer"), make_organization("Member")
    network = make_network("Alpha", starts="2010")
    Membership.objects.create(network=network, organization=payer, role="funder")
    Membership.objects.create(network=network, organization=member, role="member")
    found = timeline(networks(), today=TODAY, by="funder")
    assert titles(found) == [("Payer", ["Alpha"])]
    assert not found.is_repeated


@pytest.mark.django_db
def test_networks_are_grouped_by_sector_and_not_by_topic():
    make_network("Alpha", starts="2010", tags=[make_topic("Water", group="sector"), make_topic("Mentoring")])
    assert titles(timeline(networks(), today=TODAY, by="sector")) == [("Water", ["Alpha"])]


def test_more_bars_than_anybody_could_read_are_counted_rather_than_drawn():
    many = [Network(name=f"Network {number}", starts="2010") for number in range(MAX_BARS + 2)]
    found = timeline(many, today=timezone.localdate())
    assert sum(len(group.bars) for group in found.groups) == MAX_BARS
    assert found.left_out == 2
