"""What the review page tells a moderator before a decision, and what it does after one."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from contributions.models import Contribution, Reason
from contributions.models.contribution import Sender
from tests.contributions.pages import Page, resent
from tests.contributions.states import State, act, contribution_in, everything, make_correction, make_files
from tests.contributions.test_networks import network_data
from tests.contributions.test_problems import problem_data
from tests.factories import (
    make_contribution,
    make_moderator,
    make_network,
    make_payload,
    make_phase,
    make_resource,
    make_topic,
)

pytestmark = pytest.mark.django_db

QUEUE = "/admin/contributions/contribution/"


@pytest.fixture
def moderator():
    return make_moderator()


@pytest.fixture
def desk(client, moderator):
    """A browser in which the moderator is logged in."""
    client.force_login(moderator)
    return client


def address(contribution, name="change"):
    return f"{QUEUE}{contribution.pk}/{name}/"


def review_of(desk, contribution):
    return Page(desk.get(address(contribution)))


def press(desk, contribution, action, **fields):
    """Open the review and press a button."""
    return desk.post(address(contribution, "decide"), resent(review_of(desk, contribution), action=action, **fields))


def html(page):
    return page.response.content.decode()


# --- What would change --------------------------------------------------------------------------


def test_a_correction_is_shown_word_by_word_beside_what_is_public(desk):
    network = make_network("The Network", summary="Four groups learnt about seed.")
    contribution = make_correction(network, summary="Five groups learnt about seed.")
    page = review_of(desk, contribution)
    assert "<del>Four </del><ins>Five </ins>groups learnt about seed." in html(page)
    assert html(page).count("<ins>") == 1
    assert "What would change" in page.words
    assert "I was there." in page.words
    assert network.get_absolute_url() in page.links


def test_markup_in_a_correction_is_text_in_the_comparison(desk):
    network = make_network("The Network", summary="<b>Four</b>")
    page = review_of(desk, make_correction(network, summary="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in html(page)
    assert "<script>alert(1)</script>" in page.words


def test_what_the_sender_saw_is_shown_where_the_public_has_moved_on(desk):
    network = make_network("The Network", summary="Four groups.")
    contribution = make_correction(network, summary="Five groups.")
    network.summary = "Six groups."
    network.save()
    page = review_of(desk, contribution)
    assert "<del>Six </del><ins>Five </ins>groups." in html(page)
    assert "The public entry has changed since; the contributor saw: Four groups." in page.words


def test_what_the_sender_changed_after_a_question_is_shown(desk, moderator):
    contribution = make_contribution(title="A story", summary="About seed.")
    act("request_changes", contribution, by=moderator)
    payload = {**contribution.payload, "summary": "About good seed."}
    act("revise", contribution, by=None, payload=payload)
    page = review_of(desk, contribution)
    assert "Changed since you asked" in page.words
    assert "About <ins>good </ins>seed." in html(page)


def test_before_any_question_nothing_is_called_changed(desk, moderator):
    contribution = make_contribution()
    act("revise", contribution, by=None)
    assert "Changed since you asked" not in review_of(desk, contribution).words
    act("request_changes", contribution, by=moderator)
    act("answer", contribution, by=None)
    assert "Changed since you asked" not in review_of(desk, contribution).words


def test_what_keeps_it_from_being_published_is_told_before_the_decision(desk):
    contribution = make_contribution()
    assert "It cannot be published as it is" not in review_of(desk, contribution).words
    for phase in contribution.payload["phases"]:
        type(make_phase(6)).objects.filter(slug=phase).delete()
    page = review_of(desk, contribution)
    assert "It cannot be published as it is: Phases: Select a valid choice." in page.words


def test_what_else_came_from_the_address_is_listed(desk, moderator):
    ada, eve = Sender("Ada", "ada@example.org"), Sender("Eve", "eve@example.org")
    earlier = contribution_in(State.REJECTED, by=moderator, title="The first", sender=ada)
    make_contribution(title="Of another", url="https://example.net/x", sender=eve)
    contribution = make_contribution(title="The second", sender=Sender("Ada", "ADA@example.org"))
    page = review_of(desk, contribution)
    assert "Also from this address" in page.words
    assert address(earlier) in page.links
    assert "Of another" not in page.words


def test_strangers_without_an_address_have_nothing_in_common(desk):
    nobody = [
        make_contribution(title=word, url=f"https://example.org/{word}", sender=Sender()) for word in ("here", "there")
    ]
    page = review_of(desk, nobody[0])
    assert "Also from this address" not in page.words
    assert "there" not in page.words.split()


# --- Correcting the fields ----------------------------------------------------------------------


def amended(desk, contribution, **fields):
    page = Page(desk.get(address(contribution, "amend")))
    assert page.status == 200
    return desk.post(address(contribution, "amend"), resent(page, **fields))


def test_a_moderator_corrects_the_fields_as_a_revision_of_their_own(desk, moderator):
    contribution = make_contribution(title="A stroy", files=make_files(), licence="CC-BY-4.0")
    mails = Email.objects.count()
    response = amended(desk, contribution, title="A story")
    assert (response.status_code, response["Location"]) == (302, address(contribution))
    contribution.refresh_from_db()
    event = contribution.events.last()
    assert (contribution.title, contribution.revision, contribution.state) == ("A story", 2, State.PENDING)
    assert (event.action, event.actor, event.revision, event.payload["title"]) == ("amend", moderator, 2, "A story")
    assert [file.name for file in contribution.files.all()] == ["story.pdf"]
    assert Email.objects.count() == mails
    assert act("approve", contribution, by=moderator).title == "A story"


def test_opening_the_fields_changes_nothing(desk):
    contribution = make_contribution()
    before = everything()
    desk.get(address(contribution, "amend")), desk.head(address(contribution, "amend"))
    assert everything() == before


def test_the_fields_of_a_network_and_of_a_problem_can_be_corrected(desk, client):
    client.post("/contribute/network/", network_data())
    resource = make_resource("The Tool")
    client.post(f"/contribute/problem/resource/{resource.slug}/", problem_data())
    network, problem = Contribution.objects.order_by("pk")
    rows = {"memberships-0-organization": "Renamed Relief"}
    assert amended(desk, network, **rows).status_code == 302
    assert amended(desk, problem, text="In other words.").status_code == 302
    network.refresh_from_db(), problem.refresh_from_db()
    assert network.payload["memberships"][0] == {"organization": "Renamed Relief", "role": "convenor"}
    assert (problem.payload["text"], problem.title) == ("In other words.", "A link does not work: The Tool")


def test_a_row_is_added_without_a_script(desk, client):
    client.post("/contribute/network/", network_data())
    contribution = Contribution.objects.get()
    page = Page(amended(desk, contribution, do="add:sources", name="Half done"))
    assert (page.status, page.value("sources-1-url"), page.value("name")) == (200, "", "Half done")
    contribution.refresh_from_db()
    assert contribution.revision == 1


def test_a_correction_is_corrected_under_the_name_that_it_has(desk, moderator):
    network = make_network("The Network")
    contribution = make_correction(network, summary="Five gruops.")
    assert amended(desk, contribution, summary="Five groups.").status_code == 302
    contribution.refresh_from_db()
    act("approve", contribution, by=moderator)
    network.refresh_from_db()
    assert (network.name, network.summary) == ("The Network", "Five groups.")


def test_wrong_fields_are_told_and_nothing_is_lost(desk):
    contribution = make_contribution()
    before = everything()
    page = Page(amended(desk, contribution, title="", summary="My work"))
    assert (page.status, page.value("summary")) == (200, "My work")
    assert "id_title" in page.anchors
    assert everything() == before


def test_fields_that_the_sender_changed_meanwhile_are_not_overwritten(desk):
    contribution = make_contribution()
    page = Page(desk.get(address(contribution, "amend")))
    act("revise", contribution, by=None)
    before = everything()
    refused = Page(desk.post(address(contribution, "amend"), resent(page, title="My work")))
    assert (refused.status, refused.value("title"), refused.value("revision")) == (409, "My work", "2")
    assert everything() == before
    assert desk.post(address(contribution, "amend"), resent(refused)).status_code == 302


@pytest.mark.parametrize("state", [state for state in State if state != State.PENDING])
def test_only_what_waits_for_a_moderator_is_corrected(desk, state, moderator):
    contribution = contribution_in(state, by=moderator)
    assert "Correct the fields" not in review_of(desk, contribution).words
    before = everything()
    data = {**make_payload(), "state": state, "revision": 1}
    assert desk.post(address(contribution, "amend"), data).status_code == 409
    assert everything() == before


# --- Reasons and the letter ---------------------------------------------------------------------


def reason_for(action):
    return Reason.objects.get_or_create(action=action, name="Named", defaults={"text": "Words to begin with."})[0]


@pytest.mark.parametrize("action", ["reject", "request_changes"])
def test_a_reason_alone_gives_the_words_and_its_name(desk, action):
    contribution, reason = make_contribution(), reason_for(action)
    assert press(desk, contribution, action, reason=reason.pk).status_code == 302
    event = contribution.events.last()
    assert (event.reason, event.public_note) == ("Named", "Words to begin with.")
    assert "Words to begin with." in Email.objects.order_by("pk").last().message


def test_words_of_ones_own_go_before_those_of_the_reason(desk):
    contribution, reason = make_contribution(), reason_for("reject")
    press(desk, contribution, "reject", reason=reason.pk, public_note="My own.")
    event = contribution.events.last()
    assert (event.reason, event.public_note) == ("Named", "My own.")


def test_an_approval_has_no_reason(desk):
    contribution, reason = make_contribution(), reason_for("reject")
    press(desk, contribution, "approve", reason=reason.pk, public_note="Well done.")
    assert contribution.events.last().reason == ""


@pytest.mark.parametrize("reason", ["x", "0", "-1", "9" * 40, "\0"])
def test_a_reason_that_there_is_not_decides_nothing(desk, reason):
    contribution = make_contribution()
    before = everything()
    page = Page(press(desk, contribution, "reject", reason=reason, public_note="Mine."))
    assert (page.status, page.value("public_note")) == (200, "Mine.")
    assert everything() == before


@pytest.mark.parametrize("action", ["approve", "reject", "request_changes"])
def test_the_letter_can_be_read_before_it_is_sent(desk, action):
    contribution = make_contribution(title="A story")
    before = everything()
    page = Page(press(desk, contribution, action, public_note="It is <fine>.", read_first="yes"))
    assert page.status == 200
    assert "Nothing has been decided yet." in page.words
    assert [text for text in ["Dear Ada Contributor,", "It is <fine>."] if text not in page.words] == []
    assert page.value("public_note") == "It is <fine>."
    assert everything() == before

    sent = desk.post(address(contribution, "decide"), resent(page, action=action))

    assert sent.status_code == 302
    assert "It is <fine>." in Email.objects.order_by("pk").last().message


def test_where_no_letter_goes_the_page_says_so_and_decides_nothing_yet(desk):
    contribution = make_contribution(sender=Sender())
    page = Page(press(desk, contribution, "approve", read_first="yes"))
    assert page.status == 200
    assert "No mail will be sent." in page.words
    contribution.refresh_from_db()
    assert contribution.state == State.PENDING


def test_a_reason_for_another_decision_is_not_sent(desk):
    contribution = make_contribution()
    reason = reason_for("reject")
    page = Page(press(desk, contribution, "approve", reason=reason.pk))
    assert page.status == 200
    assert "This reason is for another decision." in page.words
    contribution.refresh_from_db()
    assert contribution.state == State.PENDING


# --- The next one -------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["approve", "reject", "request_changes"])
def test_after_a_decision_the_one_that_waits_longest_opens(desk, action):
    now = timezone.now()
    decided, second, first = (make_contribution() for _ in range(3))
    claimed = make_contribution()
    act("claim", claimed, by=make_moderator("colleague"))
    for contribution, days in [(decided, 9), (second, 1), (first, 5), (claimed, 7)]:
        Contribution.objects.filter(pk=contribution.pk).update(waiting_since=now - timedelta(days=days))
    decided.refresh_from_db()
    response = press(desk, decided, action, public_note="Because.")
    assert (response.status_code, response["Location"]) == (302, address(first) + "#content-start")
    assert f"{decided.reference}: {decided.title}" in review_of(desk, first).words


def test_after_the_last_one_the_queue_says_that_nothing_waits(desk):
    response = press(desk, make_contribution(), "approve")
    assert response["Location"] == QUEUE
    assert "Nothing else waits for a moderator." in Page(desk.get(QUEUE)).words


# --- Deleting personal data ---------------------------------------------------------------------


def test_a_moderator_deletes_personal_data_on_a_page_that_asks_first(desk):
    contribution = make_contribution(sender=Sender("Quokka", "quokka@example.org"))
    before = everything()
    page = Page(desk.get(address(contribution, "erase")))
    assert (page.status, everything() == before) == (200, True)
    assert desk.post(address(contribution, "erase"), resent(page)).status_code == 302
    page = review_of(desk, contribution)
    assert (page.status, "quokka" in html(page).lower()) == (200, False)
    assert "The text has been deleted." in page.words


def test_a_reference_finds_its_contribution(desk):
    first, second = make_contribution(), make_contribution()
    for text in (second.reference, second.reference.lower(), str(second.pk), f" {second.reference} "):
        words = Page(desk.get(QUEUE, {"q": text})).words
        assert (first.reference in words, second.reference in words) == (False, True)
    assert str(uuid.uuid4()) not in Page(desk.get(QUEUE, {"q": "LN-999999999999999999999"})).words


# --- What it costs ------------------------------------------------------------------------------


def test_the_review_of_a_correction_reads_the_record_but_a_few_times(desk, django_assert_max_num_queries):
    network = make_network(members=3, questions=2, deliverables=2)
    resource = make_resource(phases=[make_phase(1), make_phase(2)], tags=[make_topic()])
    corrections = {make_correction(network, name="Better"): 66, make_correction(resource, title="Better"): 36}
    corrections[make_contribution()] = 28
    for correction, most in corrections.items():
        with django_assert_max_num_queries(most):
            desk.get(address(correction))
