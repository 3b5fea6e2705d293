"""The moderators' pages: who may see them, how decisions are taken, and that a stranger's text stays text."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from contributions import moderation, privacy
from contributions.models import Contribution, ContributionFile, Resource
from contributions.models.contribution import Sender
from phases.models import Phase
from tests.contributions.pages import Page, resent
from tests.contributions.states import State, act, contribution_in, everything, make_files
from tests.factories import PDF, make_contribution, make_curator, make_moderator, make_upload, make_user

pytestmark = pytest.mark.django_db

QUEUE = "/admin/contributions/contribution/"
BUTTONS = ["claim", "release", "request_changes", "approve", "reject", "reopen"]
MARKUP = "<script>alert(1)</script>"


def address(name, contribution, *more):
    return reverse(f"admin:contributions_contribution_{name}", args=[contribution.pk, *more])


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


def decide(client, contribution, action, *, seen=None, **notes):
    state, revision, _record = seen or contribution.version
    data = {"action": action, "state": state, "revision": revision, **notes}
    return client.post(address("decide", contribution), data)


def references(response):
    """The contributions on a page of the queue, in their order."""
    return re.findall(r'change/">(LN-\d+) ', response.content.decode())


@pytest.fixture
def moderator():
    return make_moderator()


@pytest.fixture
def desk(moderator):
    """A browser in which the moderator is logged in."""
    return logged_in(moderator)


# --- Who may do what ----------------------------------------------------------------------------

PEOPLE = ["anonymous", "reader", "staff", "curator", "moderator", "superuser"]
MODERATORS_ONLY = [302, 302, 403, 403, 200, 200]
NOBODY = [302, 302, 403, 403, 403, 403]
NOT_THIS_WAY = [302, 302, 405, 405, 405, 405]
TABLE = {
    ("changelist", "get"): MODERATORS_ONLY,
    ("changelist", "post"): MODERATORS_ONLY,
    ("change", "get"): MODERATORS_ONLY,
    ("change", "post"): NOT_THIS_WAY,
    ("decide", "get"): NOT_THIS_WAY,
    ("decide", "post"): MODERATORS_ONLY,
    ("amend", "get"): MODERATORS_ONLY,
    ("amend", "post"): MODERATORS_ONLY,
    ("erase", "get"): MODERATORS_ONLY,
    ("erase", "post"): [302, 302, 403, 403, 302, 302],
    ("several", "get"): NOT_THIS_WAY,
    ("several", "post"): MODERATORS_ONLY,
    ("preview", "get"): MODERATORS_ONLY,
    ("preview", "post"): NOT_THIS_WAY,
    ("file", "get"): MODERATORS_ONLY,
    ("file", "post"): NOT_THIS_WAY,
    ("history", "get"): MODERATORS_ONLY,
    ("history", "post"): MODERATORS_ONLY,
    ("add", "get"): NOBODY,
    ("add", "post"): NOBODY,
    ("delete", "get"): NOBODY,
    ("delete", "post"): NOBODY,
}


def admin_names():
    """The names of all admin addresses of contributions, without their prefix."""
    names = [pattern.name for pattern in admin.site._registry[Contribution].get_urls() if pattern.name]
    return {name.removeprefix("contributions_contribution_") for name in names}


def browser_of(person):
    makers = {
        "reader": lambda: make_user("reader", is_staff=False),
        "staff": lambda: make_user("staff"),
        "curator": make_curator,
        "moderator": make_moderator,
        "superuser": lambda: make_user("superuser", is_superuser=True),
    }
    return logged_in(makers[person]()) if person in makers else Client()


def test_the_table_names_every_address():
    assert {name for name, _method in TABLE} == admin_names() - {"report"}  # its own tests have it
    assert {method for _name, method in TABLE} == {"get", "post"}


@pytest.mark.parametrize("person", PEOPLE)
def test_each_person_gets_what_the_table_says(person):
    contribution, erased = make_contribution(files=make_files(), licence="CC-BY-4.0"), make_contribution()
    privacy.erase(erased)
    arguments = {"file": [contribution.files.get().pk]}
    browser, before, answers = browser_of(person), everything(), {}
    for name, method in TABLE:
        if name in {"changelist", "add", "several"}:
            url = reverse(f"admin:contributions_contribution_{name}")
        else:
            url = address(name, erased if name == "erase" else contribution, *arguments.get(name, []))
        response = getattr(browser, method)(url)
        assert b"".join(response) is not None  # a file closes when it has been read
        answers[name, method] = response.status_code
    assert answers == {pair: statuses[PEOPLE.index(person)] for pair, statuses in TABLE.items()}
    assert everything() == before


@pytest.mark.parametrize("person", ["anonymous", "reader"])
def test_who_is_not_staff_is_sent_to_log_in(person):
    contribution = make_contribution()
    browser = browser_of(person)
    for url in [QUEUE, address("change", contribution), address("preview", contribution)]:
        response = browser.get(url)
        assert response["Location"] == f"/admin/login/?next={url}"


@pytest.mark.parametrize("person", ["anonymous", "reader", "staff", "curator"])
@pytest.mark.parametrize(
    "action", [action for action, step in moderation.TRANSITIONS.items() if step.by == "moderator"]
)
def test_nobody_else_decides_by_a_forged_post(person, action):
    contribution = make_contribution()
    before = everything()
    response = decide(browser_of(person), contribution, action, public_note="Mine.")
    assert response.status_code in {302, 403}
    assert everything() == before


@pytest.mark.parametrize(
    "action",
    ["submit", "revise", "withdraw", "appeal", "expire", "assign", "amend", "publish", "", "_move", "__class__"],
)
def test_a_moderator_has_only_the_actions_of_moderators(desk, action):
    contribution = make_contribution()
    before = everything()
    assert decide(desk, contribution, action, public_note="Mine.").status_code == 200
    assert everything() == before


def test_a_decision_from_elsewhere_is_refused(moderator):
    careful, contribution = Client(enforce_csrf_checks=True), make_contribution()
    careful.force_login(moderator)
    assert decide(careful, contribution, "approve").status_code == 403
    assert Resource.objects.count() == 0


@pytest.mark.parametrize("pk", ["0", "999999999", str(2**63), "9" * 40, "-1", "abc", "1'", "%00"])
def test_a_number_that_is_no_contribution_is_no_fault(desk, pk):
    for tail in ["change/", "decide/", "preview/", "files/1/", "history/", "delete/", ""]:
        assert desk.get(f"{QUEUE}{pk}/{tail}").status_code in {302, 403, 404, 405}


def test_the_stock_pages_of_the_admin_show_no_form_for_a_contribution(desk):
    contribution = make_contribution()
    before = everything()
    for pk in [f"0{contribution.pk}", f"+{contribution.pk}", f"{contribution.pk} "]:
        desk.post(f"{QUEUE}{pk}/change/", {"state": "approved", "contributor_name": "Eve"})
        desk.post(f"{QUEUE}{pk}/delete/", {"post": "yes"})
    desk.post(QUEUE, {"action": "delete_selected", "_selected_action": contribution.pk, "post": "yes"})
    assert everything() == before


# --- The queue ----------------------------------------------------------------------------------


def test_the_queue_shows_what_waits_and_the_oldest_first(desk, moderator):
    now = timezone.now()
    waiting = [make_contribution() for _ in range(3)]
    for state in State:
        contribution_in(state, by=moderator) if state != State.PENDING else None
    for contribution, days in zip(waiting, [1, 3, 2], strict=True):
        Contribution.objects.filter(pk=contribution.pk).update(waiting_since=now - timedelta(days=days))
    oldest_first = [waiting[1].reference, waiting[2].reference, waiting[0].reference]
    assert references(desk.get(QUEUE)) == oldest_first


def test_all_shows_what_waits_before_what_is_decided(desk, moderator):
    decided = [contribution_in(state, by=moderator) for state in [State.REJECTED, State.APPROVED, State.WITHDRAWN]]
    waiting = [make_contribution(), make_contribution()]
    in_order = [contribution.reference for contribution in [*waiting, *decided]]
    assert references(desk.get(QUEUE, {"state": "all"})) == in_order


@pytest.mark.parametrize("state", State)
def test_each_state_can_be_asked_for(desk, state, moderator):
    contributions = {each: contribution_in(each, by=moderator) for each in State}
    assert references(desk.get(QUEUE, {"state": state})) == [contributions[state].reference]


def test_an_empty_queue_is_a_page(desk):
    assert references(desk.get(QUEUE)) == []


@pytest.mark.parametrize("text", ["Zebra", "zebra", "Hannah Zebra", "zebra@example.org", "Zebra Foundation"])
def test_a_contribution_is_found_by_its_title_and_its_sender(desk, text):
    make_contribution()
    by_title = make_contribution(title="The Zebra")
    by_sender = make_contribution(sender=Sender("Hannah Zebra", "zebra@example.org", "Zebra Foundation"))
    expected = [by_title, by_sender] if text.lower() == "zebra" else [by_sender]
    assert references(desk.get(QUEUE, {"q": text})) == [contribution.reference for contribution in expected]


@pytest.mark.parametrize(
    "query",
    [
        *("state=zzz", "state=", "state=%00", "state=pending&state=all", "state=" + "x" * 5000),
        *("kind__exact=zzz", "kind__exact=%00", "kind=zzz", "assignee__id__exact=abc", "assignee__id__exact=%00"),
        *("assignee__id__exact=" + "9" * 40, "assignee__isnull=maybe", "assignee__isnull=1", "assignee__password=x"),
        *("q=%00", "q=%FF%FE", "q=%27%22%5C%25_", "q=" + "x" * 5000, "q=" + "a+" * 500, "q=%7B%7D", "q=*"),
        *("p=0", "p=-1", "p=999999", "p=x", "p=" + "9" * 40, "o=99", "o=x", "o=-1.-1.1", "o=1.2.3", "all=", "e=1"),
        *("payload__title=x", "payload=x", "nonsense=1", "_facets=True", "_popup=1", "_to_field=token_hash", "%00=1"),
    ],
    ids=lambda query: query[:30],
)
def test_no_filter_or_search_makes_the_queue_fail(desk, query):
    make_contribution()
    assert desk.get(f"{QUEUE}?{query}").status_code in {200, 302, 400}


def test_the_queue_asks_the_database_as_often_for_thirty_contributions_as_for_one(desk, moderator):
    counts = []
    for how_many in [1, 29]:
        for _ in range(how_many):
            act("claim", make_contribution(), by=moderator)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = desk.get(QUEUE)
        counts.append((len(references(page)), len(queries)))
    (one, few), (thirty, as_few) = counts
    assert (one, thirty) == (1, 30)
    assert few == as_few <= 15


def test_the_queue_shows_who_has_claimed_what(desk, moderator):
    claimed, _free = make_contribution(), make_contribution()
    act("claim", claimed, by=moderator)
    assert references(desk.get(QUEUE, {"assignee__id__exact": moderator.pk})) == [claimed.reference]


# --- The review ---------------------------------------------------------------------------------


def test_the_review_shows_all_that_was_sent_and_what_happened(desk, moderator):
    sender = Sender("Ada Contributor", "ada@example.org", "Example Network", wants_credit=True)
    contribution = make_contribution(
        title="A story",
        summary="What happened.",
        authors="Amina; José",
        date="2009-06",
        countries=["KE"],
        licence="CC-BY-4.0",
        files=make_files(),
        sender=sender,
    )
    act("request_changes", contribution, by=moderator, public_note="Say more.", internal_note="Looks good.")
    page = Page(desk.get(address("change", contribution)))
    assert page.status == 200
    shown = ["A story", "What happened.", "Amina; José", "2009-06", "Kenya", "CC BY 4.0", "story.pdf", *sender[:3]]
    shown += ["wishes to be named", contribution.reference, "waiting for the contributor", "Changes asked for", "Sent"]
    shown += ["Say more.", "Looks good.", "moderator", "Phase number 1", contribution.files.get().sha256]
    assert [text for text in shown if text not in page.words] == []
    assert address("file", contribution, contribution.files.get().pk) in page.links


@pytest.mark.parametrize("state", State)
def test_the_review_has_the_buttons_of_the_state(desk, state, moderator):
    contribution = contribution_in(state, by=moderator)
    page = Page(desk.get(address("change", contribution)))
    assert page.buttons == [
        action for action in moderation.available(contribution, by="moderator") if action in BUTTONS
    ]
    if page.buttons:
        assert (page.value("state"), page.value("revision")) == (state, "1")


def test_looking_at_a_review_changes_nothing(desk):
    contribution = make_contribution()
    before = everything()
    desk.get(address("change", contribution)), desk.head(address("change", contribution))
    assert everything() == before


def test_a_review_frames_the_preview_and_is_framed_by_nobody(desk):
    contribution = make_contribution()
    response = desk.get(address("change", contribution))
    (frame,) = Page(response).frames
    assert (frame["src"], frame["sandbox"]) == (address("preview", contribution), None)
    policy = response["Content-Security-Policy"]
    assert "frame-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert "no-store" in response["Cache-Control"]


# --- Deciding -----------------------------------------------------------------------------------


def test_an_approval_publishes_and_says_so(desk, moderator):
    contribution = make_contribution(title="A story")
    page = Page(desk.get(address("change", contribution)))

    response = desk.post(address("decide", contribution), resent(page, action="approve", internal_note="Fine."))

    assert (response.status_code, response["Location"]) == (302, QUEUE)
    assert f"{contribution.reference}: A story (Approved)" in Page(desk.get(QUEUE)).words
    event = contribution.events.last()
    assert (event.action, event.actor, event.internal_note) == ("approve", moderator, "Fine.")
    assert Resource.objects.get().title == "A story"


@pytest.mark.parametrize(
    ("action", "state"), [("request_changes", State.CHANGES_REQUESTED), ("reject", State.REJECTED)]
)
def test_a_decision_with_its_note_is_carried_out(desk, action, state):
    contribution = make_contribution()
    response = decide(desk, contribution, action, public_note="Because.", internal_note="Between us.")
    assert (response.status_code, response["Location"]) == (302, QUEUE)
    contribution.refresh_from_db()
    event = contribution.events.last()
    assert (contribution.state, event.public_note, event.internal_note) == (state, "Because.", "Between us.")


@pytest.mark.parametrize("action", ["claim", "release"])
def test_claiming_and_releasing_stay_on_the_review(desk, action, moderator):
    contribution = make_contribution()
    if action == "release":
        act("claim", contribution, by=moderator)
    response = decide(desk, contribution, action)
    assert (response.status_code, response["Location"]) == (302, address("change", contribution) + "#content-start")
    contribution.refresh_from_db()
    assert contribution.assignee == (moderator if action == "claim" else None)


def test_what_was_rejected_can_be_reopened(desk, moderator):
    contribution = contribution_in(State.REJECTED, by=moderator)
    assert decide(desk, contribution, "reopen").status_code == 302
    contribution.refresh_from_db()
    assert contribution.state == State.PENDING


@pytest.mark.parametrize("action", ["reject", "request_changes"])
@pytest.mark.parametrize("note", ["", "  \n "])
def test_a_decision_without_its_note_is_refused_beside_the_field(desk, action, note):
    contribution = make_contribution()
    before = everything()

    page = Page(decide(desk, contribution, action, public_note=note, internal_note="Keep me."))

    assert page.status == 200
    assert page.words.count("Tell the contributor the reason.") == 2  # in the summary and beside the field
    assert "id_public_note" in page.anchors
    assert set(page.anchors) <= {*page.ids, "content-start"}
    assert page.value("internal_note") == "Keep me."
    assert everything() == before
    assert (
        desk.post(address("decide", contribution), resent(page, action=action, public_note="Why.")).status_code == 302
    )


@pytest.mark.parametrize("first", ["approve", "reject", "request_changes"])
@pytest.mark.parametrize("second", ["approve", "reject"])
def test_the_second_moderator_is_told_what_the_first_did_and_keeps_the_notes(desk, first, second):
    contribution = make_contribution()
    seen = contribution.version
    act(first, contribution, by=make_moderator("quicker"), public_note="I was first.")
    before = everything()

    response = decide(desk, contribution, second, seen=seen, public_note="My long note.", internal_note="And inside.")

    page = Page(response)
    assert page.status == 409
    assert "Nothing was done: the contribution has changed" in page.words
    assert "I was first." in page.words
    assert f"{moderation.TRANSITIONS[first].done}," in page.words
    assert "quicker" in page.words
    assert (page.value("public_note"), page.value("internal_note")) == ("My long note.", "And inside.")
    assert page.buttons == [
        action for action in moderation.available(contribution, by="moderator") if action in BUTTONS
    ]
    assert everything() == before


def test_what_the_contributor_changed_meanwhile_is_not_approved_unread(desk):
    contribution = make_contribution(title="Before")
    page = Page(desk.get(address("change", contribution)))
    act("revise", contribution, by=None)
    before = everything()

    refused = Page(desk.post(address("decide", contribution), resent(page, action="approve", internal_note="Fine.")))

    assert (refused.status, refused.value("revision"), refused.value("internal_note")) == (409, "2", "Fine.")
    assert contribution.title in refused.words
    assert everything() == before
    assert desk.post(address("decide", contribution), resent(refused, action="approve")).status_code == 302


def test_a_claim_of_what_a_colleague_has_claimed_is_refused(desk):
    contribution = make_contribution()
    act("claim", contribution, by=make_moderator("quicker"))
    before = everything()
    page = Page(decide(desk, contribution, "claim"))
    assert page.status == 409
    assert "quicker" in page.words
    assert everything() == before


def test_what_does_not_fit_any_more_is_not_published_and_the_page_says_why(desk):
    contribution = make_contribution()
    Phase.objects.all().delete()
    before = everything()
    page = Page(decide(desk, contribution, "approve", internal_note="Fine."))
    assert page.status == 200
    assert "Nothing was done" in page.words
    assert "Phases: Select a valid choice." in page.words
    assert (page.value("internal_note"), page.value("state")) == ("Fine.", "pending")
    assert everything() == before


@pytest.mark.parametrize("revision", ["", "0", "-1", "x", str(2**31), str(2**63), "9" * 5000, "\0", None])
@pytest.mark.parametrize("state", ["pending", "published", None])
def test_a_decision_on_what_no_screen_showed_is_refused(desk, revision, state):
    contribution = make_contribution()
    version = {"state": state, "revision": revision}
    data = {name: value for name, value in version.items() if value is not None}
    before = everything()
    page = Page(desk.post(address("decide", contribution), {**data, "action": "approve", "internal_note": "Fine."}))
    assert page.status in {200, 400, 409}
    assert page.value("internal_note") == "Fine."
    assert everything() == before


def test_after_a_broken_form_the_page_can_be_sent_again(desk):
    contribution = make_contribution()
    page = Page(desk.post(address("decide", contribution), {"action": "approve", "state": "x", "revision": "y"}))
    assert "Nothing was done" in page.words
    assert desk.post(address("decide", contribution), resent(page, action="approve")).status_code == 302


def test_notes_of_a_megabyte_are_no_fault(desk):
    contribution = make_contribution()
    for how_many in [900_000, 2_000_000]:
        assert decide(desk, contribution, "claim", internal_note="x" * how_many).status_code in {
            200,
            302,
            400,
            409,
            413,
        }


def test_a_note_with_a_nul_is_refused_or_tidied(desk):
    contribution = make_contribution()
    response = decide(desk, contribution, "reject", public_note="No\0pe.", internal_note="\0")
    assert response.status_code in {200, 302}
    assert "\0" not in str(list(contribution.events.values()))


def test_one_decision_writes_one_mail_however_often_the_button_is_pressed(desk):
    contribution = make_contribution()
    seen = contribution.version
    statuses = [decide(desk, contribution, "reject", seen=seen, public_note="No.").status_code for _ in range(3)]
    assert statuses == [302, 409, 409]
    assert Email.objects.count() == 2  # received, not accepted


# --- A stranger's text stays text ---------------------------------------------------------------


def hostile_contribution(moderator):
    """Markup wherever a stranger's text can be, stored past the form."""
    contribution = make_contribution(
        **dict.fromkeys(["title", "summary", "body", "authors", "publisher", "date", "kind", "language"], MARKUP),
        url="javascript:alert(1)",
        licence=MARKUP,
        network=MARKUP,
        tags=[MARKUP],
        countries=[MARKUP],
        files=make_files(),
        sender=Sender(MARKUP, "ada@example.org", MARKUP, wants_credit=True),
    )
    ContributionFile.objects.update(name=f"{MARKUP}.pdf", media_type=MARKUP)
    act("claim", contribution, by=moderator)
    return contribution


def assert_harmless(response):
    text = response.content.decode()
    assert response.status_code in {200, 409}
    assert "alert(1)" in text  # it could have been harmful
    assert MARKUP not in text
    assert not re.search(r"""(href|src|action)\s*=\s*["']?\s*javascript:""", text, re.IGNORECASE)


def test_markup_in_a_contribution_is_text_on_every_page(desk, moderator):
    contribution = hostile_contribution(moderator)
    for page in [QUEUE, f"{QUEUE}?q=script", address("change", contribution), address("history", contribution)]:
        assert_harmless(desk.get(page))
    assert_harmless(decide(desk, contribution, "approve", public_note=MARKUP, internal_note=MARKUP))
    assert_harmless(decide(desk, contribution, "reopen", public_note=MARKUP, internal_note=MARKUP))


def test_markup_in_a_contribution_is_text_in_the_preview(desk, moderator):
    contribution = hostile_contribution(moderator)
    assert_harmless(desk.get(address("preview", contribution)))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,alert(1)"])
def test_a_harmful_link_is_no_link_on_any_page(desk, url):
    contribution = make_contribution(url=url, body=f"[here]({url})")
    for name in ["change", "preview"]:
        page = Page(desk.get(address(name, contribution)))
        assert page.status == 200
        assert [link for link in page.links if link.lower().startswith(("javascript", "data"))] == []


def test_markup_in_a_title_is_text_in_the_message_and_in_the_history(desk):
    contribution = make_contribution(title=MARKUP)
    response = decide(desk, contribution, "reject", public_note=MARKUP, internal_note=MARKUP)
    assert response.status_code == 302
    queue = desk.get(QUEUE, {"state": "all"})
    assert f"{contribution.reference}: {MARKUP} (Not accepted)" in Page(queue).words
    assert_harmless(queue)
    review = desk.get(address("change", contribution))
    assert Page(review).words.count(MARKUP) >= 3
    assert_harmless(review)


def test_markup_is_text_on_the_index_of_the_admin_too(desk):
    contribution = make_contribution(title=MARKUP)
    decide(desk, contribution, "claim")
    for url in ["/admin/", "/admin/contributions/"]:
        assert MARKUP not in desk.get(url).content.decode()


def test_a_payload_of_another_shape_is_a_page_all_the_same(desk):
    contribution = make_contribution()
    Contribution.objects.filter(pk=contribution.pk).update(payload={})
    for page in [QUEUE, address("change", contribution), address("preview", contribution)]:
        assert desk.get(page).status_code == 200
    assert decide(desk, contribution, "approve").status_code == 200
    assert Resource.objects.count() == 0


# --- The preview and the files ------------------------------------------------------------------


def test_the_preview_shows_the_record_as_it_will_look(desk):
    contribution = make_contribution(
        title="A story", body="## Part one\n\n*Text*", files=make_files(), licence="CC-BY-4.0"
    )
    response = desk.get(address("preview", contribution))
    page = Page(response)
    assert [
        text for text in ["A story", "Part one", "Text", "Phase number 1", "story.pdf"] if text not in page.words
    ] == []
    assert b"<em>Text</em>" in response.content
    assert Resource.objects.count() == 0


def test_the_preview_is_framed_by_this_site_only_and_kept_by_nobody(desk):
    response = desk.get(address("preview", make_contribution()))
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert re.findall(r"frame-ancestors ([^;]*)", response["Content-Security-Policy"]) == ["'self'"]
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    assert response["X-Robots-Tag"] == "noindex"


def test_a_file_is_sent_so_that_it_cannot_run(desk):
    contribution = make_contribution(files=make_files(), licence="CC-BY-4.0")
    response = desk.get(address("file", contribution, contribution.files.get().pk))
    assert response.getvalue() == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]
    assert "ETag" not in response


def test_a_file_of_a_type_that_is_not_looked_at_is_saved(desk):
    contribution = make_contribution(files=make_files(make_upload("data.csv", b"a,b\n1,2\n")), licence="CC-BY-4.0")
    response = desk.get(address("file", contribution, contribution.files.get().pk))
    assert response["Content-Disposition"] == 'attachment; filename="data.csv"'
    assert response.getvalue() == b"a,b\n1,2\n"


def test_a_file_is_found_only_with_its_own_contribution(desk):
    contribution, other = make_contribution(files=make_files(), licence="CC-BY-4.0"), make_contribution()
    file = contribution.files.get()
    assert desk.get(address("file", other, file.pk)).status_code == 404
    assert desk.get(address("file", contribution, file.pk + 1)).status_code == 404


def test_a_file_that_is_gone_from_the_storage_is_a_plain_404(desk, caplog):
    contribution = make_contribution(files=make_files(), licence="CC-BY-4.0")
    file = contribution.files.get()
    file.file.storage.delete(file.file.name)
    assert desk.get(address("file", contribution, file.pk)).status_code == 404
    assert f"The stored file {file.file.name} is missing." in caplog.text
