"""What was typed is never lost: not to a page that was open too long, a database that is down or a full disk."""

import errno
from contextlib import contextmanager

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from contributions.models import Contribution, ContributionFile
from tests.contributions.pages import Page, private_address, resent
from tests.contributions.states import State, contribution_in, everything
from tests.contributions.test_networks import network_data
from tests.contributions.test_problems import problem_data
from tests.factories import (
    form_data,
    make_contribution,
    make_moderator,
    make_payload,
    make_phase,
    make_resource,
    make_upload,
)

pytestmark = pytest.mark.django_db

FORM = "/contribute/resource/"


@contextmanager
def database_down(message="could not connect to server", *, only=""):
    """Every query fails, or each that begins with ``only``."""

    def refuse(execute, sql, params, many, context):
        if sql.startswith(only):
            raise OperationalError(message)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


def forms():
    """Each form of a stranger, filled in: its address and what is sent."""
    resource = make_resource("The Tool", phases=[make_phase(1)])
    contribution = make_contribution()
    asked = contribution_in(State.CHANGES_REQUESTED, by=make_moderator())
    version = {"state": "pending", "revision": "1"}
    return {
        "new": (FORM, form_data(title="My long work", url="https://example.org/new")),
        "network": ("/contribute/network/", network_data(summary="My long work")),
        "problem": (f"/contribute/problem/resource/{resource.slug}/", problem_data(text="My long work")),
        "revise": (private_address(contribution, "revise"), {**make_payload(title="My long work"), **version}),
        "answer": (
            private_address(asked, "answer"),
            {"public_note": "My long work", "state": "changes_requested", "revision": "1"},
        ),
    }


NAMES = ["new", "network", "problem", "revise", "answer"]


def holds(page, text="My long work"):
    return [text] in page.sent.values()


# --- A page that was open too long --------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_form_without_a_good_token_comes_back_filled_in_and_can_be_sent(name):
    careful = Client(enforce_csrf_checks=True)
    address, data = forms()[name]
    before = everything()

    page = Page(careful.post(address, {**data, "csrfmiddlewaretoken": "old"}))

    assert (page.status, holds(page)) == (403, True)
    assert "The page had been open for too long" in page.words
    assert not page.title.startswith("Error:")
    assert everything() == before
    token = page.value("csrfmiddlewaretoken")
    assert careful.post(address, resent(page, csrfmiddlewaretoken=token)).status_code == 302


def test_a_file_sent_with_an_old_token_is_kept():
    careful = Client(enforce_csrf_checks=True)
    page = Page(careful.post(FORM, form_data(url="", licence="CC-BY-4.0", file=make_upload())))
    assert (page.status, "Remove story.pdf" in page.words) == (403, True)
    token = page.value("csrfmiddlewaretoken")
    assert careful.post(FORM, resent(page, csrfmiddlewaretoken=token)).status_code == 302
    assert Contribution.objects.get().files.count() == 1


@pytest.mark.parametrize("wanted", ["send", "preview", "save", "add:x"])
def test_with_an_old_token_no_button_stores_anything(wanted):
    before = (make_phase(), everything())[1]
    page = Page(Client(enforce_csrf_checks=True).post(FORM, form_data(do=wanted)))
    assert (page.status, everything() == before) == (403, True)


def test_a_page_of_nobodys_text_is_refused_as_ever():
    careful, contribution = Client(enforce_csrf_checks=True), make_contribution()
    before = everything()
    assert careful.post(private_address(contribution, "erase")).status_code == 403
    assert careful.post("/markdown/preview/", {"content": "x"}).status_code == 403
    assert everything() == before


# --- A database that is down --------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_form_that_meets_no_database_comes_back_and_can_be_sent_later(client, name, caplog):
    address, data = forms()[name]
    before = everything()

    with database_down():
        response = client.post(address, data)

    page = Page(response)
    assert (page.status, holds(page)) == (503, True)
    assert "What you typed is not lost" in page.words
    assert int(response["Retry-After"]) > 0
    assert "no-store" in response["Cache-Control"]
    assert everything() == before
    assert "The database did not take a form in." in caplog.text
    assert client.post(address, resent(page)).status_code == 302


@pytest.mark.parametrize("where", ["decide", "amend"])
def test_what_a_moderator_typed_comes_back_too_and_can_be_sent_later(client, where):
    contribution = make_contribution()
    client.force_login(make_moderator())
    address = reverse(f"admin:contributions_contribution_{where}", args=[contribution.pk])
    if where == "decide":
        sent = {"action": "reject", "public_note": "My long reason in many words", "state": "pending", "revision": "1"}
    else:
        sent = {**make_payload(title="My long title in many words"), "state": "pending", "revision": "1", "do": "store"}
    with database_down():
        page = Page(client.post(address, sent))
    assert page.status == 503
    assert "in many words" in page.text
    assert client.post(address, resent(page, do="send")).status_code == 302
    assert contribution.events.count() == 2


def test_the_page_shows_what_was_typed_as_text(client):
    data = form_data(title="<script>alert(1)</script> and more words", summary='"><img src=x onerror=alert(1)>')
    with database_down():
        response = client.post(FORM, data)
    assert b"<script>alert" not in response.content
    assert b"<img src=x" not in response.content
    assert Page(response).value("title") == data["title"]


def test_a_failure_in_the_middle_stores_nothing(client):
    data = form_data(title="My long work")
    before = everything()
    with database_down("connection reset", only='INSERT INTO "contributions_event"'):
        page = Page(client.post(FORM, data))
    assert (page.status, holds(page)) == (503, True)
    assert everything() == before
    assert client.post(FORM, resent(page)).status_code == 302


def test_a_file_must_be_chosen_again_and_the_page_says_so(client):
    data = form_data(file=make_upload())
    with database_down():
        page = Page(client.post(FORM, data))
    assert page.status == 503
    assert "Files that you chose just now are not kept." in page.words


def test_looking_at_a_form_without_a_database_is_an_error_like_any_other(client):
    client.raise_request_exception = False
    with database_down():
        assert client.get(FORM).status_code >= 500


# --- A full disk --------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_and_the_text_comes_back(client, monkeypatch, number):
    data = form_data(title="My long work", licence="CC-BY-4.0")

    def full(self, name, content):
        raise OSError(number, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "_save", full)
        page = Page(client.post(FORM, {**data, "file": make_upload()}))

    assert (page.status, holds(page)) == (507, True)
    assert "We have no space left to save" in page.words
    assert (Contribution.objects.count(), ContributionFile.objects.count()) == (0, 0)
    assert client.post(FORM, resent(page)).status_code == 302


@pytest.mark.parametrize("message", ["database or disk is full", "could not extend file: No space left on device"])
def test_a_database_without_space_is_told_too(client, message):
    data = form_data(title="My long work")
    with database_down(message):
        page = Page(client.post(FORM, data))
    assert (page.status, holds(page)) == (507, True)


def test_another_fault_of_the_system_is_not_taken_for_a_full_disk(client, monkeypatch):
    def broken(self, name, content):
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(FileSystemStorage, "_save", broken)
    client.raise_request_exception = False
    assert client.post(FORM, form_data(licence="CC-BY-4.0", file=make_upload())).status_code == 500
