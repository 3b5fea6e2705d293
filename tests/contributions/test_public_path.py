"""The path of a contributor: the form, the private page, a correction, a withdrawal; and what the public never sees."""

import re
import uuid
from urllib.parse import quote, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from catalogue.models import Network, Organization, Topic
from contributions import tokens
from contributions.models import Attachment, Contribution, ContributionFile, Resource
from contributions.models.contribution import Sender, Version
from phases.models import Phase
from resourcecenter.core import limits, uploads
from resourcecenter.core.search.index import IndexedDocument
from tests.contributions.pages import Page, private_address, resent, typed, version_data
from tests.contributions.states import State, act, contribution_in, everything, make_files
from tests.factories import (
    PDF,
    form_data,
    make_contribution,
    make_moderator,
    make_network,
    make_page,
    make_payload,
    make_phase,
    make_resource,
    make_topic,
    make_upload,
)

pytestmark = pytest.mark.django_db

FORM = "/contribute/resource/"


def full_data():
    """Every field filled in, with characters that a page must not lose or let through."""
    text = "<b>\"Quotes\"</b> & 'apostrophes' {{ braces }} ünïcödé"
    return {
        **form_data(),
        "kind": "tool",
        "title": text,
        "summary": f"{text}\n\n  second </textarea> line",
        "body": f"\n{text}\n- one\n  - two",
        "phases": [make_phase(number).slug for number in (2, 3)],
        "tags": [make_topic("Alpha").slug, make_topic("Beta").slug],
        "network": make_network().slug,
        "countries": ["KE", "PE"],
        "language": "es",
        "authors": text,
        "publisher": text,
        "date": "2009-06",
        "licence": "CC-BY-4.0",
        "you-name": text,
        "you-organization": text,
        "you-note": text,
        "you-wants_credit": "on",
    }


def of_the_record(data):
    return {name: value for name, value in data.items() if not name.startswith("you-")}


def as_sent(data):
    """The data as a browser would send it again; what was tidied is tidied."""
    values = {name: value if isinstance(value, list) else [value] for name, value in data.items()}
    return {name: [str(item).strip("\n") for item in items] for name, items in values.items() if items}


def stored_files(settings):
    return [path for path in settings.STORAGES["private"]["OPTIONS"]["location"].rglob("*") if path.is_file()]


@pytest.fixture
def moderator():
    return make_moderator()


# --- The form -----------------------------------------------------------------------------------


def test_an_empty_form_asks_for_all_it_needs_and_changes_nothing(client):
    make_phase()
    before = everything()
    page = Page(client.get(FORM))
    assert page.status == 200
    assert {"title", "summary", "url", "body", "you-name", "you-email", "you-form_key"} <= set(page.sent)
    assert uuid.UUID(page.value("you-form_key"))
    assert everything() == before


def test_what_is_sent_well_leads_to_a_private_page_with_the_reference(client):
    response = client.post(FORM, full_data())
    contribution = Contribution.objects.get()
    assert (response.status_code, response["Location"]) == (302, private_address(contribution))
    page = Page(client.get(response["Location"]))
    assert page.status == 200
    assert contribution.reference in page.words
    assert contribution.title in page.words
    assert "Waiting for a moderator" in page.words


def test_what_was_typed_is_what_is_stored(client):
    data = full_data()
    client.post(FORM, data)
    contribution = Contribution.objects.get()
    expected = of_the_record(data)
    assert contribution.payload == {**expected, "body": expected["body"].strip("\n")}
    assert contribution.form_key == uuid.UUID(data["you-form_key"])
    names = (contribution.contributor_name, contribution.contributor_organization)
    assert names == (data["you-name"], data["you-organization"])
    assert contribution.events.get().public_note == data["you-note"]
    assert (contribution.contributor_email, contribution.wants_credit) == ("ada@example.org", True)


@pytest.mark.parametrize(
    ("field", "value"),
    [("date", "June"), ("url", "javascript:alert(1)"), ("you-email", "ada"), ("you-consent", ""), ("kind", "")],
)
def test_an_error_loses_nothing_that_was_typed(client, field, value):
    data = {**full_data(), field: value}
    before = everything()

    page = Page(client.post(FORM, data))

    assert page.status == 200
    assert page.title.startswith("Error:")
    unchecked = {field} if field in {"you-consent", "kind"} else set()
    assert typed(page) == {name: values for name, values in as_sent(data).items() if name not in unchecked}
    assert everything() == before


def test_every_error_is_in_the_summary_and_beside_its_field(client):
    make_phase()
    page = Page(client.post(FORM, {"you-form_key": str(uuid.uuid4())}))
    needed = ["kind", "title", "summary", "url", "phases", "language", "you-name", "you-email", "you-consent"]
    assert sorted(page.anchors) == sorted(f"id_{name}" for name in needed)
    assert set(page.anchors) <= set(page.ids)
    assert {f"id_{name}_error" for name in needed} <= set(page.ids)
    assert page.words.count("Confirm that you have the right to share this.") == 2


def test_whatever_is_wrong_each_link_of_the_page_leads_somewhere_in_it(client):
    wrong = {name: ["\0wrong\0"] for name in form_data()}
    page = Page(client.post(FORM, wrong))
    assert page.status == 200
    assert set(page.anchors) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    described = {anchor for anchors in page.described.values() for anchor in anchors}
    assert described <= set(page.ids)


def test_a_preview_shows_the_record_and_sends_nothing(client):
    data = {**full_data(), "do": "preview"}
    before = everything()
    page = Page(client.post(FORM, data))
    assert page.status == 200
    assert "It has not been sent yet" in page.words
    assert page.words.count(data["title"]) >= 1
    assert everything() == before
    assert client.post(FORM, resent(page)).status_code == 302


@pytest.mark.parametrize("field", ["title", "body", "url", "date", "language", "kind"])
def test_a_preview_of_what_is_wrong_is_a_page_too(client, field):
    data = {**full_data(), field: "<script>alert(1)</script>", "do": "preview"}
    response = client.post(FORM, data)
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_the_same_post_twice_is_one_contribution_and_leads_to_the_same_page(client):
    data = form_data()
    first = client.post(FORM, data)
    before = everything()
    second = client.post(FORM, data)
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert everything() == before


def test_a_form_that_was_changed_after_it_was_sent_is_kept_and_can_be_sent_as_another(client):
    data = form_data()
    client.post(FORM, data)
    before = everything()
    page = Page(client.post(FORM, {**data, "title": "Another title", "url": "https://example.org/another"}))
    assert (page.status, page.value("title")) == (409, "Another title")
    assert Contribution.objects.get().reference in page.text
    assert everything() == before
    assert client.post(FORM, resent(page)).status_code == 302
    assert sorted(c.title for c in Contribution.objects.all()) == sorted([data["title"], "Another title"])


def test_who_sends_too_often_is_told_how_long_to_wait_and_keeps_the_text(client):
    for _ in range(limits.BROWSER.times):
        assert client.post(FORM, form_data(different="yes")).status_code == 302
    response = client.post(FORM, form_data(title="One too many", different="yes"))
    page = Page(response)
    assert (page.status, page.value("title")) == (429, "One too many")
    assert "Please send it again in" in page.text
    assert 0 < int(response.headers["Retry-After"]) <= limits.BROWSER.window_s


def test_two_forms_are_two_contributions(client):
    addresses = {client.post(FORM, form_data(different="yes"))["Location"] for _ in range(3)}
    assert len(addresses) == Contribution.objects.count() == 3


def test_a_form_from_elsewhere_is_refused():
    careful = Client(enforce_csrf_checks=True)
    data = form_data()
    assert careful.post(FORM, data).status_code == 403
    page = Page(careful.get(FORM))
    assert careful.post(FORM, {**data, "csrfmiddlewaretoken": page.value("csrfmiddlewaretoken")}).status_code == 302


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)(FORM).status_code == 405


# --- Odd input ----------------------------------------------------------------------------------

TEXTS = ["title", "summary", "body", "authors", "publisher", "you-name", "you-organization", "you-note"]
CHOICES = ["kind", "phases", "tags", "network", "countries", "language", "licence"]
TICKS = ["you-consent", "you-wants_credit"]
UNSEEN = ["you-opened", "you-homepage"]
FIELDS = [*TEXTS, *CHOICES, *TICKS, *UNSEEN, "url", "date", "you-email", "you-form_key"]
ODD = [
    *("\0", "\0\0a\0", "\ud83d", "\ufffe", "\u202e", "%00", "{{ 7*7 }}", "{% now 'Y' %}", "../../etc/passwd"),
    *("' OR 1=1 --", '"><script>alert(1)</script>', "9" * 400, str(2**63), "-1", "null", "[]", "😀" * 50),
]
NO_TEXT = [b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"a\x00b"]


def post_plain(client, **fields):
    """Send the fields as they are, without the care that a browser takes."""
    body = urlencode(fields, doseq=True, errors="surrogatepass")
    return client.generic("POST", FORM, body, "application/x-www-form-urlencoded")


def test_the_odd_input_reaches_every_field(client):
    make_phase(), make_topic()
    page = client.get(FORM).content.decode()
    form = page[page.index('<form class="form"') : page.rindex("</form>")]
    assert set(re.findall(r' name="([\w-]+)"', form)) - {"csrfmiddlewaretoken", "file", "do"} == set(FIELDS)


@pytest.mark.parametrize("value", ODD, ids=lambda value: ascii(value[:20]))
def test_odd_values_in_all_fields_at_once_are_refused_and_are_no_fault(client, value):
    make_phase(), make_topic(), make_network()
    for preview in [{}, {"do": "preview"}]:
        assert post_plain(client, **dict.fromkeys(FIELDS, value), **preview).status_code == 200
    assert Contribution.objects.count() == 0


@pytest.mark.parametrize("value", ODD, ids=lambda value: ascii(value[:20]))
def test_odd_texts_in_a_form_that_is_right_are_taken_or_refused_and_are_no_fault(client, value):
    odd = dict.fromkeys(TEXTS, f"a{value}"[:120])
    response = post_plain(client, **form_data(**odd))
    assert response.status_code == 302
    assert Page(client.get(response["Location"])).status == 200


@pytest.mark.parametrize("field", [*CHOICES, "url", "date", "you-email", "you-form_key"])
def test_an_odd_choice_in_a_form_that_is_right_is_refused_beside_its_field(client, field):
    make_phase(), make_topic(), make_network()
    page = Page(client.post(FORM, form_data(**{field: "' OR 1=1 --"})))
    assert (page.status, {*page.anchors}) == (200, {f"id_{field}"})


@pytest.mark.parametrize("raw", NO_TEXT, ids=ascii)
def test_bytes_that_are_no_text_are_no_fault(client, raw):
    plain = b"&".join(field.encode() + b"=" + raw for field in FIELDS)
    assert client.generic("POST", FORM, plain, "application/x-www-form-urlencoded").status_code == 200
    part = b'--X\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    parts = b"".join(part % (field.encode(), raw) for field in FIELDS) + b"--X--\r\n"
    assert client.generic("POST", FORM, parts, "multipart/form-data; boundary=X").status_code == 200


@pytest.mark.parametrize("raw", NO_TEXT[:3], ids=ascii)
def test_bytes_that_are_no_text_show_as_such_in_a_text_that_is_taken(client, raw):
    data = {name: value for name, value in form_data().items() if name not in {"title", "body"}}
    body = urlencode({**data, "title": b"Sto" + raw + b"ry", "body": b"Te" + raw + b"xt"}, doseq=True)
    assert client.generic("POST", FORM, body, "application/x-www-form-urlencoded").status_code == 302
    payload = Contribution.objects.get().payload
    assert [payload[name].replace("\N{REPLACEMENT CHARACTER}", "") for name in ("title", "body")] == ["Story", "Text"]


@pytest.mark.parametrize("field", [field for field in FIELDS if field not in {*TICKS, *UNSEEN}])
def test_a_flood_of_text_in_any_field_is_refused(client, field):
    data = {**form_data(), field: "x" * 1_000_000}
    before = everything()
    assert client.post(FORM, data).status_code in {200, 400, 413}
    assert everything() == before


def test_more_text_than_a_form_may_hold_is_refused(client):
    data = form_data(body="x" * 2_000_000)
    assert client.post(FORM, data).status_code in {400, 413}
    assert client.post(FORM, {**data, "file": make_upload()}).status_code in {400, 413}
    assert Contribution.objects.count() == 0


@pytest.mark.parametrize(
    "body", [b"", b"--X", b"--X\r\n", b"\0" * 100, b"--X\r\nContent-Disposition: form-data\r\n\r\n--X--"]
)
def test_a_body_that_is_no_form_is_no_fault(client, body):
    make_phase()
    for content_type in [
        "multipart/form-data; boundary=X",
        "multipart/form-data",
        "application/json",
        "text/plain",
        "",
    ]:
        assert client.generic("POST", FORM, body, content_type).status_code in {200, 400}


@pytest.mark.parametrize("key", [None, "", "garbage", "\0", "1" * 1000])
def test_without_a_good_form_key_nothing_is_stored_and_the_page_can_be_sent_again(client, key):
    data = {**form_data(), "you-form_key": key}
    if key is None:
        del data["you-form_key"]
    page = Page(client.post(FORM, data))
    assert (page.status, Contribution.objects.count()) == (200, 0)
    assert client.post(FORM, resent(page)).status_code == 302


# --- Files --------------------------------------------------------------------------------------


def test_a_file_is_kept_in_private_with_the_contribution(client, settings):
    client.post(FORM, form_data(url="", licence="CC-BY-4.0", file=make_upload("My story.pdf")))
    file = Contribution.objects.get().files.get()
    assert (file.name, file.media_type, file.size) == ("My story.pdf", "application/pdf", len(PDF))
    assert [path.read_bytes() for path in stored_files(settings)] == [PDF]
    assert "story" not in file.file.name


@pytest.mark.parametrize(
    ("upload", "reason"),
    [
        (SimpleUploadedFile("story.exe", b"MZ"), "story.exe is not a type of file that can be shared here."),
        (
            SimpleUploadedFile("story.svg", b"<svg/>", "image/png"),
            "story.svg is not a type of file that can be shared here.",
        ),
        (SimpleUploadedFile("story.pdf", b"<script>", "application/pdf"), "This file is named .pdf but is not PDF."),
        (SimpleUploadedFile("story.pdf", b""), "This file is empty."),
        (SimpleUploadedFile("story.pdf", b"%PDF-1.4\n" + b"0" * uploads.MAX_BYTES), "20 MB can be sent at most."),
    ],
    ids=["program", "svg", "mislabelled", "empty", "too large"],
)
def test_a_file_that_is_refused_is_refused_with_the_reason_and_nothing_is_stored(client, settings, upload, reason):
    data = {**full_data(), "file": upload}
    before = everything()

    page = Page(client.post(FORM, data))

    assert page.status == 200
    assert page.words.count(reason) == 2  # in the summary and beside the field
    assert page.anchors == ["id_file"]
    assert typed(page) == as_sent({name: value for name, value in data.items() if name != "file"})
    assert (everything(), stored_files(settings)) == (before, [])


# --- The private page ---------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_the_private_page_changes_nothing(client, state, method, moderator):
    contribution = contribution_in(state, by=moderator)
    before = everything()
    for _ in range(10):
        assert getattr(client, method)(private_address(contribution)).status_code == 200
    assert everything() == before


@pytest.mark.parametrize("state", State)
def test_the_private_page_offers_what_fits_the_state(client, state, moderator):
    contribution = contribution_in(state, by=moderator)
    page = Page(client.get(private_address(contribution)))
    can_act = state in {State.PENDING, State.CHANGES_REQUESTED}
    assert (private_address(contribution, "revise") in page.links) is can_act
    assert (b"withdraw/" in page.response.content) is can_act


def test_the_sender_reads_the_note_to_them_and_not_the_internal_one(client, moderator):
    contribution = make_contribution()
    act("request_changes", contribution, by=moderator, public_note="More <b>please</b>.", internal_note="Hush.")
    page = Page(client.get(private_address(contribution)))
    assert "More <b>please</b>." in page.words
    assert "Hush" not in page.words


def test_the_sender_is_not_told_which_moderator_decided(client):
    contribution = contribution_in(State.REJECTED, by=make_moderator("marker"))
    assert b"marker" not in client.get(private_address(contribution)).content


@pytest.mark.parametrize(
    "name", ["status", "preview", "revise", "withdraw", "answer", "appeal", "delete-my-data", "my-address", "files/1"]
)
def test_no_other_token_opens_a_private_page(client, name):
    contribution = make_contribution()
    token = tokens.token_for(contribution.form_key)
    wrong = [
        *(token[:-1], token + "x", token.swapcase(), token[::-1], f" {token}", f"{token}\0", f"{token}="),
        *(contribution.token_hash, str(contribution.form_key), contribution.reference, str(contribution.pk)),
        *("x", "0", "-1", "..", "%", "null", "None", "*", "' OR 1=1 --", "ü", "\ud7ff", "\0", "x" * 5000),
        tokens.token_for(uuid.uuid4()),
    ]
    before = everything()
    for each in wrong:
        address = f"/contributions/{quote(each, safe='')}/" + ("" if name == "status" else f"{name}/")
        method = client.post if name in {"withdraw", "my-address"} else client.get
        response = method(address, version_data(contribution))
        assert (each, response.status_code) == (each, 404)
        assert "no-store" in response["Cache-Control"]
    assert client.get("/contributions/").status_code == 404
    assert everything() == before


def test_a_link_made_with_an_older_secret_still_opens_the_page(client, settings):
    address = private_address(make_contribution())
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a newer one", [settings.SECRET_KEY]
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", ["status", "revise", "withdraw", "withdrawn", "contribute", "wrong", "sent"])
def test_private_pages_are_kept_by_nobody(client, name):
    contribution = make_contribution()
    get, post = client.get, client.post
    response = {
        "status": lambda: get(private_address(contribution)),
        "revise": lambda: get(private_address(contribution, "revise")),
        "withdraw": lambda: get(private_address(contribution, "withdraw")),
        "withdrawn": lambda: post(private_address(contribution, "withdraw"), version_data(contribution)),
        "contribute": lambda: get(FORM),
        "wrong": lambda: post(FORM, {}),
        "sent": lambda: post(FORM, form_data()),
    }[name]()
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    assert response["X-Robots-Tag"] == "noindex"
    is_secret = name in {"status", "revise", "withdraw", "withdrawn"}
    assert response["Referrer-Policy"] == ("no-referrer" if is_secret else "same-origin")
    assert response["X-Frame-Options"] == "DENY"
    assert "sessionid" not in response.cookies
    assert "ETag" not in response


def test_no_page_of_the_private_path_names_its_address_to_crawlers(client):
    contribution = make_contribution()
    token = tokens.token_for(contribution.form_key)
    for name in ["status", "revise"]:
        page = client.get(private_address(contribution, name)).content.decode()
        assert '<meta name="robots" content="noindex">' in page
        assert "canonical" not in page
    assert token not in client.get("/robots.txt").content.decode()


# --- Correcting what was sent -------------------------------------------------------------------


def test_the_form_for_a_correction_holds_what_was_sent(client):
    data = full_data()
    client.post(FORM, data)
    contribution = Contribution.objects.get()
    page = Page(client.get(private_address(contribution, "revise")))
    assert typed(page) == {**of_the_record(as_sent(data)), "state": ["pending"], "revision": ["1"], "record": [""]}
    assert page.title.startswith("Change what you sent")


@pytest.mark.parametrize("state", [State.PENDING, State.CHANGES_REQUESTED])
def test_a_correction_goes_back_to_the_queue(client, state, moderator):
    contribution = contribution_in(state, by=moderator, files=make_files(), licence="CC-BY-4.0")
    page = Page(client.get(private_address(contribution, "revise")))
    assert "story.pdf" in page.words

    response = client.post(private_address(contribution, "revise"), {**resent(page), "title": "Corrected"})

    assert (response.status_code, response["Location"]) == (302, private_address(contribution))
    contribution.refresh_from_db()
    assert (contribution.version, contribution.title) == (Version(State.PENDING, 2), "Corrected")
    assert [file.name for file in contribution.files.all()] == ["story.pdf"]


def test_a_new_file_joins_the_old_one(client, settings):
    contribution = make_contribution(files=make_files(), licence="CC-BY-4.0")
    data = {**make_payload(licence="CC-BY-4.0"), **version_data(contribution)}
    sent = client.post(private_address(contribution, "revise"), {**data, "file": make_upload("new.pdf", PDF + b"2")})
    assert sent.status_code == 302
    assert [file.name for file in contribution.files.all()] == ["story.pdf", "new.pdf"]
    assert sorted(path.read_bytes() for path in stored_files(settings)) == [PDF, PDF + b"2"]


def test_an_old_file_goes_where_its_sender_ticks_it(client, settings, django_capture_on_commit_callbacks):
    contribution = make_contribution(files=make_files(), licence="CC-BY-4.0")
    data = {
        **make_payload(licence="CC-BY-4.0"),
        **version_data(contribution),
        "file": make_upload("new.pdf", PDF + b"2"),
        "remove": contribution.files.get().pk,
    }
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(private_address(contribution, "revise"), data).status_code == 302
    assert [file.name for file in contribution.files.all()] == ["new.pdf"]
    assert [path.read_bytes() for path in stored_files(settings)] == [PDF + b"2"]


def test_a_correction_with_an_error_loses_nothing_and_stores_nothing(client):
    contribution = make_contribution()
    data = of_the_record({**full_data(), "date": "June", **version_data(contribution, record="")})
    before = everything()
    page = Page(client.post(private_address(contribution, "revise"), data))
    assert page.status == 200
    assert page.title.startswith("Error:")
    assert typed(page) == {**as_sent(data), "revision": ["1"]}
    assert everything() == before


def test_a_correction_of_what_changed_meanwhile_is_refused_and_keeps_the_text(client, moderator):
    contribution = make_contribution()
    data = {**make_payload(title="My long work"), **version_data(contribution)}
    act("request_changes", contribution, by=moderator)
    before = everything()

    page = Page(client.post(private_address(contribution, "revise"), data))

    assert page.status == 409
    assert "changed while you were writing" in page.words
    assert page.value("title") == "My long work"
    assert everything() == before
    assert client.post(private_address(contribution, "revise"), resent(page)).status_code == 302
    contribution.refresh_from_db()
    assert (contribution.version, contribution.title) == (Version(State.PENDING, 2), "My long work")


@pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED, State.WITHDRAWN])
def test_a_correction_that_comes_after_the_decision_is_refused_and_keeps_the_text(client, state, moderator):
    contribution = contribution_in(state, by=moderator)
    data = {**make_payload(title="My long work"), "state": "pending", "revision": 1}
    before = everything()
    page = Page(client.post(private_address(contribution, "revise"), data))
    assert page.status == 409
    assert page.value("title") == "My long work"
    assert everything() == before


@pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED, State.WITHDRAWN])
def test_there_is_no_form_for_what_is_decided(client, state, moderator):
    contribution = contribution_in(state, by=moderator)
    response = client.get(private_address(contribution, "revise"))
    assert (response.status_code, response["Location"]) == (302, private_address(contribution))


@pytest.mark.parametrize("revision", ["", "0", "-1", "x", str(2**31), str(2**63), "9" * 5000, "\0", None])
@pytest.mark.parametrize("name", ["revise", "withdraw"])
def test_an_odd_revision_changes_nothing_and_is_no_fault(client, name, revision):
    contribution = make_contribution()
    data = {**make_payload(), **version_data(contribution, revision=revision)}
    if revision is None:
        del data["revision"]
    before = everything()
    response = client.post(private_address(contribution, name), data)
    assert response.status_code in {200, 400, 409}
    assert everything() == before


# --- Taking it back -----------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.PENDING, State.CHANGES_REQUESTED])
def test_a_contribution_is_taken_back_by_a_page_that_asks_and_a_button(client, state, moderator):
    contribution = contribution_in(state, by=moderator)
    assert private_address(contribution, "withdraw") in Page(client.get(private_address(contribution))).links
    page = Page(client.get(private_address(contribution, "withdraw")))
    response = client.post(private_address(contribution, "withdraw"), resent(page))
    assert (response.status_code, response["Location"]) == (302, private_address(contribution))
    contribution.refresh_from_db()
    assert contribution.state == State.WITHDRAWN


@pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED, State.WITHDRAWN])
def test_what_is_decided_cannot_be_taken_back(client, state, moderator):
    contribution = contribution_in(state, by=moderator)
    before = everything()
    page = Page(client.post(private_address(contribution, "withdraw"), {"state": "pending", "revision": 1}))
    assert page.status == 409
    assert "had already changed, so nothing was done" in page.words
    assert everything() == before


def test_what_was_corrected_in_another_window_is_not_taken_back_from_the_first(client):
    contribution = make_contribution()
    page = Page(client.get(private_address(contribution, "withdraw")))
    act("revise", contribution, by=None)
    before = everything()
    assert client.post(private_address(contribution, "withdraw"), resent(page)).status_code == 409
    assert everything() == before


def test_a_link_alone_takes_nothing_back():
    careful, contribution = Client(enforce_csrf_checks=True), make_contribution()
    before = everything()
    assert careful.get(private_address(contribution, "withdraw")).status_code == 200
    assert careful.post(private_address(contribution, "withdraw"), version_data(contribution)).status_code == 403
    assert everything() == before


# --- What the public never sees -----------------------------------------------------------------

HIDDEN = [state for state in State if state != State.APPROVED]
NAMESPACES = ["phases", "catalogue", "contributions"]
GUESSES = ["/files/{}/story.pdf", "/resources/{}/", "/contributions/{}/", "/contributions/LN-{:05d}/"]
ANSWERS_BY_WORD = ["/search/?q={}", "/resources/?q={}", "/networks/?q={}", "/resources/{}/", "/resources/title-{}/"]


def marked(word, *, sender="Ada"):
    """A contribution with the word in all that becomes public by an approval, and in its file."""
    return {
        **dict.fromkeys(["summary", "authors", "publisher"], word),
        "title": f"Title {word}",
        "body": f"# {word}",
        "url": f"https://{word}.example.org",
        "licence": "CC-BY-4.0",
        "files": make_files(make_upload(f"{word}.pdf", PDF + word.encode())),
        "sender": Sender(f"Name {sender}", f"{sender}@example.org", f"Organization {sender}", wants_credit=False),
    }


@pytest.fixture
def _public_site():
    """A record of every kind that has a page."""
    for name in ["what-is-a-learning-network", "glossary", "contribute"]:
        make_page(name)
    make_phase(6), make_topic("Public topic"), make_network("Public network", members=1), make_resource("Public tool")


def public_addresses():
    """Every public page that can be reached or guessed."""
    resolvers = [(f"{name}:", get_resolver().namespace_dict[name][1]) for name in NAMESPACES]
    names = [prefix + name for prefix, resolver in [("", get_resolver()), *resolvers] for name in _names(resolver)]
    models = [Phase, Topic, Network, Organization, Resource, Attachment]
    keys = {record.pk for model in (Contribution, ContributionFile, Attachment) for record in model.objects.all()}
    numbers = sorted({0, 1, 2, *keys, *(key + 1 for key in keys)})
    return [
        *sorted(filter(None, map(_without_arguments, names))),
        *(record.get_absolute_url() for model in models for record in model.objects.all()),
        *(form.format(number) for number in numbers for form in GUESSES),
    ]


def _names(resolver):
    return [name for name in resolver.reverse_dict if isinstance(name, str)]


def _without_arguments(name):
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def answer(client, address):
    """Status and content, in small letters, and where it leads on to."""
    response = client.get(address)
    assert response.status_code in {200, 301, 302, 404, 405}
    content = response.getvalue().decode("utf-8", "replace") + response.get("Location", "")
    return response.status_code, content.lower()


def places_with(client, word):
    return [address for address in public_addresses() if word in answer(client, address)[1]]


def tells_apart(client, word, *, unheard_of="xqzjvk"):
    """The addresses that answer otherwise for the word than for one of the same length that nobody wrote or meant."""
    differ = []
    for address in ANSWERS_BY_WORD:
        status, text = answer(client, address.format(word))
        if (status, text) != (status, answer(client, address.format(unheard_of))[1].replace(unheard_of, word)):
            differ.append(address)
    return differ


@pytest.mark.usefixtures("_public_site")
@pytest.mark.parametrize("state", HIDDEN)
def test_nothing_of_a_contribution_is_public_without_an_approval(client, state, moderator):
    contribution_in(state, by=moderator, **marked("quokka", sender="quokka"))
    assert places_with(client, "quokka") == []
    assert tells_apart(client, "quokka") == []
    assert "quokka" not in str(list(IndexedDocument.objects.values())).lower()


@pytest.mark.usefixtures("_public_site")
def test_after_an_approval_the_same_words_are_public(client, moderator):
    resource = contribution_in(State.APPROVED, by=moderator, **marked("quokka")).record
    file = resource.attachments.get()
    places = places_with(client, "quokka")
    assert {"/", "/resources/", resource.get_absolute_url(), file.get_absolute_url()} <= set(places)
    assert {"/search/?q={}", "/resources/?q={}", "/resources/title-{}/"} <= set(tells_apart(client, "quokka"))


@pytest.mark.usefixtures("_public_site")
def test_who_contributed_is_not_public_without_the_wish_to_be_named(client, moderator):
    contribution_in(State.APPROVED, by=moderator, **marked("wombat", sender="quokka"))
    assert places_with(client, "wombat") != []
    assert places_with(client, "quokka") == []
    assert tells_apart(client, "quokka") == []


@pytest.mark.usefixtures("_public_site")
def test_what_was_corrected_before_the_approval_is_not_public(client, moderator):
    contribution = make_contribution(**marked("quokka"))
    wombat = marked("wombat")
    files, _sender = wombat.pop("files"), wombat.pop("sender")
    act("revise", contribution, by=None, payload=make_payload(**wombat), files=files)
    act("approve", contribution, by=moderator)
    assert places_with(client, "wombat") != []
    assert places_with(client, "quokka") == []
    assert tells_apart(client, "quokka") == []


def test_a_file_of_a_contribution_has_no_public_address(client, moderator):
    contribution_in(State.PENDING, by=moderator, **marked("quokka"))
    file = ContributionFile.objects.get()
    for address in [f"/files/{file.pk}/{file.name}", f"/files/{file.file.name}", f"/media/{file.file.name}"]:
        assert client.get(address).status_code == 404
    assert client.get(reverse("admin:contributions_contribution_file", args=[1, 1])).status_code == 302
