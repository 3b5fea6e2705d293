"""A correction of any kind of record: it begins with what is public, and only what was changed is applied."""

import pytest

from catalogue.models import Membership, Network
from contributions import applying, moderation
from contributions.forms import form_for
from contributions.models import Contribution
from contributions.models.contribution import Kind
from phases.models import GlossaryTerm, KeyQuestion, Page, Practice
from resourcecenter.core.public import retire
from tests.contributions.pages import Page as Answer
from tests.contributions.pages import private_address, resent, version_data
from tests.contributions.states import State, act, everything, kind_of, make_correction
from tests.factories import (
    make_moderator,
    make_network,
    make_organization,
    make_page,
    make_phase,
    make_resource,
    make_topic,
    sender_data,
)

pytestmark = pytest.mark.django_db


def full_network():
    network = make_network(
        "The Network",
        members=2,
        questions=2,
        deliverables=2,
        tags=[make_topic("Seed"), make_topic("Credit")],
        levels=["organization", "network"],
        knowledge_cycle=["generation", "capture"],
        countries=["PE", "KE"],
        resourced=True,
        facilitated=False,
        starts="2009",
        description="## Text\n\n- one\n  - two",
    )
    network.sources.create(url="https://example.org/report")
    return network


def full_phase():
    phase = make_phase(3, outputs=["A charter", "A budget"], pitfalls=["Too much"], guidance="## How")
    for position in range(2):
        Practice.objects.create(
            phase=phase, title=f"Practice {position}", text="Do it.\n\nThen rest.", position=position
        )
        KeyQuestion.objects.create(phase=phase, text=f"Why {position}?", position=position)
    return phase


def full_resource():
    return make_resource(
        "The Tool",
        phases=[make_phase(2), make_phase(1)],
        tags=[make_topic("Zeal"), make_topic("Aid")],
        network=make_network(),
        countries=["PE", "KE"],
        licence="CC-BY-4.0",
        date="2009-06",
        featured=True,
        credit="Grace Curator",
    )


RECORDS = {
    Kind.RESOURCE: (full_resource, "title", "summary"),
    Kind.NETWORK: (full_network, "name", "summary"),
    Kind.ORGANIZATION: (lambda: make_organization("The Body", acronym="TB", country="KE"), "name", "acronym"),
    Kind.PHASE: (full_phase, "name", "summary"),
    Kind.TOPIC: (lambda: make_topic("Seed", definition="What is sown."), "name", "definition"),
    Kind.PAGE: (lambda: make_page("about", body="## Who\n\n- we"), "title", "summary"),
    Kind.TERM: (lambda: GlossaryTerm.objects.create(slug="t", term="Term", definition="A word."), "term", "definition"),
}


@pytest.fixture(params=RECORDS, ids=str)
def case(request):
    """A record of each kind, the field that names it and another one."""
    make, title, other = RECORDS[request.param]
    return make(), title, other


@pytest.fixture
def moderator():
    return make_moderator()


def form_of(record):
    return f"/contribute/correction/{kind_of(record)}/{record.slug}/"


def as_public(record):
    """All of a record that a correction could touch, as plain values."""
    stored = type(record)._base_manager.filter(pk=record.pk).values().get()
    stored.pop("changed_at", None)  # a topic has none
    return {**stored, **form_for(kind_of(record)).payload_of(type(record).objects.get(pk=record.pk))}


def filled(client, record, **fields):
    """What a browser would send after changing the fields of the prefilled form."""
    page = Answer(client.get(form_of(record)))
    assert page.status == 200
    return resent(
        page, **{**sender_data(), "you-form_key": page.value("you-form_key"), "you-note": "I know.", **fields}
    )


# --- The form -----------------------------------------------------------------------------------


def test_the_table_of_records_has_every_kind():
    assert set(RECORDS) == set(Kind)


def test_the_form_begins_with_what_is_public_and_looking_changes_nothing(client, case):
    record, title, other = case
    before = everything()
    page = Answer(client.get(form_of(record)))
    assert (page.value(title), page.value(other)) == (getattr(record, title), getattr(record, other))
    assert everything() == before


def test_a_correction_that_changes_nothing_is_refused(client, case):
    record, _title, _other = case
    page = Answer(client.post(form_of(record), filled(client, record)))
    assert page.status == 200
    assert "Nothing has been changed yet." in page.words
    assert Contribution.objects.count() == 0


def test_a_correction_says_how_its_sender_knows(client, case):
    record, _title, other = case
    page = Answer(client.post(form_of(record), filled(client, record, **{other: "Changed", "you-note": ""})))
    assert (page.status, page.value(other)) == (200, "Changed")
    assert "id_you-note" in page.anchors
    assert Contribution.objects.count() == 0


def test_only_the_changed_field_is_applied(client, case, moderator):
    record, title, other = case
    before = as_public(record)
    assert client.post(form_of(record), filled(client, record, **{other: "Changed"})).status_code == 302
    contribution = Contribution.objects.get()
    assert as_public(record) == before
    assert applying.changes(contribution) == {other: "Changed"}
    assert contribution.title == getattr(record, title)

    assert act("approve", contribution, by=moderator).pk == record.pk

    assert as_public(record) == {**before, other: "Changed"}


def test_lines_of_a_record_keep_their_rows(client, moderator):
    for record, names in [
        (full_network(), ["memberships", "learning_questions", "deliverables", "sources"]),
        (full_phase(), ["practices", "key_questions"]),
    ]:
        before = {name: list(getattr(record, name).values()) for name in names}
        act("approve", make_correction(record, name="Another name"), by=moderator)
        assert {name: list(getattr(record, name).values()) for name in names} == before


def test_a_name_may_be_corrected_and_the_address_stays(case, moderator):
    record, title, _other = case
    address = record.slug
    act("approve", make_correction(record, **{title: "A better name"}), by=moderator)
    record = type(record).objects.get(pk=record.pk)
    assert (getattr(record, title), record.slug) == ("A better name", address)


def test_what_others_changed_meanwhile_stays(case, moderator):
    record, title, other = case
    contribution = make_correction(record, **{other: "By the sender"})
    setattr(record, title, "By a curator")
    record.save()
    act("approve", contribution, by=moderator)
    record = type(record).objects.get(pk=record.pk)
    assert (getattr(record, title), getattr(record, other)) == ("By a curator", "By the sender")


def test_a_correction_of_a_row_changes_that_row(client, moderator):
    network = make_network("The Network", members=1, questions=2)
    first, second = network.learning_questions.all()
    data = filled(client, network, **{"learning_questions-1-text": "Question 1, better?"})
    assert client.post(form_of(network), data).status_code == 302
    act("approve", Contribution.objects.get(), by=moderator)
    assert [(line.pk, line.text) for line in network.learning_questions.all()] == [
        (first.pk, first.text),
        (second.pk, "Question 1, better?"),
    ]


def test_a_row_that_goes_leaves_the_others_what_they_are(client, moderator):
    network = make_network("The Network", deliverables=2)
    network.deliverables.update(title="Report")
    gone, stays = network.deliverables.all()
    gone.title = "Guide"
    gone.save()
    data = filled(client, network, **{"deliverables-0-title": "", "deliverables-1-title": "Report, 2nd edition"})
    data = {name: value for name, value in data.items() if not name.startswith("deliverables-0-")}
    assert client.post(form_of(network), data).status_code == 302
    act("approve", Contribution.objects.get(), by=moderator)
    assert [(line.pk, line.title) for line in network.deliverables.all()] == [(stays.pk, "Report, 2nd edition")]


def test_emptying_a_row_removes_it(client, moderator):
    network = make_network("The Network", members=2)
    gone, stays = network.memberships.all()
    data = filled(client, network, **{"memberships-0-organization": ""})
    assert client.post(form_of(network), data).status_code == 302
    act("approve", Contribution.objects.get(), by=moderator)
    assert list(network.memberships.all()) == [stays]
    assert Membership.objects.filter(pk=gone.pk).exists() is False


def test_a_corrected_resource_keeps_what_no_form_has(moderator):
    resource = full_resource()
    sender = act("approve", make_correction(resource, title="Better"), by=moderator)
    assert (sender.featured, sender.credit) == (True, "Grace Curator")


def test_there_is_no_form_for_what_is_not_public(client):
    for kind in Kind:
        assert client.get(f"/contribute/correction/{kind}/nothing/").status_code == 404
    assert client.get("/contribute/correction/membership/x/").status_code == 404


def test_who_corrects_is_named_nowhere(client, case, moderator):
    record, _title, other = case
    data = filled(client, record, **{other: "Changed", "you-name": "Quokka", "you-wants_credit": "on"})
    client.post(form_of(record), data)
    act("approve", Contribution.objects.get(), by=moderator)
    assert "Quokka" not in str(as_public(record))


# --- The world moves ----------------------------------------------------------------------------


def test_a_record_that_changes_while_its_correction_is_written_is_shown_first_and_the_text_kept(client, case):
    record, _title, other = case
    data = filled(client, record, **{other: "My long work"})
    setattr(record, other, "By a curator")
    record.save()
    before = everything()

    page = Answer(client.post(form_of(record), data))

    assert (page.status, page.value(other)) == (409, "My long work")
    assert "somebody else changed the public page in the same places" in page.words
    assert everything() == before
    assert client.post(form_of(record), resent(page)).status_code == 302


def test_what_others_change_elsewhere_while_a_correction_is_written_stays(client, case, moderator):
    record, title, other = case
    data = filled(client, record, **{other: "By the sender"})
    setattr(record, title, "By a curator")
    record.save()

    assert client.post(form_of(record), data).status_code == 302
    contribution = Contribution.objects.get()
    seen = contribution.version._replace(record=applying.record_mark(contribution))
    act("approve", contribution, by=moderator, seen=seen)

    record.refresh_from_db()
    assert (getattr(record, title), getattr(record, other)) == ("By a curator", "By the sender")


def test_a_record_that_changes_before_the_approval_is_read_again(case, moderator):
    record, title, other = case
    contribution = make_correction(record, **{other: "By the sender"})
    seen = contribution.version._replace(record=applying.record_mark(contribution))
    setattr(record, title, "By a curator")
    record.save()
    before = everything()
    with pytest.raises(moderation.Overtaken):
        act("approve", contribution, by=moderator, seen=seen)
    assert everything() == before


def test_an_approval_of_a_changed_record_is_a_conflict_on_the_page(client, case, moderator):
    record, title, other = case
    contribution = make_correction(record, **{other: "By the sender"})
    client.force_login(moderator)
    review = f"/admin/contributions/contribution/{contribution.pk}/"
    page = Answer(client.get(f"{review}change/"))
    setattr(record, title, "By a curator")
    record.save()
    before = everything()

    refused = Answer(client.post(f"{review}decide/", resent(page, action="approve", internal_note="Mine.")))

    assert (refused.status, refused.value("internal_note")) == (409, "Mine.")
    assert "By a curator" in refused.words
    assert everything() == before
    assert client.post(f"{review}decide/", resent(refused, action="approve")).status_code == 302
    assert getattr(type(record).objects.get(), other) == "By the sender"


def test_a_record_that_was_retired_meanwhile_does_not_come_back(client, case, moderator):
    record, _title, other = case
    if isinstance(record, Network):
        record.resources.clear()
    contribution = make_correction(record, **{other: "By the sender"})
    model = type(record)
    retire(record) if not isinstance(record, (Page, GlossaryTerm)) else record.delete()
    before = everything()

    with pytest.raises(moderation.Overtaken):
        act("approve", contribution, by=moderator)

    assert everything() == before
    assert model.objects.count() == 0
    client.force_login(moderator)
    page = Answer(client.get(f"/admin/contributions/contribution/{contribution.pk}/change/"))
    assert (page.status, "The public entry has been retired." in page.words) == (200, True)
    act("reject", contribution, by=moderator)


@pytest.mark.parametrize("name", ["status", "preview", "revise", "withdraw", "erase"])
def test_the_pages_of_a_correction_outlive_its_record(client, case, name):
    record, _title, other = case
    contribution = make_correction(record, **{other: "By the sender"})
    record.delete()
    page = Answer(client.get(private_address(contribution, name)))
    assert page.status == 200
    if name == "revise":
        assert page.value(other) == "By the sender"


def test_a_correction_whose_record_is_gone_can_be_sent_changed_and_is_not_lost(client, case):
    record, _title, other = case
    contribution = make_correction(record, **{other: "By the sender"})
    page = Answer(client.get(private_address(contribution, "revise")))
    record.delete()
    answer = client.post(private_address(contribution, "revise"), resent(page, **{other: "Again"}))
    assert answer.status_code in {200, 302, 409}
    contribution.refresh_from_db()
    assert contribution.payload[other] == "Again" or Answer(answer).value(other) == "Again"


# --- Changing a correction that was sent --------------------------------------------------------


def test_a_correction_can_itself_be_changed(client, case, moderator):
    record, _title, other = case
    contribution = make_correction(record, **{other: "First"})
    page = Answer(client.get(private_address(contribution, "revise")))
    assert page.value(other) == "First"
    assert client.post(private_address(contribution, "revise"), resent(page, **{other: "Second"})).status_code == 302
    contribution.refresh_from_db()
    assert (contribution.state, applying.changes(contribution)) == (State.PENDING, {other: "Second"})
    act("approve", contribution, by=moderator)
    assert getattr(type(record).objects.get(pk=record.pk), other) == "Second"


def test_a_changed_correction_meets_the_version_on_its_senders_screen(client, case):
    record, _title, other = case
    contribution = make_correction(record, **{other: "First"})
    page = Answer(client.get(private_address(contribution, "revise")))
    act("revise", contribution, by=None, payload={**contribution.payload, other: "In another window"})
    refused = Answer(client.post(private_address(contribution, "revise"), resent(page, **{other: "Second"})))
    assert (refused.status, refused.value(other)) == (409, "Second")
    assert version_data(contribution)["revision"] == 2
