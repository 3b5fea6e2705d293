"""After approval: what curators see of a record's past, and how they restore, retire, put back and confirm."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalogue.models import LearningQuestion, Membership, Network, Organization
from contributions.models import Resource
from phases.models import GlossaryTerm
from resourcecenter.core import history
from resourcecenter.core.public import Tombstone, retire
from resourcecenter.core.search import keys, search
from tests.contributions.pages import Page
from tests.core.test_history import RECORDS, whole
from tests.factories import (
    make_curator,
    make_moderator,
    make_network,
    make_organization,
    make_page,
    make_phase,
    make_resource,
    make_topic,
)

pytestmark = pytest.mark.django_db
MARKUP = "<script>alert(1)</script>"
every_record = pytest.mark.parametrize(("make", "name"), RECORDS.values(), ids=RECORDS)


@pytest.fixture
def curator(client):
    client.force_login(make_curator())
    return client


def address(record, page, *args):
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{page}", args=[record.pk, *args])


def opened(client, record, page="change", *args):
    return Page(client.get(address(record, page, *args)))


def send(client, record, page="change", *args, **fields):
    """Open a page of the admin, fill in some fields, and send it as a browser would."""
    sent = opened(client, record, page, *args).sent
    return client.post(address(record, page, *args), {**sent, **fields})


# --- History ------------------------------------------------------------------------------------


@every_record
def test_a_change_by_the_form_is_in_the_history_with_who_and_what(curator, make, name):
    record = make()
    assert send(curator, record, **{name: "Quite another text."}).status_code == 302
    newest = history.versions(record)[0]
    assert (newest.who, [difference.name for difference in newest.differences]) == ("curator", [name])
    words = opened(curator, record, "history").words
    assert "curator" in words
    assert "Quite another text." in words


def test_a_part_changed_by_the_form_is_in_the_history(curator):
    network = make_network(questions=1)
    send(curator, network, **{"learning_questions-0-text": "Why ever?"})
    assert "Learning question “Question 0?”, Question" in opened(curator, network, "history").words


def test_a_form_with_fields_and_parts_makes_one_version(curator):
    network = make_network(questions=1)
    before = len(history.versions(network))
    send(curator, network, acronym="WN", **{"learning_questions-0-text": "Why ever?"})
    assert len(history.versions(network)) == before + 1


def test_a_form_that_was_refused_leaves_history_alone(curator):
    network = make_network()
    before = history.latest(network)
    assert send(curator, network, starts="June 2009").status_code == 200
    assert history.latest(network) == before


def test_a_long_history_comes_in_pages_and_any_page_number_answers(curator):
    network = make_network()
    for number in range(30):
        Network.objects.update(acronym=f"N{number}")
    first = opened(curator, network, "history")
    second = Page(curator.get(address(network, "history"), {"page": "2"}))
    assert ("N29" in first.words, "N0" in first.words, "N29" in second.words) == (True, False, False)
    assert curator.get(address(network, "history"), {"page": "x\0"}).status_code == 200


@every_record
def test_history_asks_the_database_as_often_for_three_versions_as_for_one(curator, make, name):
    network, counts = make(), []
    for number in range(4):
        type(network).objects.filter(pk=network.pk).update(**{name: f"N{number}"})
        with CaptureQueriesContext(
            connection,
        ) as asked:
            opened(curator, network, "history")
        counts.append(len(asked))
    assert counts[1] == counts[3]


def test_moderators_see_history_and_change_nothing(client):
    network = make_network()
    number = history.latest(network)
    Network.objects.update(acronym="WN")
    client.force_login(make_moderator())
    assert "Restore" not in opened(client, network, "history").text
    assert client.get(address(network, "change")).status_code == 200
    for page, *args in [("restore", number), ("delete",), ("confirm",)]:
        assert client.get(address(network, page, *args)).status_code == 403
        assert client.post(address(network, page, *args), {"seen": history.latest(network)}).status_code == 403
    assert Network.objects.get().acronym == "WN"


@pytest.mark.parametrize("page", ["history", "restore", "delete", "confirm"])
def test_what_is_not_there_is_not_found(curator, page):
    network = make_network()
    args = [0] if page == "restore" else []
    wrong = address(network, page, *args).replace(f"/{network.pk}/", "/999/")
    assert curator.get(wrong).status_code == 404


# --- Restoring ----------------------------------------------------------------------------------


def test_a_version_is_restored_by_a_button_after_showing_what_will_change(curator):
    network = make_network("Quagga", questions=1)
    before, number = whole(network), history.latest(network)
    send(curator, network, name="Okapi", **{"learning_questions-0-DELETE": "on"})
    assert address(network, "restore", number) in opened(curator, network, "history").links
    shown = opened(curator, network, "restore", number)
    assert "Okapi Quagga" in shown.words
    assert "Learning question (added)" in shown.words
    assert whole(network) != before
    assert send(curator, network, "restore", number).status_code == 302
    assert whole(network) == before
    assert (search("quagga", kinds=["network"]).total, search("okapi", kinds=["network"]).total) == (1, 0)


def test_a_restoration_of_what_a_colleague_changed_meanwhile_is_refused(curator):
    network = make_network("Before")
    number = history.latest(network)
    Network.objects.update(name="After")
    sent = opened(curator, network, "restore", number).sent
    Network.objects.update(acronym="NEW")
    answer = curator.post(address(network, "restore", number), sent)
    assert answer.status_code == 409
    assert "has changed since" in Page(answer).words
    assert Network.objects.get().name == "After"
    assert curator.post(address(network, "restore", number), Page(answer).sent).status_code == 302
    assert Network.objects.get().name == "Before"


def test_a_restoration_that_cannot_be_says_why(curator):
    network, organization = make_network(), make_organization("Acme")
    membership = Membership.objects.create(network=network, organization=organization)
    number = history.latest(network)
    membership.delete()
    organization.delete()
    answer = send(curator, network, "restore", number)
    assert answer.status_code == 200
    assert "names what is no longer here: Acme." in Page(answer).words


@pytest.mark.parametrize("sent", [{}, {"seen": ""}, {"seen": "x"}, {"seen": str(10**30)}])
def test_a_restoration_that_does_not_say_what_was_seen_is_refused(curator, sent):
    network = make_network("Before")
    number = history.latest(network)
    Network.objects.update(name="After")
    answer = curator.post(address(network, "restore", number), sent)
    assert "did not say what you saw" in Page(answer).words
    assert Network.objects.get().name == "After"


def test_no_page_does_anything_without_the_protection_of_its_form():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_curator())
    network = make_network()
    tombstone = retire(make_resource())
    for page in [
        address(network, "restore", history.latest(network)),
        address(network, "delete"),
        address(network, "confirm"),
        address(tombstone, "put_back"),
    ]:
        sent = {"seen": history.latest(network), "reason": "Old.", "how": "Read."}
        assert client.post(page, sent).status_code == 403
    assert (Network.objects.get().confirmed_on, Resource.objects.count()) == (None, 0)


# --- Two editors --------------------------------------------------------------------------------


def test_the_second_of_two_editors_is_told_and_loses_nothing(curator):
    network = make_network(summary="As it was.")
    mine = {**opened(curator, network).sent, "summary": "My text."}
    colleague = Client()
    colleague.force_login(make_curator("colleague"))
    assert send(colleague, network, summary="Their text.").status_code == 302
    refused = Page(curator.post(address(network, "change"), mine))
    assert refused.status == 200
    assert "This entry was changed since you opened it, by colleague." in refused.words
    assert "Changed meanwhile to: Their text." in refused.words
    assert refused.value("summary") == "My text."
    assert Network.objects.get().summary == "Their text."
    assert curator.post(address(network, "change"), refused.sent).status_code == 302
    assert Network.objects.get().summary == "My text."
    assert "Their text." in opened(curator, network, "history").words


def test_what_the_second_editor_did_not_touch_stays_the_colleagues(curator):
    network = make_network(acronym="OLD", facilitated=None, levels=[], countries=["DE"])
    mine = {**opened(curator, network).sent, "summary": "My text."}
    Network.objects.update(acronym="NEWER")
    Network.objects.update(acronym="NEW", facilitated=True, levels=["network"], countries=["FR"])
    Network.objects.update(confirmed_on=date(2009, 6, 15))
    refused = Page(curator.post(address(network, "change"), mine))
    assert curator.post(address(network, "change"), refused.sent).status_code == 302
    saved = Network.objects.get()
    assert (saved.summary, saved.acronym, saved.facilitated, saved.levels) == ("My text.", "NEW", True, ["network"])
    assert (saved.countries[0].code, saved.confirmed_on) == ("FR", date(2009, 6, 15))


def test_the_second_editor_is_told_of_a_part_that_a_colleague_changed(curator):
    network = make_network(questions=1)
    mine = opened(curator, network).sent
    LearningQuestion.objects.update(text="Why ever?")
    refused = Page(curator.post(address(network, "change"), {**mine, "acronym": "MINE"}))
    assert "Changed meanwhile: Learning question “Question 0?”, Question. Now: Why ever?" in refused.words
    assert LearningQuestion.objects.get().text == "Why ever?"


def test_an_editor_alone_is_never_told_of_anybody(curator):
    phase = make_phase()
    for text in ["One.", "Two."]:
        assert send(curator, phase, purpose=text).status_code == 302


# --- Retiring and putting back ------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_network, make_resource, make_organization, make_topic], ids=lambda m: m.__name__)
def test_a_retired_record_answers_410_until_it_is_put_back_as_it_was(curator, make):
    record = make("Quagga")
    public, kind = record.get_absolute_url(), record._meta.model_name
    page, before, found = Client().get(public).content, whole(record), search("quagga", kinds=[kind]).total
    words = {"reason": "It was replaced.", "replacement": "/networks/new/"}
    assert send(curator, record, "delete", **words).status_code == 302
    gone = Page(Client().get(public))
    assert gone.status == 410
    assert "It was replaced." in gone.words
    assert f"{timezone.localdate().day} {timezone.localdate():%B %Y}" in gone.words
    assert "/networks/new/" in gone.links
    assert search("quagga", kinds=[kind]).total == 0
    tombstone = Tombstone.objects.get()
    assert tombstone.retired_by == "curator"
    assert curator.get(address(tombstone, "put_back")).status_code == 200
    assert Client().get(public).status_code == 410
    assert send(curator, tombstone, "put_back").headers["Location"] == address(record, "change")
    again = Client().get(public)
    assert (again.status_code, again.content) == (200, page)
    assert whole(type(record).objects.get()) == before
    assert search("quagga", kinds=[kind]).total == found


def test_a_network_comes_back_with_its_resources_in_page_and_search(curator):
    network = make_network("Quagga", members=1, questions=1, deliverables=1, tags=[make_topic()])
    resource = make_resource("A guide", network=network)
    page = Client().get(network.get_absolute_url()).content
    send(curator, network, "delete", reason="Too old.")
    assert search("quagga", kinds=["resource"]).total == 0
    send(curator, Tombstone.objects.get(), "put_back")
    assert Client().get(network.get_absolute_url()).content == page
    assert keys("quagga", kinds=["resource"]) == [("resource", resource.pk)]


def test_retiring_asks_for_the_reason_and_says_what_will_happen(curator):
    network = make_network(deliverables=3)
    asked = opened(curator, network, "delete")
    assert network.get_absolute_url() in asked.words
    assert "Removed with it: deliverables (3)." in asked.words
    answer = send(curator, network, "delete", reason=" ")
    assert "This field is required." in Page(answer).words
    answer = send(curator, network, "delete", reason="Old.", replacement="javascript:alert(1)")
    assert "Write an address that begins with" in Page(answer).words
    assert Network.objects.exists()


def test_an_organization_that_networks_need_is_not_retired_and_the_page_names_them(curator):
    network = make_network("Quagga", members=1)
    organization = Organization.objects.get()
    for answer in [
        curator.get(address(organization, "delete")),
        curator.post(address(organization, "delete"), {"reason": "Old."}),
    ]:
        assert answer.status_code == 200
        assert "This cannot be retired yet" in Page(answer).words
        assert network.get_absolute_url() in Page(answer).links
    assert (Organization.objects.count(), Tombstone.objects.count()) == (1, 0)


def test_a_glossary_term_can_be_retired_and_put_back(curator):
    term = GlossaryTerm.objects.create(term="Broker", slug="broker", definition="Who brings people together.")
    make_page("glossary")
    send(curator, term, "delete", reason="Nobody says so.")
    assert "Broker" not in Page(curator.get(reverse("phases:glossary"))).words
    send(curator, Tombstone.objects.get(), "put_back")
    assert "Broker" in Page(curator.get(reverse("phases:glossary"))).words


def test_nothing_public_is_deleted_in_bulk(curator):
    networks = [make_network(), make_network()]
    tombstone = retire(make_resource())
    for row in [*networks, tombstone]:
        page = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_changelist")
        sent = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        curator.post(page, sent)
        assert type(row).objects.filter(pk=row.pk).exists()


def test_a_tombstone_keeps_all_but_its_words(curator):
    tombstone = retire(make_resource(), reason="Old.")
    send(curator, tombstone, reason="Replaced.", replacement="/resources/", path="/other/", title="Other")
    kept = Tombstone.objects.get()
    assert (kept.reason, kept.replacement, kept.path) == ("Replaced.", "/resources/", tombstone.path)
    assert curator.post(address(tombstone, "delete"), {"post": "yes"}).status_code == 403


def test_putting_back_what_cannot_come_back_says_why(curator):
    tombstone = Tombstone.objects.create(path="/networks/old/", title="Old", reason="Old.")
    answer = send(curator, tombstone, "put_back")
    assert answer.status_code == 200
    assert "before histories were kept" in Page(answer).words


def test_moderators_do_not_put_back(client):
    tombstone = retire(make_resource())
    client.force_login(make_moderator())
    assert client.post(address(tombstone, "put_back")).status_code == 403
    assert Tombstone.objects.exists()


def test_a_title_with_markup_is_shown_and_never_run(curator):
    network = make_network(MARKUP)
    number = history.latest(network)
    Network.objects.update(acronym="<b>")
    answers = [
        curator.get(address(network, "history")),
        curator.get(address(network, "restore", number)),
        curator.post(address(network, "confirm"), {"how": MARKUP}, follow=True),
        curator.get(reverse("stalest")),
        curator.post(address(network, "restore", number), {"seen": history.latest(network)}, follow=True),
        curator.get(address(network, "delete")),
        curator.post(address(network, "delete"), {"reason": MARKUP}, follow=True),
        curator.get(address(Tombstone.objects.get(), "put_back")),
        curator.post(address(Tombstone.objects.get(), "put_back"), follow=True),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert MARKUP not in answer.content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.content.decode()


# --- Confirming ---------------------------------------------------------------------------------


def test_a_confirmed_record_says_so_to_visitors_with_when_how_and_by_whom(curator):
    network = make_network()
    assert address(network, "confirm") in opened(curator, network).links
    assert send(curator, network, "confirm", how="").status_code == 200
    assert send(curator, network, "confirm", how="Asked its convenor.").status_code == 302
    today = f"{timezone.localdate().day} {timezone.localdate():%B %Y}"
    words = Page(curator.get(network.get_absolute_url())).words
    assert f"Last confirmed on {today} by curator. Asked its convenor." in words
    assert history.versions(network)[0].who == "curator"


def test_a_topic_has_nothing_to_confirm(curator):
    topic = make_topic()
    assert curator.get(address(topic, "confirm")).status_code == 404
    assert address(topic, "confirm") not in opened(curator, topic).links


def test_the_stalest_of_all_kinds_come_first(curator):
    now = timezone.now()
    make_resource("Confirmed lately", confirmed_on=date(2020, 1, 1), added_at=now - timedelta(days=900))
    make_network("Confirmed long ago", confirmed_on=date(2010, 1, 1))
    make_organization("New and never confirmed", added_at=now)
    make_phase(name="Old and never confirmed", added_at=now - timedelta(days=400))
    words = Page(curator.get(reverse("stalest"))).words
    names = ["Old and never confirmed", "New and never confirmed", "Confirmed long ago", "Confirmed lately"]
    assert sorted(names, key=words.index) == names


def test_the_number_on_the_first_page_leads_to_the_entries_that_it_counts(curator):
    make_network("Never confirmed"), make_network("Confirmed long ago", confirmed_on=date(2010, 1, 1))
    make_network("Confirmed today", confirmed_on=timezone.localdate())
    address = reverse("stalest", query={"days": 365})
    assert address in Page(curator.get(reverse("admin:index"))).links
    words = Page(curator.get(address)).words
    assert "2 entries that nobody has confirmed for 365 days." in words
    shown = [name for name in ("Never confirmed", "Confirmed long ago", "Confirmed today") if name in words]
    assert shown == ["Never confirmed", "Confirmed long ago"]


@pytest.mark.parametrize("days", ["", "soon", "-1", "9" * 30])
def test_a_senseless_number_of_days_shows_all_entries(curator, days):
    make_network("Confirmed today", confirmed_on=timezone.localdate())
    assert "Confirmed today" in Page(curator.get(reverse("stalest"), {"days": days})).words


def test_a_long_list_of_the_stalest_comes_in_pages(curator):
    for number in range(30):
        make_network(f"Network {number:02}", added_at=timezone.now() - timedelta(days=number))
    second = Page(curator.get(reverse("stalest"), {"page": "2"})).words
    assert ("Network 00" in second, "Network 29" in second) == (True, False)


def test_only_staff_see_the_stalest(client):
    assert client.get(reverse("stalest")).status_code == 302
    client.force_login(make_moderator())
    assert client.get(reverse("stalest")).status_code == 200
