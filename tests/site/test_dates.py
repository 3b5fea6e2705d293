"""Dates at the edges: of the calendar, of the day around the world, and of the clocks' changes."""

import datetime as dt
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from contributions.models import Contribution
from tests.contributions.states import act
from tests.factories import form_data, make_moderator, make_network, make_phase, make_resource
from tests.mailserver import Clock

pytestmark = pytest.mark.django_db
PUBLISHED = "{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}published"

EDGES = ["0001", "0001-01-01", "1969-12-31", "1970-01-01", "2000-02-29", "2024-02", "9999", "9999-12", "9999-12-31"]
IN_ORDER = ["0001-01-01", "1969-12-31", "1970-01-01", "2000-02-29", "2024-02", "9999-12", "9999-12-31"]
ZONES = ["Pacific/Kiritimati", "Pacific/Pago_Pago"]
"""14 hours before UTC and 11 behind it."""

PAGES = [
    "/", "/networks/", "/networks/table/", "/networks/table.xlsx", "/networks/timeline/", "/networks/map/",
    "/networks/members/", "/learning-questions/", "/resources/", "/coverage/deliverables/",
    "/search/?q=edge&sort=earliest", "/search.atom", "/resources.csv", "/networks.atom", "/networks.csv",
]  # fmt: skip


@pytest.fixture(params=ZONES)
def zone(request, settings):
    settings.TIME_ZONE = request.param
    return ZoneInfo(request.param)


def body(answer) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


# --- The calendar -------------------------------------------------------------------------------


def test_every_page_can_be_read_whatever_year_a_record_is_of(client, zone):
    for edge in EDGES[1:-1]:
        make_resource(f"Edge {edge}", date=edge)
        make_network(f"Edge net {edge}", starts=edge, ends=edge)
    phases = [make_phase()]
    records = [make_resource(date=edge, phases=phases) for edge in (EDGES[0], EDGES[-1])]
    records.append(make_network(starts=EDGES[0], planned_end=EDGES[-1], last_active=EDGES[-1], questions=1))
    records.append(make_network(starts=EDGES[-1], ends=EDGES[-1], deliverables=1))
    for address in [*PAGES, *(record.get_absolute_url() for record in records)]:
        answer = client.get(address)
        assert (address, answer.status_code, bool(body(answer))) == (address, 200, True)


@pytest.mark.parametrize("backwards", [False, True])
def test_results_are_in_the_order_of_their_dates_from_the_first_year_to_the_last(client, zone, backwards):
    for edge in [*IN_ORDER[3:], *IN_ORDER[:3]]:
        make_resource(f"Edge {edge}", date=edge)
    page = client.get("/resources/", {"sort": "latest" if backwards else "earliest"}).content.decode()
    places = {edge: page.index(f">Edge {edge}<") for edge in IN_ORDER}
    assert sorted(places, key=places.get, reverse=backwards) == IN_ORDER


@pytest.mark.parametrize("edge", ["0001-01-01", "2024-02-29", "9999-12-31"])
def test_a_form_takes_every_date_that_there_is_and_it_reads_the_same_when_it_is_public(client, zone, edge):
    phase = make_phase()
    sent = client.post("/contribute/resource/", form_data(date=edge, phases=[phase.slug], title="Edge"))
    assert sent.status_code == 302
    record = act("approve", Contribution.objects.get(), by=make_moderator())
    assert record.date == edge
    assert client.get(record.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("text", ["2023-02-29", "0000", "10000"])
def test_a_form_says_how_to_write_a_date_where_there_is_no_such_day(client, text):
    page = client.post("/contribute/resource/", form_data(date=text, phases=[make_phase().slug]))
    assert page.status_code == 200
    assert "Write a year, a month or a day: 2009, 2009-06 or 2009-06-15." in page.content.decode()
    assert not Contribution.objects.exists()


# --- The day around the world, and the clocks' changes ------------------------------------------

MOMENTS = [
    # zone, what its clocks show, the same moment at UTC
    ("Pacific/Kiritimati", "2026-12-31T23:59:00", "2026-12-31T09:59:00"),
    ("Pacific/Pago_Pago", "2026-12-31T23:59:00", "2027-01-01T10:59:00"),
    ("Pacific/Kiritimati", "2024-02-29T00:01:00", "2024-02-28T10:01:00"),
    ("Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00"),  # the minute after 01:59
    ("Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T00:30:00"),  # the first of the two
]


@pytest.mark.parametrize(("zone_name", "shown", "at_utc"), MOMENTS)
def test_feeds_speak_utc_and_tables_the_day_of_the_site(client, settings, zone_name, shown, at_utc):
    settings.TIME_ZONE = zone_name
    moment = dt.datetime.fromisoformat(f"{at_utc}+00:00")
    assert moment.astimezone(ZoneInfo(zone_name)).isoformat()[:19] == shown
    make_resource("Edge", added_at=moment)
    [updated] = [
        entry.text for entry in ElementTree.fromstring(client.get("/resources.atom").content).iterfind(PUBLISHED)
    ]
    assert dt.datetime.fromisoformat(updated) == moment or updated.endswith(("Z", "+00:00"))
    assert shown[:10] in body(client.get("/search.csv")).decode()


def test_what_came_in_the_hour_that_the_clocks_repeat_keeps_its_order(client, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    for title, hour in (("Second", 1), ("First", 0)):
        make_resource(title, added_at=dt.datetime(2026, 10, 25, hour, 30, tzinfo=dt.UTC))
    page = client.get("/resources/?sort=newest").content.decode()
    assert page.index(">Second<") < page.index(">First<")


def test_a_network_ends_with_the_last_minute_of_its_last_day_where_the_site_is(client, zone, monkeypatch):
    clock = Clock(monkeypatch)
    network = make_network(starts="2026", ends="2026-12-31")
    clock.now = dt.datetime(2026, 12, 31, 23, 59, tzinfo=zone)
    before, tag = network.status, client.get(network.get_absolute_url())["ETag"]
    clock.move_on(minutes=1)
    assert (before, network.status) == ("active", "ended")
    assert client.get(network.get_absolute_url())["ETag"] != tag
    assert timezone.localdate() == dt.date(2027, 1, 1)
