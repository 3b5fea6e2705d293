"""A file that arrived is kept, whatever else is wrong with its form (R-9), until its sender lets go of it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contributions import desk, tokens
from contributions.models import Contribution, ContributionFile
from resourcecenter.core import limits
from tests.contributions.pages import Page, private_address, resent
from tests.contributions.states import everything, make_files
from tests.factories import PDF, form_data, make_contribution, make_upload

pytestmark = pytest.mark.django_db

FORM = "/contribute/resource/"


def data_with(*uploads, **fields):
    return form_data(url="", licence="CC-BY-4.0", file=list(uploads), **fields)


def names_of(files):
    return [file.name for file in files.all()]


def stored_files(settings):
    return [path for path in settings.STORAGES["private"]["OPTIONS"]["location"].rglob("*") if path.is_file()]


def test_a_good_file_beside_an_error_is_kept_and_named(client):
    page = Page(client.post(FORM, data_with(make_upload(), title="")))
    assert (page.status, page.anchors) == (200, ["id_title"])
    assert "Remove story.pdf" in page.words
    assert client.post(FORM, resent(page, title="Named now")).status_code == 302
    assert names_of(Contribution.objects.get().files) == ["story.pdf"]


def test_a_good_file_beside_a_wrong_one_is_kept(client):
    page = Page(client.post(FORM, data_with(SimpleUploadedFile("evil.exe", b"MZ"), make_upload("good.pdf"))))
    assert page.status == 200
    assert "evil.exe is not a type of file that can be shared here." in page.words
    assert "Remove good.pdf" in page.words
    assert "Remove evil.exe" not in page.words
    assert client.post(FORM, resent(page)).status_code == 302
    assert names_of(Contribution.objects.get().files) == ["good.pdf"]


@pytest.mark.parametrize("wanted", ["preview", "save", "add:x"])
def test_whatever_button_is_pressed_the_file_is_kept(client, wanted):
    page = Page(client.post(FORM, data_with(make_upload(), do=wanted)))
    assert "Remove story.pdf" in page.words
    assert client.post(FORM, resent(page)).status_code == 302
    assert names_of(Contribution.objects.get().files) == ["story.pdf"]


def test_a_preview_names_the_file(client):
    page = Page(client.post(FORM, data_with(make_upload("the-file.pdf"), do="preview")))
    assert page.words.count("the-file.pdf") >= 2  # in the preview and in the form


def test_several_files_come_in_one_go_and_in_several(client):
    page = Page(
        client.post(FORM, data_with(make_upload("1.pdf", PDF + b"1"), make_upload("2.pdf", PDF + b"2"), title=""))
    )
    page = Page(client.post(FORM, resent(page, file=make_upload("3.pdf", PDF + b"3"))))
    assert client.post(FORM, resent(page, title="Named now")).status_code == 302
    assert names_of(Contribution.objects.get().files) == ["1.pdf", "2.pdf", "3.pdf"]


def test_a_ticked_file_goes_and_leaves_nothing_behind(client, settings, django_capture_on_commit_callbacks):
    page = Page(
        client.post(FORM, data_with(make_upload("1.pdf", PDF + b"1"), make_upload("2.pdf", PDF + b"2"), title=""))
    )
    first = ContributionFile.objects.get(name="1.pdf")
    with django_capture_on_commit_callbacks(execute=True):
        page = Page(client.post(FORM, resent(page, remove=first.pk)))
    assert ("Remove 1.pdf" in page.words, "Remove 2.pdf" in page.words) == (False, True)
    assert [path.read_bytes() for path in stored_files(settings)] == [PDF + b"2"]


def test_when_all_files_go_something_to_open_is_asked_for(client):
    page = Page(client.post(FORM, data_with(make_upload(), title="")))
    page = Page(client.post(FORM, resent(page, title="Named", remove=ContributionFile.objects.get().pk)))
    assert (page.status, page.anchors) == (200, ["id_url"])
    assert ContributionFile.objects.count() == 0


def test_nobody_removes_a_file_of_another_form(client):
    Page(client.post(FORM, data_with(make_upload("mine.pdf"), title="")))
    mine = ContributionFile.objects.get()
    other = make_contribution(files=make_files(make_upload("sent.pdf", PDF + b"2")))
    client.post(FORM, form_data(title="", remove=[mine.pk, other.files.get().pk, "x", "\0", str(2**63)]))
    assert ContributionFile.objects.count() == 2


def test_the_same_file_chosen_again_is_kept_once(client):
    page = Page(client.post(FORM, data_with(make_upload(), title="")))
    page = Page(client.post(FORM, resent(page, file=make_upload("same.pdf"))))
    assert page.words.count("Remove ") == 1
    assert client.post(FORM, resent(page, title="Named", file=make_upload())).status_code == 302
    assert names_of(Contribution.objects.get().files) == ["story.pdf"]


def test_the_same_file_chosen_twice_at_once_is_kept_once(client):
    assert client.post(FORM, data_with(make_upload(), make_upload("same.pdf"))).status_code == 302
    assert names_of(Contribution.objects.get().files) == ["story.pdf"]


def test_five_files_come_along_and_a_sixth_is_refused(client):
    uploads = [make_upload(f"{number}.pdf", PDF + bytes([number])) for number in range(5)]
    page = Page(client.post(FORM, data_with(*uploads, title="")))
    assert page.words.count("Remove ") == 5
    page = Page(client.post(FORM, resent(page, title="Named", file=make_upload("6.pdf", PDF + b"6"))))
    assert page.status == 200
    assert page.words.count("At most 5 files can come with one contribution.") == 2
    assert len(re.findall(r"Remove \d", page.words)) == 5
    assert client.post(FORM, resent(page)).status_code == 302
    assert len(names_of(Contribution.objects.get().files)) == 5


def test_six_files_at_once_are_refused_and_the_text_kept(client):
    uploads = [make_upload(f"{number}.pdf", PDF + bytes([number])) for number in range(6)]
    page = Page(client.post(FORM, data_with(*uploads, title="My title")))
    assert (page.status, page.value("title"), page.anchors) == (200, "My title", ["id_file"])
    assert ContributionFile.objects.count() == 0


def test_a_sixth_may_come_where_another_goes(client):
    uploads = [make_upload(f"{number}.pdf", PDF + bytes([number])) for number in range(5)]
    page = Page(client.post(FORM, data_with(*uploads, title="")))
    first = ContributionFile.objects.first()
    sent = resent(page, title="Named", file=make_upload("6.pdf", PDF + b"6"), remove=first.pk)
    assert client.post(FORM, sent).status_code == 302
    assert names_of(Contribution.objects.get().files) == ["1.pdf", "2.pdf", "3.pdf", "4.pdf", "6.pdf"]


def test_strangers_cannot_fill_the_disk(client, monkeypatch, settings):
    monkeypatch.setattr(desk, "QUOTA_BYTES", len(PDF) * 2 - 1)
    make_contribution(files=make_files())
    for wanted in ["send", "preview", "save"]:
        page = Page(client.post(FORM, data_with(make_upload(), title="My title", do=wanted)))
        assert (page.status, page.value("title")) == (200, "My title")
    page = Page(client.post(FORM, data_with(make_upload(), title="My title")))
    assert page.words.count("no more can be taken in now") == 2
    assert Contribution.objects.count() == 1
    assert len(stored_files(settings)) == 1


def test_what_was_decided_counts_no_more(client, monkeypatch):
    monkeypatch.setattr(desk, "QUOTA_BYTES", len(PDF) * 2 - 1)
    contribution = make_contribution(files=make_files())
    page = Page(client.get(private_address(contribution, "withdraw")))
    client.post(private_address(contribution, "withdraw"), resent(page))
    assert client.post(FORM, data_with(make_upload())).status_code == 302


def test_who_uploads_too_often_is_told_to_wait_and_keeps_the_text(client):
    for _ in range(limits.UPLOAD.times):
        limits.wait_s(client.get("/").wsgi_request, limits.UPLOAD)
    page = Page(client.post(FORM, data_with(make_upload(), title="My title")))
    assert (page.status, page.value("title")) == (429, "My title")
    assert ContributionFile.objects.count() == 0


# --- The back button ----------------------------------------------------------------------------


def test_the_same_form_with_its_file_sent_again_leads_to_the_same_page(client, settings):
    data = data_with()
    first = client.post(FORM, {**data, "file": make_upload()})
    before = everything()
    again = client.post(FORM, {**data, "file": make_upload()})
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"])
    assert everything() == before
    assert len(stored_files(settings)) == 1


def test_the_form_sent_again_without_the_file_leads_to_the_same_page(client):
    page = Page(client.post(FORM, data_with(make_upload(), title="")))
    first = client.post(FORM, resent(page, title="Named"))
    again = client.post(FORM, resent(page, title="Named"))
    assert first["Location"] == again["Location"]


def test_a_form_sent_again_with_another_file_can_go_as_another_contribution(client):
    data = data_with()
    client.post(FORM, {**data, "file": make_upload("first.pdf")})
    first = Contribution.objects.get()

    changed = {**data, "title": "Quite another matter", "file": make_upload("second.pdf", PDF + b"2")}
    page = Page(client.post(FORM, changed))

    assert page.status == 409
    assert first.reference in page.words
    assert page.value("you-form_key") != data["you-form_key"]
    assert client.post(FORM, resent(page, different="yes")).status_code == 302
    second = Contribution.objects.exclude(pk=first.pk).get()
    assert (names_of(first.files), names_of(second.files)) == (["first.pdf"], ["second.pdf"])


def test_a_form_that_looks_like_another_is_shown_it_first_and_can_be_sent(client):
    public_word = "quokka"
    waiting = make_contribution(title=f"The {public_word} handbook", url="https://example.org/handbook")
    page = Page(client.post(FORM, form_data(title="Mine", url="https://example.org/handbook/")))
    assert page.status == 200
    assert "This may be here already." in page.words
    assert public_word not in page.words
    assert tokens.token_for(waiting.form_key) not in page.response.content.decode()
    assert Contribution.objects.count() == 1
    assert client.post(FORM, resent(page, different="yes")).status_code == 302


# --- Files of what was sent ---------------------------------------------------------------------


def test_a_ticked_file_of_a_contribution_stays_until_the_change_is_accepted(client):
    contribution = make_contribution(files=make_files(), licence="CC-BY-4.0")
    file = contribution.files.get()
    page = Page(client.get(private_address(contribution, "revise")))
    page = Page(client.post(private_address(contribution, "revise"), resent(page, title="", remove=file.pk)))
    assert page.sent["remove"] == [str(file.pk)]
    assert names_of(contribution.files) == ["story.pdf"]
    assert client.post(private_address(contribution, "revise"), resent(page, title="Named")).status_code == 302
    assert names_of(contribution.files) == []


def test_senders_can_open_their_own_file_and_nobody_elses(client):
    contribution, other = make_contribution(files=make_files()), make_contribution()
    file, token = contribution.files.get(), tokens.token_for(contribution.form_key)
    response = client.get(f"/contributions/{token}/files/{file.pk}/")
    assert response.getvalue() == PDF
    assert ("no-store" in response["Cache-Control"], response["Referrer-Policy"]) == (True, "no-referrer")
    assert client.get(f"/contributions/{tokens.token_for(other.form_key)}/files/{file.pk}/").status_code == 404
