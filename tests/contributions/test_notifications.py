"""Which event writes to the contributor, and what the mail says."""

import email
import re

import pytest
from django.db import transaction
from django.urls import reverse
from post_office.models import STATUS, Email

from contributions import moderation, tokens
from contributions.models import Event
from contributions.models.contribution import Sender
from resourcecenter.core.mail import links
from resourcecenter.core.text import one_line
from tests.contributions.states import State, act, contribution_in, everything
from tests.factories import form_data, make_contribution, make_moderator

pytestmark = pytest.mark.django_db

SUBJECTS = {
    "submit": "We have received your contribution {}",
    "request_changes": "A question about your contribution {}",
    "approve": "Your contribution {} is published",
    "reject": "Your contribution {} was not accepted",
    "reopen": "Your contribution {} is being looked at again",
    "expire": "Your contribution {} was closed without an answer",
}
SILENT = ["revise", "answer", "withdraw", "appeal", "claim", "assign", "release", "amend"]
STARTS = {
    "reopen": State.REJECTED,
    "appeal": State.REJECTED,
    "answer": State.CHANGES_REQUESTED,
    "expire": State.CHANGES_REQUESTED,
}


@pytest.fixture
def moderator():
    return make_moderator()


def mail_of(action, moderator, **arguments) -> Email:
    """The mail that an action writes to a contributor whose contribution was just received."""
    contribution = contribution_in(STARTS.get(action, State.PENDING), by=moderator)
    Email.objects.all().delete()
    if action == "submit":
        contribution = make_contribution()
    else:
        act(action, contribution, by=moderator, **arguments)
    mail = Email.objects.get()
    assert mail.subject == SUBJECTS[action].format(contribution.reference)
    return mail


def messages(mail):
    """What would go to the mail server, parsed as a reader's program parses it."""
    message = Email.objects.get(pk=mail.pk).email_message()
    links.put_in(message)
    return email.message_from_bytes(message.message().as_bytes(), policy=email.policy.default)


# --- One mail an event --------------------------------------------------------------------------


def test_every_action_either_writes_or_is_silent_by_intent():
    assert {*SUBJECTS, *SILENT} == set(moderation.TRANSITIONS)


@pytest.mark.parametrize("action", SUBJECTS)
def test_what_the_contributor_should_know_is_one_mail_to_them(action, moderator):
    mail = mail_of(action, moderator)
    assert (mail.to, mail.cc, mail.bcc, mail.status) == (["ada@example.org"], [], [], STATUS.queued)


@pytest.mark.parametrize("action", SILENT)
def test_what_the_contributor_does_or_need_not_know_is_no_mail(action, moderator):
    contribution = contribution_in(STARTS.get(action, State.PENDING), by=moderator)
    if action == "release":
        act("claim", contribution, by=moderator)
    Email.objects.all().delete()
    act(action, contribution, by=moderator)
    assert contribution.events.last().action == action
    assert Email.objects.count() == 0


def test_a_whole_life_writes_one_mail_for_each_event_that_is_told(moderator):
    contribution = make_contribution()
    for action in ["claim", "request_changes", "revise", "reject", "reopen", "approve"]:
        act(action, contribution, by=moderator)
    told = [event.action for event in Event.objects.all() if event.action in SUBJECTS]
    assert [mail.subject for mail in Email.objects.order_by("pk")] == [
        SUBJECTS[action].format(contribution.reference) for action in told
    ]
    assert told == ["submit", "request_changes", "reject", "reopen", "approve"]


@pytest.mark.parametrize("action", ["approve", "reject", "request_changes"])
def test_a_decision_that_is_rolled_back_leaves_no_mail(action, moderator):
    contribution = make_contribution()
    Email.objects.all().delete()
    with transaction.atomic():
        act(action, contribution, by=moderator)
        assert Email.objects.count() == 1
        transaction.set_rollback(True)
    assert Email.objects.count() == 0


def test_a_decision_that_was_overtaken_leaves_no_mail(moderator):
    contribution = contribution_in(State.APPROVED, by=moderator)
    before = Email.objects.count()
    with pytest.raises(moderation.Overtaken):
        act("reject", contribution, by=moderator)
    assert Email.objects.count() == before


# --- What the mail says -------------------------------------------------------------------------


@pytest.mark.parametrize("action", SUBJECTS)
def test_a_mail_has_the_private_link_of_this_site_as_text_and_as_html(action, moderator, settings):
    settings.SITE_URL = "https://learn.example.org"
    message = messages(mail_of(action, moderator))
    token = tokens.token_for(Event.objects.last().contribution.form_key)
    code = tokens.mail_code_for(Event.objects.last().contribution.form_key)
    link = f"https://learn.example.org/contributions/{token}/?mail={code}"
    text, html = (message.get_body([kind]).get_content() for kind in ["plain", "html"])
    assert re.findall(r"https?://\S+", text) == [link, "https://learn.example.org"]
    assert re.findall(r'href="([^"]+)"', html) == [link, "https://learn.example.org"]
    assert "Dear Ada Contributor,\n" in text


@pytest.mark.parametrize("action", SUBJECTS)
def test_a_copy_of_the_tables_opens_no_private_page(action, moderator, client):
    mail_of(action, moderator)
    contribution = Event.objects.last().contribution
    token = tokens.token_for(contribution.form_key)
    rows = str(everything())
    assert contribution.token_hash in rows
    assert token not in rows
    for word in {word for word in re.findall(r"[\w=-]+", rows) if len(word) >= 20}:
        assert client.get(reverse("contributions:status", args=[word])).status_code == 404
    assert client.get(reverse("contributions:status", args=[token])).status_code == 200


def test_the_link_does_not_follow_the_host_of_the_request(client, settings):
    settings.ALLOWED_HOSTS, settings.SITE_URL = ["*"], "https://learn.example.org"
    headers = {"host": "evil.example", "x-forwarded-host": "evil.example"}
    page = client.post(reverse("contributions:contribute"), form_data(), headers=headers)
    assert page.status_code == 302
    message = messages(Email.objects.get())
    assert f"https://learn.example.org{page['Location']}" in message.get_body(["plain"]).get_content()
    assert "evil" not in str(message)


@pytest.mark.parametrize("action", ["request_changes", "reject", "approve", "reopen"])
def test_the_note_to_the_contributor_is_in_the_mail_and_the_internal_one_is_not(action, moderator):
    note = "Is it <yours> & 'theirs'?\n\nSee https://example.org/help."
    mail = mail_of(action, moderator, public_note=note, internal_note="Secret of the house.")
    assert note in mail.message
    assert "Secret" not in mail.message


def test_another_look_is_offered_only_while_it_can_be_had(moderator):
    contribution = contribution_in(State.REJECTED, by=moderator)
    act("appeal", contribution, by=None)
    act("reject", contribution, by=moderator)
    first, second = (mail.message for mail in Email.objects.filter(subject__endswith="not accepted").order_by("pk"))
    assert "ask once for another look" in first
    assert "another look" not in second


@pytest.mark.parametrize("title", ["Marker\r\nBcc: eve@example.net", "Marker\nBcc: eve@example.net\n\nBuy this"])
@pytest.mark.parametrize("action", SUBJECTS)
def test_no_text_of_a_stranger_reaches_the_head_of_a_mail(action, title, moderator):
    sender = Sender(title, "ada@example.org", title)
    contribution = contribution_in(STARTS.get(action, State.PENDING), by=moderator, title=title, sender=sender)
    if action != "submit":
        notes = {"public_note": title} if moderation.TRANSITIONS[action].by == "moderator" else {}
        act(action, contribution, by=moderator, **notes)
    mail = Email.objects.filter(subject=SUBJECTS[action].format(contribution.reference)).get()
    message = messages(mail)
    assert (message["To"], message["Bcc"], message["Cc"]) == ("ada@example.org", None, None)
    assert "Marker" not in str(message.items())


@pytest.mark.parametrize(
    "text",
    [
        "{{ contribution.contributor_email }}",
        "{% now 'Y' %}",
        "{% nonsense %}",
        "{% include 'base.html' %}",
        "{# gone #}",
        "{%",
        "}}",
    ],
)
@pytest.mark.parametrize("where", ["title", "name", "note"])
def test_what_looks_like_a_template_is_text(where, text, moderator):
    sender = Sender(text if where == "name" else "Ada", "ada@example.org")
    contribution = make_contribution(sender=sender, **({"title": text} if where == "title" else {}))
    act("reject", contribution, by=moderator, public_note=text if where == "note" else "Sorry.")
    assert [mail.message.count(text) for mail in Email.objects.order_by("pk")] == [where != "note", 1]


def test_titles_and_names_are_not_escaped_as_in_a_page(moderator):
    make_contribution(title="Q&A: 'why' <not>?", sender=Sender("Ada O'Hara", "ada@example.org"))
    mail = Email.objects.get()
    assert "“Q&A: 'why' <not>?”" in mail.message
    assert "Dear Ada O'Hara," in mail.message


@pytest.mark.parametrize("where", ["title", "name"])
def test_a_mail_to_somebody_elses_address_carries_no_link_of_a_stranger(where):
    text = "Win at https://evil.example/prize or www.evil.example"
    sender = Sender(text if where == "name" else "Ada", "victim@example.org")
    make_contribution(sender=sender, **({"title": text} if where == "title" else {}))
    assert "evil.example" not in Email.objects.get().message


@pytest.mark.parametrize(
    "address", ['"a@example.com,b@example.net"@example.org', '",victim@example.net,"@example.org', '"x y"@example.org']
)
def test_no_address_makes_a_mail_to_more_than_one(client, address):
    page = client.post(reverse("contributions:contribute"), form_data(**{"you-email": address}))
    receivers = [mail.to for mail in Email.objects.all()]
    assert (page.status_code, receivers) in [(200, []), (302, [[address]])]


@pytest.mark.parametrize("action", SUBJECTS)
def test_the_subject_is_one_line(action, moderator):
    mail = mail_of(action, moderator)
    assert mail.subject == one_line(mail.subject)
