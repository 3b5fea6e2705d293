"""The outbox, from the row that a transaction writes to what a real mail server receives."""

import re
import socket
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import path
from django.utils import translation
from post_office.models import STATUS, Email, Log

from resourcecenter.core import mail, tokens
from resourcecenter.core.mail import delivery, letters, quota
from resourcecenter.core.mail.quota import UnprovedMail
from tests.mailserver import Clock, MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [path("private/<str:token>/", lambda request, token: None, name="private")]
SITE = "https://learn.example.org"
KEY = b"a key"
SCHEDULE = [{"minutes": 1}, {"minutes": 5}, {"minutes": 30}, {"hours": 2}, {"hours": 6}, {"hours": 24}]


@pytest.fixture(autouse=True)
def _site(settings, tmp_path):
    """Templates that show all they get: a text, and a link on a line of its own."""
    (tmp_path / "mail.txt").write_text("{% autoescape off %}{{ text }}\n\n{{ link }}\n{% endautoescape %}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    settings.SITE_URL = SITE


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def server(settings):
    return MailServer(settings)


def private_link():
    return mail.PrivateLink("private", "test", KEY, tokens.hash_of(tokens.derive("test", KEY)))


def enqueue(to="ada@example.org", *, text="Hello.", subject="News", link="", **options):
    return mail.enqueue(
        to, subject=subject, template="mail.txt", context={"text": text}, links={"link": link}, **options
    )


def look(server=None):
    """One look of the worker, at a server that runs if it is given; returns what went wrong with the server."""
    try:
        if server:
            with server.running():
                mail.send_due()
        else:
            mail.send_due()
    except OSError as error:
        return error
    return None


def statuses():
    return list(Email.objects.order_by("pk").values_list("status", flat=True))


class Page(HTMLParser):
    """What a reader's program makes of the HTML: words, links and the names of all tags."""

    def __init__(self, html):
        super().__init__()
        self.words, self.links, self.tags = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data):
        self.words.append(data)


# --- What arrives -------------------------------------------------------------------------------


def test_text_and_html_arrive_with_the_heads_that_they_need(server, settings):
    row = enqueue(subject="Good news: été", text="Dear Ada,\n\nit is public.")
    look(server)
    [message] = server.received
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert (message["To"], message["From"], message["Subject"]) == (
        "ada@example.org",
        settings.DEFAULT_FROM_EMAIL,
        "Good news: été",
    )
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == row.message_id
    assert message["Cc"] is message["Bcc"] is message["private-links"] is None
    assert "it is public." in message.get_body(["plain"]).get_content()
    assert "<p>it is public.</p>" in message.get_body(["html"]).get_content()


def test_a_private_link_arrives_in_both_parts_and_never_lies_in_the_outbox(server):
    row = enqueue(link=private_link())
    token = tokens.derive("test", KEY)
    look(server)
    [message] = server.received
    address = f"{SITE}/private/{token}/"
    assert re.findall(r"https?://\S+", message.get_body(["plain"]).get_content()) == [address]
    assert Page(message.get_body(["html"]).get_content()).links == [address]
    assert "private-link" not in message.as_string()
    for _ in range(2):  # before and after it was sent
        row.refresh_from_db()
        assert token not in str(list(Email.objects.values()))


def test_a_link_made_with_an_older_secret_still_arrives(server, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old", []
    token = tokens.derive("test", KEY)
    enqueue(link=private_link())
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["old"]
    look(server)
    assert f"/private/{token}/" in server.received[0].get_body(["plain"]).get_content()


def test_who_imitates_a_marker_gets_nothing(server):
    known = enqueue(link=private_link())
    marker = re.search(r"private-link-\w+", known.message)[0]
    stolen = f"{marker} private-link-{'0' * 32} private-links"
    enqueue("eve@example.net", text=stolen)
    enqueue("mallory@example.net", text=stolen, link=private_link())
    look(server)
    token = tokens.derive("test", KEY)
    bodies = {message["To"]: message.get_body(["plain"]).get_content() for message in server.received}
    assert token in bodies["ada@example.org"]
    assert stolen in bodies["eve@example.net"]
    assert token not in bodies["eve@example.net"]
    assert stolen in bodies["mallory@example.net"]
    assert bodies["mallory@example.net"].count(token) == 1


@pytest.mark.parametrize("text", ["{{ 7|add:7 }}", "{% now 'Y' %}", "{% nonsense %}", "{# gone #}", "{%", "}}"])
def test_what_looks_like_a_template_is_text(server, text):
    enqueue(text=text, subject=text)
    look(server)
    [message] = server.received
    assert message["Subject"] == text
    assert message.get_body(["plain"]).get_content().strip() == text
    assert text in "".join(Page(message.get_body(["html"]).get_content()).words)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\0"])
def test_a_subject_never_becomes_a_head_of_its_own(server, end):
    enqueue(subject=f"News{end}Bcc: eve@example.net", text=f"Hello{end}Bcc: eve@example.net")
    look(server)
    [message] = server.received
    assert (message["To"], message["Bcc"], message["Subject"].count("News")) == ("ada@example.org", None, 1)


@pytest.mark.parametrize(
    "address",
    [
        "Ada\nBcc: eve@example.net <ada@example.org>",
        "ada@example.org\nBcc: eve@example.net",
        "ada@example.org, eve@example.net",
        '"a@example.org,b@example.net"@example.org',
        "ada",
        "",
    ],
)
def test_what_is_not_one_address_gets_no_mail(address):
    with pytest.raises(ValidationError):
        enqueue(address)
    assert Email.objects.count() == 0


def test_a_transaction_that_is_rolled_back_leaves_neither_mail_nor_count():
    with transaction.atomic():
        enqueue(unproved=True)
        transaction.set_rollback(True)
    assert (Email.objects.count(), UnprovedMail.objects.count()) == (0, 0)


# --- The HTML, made from the text ---------------------------------------------------------------


def html(text, **links):
    return letters.as_html(text, subject="News", links=links)


def test_paragraphs_lines_and_lists_are_kept():
    text = "One\ntwo\n\nSee:\n- first\n  goes on\n- second\n\nEnd"
    assert letters.blocks(text, buttons=set()) == [
        ("paragraph", [["One", "two"]]),
        ("paragraph", [["See:"]]),
        ("list", [["first", "goes on"], ["second"]]),
        ("paragraph", [["End"]]),
    ]
    page = html(text)
    assert "<p>One<br>\ntwo</p>" in page
    assert "<li>first<br>\ngoes on</li>" in page
    assert page.count("<li>") == 2


def test_a_private_link_on_its_own_line_is_a_button_whose_address_can_be_read():
    link = private_link()
    page = html(f"Here:\n{link}\nBye", link=link)
    assert f'<p class="button"><a href="{link}">Open the page</a></p>\n<p class="address">{link}</p>' in page
    assert Page(page).links == [str(link)]


def test_only_lines_that_are_our_links_can_be_followed():
    link = f"{SITE}/resources/one/"
    page = html(
        f"{link}\n{SITE}\nsee {link}\n{SITE}/other/\nhttps://evil.example\nwww.evil.example\njavascript:alert(1)",
        link=link,
    )
    assert Page(page).links == [link, SITE]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<a href="https://evil.example">x</a>',
        "<img src=x onerror=y>",
        '"><b>',
        "- <i>x</i>",
        "&lt;b&gt;",
        "</style></head>",
    ],
)
def test_markup_of_strangers_is_text(text):
    page, plain = Page(html(text)), Page(html("- x" if text.startswith("-") else "x"))
    assert page.tags == plain.tags
    assert page.links == []
    assert text.removeprefix("- ") in "".join(page.words)


def test_the_html_names_its_language_and_loads_nothing():
    with translation.override("ar"):
        page = html("Dear Ada,\n\nit is public.")
    assert '<html lang="ar" dir="rtl">' in page
    assert '<div class="preview">it is public.</div>' in page
    assert not re.search(r"<(img|link|script|iframe)|url\(|@import|style=|https?:", page)
    assert "prefers-color-scheme: dark" in page


@pytest.mark.parametrize("text", ["", "\n", "-", "- ", "\r\n\r\n", "  \n \n"])
def test_odd_texts_have_html_too(text):
    assert "</html>" in html(text)


# --- A mail server that fails -------------------------------------------------------------------


def test_a_server_that_is_down_for_days_only_delays(server, clock):
    enqueue("one@example.org")
    enqueue("two@example.org")
    for _ in range(5 * 24):
        assert isinstance(look(), ConnectionRefusedError)
        clock.move_on(hours=1)
    assert statuses() == [STATUS.queued] * 2
    assert look(server) is None
    assert look(server) is None
    assert server.receivers == ["one@example.org", "two@example.org"]
    assert statuses() == [STATUS.sent] * 2


def test_a_mail_that_is_refused_is_tried_again_on_schedule_and_then_given_up(server, clock):
    row = enqueue()
    server.answer = "451 later"
    with server.running():
        for tries, wait in enumerate(SCHEDULE, start=1):
            mail.send_due()
            assert (Log.objects.count(), statuses()) == (tries, [STATUS.requeued])
            clock.move_on(**wait)
            clock.move_on(seconds=-1)
            mail.send_due()  # too early
            assert Log.objects.count() == tries
            clock.move_on(seconds=1)
        assert mail.failed().count() == 0
        mail.send_due()
        assert (list(mail.failed()), Log.objects.count()) == ([row], 7)
        clock.move_on(days=10)
        server.answer = None
        mail.send_due()
    assert server.received == []


def test_what_was_refused_for_a_while_arrives_once_with_its_first_message_id(server, clock):
    row = enqueue()
    server.answer = "451 later"
    for wait in SCHEDULE[:3]:
        look(server)
        clock.move_on(**wait)
    server.answer = None
    for _ in range(2):
        look(server)
    assert [message["Message-ID"] for message in server.received] == [row.message_id]
    assert statuses() == [STATUS.sent]


@pytest.mark.parametrize("answer", ["550 no such mailbox", "421 too busy"])
def test_an_address_that_bounces_never_blocks_another(server, clock, answer):
    server.refused["gone@example.org"] = answer
    for name in ["first", "gone", "second", "third"]:
        enqueue(f"{name}@example.org")
    look(server)
    assert server.receivers == ["first@example.org", "second@example.org", "third@example.org"]
    assert statuses() == [STATUS.sent, STATUS.requeued, STATUS.sent, STATUS.sent]


def test_a_server_that_stalls_for_a_while_delays_and_doubles_nothing(server, clock, settings):
    settings.EMAIL_TIMEOUT = 0.2
    enqueue("one@example.org")
    enqueue("two@example.org")
    server.stalls = True
    assert isinstance(look(server), OSError)
    assert statuses() == [STATUS.requeued, STATUS.queued]
    server.stalls = False
    look(server)
    assert server.receivers == ["two@example.org"]
    clock.move_on(minutes=1)
    look(server)
    assert server.receivers == ["two@example.org", "one@example.org"]
    assert statuses() == [STATUS.sent] * 2


def test_a_mail_that_cannot_be_made_does_not_keep_the_others(server, clock):
    bad = enqueue("bad@example.org", link=private_link())
    Email.objects.filter(pk=bad.pk).update(headers={"private-links": {"x": ["no-such-view", "test", "00", ""]}})
    enqueue("good@example.org")
    assert look(server) is None
    assert server.receivers == ["good@example.org"]
    assert statuses() == [STATUS.requeued, STATUS.sent]


def test_a_crash_after_the_server_took_a_mail_repeats_it_with_the_same_message_id(server, clock, monkeypatch):
    class Killed(BaseException):
        pass

    dispatch = Email.dispatch

    def dispatch_and_die(*args, **options):
        dispatch(*args, **options)
        raise Killed

    enqueue("one@example.org")
    enqueue("two@example.org")
    monkeypatch.setattr(Email, "dispatch", dispatch_and_die)
    with server.running(), pytest.raises(Killed):
        mail.send_due()
    monkeypatch.setattr(Email, "dispatch", dispatch)
    look(server)
    assert server.receivers == ["one@example.org", "two@example.org"]
    clock.move_on(minutes=10)
    look(server)
    look(server)
    assert server.receivers == ["one@example.org", "two@example.org", "one@example.org"]
    assert server.received[0]["Message-ID"] == server.received[2]["Message-ID"]
    assert statuses() == [STATUS.sent] * 2


def test_two_workers_that_look_at_once_send_each_mail_once(server, clock):
    for number in range(4):
        enqueue(f"{number}@example.org")

    def second_worker_looks():  # when the first has listed all that is due and has sent none
        if not server.received:
            mail.send_due()

    with server.running():
        mail.send_due(is_stopping=second_worker_looks)
    assert sorted(server.receivers) == [f"{number}@example.org" for number in range(4)]


def test_a_worker_that_is_to_stop_finishes_its_mail_and_begins_no_other(server, clock):
    for number in range(3):
        enqueue(f"{number}@example.org")
    with server.running():
        assert mail.send_due(is_stopping=lambda: bool(server.received)) == 1
    assert statuses() == [STATUS.sent, STATUS.queued, STATUS.queued]


def test_no_server_is_asked_when_nothing_is_due(server, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *args, **options: pytest.fail("The server was asked."))
    assert mail.send_due() == 0


def test_neither_log_nor_reason_tells_an_address_or_a_link(server, clock, caplog):
    caplog.set_level("INFO")
    link = private_link()
    enqueue("marker@example.org", link=link)
    server.answer = f"554 spam link {link.address()}"
    look(server)
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # that is the server's
    assert ours == [f"Mail {Email.objects.get().pk} was not sent: SMTPDataError."]
    assert tokens.derive("test", KEY) not in str(list(Log.objects.values()))
    assert Log.objects.get().exception_type == "SMTPDataError"


# --- Mails that strangers can cause -------------------------------------------------------------


def waits(clock, *addresses):
    """How long the mail to each address waits; None if there is none."""
    rows = [enqueue(address, unproved=True) for address in addresses]
    return [row and row.scheduled_time - clock.now for row in rows]


def test_one_mail_an_hour_and_five_a_day_go_to_an_address_that_nobody_proved(clock):
    hour = timedelta(hours=1)
    assert waits(clock, *["v@example.org"] * 7) == [0 * hour, hour, 2 * hour, 3 * hour, 4 * hour, None, None]
    assert waits(clock, "other@example.org") == [0 * hour]
    clock.move_on(hours=23, minutes=59)
    assert waits(clock, "v@example.org") == [None]
    clock.move_on(minutes=1)
    assert waits(clock, "v@example.org", "v@example.org") == [4 * hour + hour - 5 * hour, None]


def test_a_second_mail_within_the_hour_goes_when_it_is_over(server, clock):
    waits(clock, "v@example.org")
    clock.move_on(minutes=59)
    assert waits(clock, "v@example.org") == [timedelta(minutes=1)]
    look(server)
    assert len(server.received) == 1
    clock.move_on(minutes=1)
    look(server)
    assert len(server.received) == 2


def test_case_and_tags_make_no_other_address(clock):
    spellings = ["v@example.org", "V@EXAMPLE.ORG", "v+1@example.org", "v+2@Example.Org", "V+1+2@example.org"]
    assert [wait / timedelta(hours=1) for wait in waits(clock, *spellings)] == [0, 1, 2, 3, 4]
    assert waits(clock, "v+x@example.org", "w@example.org") == [None, timedelta(0)]


def test_decisions_are_not_limited_and_do_not_count(clock):
    assert [enqueue().scheduled_time for _ in range(8)] == [clock.now] * 8
    assert waits(clock, "ada@example.org") == [timedelta(0)]


def test_the_count_outlives_the_mails_and_tells_no_address(clock):
    waits(clock, *["victim@example.org"] * 5)
    Email.objects.all().delete()
    assert waits(clock, "victim@example.org") == [None]
    assert "victim" not in str(list(UnprovedMail.objects.values()))


# --- What is forgotten --------------------------------------------------------------------------


def test_old_mails_go_unless_they_wait(settings, clock):
    settings.RETENTION_MAIL_DAYS = 3
    for status in [STATUS.sent, STATUS.failed, STATUS.queued, STATUS.requeued]:
        row = enqueue()
        Email.objects.filter(pk=row.pk).update(status=status)
    clock.move_on(days=3)
    assert (mail.purge(), len(statuses())) == (0, 4)
    clock.move_on(seconds=1)
    assert (mail.purge(), statuses()) == (2, [STATUS.queued, STATUS.requeued])


def test_counts_that_no_longer_matter_go(clock):
    waits(clock, "v@example.org")
    clock.move_on(hours=23)
    mail.purge()
    assert UnprovedMail.objects.count() == 1
    clock.move_on(hours=1)
    mail.purge()
    assert UnprovedMail.objects.count() == 0


def test_a_claim_outlasts_any_mail(settings):
    """Each of the few answers that a mail waits for may take EMAIL_TIMEOUT."""
    assert 10 * timedelta(seconds=settings.EMAIL_TIMEOUT) < delivery.CLAIM_HOLDS
    assert quota.APART * quota.MOST_IN_WINDOW < quota.WINDOW
