"""The private pages of a contributor: what they may do there, who may look, and that looking does nothing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from post_office.models import Email

from contributions import moderation, notifications, privacy, tokens
from contributions.models import Contribution, LostLink
from contributions.models.contribution import Sender
from resourcecenter.core import limits
from tests.contributions.pages import Page, private_address, resent, version_data
from tests.contributions.states import State, act, contribution_in, everything, make_correction, make_files, text_of
from tests.factories import make_contribution, make_moderator, make_organization

pytestmark = pytest.mark.django_db

PRIVATE_PAGES = ["status", "preview", "revise", "answer", "appeal", "withdraw", "erase"]
LOST = "/contribute/lost-link/"


@pytest.fixture
def moderator():
    return make_moderator()


def press(client, contribution, action, **fields):
    """Open the page of an action and press its button."""
    page = Page(client.get(private_address(contribution, action)))
    assert page.status == 200
    return client.post(private_address(contribution, action), resent(page, **fields))


# --- Looking ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", PRIVATE_PAGES)
def test_looking_changes_nothing(client, name, state, moderator):
    contribution = contribution_in(state, by=moderator, files=make_files(), licence="CC-BY-4.0")
    address = private_address(contribution, name)
    before = everything()
    for query in ["", f"?mail={tokens.mail_code_for(contribution.form_key)}", "?mail=x"]:
        for look in (client.get, client.head):
            assert look(address + query).status_code in {200, 302}
    assert everything() == before


@pytest.mark.parametrize("name", [*PRIVATE_PAGES, "own_file"])
def test_a_private_page_is_kept_by_nobody_and_tells_nobody_its_address(client, name, moderator):
    state = {"answer": State.CHANGES_REQUESTED, "appeal": State.REJECTED}.get(name, State.PENDING)
    contribution = contribution_in(state, by=moderator, files=make_files(), licence="CC-BY-4.0")
    token = tokens.token_for(contribution.form_key)
    files = f"/contributions/{token}/files/{contribution.files.get().pk}/"
    response = client.get(files if name == "own_file" else private_address(contribution, name))
    response.close()
    assert response.status_code == 200
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    assert (response["X-Robots-Tag"], response["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert "ETag" not in response
    assert "sessionid" not in response.cookies


def test_the_preview_shows_what_was_sent(client):
    page = Page(client.get(private_address(make_contribution(title="A story", body="## Part one"), "preview")))
    assert [text for text in ["A story", "Part one", "As it will look"] if text not in page.words] == []


def test_the_preview_of_a_correction_shows_the_record_with_its_change(client):
    contribution = make_correction(make_organization("The Body", website="https://example.org/b"), acronym="TBX")
    page = Page(client.get(private_address(contribution, "preview")))
    assert [text for text in ["The Body", "TBX", "https://example.org/b"] if text not in page.words] == []


@pytest.mark.parametrize("name", ["answer", "appeal", "withdraw", "revise"])
def test_a_page_for_what_does_not_fit_leads_back(client, name, moderator):
    state = State.APPROVED
    contribution = contribution_in(state, by=moderator)
    response = client.get(private_address(contribution, name))
    assert (response.status_code, response["Location"]) == (302, private_address(contribution))


@pytest.mark.parametrize("name", ["claim", "approve", "submit", "expire", "amend", "__class__"])
def test_no_address_does_what_is_not_for_contributors(client, name):
    contribution = make_contribution()
    before = everything()
    address = private_address(contribution) + f"{name}/"
    assert client.post(address, version_data(contribution, public_note="x")).status_code == 404
    assert everything() == before


def test_a_link_ends_some_time_after_the_decision(client, moderator, settings):
    contribution = contribution_in(State.REJECTED, by=moderator)
    long_ago = timezone.now() - timedelta(days=settings.RETENTION_LINK_DAYS)
    Contribution.objects.update(decided_at=long_ago + timedelta(minutes=1))
    assert client.get(private_address(contribution)).status_code == 200
    Contribution.objects.update(decided_at=long_ago)
    for name in PRIVATE_PAGES:
        assert client.get(private_address(contribution, name)).status_code == 404


NEXT = {
    State.PENDING: (["A moderator reads it", "The moderator decides"], None),
    State.CHANGES_REQUESTED: (["You answer", "A moderator reads it", "The moderator decides"], 365),
    State.APPROVED: (["Your data will be deleted"], 180),
    State.REJECTED: (["Your data will be deleted"], 90),
    State.WITHDRAWN: (["Your data will be deleted"], 90),
}
"""What is still to come, and the days until the first of it."""


@pytest.mark.parametrize("state", State)
def test_the_private_page_says_what_comes_next_and_when(client, state, moderator):
    contribution = contribution_in(state, by=moderator)
    words = Page(client.get(private_address(contribution))).words.partition("What happened, and what comes next")[2]
    steps, days = NEXT[state]
    places = [words.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)
    if days:
        day = timezone.localtime(contribution.events.last().at) + timedelta(days=days)
        assert f"{day.day} {day:%B %Y}" in words


def test_the_private_page_of_a_correction_shows_old_and_new(client):
    contribution = make_correction(make_organization("The Body", acronym="TB"), acronym="TBX")
    html = client.get(private_address(contribution)).content.decode()
    changed = html.partition("What you changed")[2]
    assert "<dt>Acronym</dt>" in changed
    assert "<del>TB</del><ins>TBX</ins>" in changed
    assert "<dt>Name</dt>" not in changed


# --- Answering, asking for another look ---------------------------------------------------------


def test_a_question_is_answered_without_changing_anything_else(client, moderator):
    contribution = contribution_in(State.CHANGES_REQUESTED, by=moderator)
    assert private_address(contribution, "answer") in Page(client.get(private_address(contribution))).links
    response = press(client, contribution, "answer", public_note="Because of the rain.")
    assert (response.status_code, response["Location"]) == (302, private_address(contribution))
    contribution.refresh_from_db()
    event = contribution.events.last()
    assert (contribution.state, contribution.revision) == (State.PENDING, 1)
    assert (event.action, event.actor, event.public_note) == ("answer", None, "Because of the rain.")
    assert "Because of the rain." in Page(client.get(private_address(contribution))).words


def test_another_look_is_given_once(client, moderator):
    contribution = contribution_in(State.REJECTED, by=moderator)
    assert press(client, contribution, "appeal", public_note="You mistook it.").status_code == 302
    contribution.refresh_from_db()
    assert (contribution.state, contribution.decided_at) == (State.PENDING, None)
    act("reject", contribution, by=moderator)

    assert private_address(contribution, "appeal") not in Page(client.get(private_address(contribution))).links
    before = everything()
    data = version_data(contribution, public_note="And once more.")
    page = Page(client.post(private_address(contribution, "appeal"), data))
    assert (page.status, page.value("public_note")) == (409, "And once more.")
    assert everything() == before
    with pytest.raises(moderation.Overtaken):
        act("appeal", contribution, by=None)


@pytest.mark.parametrize(("state", "action"), [(State.CHANGES_REQUESTED, "answer"), (State.REJECTED, "appeal")])
@pytest.mark.parametrize("note", ["", " \n ", "\u200b", "x" * 5001])
def test_without_a_word_nothing_is_sent(client, state, action, note, moderator):
    contribution = contribution_in(state, by=moderator)
    before = everything()
    page = Page(press(client, contribution, action, public_note=note))
    assert (page.status, page.title[:6], page.anchors) == (200, "Error:", ["id_public_note"])
    assert everything() == before


def test_an_answer_that_comes_too_late_is_kept_on_the_page(client, moderator):
    contribution = contribution_in(State.CHANGES_REQUESTED, by=moderator)
    page = Page(client.get(private_address(contribution, "answer")))
    act("reject", contribution, by=moderator)
    before = everything()
    address = private_address(contribution, "answer")
    refused = Page(client.post(address, resent(page, public_note="My long answer.")))
    assert (refused.status, refused.value("public_note")) == (409, "My long answer.")
    assert "had already changed, so nothing was done" in refused.words
    assert everything() == before


def test_a_withdrawal_is_asked_about_first(client):
    contribution = make_contribution(title="A story")
    page = Page(client.get(private_address(contribution, "withdraw")))
    assert "No moderator will read “A story” any further" in page.words
    assert press(client, contribution, "withdraw").status_code == 302
    contribution.refresh_from_db()
    assert contribution.state == State.WITHDRAWN


# --- Deleting one's data, proving one's address -------------------------------------------------


@pytest.mark.parametrize("state", State)
def test_a_sender_deletes_what_is_known_of_them(client, state, moderator):
    contribution = contribution_in(state, by=moderator, sender=Sender("Quokka", "quokka@example.org", "Quokka Inc"))
    page = Page(client.get(private_address(contribution, "erase")))
    assert "This cannot be undone." in page.words
    response = client.post(private_address(contribution, "erase"), resent(page))
    assert (response.status_code, response["Location"]) == (302, private_address(contribution))
    tables = {label: rows for label, rows in everything().items() if not label.startswith("post_office.")}
    assert "quokka" not in str(tables).lower()
    assert "Your data were deleted" in Page(client.get(private_address(contribution))).words


@pytest.mark.parametrize("state", State)
def test_after_that_the_page_offers_nothing_that_could_not_be_done(client, state, moderator):
    contribution = contribution_in(state, by=moderator)
    privacy.erase(contribution)
    contribution.refresh_from_db()
    page = Page(client.get(private_address(contribution)))
    own = {private_address(contribution, name) for name in ["revise", "answer", "appeal", "withdraw", "erase"]}
    assert own & set(page.links) == set()
    assert moderation.available(contribution, by="contributor") == {}


def test_an_address_is_proved_only_by_the_code_of_the_mail(client):
    contribution, other = make_contribution(), make_contribution()
    address, code = private_address(contribution, "prove_address"), tokens.mail_code_for(contribution.form_key)
    before = everything()
    for wrong in ["", "x", code[:-1], code.swapcase(), tokens.mail_code_for(other.form_key), "ü", "\0", code * 999]:
        assert client.post(address, {"code": wrong}).status_code == 302
    assert client.post(address).status_code == 302
    assert client.get(address, {"code": code}).status_code == 405
    assert everything() == before

    assert client.post(address, {"code": code}).status_code == 302

    contribution.refresh_from_db(), other.refresh_from_db()
    assert (contribution.address_proved_at is not None, other.address_proved_at) == (True, None)


def test_the_mail_leads_to_a_page_with_the_button_and_the_link_alone_does_not(client):
    contribution = make_contribution()
    code = tokens.mail_code_for(contribution.form_key)
    assert f"{private_address(contribution)}?mail={code}" in text_of(Email.objects.get())
    assert "Confirm my address" in Page(client.get(private_address(contribution), {"mail": code})).words
    for query in [{}, {"mail": "x"}, {"mail": ""}]:
        page = Page(client.get(private_address(contribution), query))
        assert "Confirm my address" not in page.words
        assert code not in page.response.content.decode()


# --- A lost link --------------------------------------------------------------------------------


def test_the_answer_about_a_lost_link_tells_nobody_who_contributed(client):
    make_contribution(sender=Sender("Ada", "ada@example.org"))
    answers = [client.post(LOST, {"email": address}) for address in ("ada@example.org", "eve@example.org")]
    assert {answer.status_code for answer in answers} == {200}
    assert Page(answers[0]).words == Page(answers[1]).words
    assert "If somebody contributed with this e-mail address" in Page(answers[0]).words
    assert list(LostLink.objects.values_list("email", flat=True)) == ["ada@example.org", "eve@example.org"]
    assert Email.objects.count() == 1  # no mail but the one that the contribution wrote


def test_all_links_of_an_address_come_in_one_mail(moderator):
    mine = [make_contribution(sender=Sender("Ada", address)) for address in ("ada@example.org", "ADA@example.org")]
    other = make_contribution(sender=Sender("Eve", "eve@example.org"))
    Email.objects.all().delete()
    notifications.enqueue_links("Ada@example.org")
    mail = Email.objects.get()
    assert mail.to == ["Ada@example.org"]
    assert [private_address(contribution) in text_of(mail) for contribution in [*mine, other]] == [True, True, False]
    notifications.enqueue_links("nobody@example.org")
    assert Email.objects.count() == 1


@pytest.mark.parametrize(
    "address", ["", "ada", "a@b", "\0", '"a,b@example.org"@example.net', "x" * 300 + "@example.org"]
)
def test_an_odd_address_is_refused_beside_its_field(client, address):
    page = Page(client.post(LOST, {"email": address}))
    assert (page.status, page.anchors, LostLink.objects.count()) == (200, ["id_email"], 0)


def test_who_asks_too_often_waits(client):
    answers = [client.post(LOST, {"email": "ada@example.org"}) for _ in range(limits.LOST_LINK.times + 1)]
    assert [answer.status_code for answer in answers] == [200] * limits.LOST_LINK.times + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= limits.LOST_LINK.window_s


# --- Forms of pages that tell nobody their address ----------------------------------------------


@pytest.mark.parametrize("name", ["withdraw", "erase", "revise"])
def test_a_form_without_an_origin_is_taken_with_its_token_only(name):
    careful, contribution = Client(enforce_csrf_checks=True), make_contribution()
    page = Page(careful.get(private_address(contribution, name)))
    token = {"csrfmiddlewaretoken": page.value("csrfmiddlewaretoken")}
    before = everything()
    for wrong in [{}, {"csrfmiddlewaretoken": "x" * 64}]:
        answer = careful.post(private_address(contribution, name), resent(page, **wrong), headers={"origin": "null"})
        assert answer.status_code == 403
    stranger = Client(enforce_csrf_checks=True)
    answer = stranger.post(private_address(contribution, name), resent(page, **token), headers={"origin": "null"})
    assert answer.status_code == 403
    assert everything() == before
    answer = careful.post(private_address(contribution, name), resent(page, **token), headers={"origin": "null"})
    assert answer.status_code == 302


def test_elsewhere_and_from_another_site_the_origin_counts_as_ever():
    careful, contribution = Client(enforce_csrf_checks=True), make_contribution()
    page = Page(careful.get(private_address(contribution, "withdraw")))
    token = page.value("csrfmiddlewaretoken")
    data = resent(page, csrfmiddlewaretoken=token)
    before = everything()
    origins = [(private_address(contribution, "withdraw"), "https://evil.example"), (LOST, "null")]
    for address, origin in origins:
        answer = careful.post(address, {**data, "email": "ada@example.org"}, headers={"origin": origin})
        assert answer.status_code == 403
    assert everything() == before
