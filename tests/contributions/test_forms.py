"""What strangers type: tidied before anything reads it, checked, and kept in a shape that the form takes in again."""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django_countries import countries

from contributions.forms import (
    RECORD_FORMS,
    NoteForm,
    ResourceForm,
    SenderForm,
    UploadForm,
    VersionForm,
    sender_form_for,
)
from contributions.forms.lost import LostLinkForm
from contributions.forms.problem import ProblemForm
from contributions.forms.resource import LANGUAGES
from contributions.licences import LICENCES, STATEMENTS
from contributions.models import Contribution, Resource
from contributions.models.contribution import Intent, Kind, Sender, Version
from resourcecenter.core import dates, uploads
from tests.factories import PDF, make_network, make_payload, make_phase, make_resource, make_topic, make_upload

pytestmark = pytest.mark.django_db

ONE_LINE = ["title", "url", "authors", "publisher", "date"]
MANY_LINES = ["summary", "body"]
MISSING = {
    "kind": "Choose whether it is a tool, guidance or a story.",
    "title": "Enter the title of the resource.",
    "summary": "Enter a summary: what it is, for whom, and what it helps with.",
    "phases": "Choose at least one phase.",
    "language": "Choose the language of the resource.",
}
ROWS = [rows.form for form in RECORD_FORMS.values() for rows in form.ROWS.values()]
SENDERS = [sender_form_for(intent, kind) for intent in Intent for kind in [Kind.RESOURCE, Kind.NETWORK]]
EVERY_FORM = [*RECORD_FORMS.values(), *ROWS, *SENDERS, ProblemForm, NoteForm, LostLinkForm]


def posted(**fields):
    """The fields as Django reads them from a request."""
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def resource_form(*, has_files=False, **fields):
    return ResourceForm(posted(**make_payload(**fields)), has_files=has_files)


def sender_form(**fields):
    valid = {"name": "Ada", "email": "ada@example.org", "consent": "on", "form_key": str(uuid.uuid4())}
    return SenderForm(posted(**{f"you-{name}": value for name, value in {**valid, **fields}.items()}))


def upload_form(*uploads):
    form = UploadForm(posted(), MultiValueDict({"file": list(uploads)}))
    form.is_valid()
    return form


def errors(form):
    """The messages of each field that has any."""
    return {name: list(messages) for name, messages in form.errors.items()}


# --- Tidying ------------------------------------------------------------------------------------


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\ufeff", "\0", "\x1b", "\ud800"], ids=ascii)
@pytest.mark.parametrize("field", ["title", "summary", "body", "authors", "publisher"])
def test_what_cannot_be_seen_is_gone_before_anything_reads_it(field, hidden):
    form = resource_form(**{field: f"{hidden}gui{hidden}de{hidden}"})
    assert errors(form) == {}
    assert (form.cleaned_data[field], form[field].value()) == ("guide", "guide")


@pytest.mark.parametrize("field", ["name", "organization"])
def test_the_names_of_senders_are_tidied_too(field):
    form = sender_form(**{field: " Ada\u202e\r\n\0 Lovelace "})
    assert errors(form) == {}
    assert form.cleaned_data[field] == "Ada Lovelace"


def test_an_address_with_a_line_break_is_no_way_into_the_head_of_a_mail():
    form = sender_form(email="ada@example.org\r\nBcc: eve@example.net")
    assert list(errors(form)) == ["email"]
    assert form["email"].value() == "ada@example.org Bcc: eve@example.net"


@pytest.mark.parametrize("field", ["title", "authors", "publisher"])
def test_a_single_line_is_one_line(field):
    form = resource_form(**{field: "first\r\n second\u2028third"})
    assert errors(form) == {}
    assert form.cleaned_data[field] == "first second third"


@pytest.mark.parametrize("field", MANY_LINES)
def test_a_text_keeps_its_lines(field):
    form = resource_form(**{field: "- first\r\n  - second\r\n"})
    assert errors(form) == {}
    assert form.cleaned_data[field] == "- first\n  - second"


def test_choices_are_tidied_like_what_is_typed():
    phase = make_phase()
    form = resource_form(phases=[phase], kind="st\0ory", licence="CC\u200b-BY-4.0")
    assert errors(form) == {}
    assert (form.cleaned_data["kind"], form.cleaned_data["licence"]) == ("story", "CC-BY-4.0")


@pytest.mark.parametrize("field", ["title", "summary"])
@pytest.mark.parametrize("nothing", ["", "  ", "\u200b", "\0", "\r\n\t"], ids=ascii)
def test_what_only_looks_filled_in_is_missing(field, nothing):
    assert errors(resource_form(**{field: nothing})) == {field: [MISSING[field]]}


def test_the_form_that_was_sent_is_not_changed_under_the_request():
    data = posted(**make_payload(title=" a  b "))
    ResourceForm(data).is_valid()
    assert data["title"] == " a  b "


# --- Something to open, and a licence for it ----------------------------------------------------


def test_there_is_a_link_a_file_or_the_text():
    nothing = {"url": "", "body": "", "licence": "CC-BY-4.0"}
    message = "Give a link, choose a file or write the text: visitors need something to open."
    assert errors(resource_form(**nothing)) == {"url": [message]}
    assert errors(resource_form(**nothing, has_files=True)) == {}
    assert errors(resource_form(**{**nothing, "url": "https://example.org"})) == {}
    assert errors(resource_form(**{**nothing, "body": "The text."})) == {}


def test_a_link_that_is_wrong_is_told_once():
    assert errors(resource_form(url="not a link", body="")) == {
        "url": ["Enter a whole web address, such as https://example.org/guide."]
    }


@pytest.mark.parametrize("licence", ["", "All rights reserved"])
def test_a_file_needs_a_licence_and_a_link_does_not(licence):
    message = "Choose the licence under which the file may be shared, or send a link only."
    assert errors(resource_form(licence=licence, has_files=True)) == {"licence": [message]}
    assert errors(resource_form(licence=licence)) == {}


@pytest.mark.parametrize("licence", [*LICENCES, *(set(STATEMENTS) - {"All rights reserved"})])
def test_a_file_may_come_under_any_licence_to_share(licence):
    assert errors(resource_form(licence=licence, has_files=True)) == {}


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "java\0script:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "ftp://example.org/guide",
        "https://",
        "https:///guide",
        "https://exa mple.org",
        "http://[::1",
        "mailto:ada@example.org",
    ],
)
def test_only_web_addresses_are_links(url):
    assert list(errors(resource_form(url=url))) == ["url"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://example.org/a?b=c&d=e#f", "https://example.org/a?b=c&d=e#f"),
        ("http://example.org", "http://example.org"),
        ("example.org/guide", "https://example.org/guide"),
        ("//example.org/guide", "https://example.org/guide"),
        (" https://example.org/\n", "https://example.org/"),
        ("https://learn.exämple.org/größe", "https://learn.exämple.org/größe"),
    ],
)
def test_a_web_address_is_kept_as_typed(typed, kept):
    form = resource_form(url=typed)
    assert errors(form) == {}
    assert form.cleaned_data["url"] == kept


# --- Bounds and choices -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "longest"), [("title", 200), ("summary", 500), ("body", 20_000), ("authors", 300), ("publisher", 200)]
)
def test_each_text_has_its_bound(field, longest):
    assert errors(resource_form(**{field: "x" * longest})) == {}
    message = f"Use at most {longest} characters here. You have {longest + 1}."
    assert errors(resource_form(**{field: "x" * (longest + 1)})) == {field: [message]}


@pytest.mark.parametrize(("field", "longest"), [("name", 120), ("organization", 200)])
def test_each_name_of_a_sender_has_its_bound(field, longest):
    assert errors(sender_form(**{field: "x" * longest})) == {}
    assert list(errors(sender_form(**{field: "x" * (longest + 1)}))) == [field]


def test_an_address_is_no_longer_than_its_column():
    longest = Contribution._meta.get_field("contributor_email").max_length
    address = f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.org"
    assert len(address) > longest
    assert list(errors(sender_form(email=address))) == ["email"]


def test_every_bound_of_the_form_is_a_bound_of_its_column():
    lengths = {name: field.max_length for name, field in ResourceForm().fields.items() if hasattr(field, "max_length")}
    assert lengths == {
        name: Resource._meta.get_field(name).max_length
        for name in ["title", "summary", "body", "url", "authors", "publisher", "date"]
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "poem"),
        ("kind", ""),
        ("phases", ["nowhere"]),
        ("phases", ["phase-1", "nowhere"]),
        ("phases", ["1"]),
        ("phases", []),
        ("tags", ["nothing"]),
        ("tags", ["\0"]),
        ("network", "nobody"),
        ("network", "1"),
        ("language", "xx"),
        ("language", "xx-yy"),
        ("language", ""),
        ("licence", "WTFPL"),
        ("licence", "cc-by-4.0"),
        ("countries", ["ZZ"]),
        ("countries", ["KE", "kenya"]),
    ],
)
def test_a_choice_that_is_not_offered_is_refused_beside_its_field(field, value):
    make_phase(), make_topic(), make_network()
    form = ResourceForm(posted(**{**make_payload(), field: value}))
    assert list(errors(form)) == [field]


@pytest.mark.parametrize("field", ["phases", "tags", "countries"])
def test_thousands_of_choices_are_refused_and_not_a_fault(field):
    form = ResourceForm(posted(**{**make_payload(), field: [f"x{number}" for number in range(2000)]}))
    assert list(errors(form)) == [field]


@pytest.mark.parametrize("field", MISSING)
def test_what_is_needed_and_missing_is_told_beside_its_field(field):
    data = posted(**make_payload())
    del data[field]
    assert errors(ResourceForm(data)) == {field: [MISSING[field]]}


@pytest.mark.parametrize("form", EVERY_FORM, ids=lambda form: form.__name__)
def test_whatever_is_missing_is_asked_for_in_a_sentence_of_its_own(form):
    needed = {n: field for n, field in form.base_fields.items() if field.required and not field.widget.is_hidden}
    assert [
        n for n, field in needed.items() if str(field.error_messages["required"]) == "This field is required."
    ] == []


def test_every_country_stands_once_by_its_region_and_what_is_chosen_stands_first():
    countries_field = ResourceForm(initial={"countries": ["PE", "KE"]})["countries"]
    groups = {str(group.name): group for group in countries_field.groups()}
    codes = [option.data["value"] for group in groups.values() for option in group.options]
    assert sorted(codes) == sorted(code for code, _name in countries)
    assert next(iter(groups)) == "Chosen"
    assert [option.data["label"] for option in groups["Chosen"].options] == ["Kenya", "Peru"]
    assert [name for name, group in groups.items() if group.is_open] == ["Chosen"]
    assert [option.data["label"] for option in groups["Elsewhere"].options] == ["Antarctica"]


@pytest.mark.parametrize(("how_many", "is_open"), [(3, True), (20, False)])
def test_topics_stand_apart_from_sectors_and_show_at_once_where_they_are_few(how_many, is_open):
    make_topic("Fishing", group="sector")
    for number in range(how_many - 1):
        make_topic(f"Topic {number:02}")
    topics, sectors = ResourceForm()["tags"].groups()
    assert [(str(group.name), len(group.options)) for group in (topics, sectors)] == [
        ("Topics", how_many - 1),
        ("Sectors", 1),
    ]
    assert (topics.is_open, sectors.is_open) == (is_open, is_open)


def test_every_language_that_is_offered_can_be_stored():
    resource = make_resource()
    for code, _name in LANGUAGES:
        resource.language = code
        resource.full_clean()


@pytest.mark.parametrize("date", ["", "2009", "2009-06", "2009-06-15", "2008-02-29", "2009?", "201X", "0001", "9999"])
def test_a_partial_date_is_taken_as_it_is(date):
    form = resource_form(date=date)
    assert errors(form) == {}
    assert form.cleaned_data["date"] == date


@pytest.mark.parametrize(
    "date",
    [
        *("June 2009", "15/06/2009", "2009-13", "2009-00", "2009-02-30", "2009-02-29", "2009-6", "20090615", "0000"),
        *("2009-21", "2009-24", "2009/2010", "Y17000", "-2009", "2009-W01", "\uff12\uff10\uff10\uff19", "..", "now"),
    ],
)
def test_what_is_no_year_month_or_day_is_refused(date):
    message = "Write a year, a month or a day: 2009, 2009-06 or 2009-06-15."
    assert errors(resource_form(date=date)) == {"date": [message]}


def test_every_date_that_is_taken_can_be_shown():
    months = [f"2009-{month:02}{end}" for month in range(42) for end in ("", "?", "-01")]
    taken = [date for date in [*months, "2009-XX", "20XX", "2009%", "2009?"] if resource_form(date=date).is_valid()]
    assert len(taken) >= 12 * 3
    assert all(dates.display(date) for date in taken)


# --- Files --------------------------------------------------------------------------------------


def test_no_file_is_no_error():
    form = upload_form()
    assert (errors(form), form.accepted_files) == ({}, [])


def test_a_good_file_is_accepted_with_what_is_known_of_it():
    (file,) = upload_form(make_upload("Ada's \u202estory.pdf")).accepted_files
    assert (file.name, file.media_type, file.size) == ("Ada's story.pdf", "application/pdf", len(PDF))
    assert len(file.sha256) == 64
    assert file.file.read() == PDF


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("story.exe", PDF),
        ("story.pdf.exe", PDF),
        ("story.svg", b"<svg onload=alert(1)>"),
        ("story.html", b"<script>"),
        ("story.pdf", b"MZ\x90\0"),
        ("story.txt", b"<!doctype html><script>"),
        ("story", PDF),
        ("story.pdf", b""),
    ],
)
def test_a_file_that_may_not_be_shared_is_refused_beside_its_field(name, content):
    form = upload_form(SimpleUploadedFile(name, content, content_type="application/pdf"))
    assert list(errors(form)) == ["file"]
    assert form.accepted_files == []


def test_a_file_that_is_too_large_is_refused_with_the_bound():
    upload = make_upload()
    upload.size = uploads.MAX_BYTES + 1
    form = upload_form(upload)
    message = "story.pdf: This file has 20.1 MB, and 20 MB can be sent at most. Make it smaller, or give its address."
    assert errors(form) == {"file": [message]}


@pytest.mark.parametrize("order", [1, -1], ids=["bad first", "good first"])
def test_of_two_files_in_one_field_only_a_checked_one_is_kept(order):
    form = upload_form(*[SimpleUploadedFile("evil.exe", b"MZ"), make_upload("good.pdf")][::order])
    ((field, (message,)),) = errors(form).items()
    assert (field, message.partition(".exe is not a type")[0]) == ("file", "evil")
    assert [file.name for file in form.accepted_files] == ["good.pdf"]


# --- The sender, and what was on the screen -----------------------------------------------------


def test_nothing_is_taken_without_consent():
    assert errors(sender_form(consent="")) == {"consent": ["Confirm that you have the right to share this."]}


def test_the_form_says_who_contributes():
    form = sender_form(name="Ada", organization="Example Network", wants_credit="on")
    assert errors(form) == {}
    assert form.sender() == Sender("Ada", "ada@example.org", "Example Network", wants_credit=True)
    form = sender_form()
    assert errors(form) == {}
    assert form.sender() == Sender("Ada", "ada@example.org", "", wants_credit=False)


@pytest.mark.parametrize("key", ["", "garbage", "1", "\0", "x" * 100_000], ids=lambda key: ascii(key[:10]))
def test_a_form_key_is_a_uuid(key):
    assert list(errors(sender_form(form_key=key))) == ["form_key"]


def test_every_empty_form_has_a_key_of_its_own():
    assert len({SenderForm()["form_key"].value() for _ in range(10)}) == 10


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"state": "pending"},
        {"revision": "1"},
        {"state": "published", "revision": "1"},
        {"state": "pending", "revision": "0"},
        {"state": "pending", "revision": "-1"},
        {"state": "pending", "revision": "1.5"},
        {"state": "pending", "revision": str(2**31)},
        {"state": "pending", "revision": str(2**63)},
        {"state": "pending", "revision": "9" * 10_000},
        {"state": "pending", "revision": "one"},
    ],
    ids=lambda fields: str(fields)[:50],
)
def test_a_version_that_no_screen_showed_is_refused(fields):
    assert not VersionForm(posted(**fields)).is_valid()


def test_a_version_is_what_the_screen_showed():
    form = VersionForm(posted(state="changes_requested", revision="7"))
    assert form.is_valid()
    assert form.version == Version("changes_requested", 7)


# --- The payload --------------------------------------------------------------------------------


def full_fields():
    return {
        "kind": "tool",
        "title": "A tool",
        "summary": "First line.\nSecond line.",
        "body": "## Heading\n\n- one\n  - two",
        "url": "https://example.org/tool",
        "phases": [make_phase(2), make_phase(4)],
        "tags": [make_topic("Alpha").slug, make_topic("Beta").slug],
        "network": make_network().slug,
        "countries": ["KE", "PE"],
        "language": "pt-br",
        "authors": "Amina; José",
        "publisher": "Example Press",
        "date": "2009-06",
        "licence": "CC-BY-SA-4.0",
    }


@pytest.mark.parametrize("fields", [dict, full_fields], ids=["short", "full"])
def test_a_payload_survives_json_and_the_form_takes_it_in_again_unchanged(fields):
    form = resource_form(**fields())
    assert errors(form) == {}
    payload = form.payload()

    again = ResourceForm.of(json.loads(json.dumps(payload)))

    assert list(payload) == list(ResourceForm().fields)
    assert errors(again) == {}
    assert again.payload() == payload
    for name, field in ResourceForm().fields.items():
        assert field.has_changed(form[name].value(), again[name].value()) is False


def test_the_payload_is_what_was_typed():
    fields = full_fields()
    form = resource_form(**fields)
    assert errors(form) == {}
    assert form.payload() == make_payload(**fields)


def test_a_payload_keeps_one_order_whatever_was_clicked_first():
    first, second = make_phase(1), make_phase(2)
    form = resource_form(phases=[second, first])
    assert errors(form) == {}
    assert form.payload()["phases"] == [first.slug, second.slug]


def test_every_error_stands_beside_a_field_with_a_label():
    for form in [ResourceForm(posted()), SenderForm(posted()), VersionForm(posted())]:
        assert form.errors
        assert set(form.errors) <= set(form.fields)
        assert all(form[name].label for name in form.errors)


def test_fields_are_read_back_in_words():
    fields = full_fields()
    form = resource_form(**fields)
    form.full_clean()
    assert {name: form.words(name) for name in form.fields} == {
        **{name: fields[name] for name in ["title", "summary", "body", "url", "authors", "publisher", "date"]},
        "kind": "Tool",
        "phases": ", ".join(phase.name for phase in fields["phases"]),
        "tags": "Alpha, Beta",
        "network": form.cleaned_data["network"].name,
        "countries": "Kenya, Peru",
        "language": "Brazilian Portuguese",
        "licence": "CC BY-SA 4.0",
    }


def test_a_preview_of_a_form_with_errors_shows_what_there_is_and_stores_nothing():
    form = resource_form(title="A title", url="javascript:alert(1)", language="xx")
    preview = form.preview()["resource"]
    assert (preview.title, preview.pk) == ("A title", None)
    assert "javascript" not in preview.url
    assert Resource.objects.count() == 0
