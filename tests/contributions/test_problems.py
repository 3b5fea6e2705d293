"""Somebody reports a problem with a public record: two minutes, no name needed, and nothing is published by it."""

import pytest
from post_office.models import Email

from contributions import notifications
from contributions.forms.problem import Problem
from contributions.models import Contribution
from contributions.models.contribution import Intent, Kind
from phases.models import GlossaryTerm
from tests.contributions.pages import Page, private_address, resent
from tests.contributions.states import State, act, everything
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

RECORDS = {
    Kind.RESOURCE: lambda: make_resource("The record"),
    Kind.NETWORK: lambda: make_network("The record"),
    Kind.ORGANIZATION: lambda: make_organization("The record"),
    Kind.PHASE: lambda: make_phase(name="The record"),
    Kind.TOPIC: lambda: make_topic("The record"),
    Kind.PAGE: lambda: make_page("about", title="The record"),
    Kind.TERM: lambda: GlossaryTerm.objects.create(slug="t", term="The record", definition="A word."),
}


@pytest.fixture
def resource():
    return make_resource("The Tool", url="https://example.org/dead")


@pytest.fixture
def moderator():
    return make_moderator()


def form_of(record, kind=Kind.RESOURCE):
    return f"/contribute/problem/{kind}/{record.slug}/"


def problem_data(**fields):
    you = {name: value for name, value in sender_data().items() if name in {"you-email", "you-form_key"}}
    return {"problem": "dead_link", "text": "It leads nowhere.", "url": "", **you, **fields}


def reported(client, record, kind=Kind.RESOURCE, **fields):
    assert client.post(form_of(record, kind), problem_data(**fields)).status_code == 302
    return Contribution.objects.get()


@pytest.mark.parametrize("kind", Kind)
def test_a_problem_with_any_kind_of_record_is_taken_in_and_named(client, kind):
    record = RECORDS[kind]()
    contribution = reported(client, record, kind)
    assert (contribution.intent, contribution.kind, contribution.record) == (Intent.PROBLEM, kind, record)
    assert contribution.title == "A link does not work: The record"
    page = Page(client.get(private_address(contribution)))
    assert contribution.reference in page.words


def test_nobody_has_to_say_who_they_are(client, resource):
    contribution = reported(client, resource, **{"you-email": ""})
    assert (contribution.contributor_name, contribution.contributor_email) == ("", "")
    assert Email.objects.count() == 0
    assert (
        "You gave no e-mail address, so please come back to this page for the answer."
        in Page(client.get(private_address(contribution))).words
    )


def test_who_leaves_an_address_hears_what_came_of_it(client, resource, moderator):
    contribution = reported(client, resource)
    act("approve", contribution, by=moderator, public_note="The link is new.")
    subjects = {action: str(notifications.SUBJECTS[f"problem_{action}"]) for action in ("submit", "approve")}
    expected = [subjects[action] % {"reference": contribution.reference} for action in ("submit", "approve")]
    assert [mail.subject for mail in Email.objects.order_by("pk")] == expected
    assert "The link is new." in Email.objects.last().message


@pytest.mark.parametrize("problem", Problem)
def test_saying_that_it_is_solved_changes_no_public_record(client, resource, moderator, problem):
    contribution = reported(client, resource, problem=problem)
    public = {label: rows for label, rows in everything().items() if label.startswith(("catalogue", "phases", "core"))}
    record = everything()["contributions.Resource"]
    assert act("approve", contribution, by=moderator) is None
    assert everything()["contributions.Resource"] == record
    assert public == {label: everything()[label] for label in public}
    assert contribution.state == State.APPROVED
    page = Page(client.get(private_address(contribution)))
    assert "Solved" in page.words
    assert resource.get_absolute_url() in page.links


def test_a_problem_is_no_duplicate_of_another(client, resource):
    for _ in range(2):
        assert client.post(form_of(resource), problem_data()).status_code == 302
    assert Contribution.objects.count() == 2


@pytest.mark.parametrize("field", ["problem", "text"])
def test_what_is_missing_is_told_beside_its_field_and_nothing_is_lost(client, resource, field):
    page = Page(client.post(form_of(resource), problem_data(**{field: ""})))
    assert page.status == 200
    assert [anchor.startswith(f"id_{field}") for anchor in page.anchors] == [True]
    assert set(page.anchors) <= set(page.ids)
    assert page.value("you-email") == "ada@example.org"
    assert Contribution.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"), [("problem", "boredom"), ("url", "javascript:alert(1)"), ("you-email", "x"), ("text", "\0")]
)
def test_odd_values_are_refused(client, resource, field, value):
    page = Page(client.post(form_of(resource), problem_data(**{field: value})))
    assert (page.status, Contribution.objects.count()) == (200, 0)


def test_the_text_of_a_problem_is_for_moderators_only(client, resource, moderator):
    contribution = reported(client, resource, text="Quokka")
    act("approve", contribution, by=moderator)
    for address in [resource.get_absolute_url(), "/resources/", "/search/?q=quokka", "/"]:
        assert "It leads" not in client.get(address).content.decode()
        assert "<mark>Quokka" not in client.get(address).content.decode()


def test_a_problem_is_reviewed_without_a_preview(client, resource, moderator):
    contribution = reported(client, resource)
    client.force_login(moderator)
    page = Page(client.get(f"/admin/contributions/contribution/{contribution.pk}/change/"))
    assert page.status == 200
    assert page.frames == []
    assert [
        text
        for text in ["It leads nowhere.", "A link does not work", "Say that it is solved"]
        if text not in page.words
    ] == []
    assert resource.get_absolute_url() in page.links


def test_a_report_can_be_changed_and_taken_back(client, resource):
    contribution = reported(client, resource)
    page = Page(client.get(private_address(contribution, "revise")))
    assert page.value("text") == "It leads nowhere."
    assert client.post(private_address(contribution, "revise"), resent(page, text="To a casino.")).status_code == 302
    contribution.refresh_from_db()
    assert (contribution.payload["text"], contribution.revision) == ("To a casino.", 2)
    page = Page(client.get(private_address(contribution, "withdraw")))
    assert client.post(private_address(contribution, "withdraw"), resent(page)).status_code == 302


def test_a_report_outlives_the_record(client, resource, moderator):
    contribution = reported(client, resource)
    page = Page(client.get(private_address(contribution, "revise")))
    resource.delete()
    assert client.post(private_address(contribution, "revise"), resent(page, text="To a casino.")).status_code == 302
    contribution.refresh_from_db()
    assert contribution.title == "A link does not work: The Tool"
    assert act("approve", contribution, by=moderator) is None
    assert client.get(private_address(contribution)).status_code == 200


def test_there_is_no_form_for_what_is_not_public(client):
    for kind in Kind:
        assert client.get(f"/contribute/problem/{kind}/nothing/").status_code == 404
