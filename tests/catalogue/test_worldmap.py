"""The map has a place for every country, and numbers that do not cover each other."""

from itertools import combinations
from math import dist

import pytest
from django_countries import countries

from catalogue.data.make_world import in_one_piece, path, simplified
from catalogue.seen.worldmap import NEAREST, counted, world_map

NOWHERE = {"AQ", "HM"}
"""Antarctica and the uninhabited Heard Island: no outline, and no networks."""


def test_every_country_that_a_network_can_have_has_a_place_on_the_map():
    drawn = world_map(counted(code for code, _name in countries))
    assert {place.code for place in drawn.places} >= {code for code, _name in countries} - NOWHERE
    assert all(0 <= place.x <= 100 and 0 <= place.y <= 100 for place in drawn.places)


def test_a_network_counts_once_in_each_of_its_countries():
    counts = counted(["KE,PE", "KE", ""])
    assert counts == {"KE": 2, "PE": 1, "": 1}
    drawn = world_map(counts)
    assert [(place.name, place.count) for place in drawn.places] == [("Kenya", 2), ("Peru", 1)]


def test_a_country_with_networks_is_drawn_apart_from_the_others():
    kenya = world_map(counted(["KE"])).places[0]
    assert kenya.d.startswith("M")
    assert kenya.d not in world_map(counted(["KE"])).land
    assert kenya.d in world_map(counted(["PE"])).land


def test_an_island_too_small_for_an_outline_still_has_its_place():
    (place,) = world_map(counted(["TV"])).places
    assert (place.name, place.d, place.has_number) == ("Tuvalu", "", True)


@pytest.mark.parametrize("codes", [["KE", "UG", "RW", "BI", "TZ"], [code for code, _name in countries]])
def test_no_number_covers_another(codes):
    places = [place for place in world_map(counted(codes)).places if place.has_number]
    assert places
    for one, other in combinations(places, 2):
        assert dist((one.x * 10, one.y * 4.35), (other.x * 10, other.y * 4.35)) > NEAREST - 1


def test_the_country_with_more_networks_keeps_its_number():
    drawn = world_map(counted(["UG", "UG", "RW"]))
    assert [(place.code, place.has_number) for place in drawn.places] == [("UG", True), ("RW", False)]


def test_a_code_that_is_no_country_is_left_out():
    assert world_map(counted(["XX"])).places == []


def test_simplifying_keeps_the_ends_and_what_sticks_out():
    line = [(0, 0), (5, 0.01), (10, 8), (15, 0.01), (20, 0)]
    kept = simplified(line)
    assert (kept[0], kept[-1]) == (line[0], line[-1])
    assert (10, 8) in kept
    assert simplified([(0, 0), (5, 0), (10, 0)]) == [(0, 0), (10, 0)]


def test_a_line_across_the_date_line_does_not_run_round_the_world():
    assert in_one_piece([(179, 0), (-179, 0), (179, 1)]) == [(179, 0), (181, 0), (179, 1)]


def test_an_outline_is_written_in_steps():
    assert path([[(1, 2), (4, 2), (4, 6), (1, 2)]]) == "M1 2l3 0 0 4z"
