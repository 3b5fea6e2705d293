"""What was begun can be finished later, on any device, by a link; right or wrong, all of it is there."""

import uuid

import pytest
from django.test import Client
from post_office.models import Email

from contributions import tokens
from contributions.models import Contribution, ContributionFile, Draft
from resourcecenter.core import limits
from tests.contributions.pages import Page, private_address, resent, typed
from tests.contributions.states import everything, text_of
from tests.contributions.test_networks import network_data
from tests.contributions.test_problems import problem_data
from tests.factories import form_data, make_network, make_resource, make_upload

pytestmark = pytest.mark.django_db

FORM = "/contribute/resource/"


def draft_address(data):
    return f"/contribute/draft/{tokens.draft_token_for(uuid.UUID(data['you-form_key']))}/"


def saved(client, data, address=FORM):
    """Save the form and open its draft in another browser."""
    assert client.post(address, {**data, "do": "save"}).status_code == 200
    page = Page(Client().get(draft_address(data)))
    assert page.status == 200
    return page


def test_a_saved_form_comes_back_in_another_browser_as_it_was_typed(client):
    data = form_data(title="Half a", summary="", date="June", url="not a link", **{"you-name": "Ada <3"})
    page = saved(client, data)
    assert (page.value("title"), page.value("summary"), page.value("date")) == ("Half a", "", "June")
    assert (page.value("url"), page.value("you-name"), page.value("you-email")) == (
        "not a link",
        "Ada <3",
        "ada@example.org",
    )
    assert page.sent["phases"] == data["phases"]
    assert page.value("you-form_key") == data["you-form_key"]
    assert not page.title.startswith("Error:")


def test_saving_says_so_without_calling_anything_wrong_and_sends_the_link(client):
    data = form_data(title="")
    page = Page(client.post(FORM, {**data, "do": "save"}))
    assert (page.status, page.value("title")) == (200, "")
    assert "Saved." in page.words
    assert "Enter the title of the resource." not in page.words
    assert draft_address(data) in page.links
    mail = Email.objects.get()
    assert (mail.to, draft_address(data) in text_of(mail)) == (["ada@example.org"], True)
    assert Contribution.objects.count() == 0


def test_saving_twice_keeps_one_draft_the_newer_one(client):
    data = form_data(title="First")
    saved(client, data)
    assert saved(client, {**data, "title": "Second"}).value("title") == "Second"
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("address", ["", "ada", "\0", "a@b", '"a,b@example.org"@example.net'])
def test_without_an_address_nothing_is_saved_and_nothing_is_lost(client, address):
    data = form_data(title="My title", **{"you-email": address})
    before = everything()
    page = Page(client.post(FORM, {**data, "do": "save"}))
    assert (page.status, page.value("title")) == (200, "My title")
    assert "we need your e-mail address" in page.words
    assert "id_you-email" in page.links[-1] or "#id_you-email" in page.links
    assert everything() == before


def test_a_draft_that_is_sent_becomes_the_contribution_and_ends(client):
    page = saved(client, form_data(title="From a draft"))
    address = draft_address({"you-form_key": page.value("you-form_key")})
    response = client.post(address, resent(page))
    contribution = Contribution.objects.get()
    assert (response.status_code, response["Location"]) == (302, private_address(contribution))
    assert contribution.title == "From a draft"
    assert Draft.objects.count() == 0
    assert client.get(address).status_code == 404


def test_the_rows_of_a_network_come_back(client):
    data = network_data(name="", starts="about 2009")
    page = saved(client, data, "/contribute/network/")
    assert page.value("memberships-0-organization") == "Example Relief"
    assert page.value("memberships-1-role") == "member"
    assert page.value("deliverables-0-year") == "2011"
    assert (page.value("starts"), page.value("resourced")) == ("about 2009", "true")
    assert client.post(draft_address(data), resent(page, name="Named", starts="2009")).status_code == 302
    assert len(Contribution.objects.get().payload["memberships"]) == 2


def test_a_file_stays_with_its_draft(client):
    data = form_data(title="", licence="CC-BY-4.0")
    page = saved(client, {**data, "file": make_upload("mine.pdf")})
    assert "mine.pdf" in page.words
    assert client.post(draft_address(data), resent(page, title="Now")).status_code == 302
    assert [file.name for file in Contribution.objects.get().files.all()] == ["mine.pdf"]


def test_a_correction_and_a_problem_can_be_saved_too(client):
    network, resource = make_network("The Network"), make_resource("The Tool")
    correction = f"/contribute/correction/network/{network.slug}/"
    data = resent(Page(client.get(correction)), summary="Half a", **{"you-email": "ada@example.org"})
    data["you-form_key"] = data["you-form_key"][0]
    assert saved(client, data, correction).value("summary") == "Half a"
    data = problem_data(text="Half a")
    assert saved(client, data, f"/contribute/problem/resource/{resource.slug}/").value("text") == "Half a"


def test_a_saved_correction_whose_record_is_gone_can_still_be_read(client):
    network = make_network("The Network")
    correction = f"/contribute/correction/network/{network.slug}/"
    data = resent(Page(client.get(correction)), summary="My long work", **{"you-email": "ada@example.org"})
    data["you-form_key"] = data["you-form_key"][0]
    saved(client, data, correction)
    network.delete()
    page = Page(client.get(draft_address(data)))
    assert (page.status, page.buttons) == (200, [])
    assert "My long work" in page.words


def test_a_saved_report_whose_record_is_gone_can_still_be_read(client):
    resource = make_resource("The Tool")
    data = problem_data(text="My long work")
    saved(client, data, f"/contribute/problem/resource/{resource.slug}/")
    resource.delete()
    assert "My long work" in client.get(draft_address(data)).content.decode()


def test_looking_at_a_draft_changes_nothing_and_its_page_is_kept_by_nobody(client):
    data = form_data()
    saved(client, data)
    before = everything()
    for _ in range(3):
        response = client.get(draft_address(data))
    assert everything() == before
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    assert (response["X-Robots-Tag"], response["Referrer-Policy"]) == ("noindex", "no-referrer")


@pytest.mark.parametrize("token", ["x", "..", "%00", "x" * 3000, "'", "LN-00001"])
def test_no_other_token_opens_a_draft(client, token):
    data = form_data()
    saved(client, data)
    status = tokens.token_for(uuid.UUID(data["you-form_key"]))
    for wrong in [token, draft_address(data).split("/")[3][:-1], status]:
        assert client.get(f"/contribute/draft/{wrong}/").status_code == 404


def test_the_link_of_a_draft_is_in_no_table_but_the_outbox(client):
    data = form_data()
    saved(client, data)
    token = tokens.draft_token_for(uuid.UUID(data["you-form_key"]))
    tables = {table: rows for table, rows in everything().items() if not table.startswith("post_office.")}
    assert token not in str(tables)


def test_who_saves_too_often_is_told_to_wait_and_keeps_the_text(client):
    client.get(FORM)
    for _ in range(limits.BROWSER.times):
        client.post(FORM, form_data(do="save"))
    response = client.post(FORM, form_data(title="One too many", do="save"))
    assert (response.status_code, Page(response).value("title")) == (429, "One too many")
    assert 0 < int(response.headers["Retry-After"]) <= limits.BROWSER.window_s
    assert Draft.objects.count() == limits.BROWSER.times


def test_going_on_with_a_draft_needs_no_file_again(client):
    data = form_data(title="", licence="CC-BY-4.0", url="")
    page = saved(client, {**data, "file": make_upload()})
    again = Page(client.post(draft_address(data), resent(page)))
    assert typed(again) == typed(page)
    assert ContributionFile.objects.count() == 1
