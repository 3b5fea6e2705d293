"""The figures of moderation: right to the day, and telling nobody apart."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from contributions import privacy, report
from contributions.chart import chart
from contributions.models import Contribution, Event
from contributions.models.contribution import State
from tests.contributions.states import act
from tests.factories import make_contribution, make_curator, make_moderator, make_page

pytestmark = pytest.mark.django_db

NOW = datetime(2028, 3, 15, 12, tzinfo=UTC)  # of a leap year
DAY = timedelta(days=1)
PUBLIC = "/contribute/how-we-moderate/"
REPORT = "/admin/contributions/contribution/report/"
QUEUE = "/admin/contributions/contribution/"
TIMES = ("sent_at", "answered_at", "decided_at")


@pytest.fixture
def _march(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def contributed(sent_at, *, answered_at=None, decided_at=None, state=None, n=1, **fields):
    """Store contributions with their times; what is decided is approved unless told otherwise."""
    state = state or (State.APPROVED if decided_at else State.PENDING)
    if state == State.APPROVED:
        answered_at = answered_at or decided_at
    rows = [
        Contribution(
            **{"kind": "resource", "title": "", "payload": {}, "state": state, **fields},
            sent_at=sent_at,
            waiting_since=sent_at,
            answered_at=answered_at,
            decided_at=decided_at,
            form_key=uuid.uuid4(),
            token_hash=uuid.uuid4().hex,
        )
        for _ in range(n)
    ]
    return Contribution.objects.bulk_create(rows)


def waited(*days, now=None):
    """Store a contribution, answered yesterday, for each number of days that it had waited."""
    answered_at = (now or timezone.now()) - DAY
    for n in days:
        contributed(answered_at - n * DAY, answered_at=answered_at, decided_at=answered_at)


def reasoned(reason, *, action="reject", at=NOW, n=1, **fields):
    for contribution in contributed(at, state=State.PENDING, n=n, **fields):
        Event.objects.create(contribution=contribution, action=action, reason=reason, at=at, revision=1)


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


# --- How long people wait -----------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1, 9])
def test_the_wait_is_not_told_from_too_few(n):
    waited(*range(n))
    assert report.waits() is None


@pytest.mark.parametrize(
    ("days", "median", "p90"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5, 9),
        ([11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 6, 10),
        ([3] * 10, 3, 3),
        ([1] * 6 + [50] * 4, 1, 50),
        ([1] * 18 + [50] * 2, 1, 1),
        ([1] * 17 + [50] * 3, 1, 50),
    ],
)
def test_half_had_an_answer_within_the_median_and_nine_of_ten_within_the_other(days, median, p90):
    waited(*days)
    assert report.waits() == (median * DAY, p90 * DAY, len(days))


def test_the_wait_is_that_of_the_last_twelve_months():
    waited(*[1] * 10)
    waited(*[90] * 30, now=timezone.now() - 365 * DAY)
    assert report.waits() == (DAY, DAY, 10)


def test_of_very_many_the_newest_tell_the_wait(monkeypatch):
    monkeypatch.setattr(report, "NEWEST", 10)
    waited(*[90] * 30, now=timezone.now() - DAY)
    waited(*[1] * 10)
    assert report.waits() == (DAY, DAY, 10)


def test_the_wait_is_one_question_to_the_database(django_assert_num_queries):
    waited(*range(20))
    with django_assert_num_queries(1):
        report.waits()


# --- Months -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_march")
def test_the_last_months_reach_over_the_turn_of_the_year():
    period = report.last_months(4)
    assert period.months == [date(2027, 12, 1), date(2028, 1, 1), date(2028, 2, 1), date(2028, 3, 1)]
    assert (period.start, period.end) == (datetime(2027, 12, 1, tzinfo=UTC), datetime(2028, 4, 1, tzinfo=UTC))


@pytest.mark.usefixtures("_march")
def test_complete_months_end_before_this_one():
    period = report.last_months(3, complete=True)
    assert period.months == [date(2027, 12, 1), date(2028, 1, 1), date(2028, 2, 1)]
    assert period.end == datetime(2028, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("now", [datetime(2027, 12, 31, 23, 59, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)])
def test_the_year_ends_with_december(now, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert report.last_months(1).months == [date(now.year, now.month, 1)]
    assert report.last_months(12).months[-1] == date(now.year, now.month, 1)


@pytest.mark.usefixtures("_march")
def test_months_without_anything_are_there():
    assert report.monthly(report.last_months(12)) == {
        month: report.Figures(0, 0, 0, 0, None) for month in report.last_months(12).months
    }


@pytest.mark.usefixtures("_march")
def test_each_moment_counts_in_its_own_month():
    contributed(
        datetime(2028, 1, 31, 12, tzinfo=UTC),
        answered_at=datetime(2028, 2, 29, 12, tzinfo=UTC),
        decided_at=datetime(2028, 3, 1, 12, tzinfo=UTC),
        state=State.REJECTED,
    )
    january, february, march = report.monthly(report.last_months(3)).values()
    assert january == (1, 0, 0, 0, None)
    assert february == (0, 0, 0, 0, (29 * DAY, 29 * DAY, 1))
    assert march == (0, 0, 1, 0, None)


@pytest.mark.parametrize(
    ("zone", "sent_at", "month"),
    [
        ("UTC", "2028-02-29T23:59:59+00:00", date(2028, 2, 1)),
        ("UTC", "2028-03-01T00:00:00+00:00", date(2028, 3, 1)),
        ("Pacific/Auckland", "2028-02-29T10:59:59+00:00", date(2028, 2, 1)),
        ("Pacific/Auckland", "2028-02-29T11:00:00+00:00", date(2028, 3, 1)),
        ("America/New_York", "2028-03-01T04:59:59+00:00", date(2028, 2, 1)),
        ("America/New_York", "2028-03-01T05:00:00+00:00", date(2028, 3, 1)),
    ],
)
@pytest.mark.usefixtures("_march")
def test_a_month_begins_at_midnight_where_the_site_is(zone, sent_at, month):
    moment = datetime.fromisoformat(sent_at)
    contributed(moment, answered_at=moment, decided_at=moment)
    with timezone.override(zone):
        months = report.monthly(report.last_months(2))
        first_month = report.monthly(report.last_months(1))
    assert {day: (found.received, found.decided, found.answered) for day, found in months.items()} == {
        day: (1, 1, 1) if day == month else (0, 0, 0) for day in [date(2028, 2, 1), date(2028, 3, 1)]
    }
    assert first_month == {date(2028, 3, 1): months[date(2028, 3, 1)]}


@pytest.mark.usefixtures("_march")
def test_the_waits_of_a_month_are_those_of_its_first_answers():
    for month, days in ((2, [1, 2, 3, 4]), (3, [5])):
        for n in days:
            at = datetime(2028, month, 10, tzinfo=UTC)
            contributed(at - n * DAY, answered_at=at, decided_at=at)
    february, march = (found.waits for found in report.monthly(report.last_months(2)).values())
    assert (february, march) == ((2 * DAY, 4 * DAY, 4), (5 * DAY, 5 * DAY, 1))


@pytest.mark.usefixtures("_march")
def test_outcomes_are_counted_apart_and_can_be_narrowed_down():
    for n, state in enumerate([State.APPROVED, State.REJECTED, State.WITHDRAWN], start=1):
        contributed(NOW - DAY, decided_at=NOW, state=state, n=n)
    contributed(NOW - DAY, decided_at=NOW, state=State.REJECTED, n=4, kind="network", intent="problem", record_key=1)
    period = report.last_months(1)
    assert report.overall(period)[:4] == (10, 1, 6, 3)
    assert report.overall(period, kind="resource")[:4] == (6, 1, 2, 3)
    assert report.overall(period, kind="resource", intent="problem") == (0, 0, 0, 0, None)
    assert [found[:4] for found in report.monthly(period, intent="problem").values()] == [(4, 0, 4, 0)]
    assert {sort: found[:4] for sort, found in report.by_kind(period).items()} == {
        ("new", "resource"): (6, 1, 2, 3),
        ("problem", "network"): (4, 0, 4, 0),
    }


def test_what_was_erased_counts_on():
    moderator = make_moderator()
    rejected, waiting = make_contribution(), make_contribution()
    act("reject", rejected, by=moderator, reason="Not about learning networks")
    for contribution in (rejected, waiting):
        privacy.erase(contribution)
    period = report.last_months(1)
    assert report.overall(period)[:4] == (2, 0, 1, 1)
    assert [outcome.n for outcome in report.reasons(period)] == [1]


def test_what_was_opened_again_is_not_decided():
    moderator, contribution = make_moderator(), make_contribution()
    act("reject", contribution, by=moderator)
    assert report.overall(report.last_months(1)).decided == 1
    act("reopen", contribution, by=moderator)
    assert report.overall(report.last_months(1)).decided == 0
    assert report.overall(report.last_months(1)).answered == 1


@pytest.mark.usefixtures("_march")
def test_reasons_are_counted_for_rejections_and_questions_apart():
    reasoned("Unclear rights", n=2)
    reasoned("Advertising", n=3, kind="network")
    reasoned("Unclear rights", action="request_changes")
    reasoned("", n=1)
    reasoned("Long ago", at=datetime(2028, 2, 29, 23, tzinfo=UTC))
    reasoned("Not a decision", action="approve")
    found = [(outcome.decision, outcome.reason, outcome.n) for outcome in report.reasons(report.last_months(1))]
    ask, reject = "Changes asked for", "Not accepted"
    assert found == [
        (ask, "Unclear rights", 1), (reject, "Advertising", 3), (reject, "Unclear rights", 2), (reject, "", 1),
    ]  # fmt: skip
    assert [outcome.n for outcome in report.reasons(report.last_months(1), kind="network")] == [3]


@pytest.mark.parametrize(("n", "months"), [(1, 3), (30, 60)])
def test_figures_need_as_many_questions_for_many_as_for_one(n, months, django_assert_num_queries):
    contributed(timezone.now() - 40 * DAY, decided_at=timezone.now(), n=n)
    period = report.last_months(months)
    for figures, queries in ((report.monthly, 3), (report.by_kind, 3), (report.overall, 3), (report.reasons, 1)):
        with django_assert_num_queries(queries):
            figures(period)
    with django_assert_num_queries(8):
        report.public_summary()


# --- What everybody may know --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ([], []),
        ([0, 0], [0, 0]),
        ([9], [None]),
        ([10], [10]),
        ([100, 20, 10], [100, 20, 10]),
        ([100, 20, 3], [100, None, None]),
        ([100, 3, 2], [None, None, None]),
        ([100, 6, 4], [100, None, None]),
        ([100, 0, 3], [None, 0, None]),
        ([100, 0, 0], [100, 0, 0]),
    ],
)
def test_a_small_number_is_kept_back_with_those_that_would_give_it_away(parts, shown):
    assert report.kept_back(parts) == shown


@given(st.lists(st.integers(0, 40), max_size=13))
def test_nothing_small_can_be_worked_out_from_what_is_shown_and_the_sum(parts):
    shown = report.kept_back(parts)
    kept = [part for part, seen in zip(parts, shown, strict=True) if seen is None]
    assert all(seen in (None, part) for part, seen in zip(parts, shown, strict=True))
    assert all(part == 0 or part >= report.ENOUGH for part in shown if part is not None)
    assert not kept or sum(kept) >= report.ENOUGH or sum(kept) == sum(parts)


@pytest.mark.usefixtures("_march")
def test_the_public_numbers_are_those_of_complete_months():
    february = datetime(2028, 2, 29, 12, tzinfo=UTC)
    contributed(february, decided_at=february, n=12)
    contributed(NOW, decided_at=NOW, n=50)
    summary = report.public_summary()
    assert [summary[name] for name in ("received", "decided", "approved", "rejected")] == [12, 12, 12, 0]
    assert summary["months"][-1] == (date(2028, 2, 1), 12, 12)
    assert len(summary["months"]) == 12


@pytest.mark.usefixtures("_march")
def test_a_reason_is_public_only_when_it_was_given_often():
    february = datetime(2028, 2, 29, 12, tzinfo=UTC)
    reasoned("Unclear rights", at=february, n=10)
    reasoned("Advertising", at=february, n=9)
    reasoned("", at=february, n=30)
    assert [outcome[1:] for outcome in report.public_summary()["reasons"]] == [("Unclear rights", 10)]


@pytest.mark.parametrize("n", [0, 1, 9])
@pytest.mark.usefixtures("_march")
def test_the_public_page_of_few_decisions_shows_no_number(client, n):
    february = datetime(2028, 2, 28, tzinfo=UTC)
    contributed(february - DAY, answered_at=february, decided_at=february, state=State.REJECTED, n=n)
    page = client.get(PUBLIC).content.decode()
    assert re.findall(r"<dd>(.*?)</dd>", page) == ["not shown" if n else "0"] * 2 + [
        "0",
        "not shown" if n else "0",
        "0",
    ]
    assert "No month had enough contributions to show." in page
    assert "<svg class=" not in page.partition("<main")[2].partition("</main>")[0]
    assert "too few contributions have been answered" in page


@pytest.mark.usefixtures("_march")
def test_the_public_page_shows_the_same_numbers_in_its_chart_and_in_its_table(client):
    for month, n in ((1, 25), (2, 12)):
        at = datetime(2028, month, 20, tzinfo=UTC)
        contributed(at - 2 * DAY, decided_at=at, n=n)
    page = client.get(PUBLIC).content.decode()
    drawing = re.search(r"<svg class=\"chart\".*</svg>", page, re.S)[0]
    table = re.findall(r"<th scope=\"row\">(.*?)</th><td>(.*?)</td><td>(.*?)</td>", page)
    assert table[-2:] == [("Jan&nbsp;2028", "25", "25"), ("Feb&nbsp;2028", "12", "12")]
    assert re.findall(r"<text[^>]*>(\d+)</text>", drawing)[-4:] == ["25", "25", "12", "12"]
    assert 'role="img"' in drawing
    assert "half of the 37 contributions had an answer within 2\xa0days" in page


def test_no_picture_of_ours_needs_a_style_that_the_policy_forbids(client):
    contributed(timezone.now() - 60 * DAY, decided_at=timezone.now() - 50 * DAY, n=50)
    pages = [client.get(PUBLIC), browser_of(make_moderator()).get(REPORT)]
    assert ['<svg class="chart"' in page.content.decode() for page in pages] == [True, True]
    assert [re.findall(r"<style| style=", page.content.decode()) for page in pages] == [[], []]


def test_the_public_page_names_nobody_and_nothing_that_was_sent(client, monkeypatch):
    marker = "Zyxw"
    moderator = make_moderator(f"{marker}-moderator")
    contributions = [make_contribution(title=f"{marker} title", summary=f"{marker} text") for _ in range(12)]
    Contribution.objects.update(contributor_name=marker, contributor_email=f"{marker}@example.org")
    for contribution in contributions:
        contribution.refresh_from_db()
        act("reject", contribution, by=moderator, public_note=marker, internal_note=marker, reason="Unclear rights")
    now = timezone.now() + 32 * DAY
    monkeypatch.setattr(timezone, "now", lambda: now)
    page = client.get(PUBLIC).content.decode()
    assert "Unclear rights (Not accepted): 12" in page
    assert marker.lower() not in page.lower()
    assert "LN-" not in page


def test_the_public_page_is_kept_for_minutes_and_never_called_current(client):
    response = client.get(PUBLIC)
    assert (response.status_code, response["Cache-Control"], "ETag" in response) == (200, "public, max-age=600", False)


def test_the_guidelines_lead_to_how_we_moderate(client):
    make_page("contribute")
    assert f'href="{PUBLIC}"' in client.get(reverse("contributions:guidelines")).content.decode()


# --- The page of moderators ---------------------------------------------------------------------


def test_only_moderators_see_the_report():
    curator, moderator = browser_of(make_curator()), browser_of(make_moderator())
    assert [browser.get(REPORT).status_code for browser in (Client(), curator, moderator)] == [302, 403, 200]
    assert moderator.post(REPORT).status_code == 405
    assert "no-store" in moderator.get(REPORT)["Cache-Control"]


@pytest.mark.usefixtures("_march")
def test_the_report_shows_each_month_and_each_kind():
    at = datetime(2028, 2, 20, tzinfo=UTC)
    contributed(at - 2 * DAY, decided_at=at, n=3)
    contributed(at, n=2, kind="network")
    page = browser_of(make_moderator()).get(REPORT, {"months": 3}).content.decode()
    rows = {
        " ".join(re.findall(r"<th scope=\"row\">(.*?)</th>", row)): re.findall(r"<td>(.*?)</td>", row)
        for row in re.findall(r"<tr>(.*?)</tr>", page, re.S)
    }
    empty = ["0"] * 6 + ["\u2013"] * 2
    two_days = ["2\xa0days"] * 2
    assert {name: cells for name, cells in rows.items() if cells and name} == {
        "January 2028": empty,
        "February 2028": ["5", "3", "0", "0", "3", "3", *two_days],
        "March 2028": empty,
        "All months": ["5", "3", "0", "0", "3", "3", *two_days],
        "new entry resource": ["3", "3", "0", "0", "3", "3", *two_days],
        "new entry network": ["2", *empty[1:]],
    }


@pytest.mark.parametrize(
    ("query", "months"), [({}, 12), ({"months": "3"}, 3), ({"months": "60", "kind": "network"}, 60), ({"kind": ""}, 12)]
)
def test_the_report_goes_back_as_far_as_one_asks(query, months):
    page = browser_of(make_moderator()).get(REPORT, query)
    assert len(page.context["months"]) == months


@pytest.mark.parametrize(
    "query", ["months=0", "months=-1", "months=999999999", "months=x", "months=%00", "kind=x", "intent='", "months=7"]
)
def test_nonsense_in_the_address_of_the_report_is_named_and_left_out(query):
    page = browser_of(make_moderator()).get(f"{REPORT}?{query}")
    assert (page.status_code, len(page.context["months"])) == (200, 12)
    assert page.context["form"].errors


def test_the_queue_leads_to_the_report_and_says_how_much_waits():
    now = timezone.now()
    for days, n in ((0, 4), (3, 2), (8, 1)):
        contributed(now - days * DAY, n=n)
    contributed(now - 30 * DAY, decided_at=now, n=5)
    page = browser_of(make_moderator()).get(QUEUE).content.decode()
    words = re.sub(r"<[^>]*>", "", page).replace("\xa0", " ")
    assert f'href="{REPORT}"' in page
    assert "Waiting for a moderator: 7 · Waiting for the contributor: 0 · Approved: 5" in words
    assert "Waiting for 3 days or longer: 3 · Waiting for 1 week or longer: 1" in words


# --- The drawing --------------------------------------------------------------------------------


def test_there_is_no_chart_of_nothing():
    assert chart([]) is None
    assert chart([(date(2028, 1, 1), 0, None)]) is None


def test_the_longest_bar_leaves_room_for_its_number_and_the_others_are_in_proportion():
    drawn = chart([(date(2028, 1, 1), 40, 20), (date(2028, 2, 1), 0, None)])
    assert [(row.received.length, row.decided.length) for row in drawn.rows] == [("85.0%", "42.5%"), ("0.0%", "0.0%")]
    assert drawn.rows[1].decided.n is None
