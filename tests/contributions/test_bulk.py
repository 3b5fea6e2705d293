"""Decisions on several contributions: each by itself, as it was on the screen, and each is told how it went."""

import pytest
from django.test import Client
from post_office.models import Email

from contributions.models import Contribution, Reason, Resource
from phases.models import Phase
from tests.contributions.pages import Page, resent
from tests.contributions.states import State, act, contribution_in, everything, make_correction
from tests.factories import (
    make_contribution,
    make_curator,
    make_moderator,
    make_network,
    make_phase,
    make_resource,
    make_user,
)

pytestmark = pytest.mark.django_db

QUEUE = "/admin/contributions/contribution/"
SEVERAL = f"{QUEUE}several/"


@pytest.fixture
def moderator():
    return make_moderator()


@pytest.fixture
def desk(client, moderator):
    """A browser in which the moderator is logged in."""
    client.force_login(moderator)
    return client


def chosen(desk, action, contributions, query="?state=all"):
    """The page that asks, after ticking contributions in the queue."""
    data = {"action": f"{action}_several", "_selected_action": [one.pk for one in contributions]}
    page = Page(desk.post(QUEUE + query, data))
    assert page.status == 200
    return page


def states(*contributions):
    return [Contribution.objects.get(pk=one.pk).state for one in contributions]


def told(desk):
    return Page(desk.get(QUEUE)).words


@pytest.mark.parametrize("action", ["approve", "reject", "assign"])
def test_choosing_several_asks_first_and_changes_nothing(desk, action):
    contributions = [make_contribution() for _ in range(3)]
    before = everything()
    page = chosen(desk, action, contributions)
    assert [one.reference in page.words for one in contributions] == [True] * 3
    assert len(page.sent["item"]) == 3
    assert everything() == before


def test_several_are_approved_each_with_its_own_event_and_mail(desk, moderator):
    contributions = [make_contribution() for _ in range(3)]
    Email.objects.all().delete()
    response = desk.post(SEVERAL, resent(chosen(desk, "approve", contributions), public_note="Thank you all."))
    assert (response.status_code, response["Location"]) == (302, QUEUE)
    assert states(*contributions) == [State.APPROVED] * 3
    assert Resource.objects.count() == 3
    assert [one.events.last().actor for one in contributions] == [moderator] * 3
    assert [mail.message.count("Thank you all.") for mail in Email.objects.all()] == [1] * 3
    words = told(desk)
    assert [f"{one.reference}: {one.title} (Approved)" in words for one in contributions] == [True] * 3


def test_several_are_rejected_with_a_reason(desk):
    contributions = [make_contribution() for _ in range(2)]
    reason = Reason.objects.get_or_create(action="reject", name="Named", defaults={"text": "Words."})[0]
    desk.post(SEVERAL, resent(chosen(desk, "reject", contributions), reason=reason.pk))
    assert states(*contributions) == [State.REJECTED] * 2
    events = [one.events.last() for one in contributions]
    assert [(event.reason, event.public_note) for event in events] == [("Named", reason.text)] * 2


@pytest.mark.parametrize("note", ["", " \n "])
def test_without_a_reason_or_a_note_nobody_is_rejected(desk, note):
    contributions = [make_contribution() for _ in range(2)]
    before = everything()
    page = Page(desk.post(SEVERAL, resent(chosen(desk, "reject", contributions), public_note=note)))
    assert (page.status, len(page.sent["item"])) == (200, 2)
    assert "Tell the contributors the reason." in page.words
    assert everything() == before


def test_several_are_assigned_to_a_colleague(desk, moderator):
    contributions, colleague = [make_contribution() for _ in range(2)], make_moderator("colleague")
    act("claim", contributions[0], by=moderator)
    desk.post(SEVERAL, resent(chosen(desk, "assign", contributions), to=colleague.pk))
    assert {Contribution.objects.get(pk=one.pk).assignee for one in contributions} == {colleague}
    assert [one.events.last().actor for one in contributions] == [moderator] * 2


@pytest.mark.parametrize("person", ["nobody", "reader", "staff", "curator", "closed"])
def test_only_moderators_are_given_work(desk, person):
    makers = {
        "reader": lambda: make_user("reader", is_staff=False),
        "staff": lambda: make_user("staff"),
        "curator": make_curator,
        "closed": lambda: make_user("closed", "Moderator", is_active=False),
    }
    contribution = make_contribution()
    page = chosen(desk, "assign", [contribution])
    to = makers[person]().pk if person in makers else ""
    before = everything()
    assert desk.post(SEVERAL, resent(page, to=to)).status_code == 200
    assert everything() == before


def test_what_changed_since_it_was_on_the_screen_is_left_alone_and_named(desk):
    revised, decided, same = (make_contribution() for _ in range(3))
    page = chosen(desk, "approve", [revised, decided, same])
    act("revise", revised, by=None)
    act("reject", decided, by=make_moderator("quicker"))
    desk.post(SEVERAL, resent(page))
    assert states(revised, decided, same) == [State.PENDING, State.REJECTED, State.APPROVED]
    words = told(desk)
    assert words.count("not done, because it has changed since you looked") == 2
    assert f"{same.reference}: {same.title} (Approved)" in words


def test_a_correction_of_what_changed_meanwhile_is_left_alone(desk):
    network = make_network("The Network")
    contribution = make_correction(network, summary="By the sender")
    page = chosen(desk, "approve", [contribution])
    network.acronym = "BYC"
    network.save()
    desk.post(SEVERAL, resent(page))
    assert states(contribution) == [State.PENDING]
    assert "not done, because it has changed since you looked" in told(desk)
    desk.post(SEVERAL, resent(chosen(desk, "approve", [contribution])))
    network.refresh_from_db()
    assert (network.acronym, network.summary) == ("BYC", "By the sender")


def test_what_does_not_fit_any_more_is_left_alone_with_the_reason_and_the_others_go_on(desk):
    broken, good = make_contribution(phases=[make_phase(5)]), make_contribution(phases=[make_phase(6)])
    page = chosen(desk, "approve", [broken, good])
    Phase.objects.filter(number=5).delete()
    desk.post(SEVERAL, resent(page))
    assert states(broken, good) == [State.PENDING, State.APPROVED]
    assert "Phases: Select a valid choice." in told(desk)
    assert broken.events.count() == 1


def test_what_is_decided_already_is_named_and_not_offered(desk, moderator):
    decided, waits = contribution_in(State.REJECTED, by=moderator), make_contribution()
    page = chosen(desk, "approve", [decided, waits])
    assert len(page.sent["item"]) == 1
    assert f"{decided.reference} {decided.title} (not included: not accepted)" in page.words


def test_an_unticked_one_is_left_alone(desk):
    first, second = make_contribution(), make_contribution()
    page = chosen(desk, "approve", [first, second])
    desk.post(SEVERAL, resent(page, item=page.sent["item"][:1]))
    assert states(first, second) == [State.APPROVED, State.PENDING]


@pytest.mark.parametrize(
    "item",
    [
        "",
        "x",
        ":::",
        "1",
        "1:pending:1",
        "x:pending:1:",
        "1:pending:x:",
        "\0",
        "-1:pending:1:",
        "1:approved:1:",
        "9" * 99,
    ],
)
def test_an_odd_item_is_no_fault_and_decides_nothing(desk, item):
    make_contribution()
    before = everything()
    response = desk.post(SEVERAL, {"action": "approve", "item": [item]})
    assert response.status_code in {200, 302}
    assert everything() == before


@pytest.mark.parametrize("action", ["", "expire", "withdraw", "amend", "__class__", "\0"])
def test_an_odd_action_is_no_fault_and_decides_nothing(desk, action):
    contribution = make_contribution()
    before = everything()
    item = f"{contribution.pk}:pending:1:"
    assert desk.post(SEVERAL, {"action": action, "item": [item]}).status_code == 200
    assert everything() == before


def test_markup_in_a_title_is_text_on_the_page_and_in_the_message(desk):
    contribution = make_contribution(title="<script>alert(1)</script>")
    page = chosen(desk, "reject", [contribution])
    assert "<script>alert(1)" not in page.response.content.decode()
    desk.post(SEVERAL, resent(page, public_note="No."))
    queue = desk.get(QUEUE)
    assert "<script>alert(1)" not in queue.content.decode()
    assert "<script>alert(1)</script> (Not accepted)" in Page(queue).words


@pytest.mark.parametrize("person", ["anonymous", "staff", "curator"])
def test_nobody_else_decides_on_several(person):
    contribution, browser = make_contribution(), Client()
    if person != "anonymous":
        browser.force_login({"staff": make_user, "curator": make_curator}[person]("other"))
    before = everything()
    item = f"{contribution.pk}:pending:1:"
    assert browser.post(SEVERAL, {"action": "approve", "item": [item]}).status_code in {302, 403}
    assert everything() == before


def test_several_from_elsewhere_are_refused(moderator):
    careful, contribution = Client(enforce_csrf_checks=True), make_contribution()
    careful.force_login(moderator)
    item = f"{contribution.pk}:pending:1:"
    assert careful.post(SEVERAL, {"action": "approve", "item": [item]}).status_code == 403
    assert states(contribution) == [State.PENDING]


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_page_that_asks_reads_as_little_for_many_corrections_as_for_one(
    desk, django_assert_max_num_queries, how_many
):
    networks = [make_network(members=3, questions=2, deliverables=2) for _ in range(how_many)]
    resources = [make_resource(phases=[make_phase(number)]) for number in range(1, how_many + 1)]
    corrections = [make_correction(network, name=f"Better {network}") for network in networks]
    corrections += [make_correction(resource, title=f"Better {resource}") for resource in resources]
    # 13 of the queue, the session and the person; the contributions, seven of networks and three of resources.
    with django_assert_max_num_queries(26):
        page = chosen(desk, "approve", corrections)
    assert len(page.sent["item"]) == 2 * how_many


def test_an_approval_of_several_costs_each_as_much_as_one(desk, django_assert_max_num_queries):
    page = chosen(desk, "approve", [make_contribution() for _ in range(4)])
    with django_assert_max_num_queries(10 + 4 * 51):  # each is a transaction with its event, mail, history and index
        desk.post(SEVERAL, resent(page))
    assert Resource.objects.count() == 4
