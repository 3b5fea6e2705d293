"""Tables out and in again: nothing is lost, nothing wrong gets in, and a file can hold anything at all."""

import csv
import io
import re
import zipfile
from datetime import datetime
from html.parser import HTMLParser
from itertools import product

import openpyxl
import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.forms.models import model_to_dict
from django.urls import reverse

from catalogue.models import Network, Organization
from contributions.models import Resource
from resourcecenter.core.pagecache import current_generation
from resourcecenter.core.search import search
from resourcecenter.core.tables import files
from tests.contributions.pages import Page
from tests.factories import (
    make_contribution,
    make_curator,
    make_moderator,
    make_network,
    make_organization,
    make_phase,
    make_resource,
    make_topic,
    make_user,
)

pytestmark = pytest.mark.django_db

MODELS = [Organization, Network, Resource]
CSV, XLSX = 0, 1
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
each_format = pytest.mark.parametrize("file_format", [CSV, XLSX], ids=["csv", "xlsx"])


def address(model, page):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def as_csv(*rows):
    """A table of dicts that name the same columns."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def as_xlsx(*rows):
    """A table of lists, the first of which names the columns."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def upload(client, model, content, name="table.csv"):
    """The dry run."""
    response = client.post(address(model, "import"), {"import_file": SimpleUploadedFile(name, content), "resource": 0})
    assert response.status_code == 200
    return response


def confirm(client, model, dry_run):
    sent = Page(dry_run).sent  # of two forms, the first confirms
    data = {name: sent[name][0] for name in ("import_file_name", "format")}
    return client.post(address(model, "process_import"), data)


def bring_in(client, model, content, name="table.csv"):
    """Both steps, of a table that is right."""
    dry_run = upload(client, model, content, name)
    response = confirm(client, model, dry_run)
    assert response.status_code == 302, Page(response).words
    return dry_run.context["result"]


def take_out(client, model, file_format=CSV):
    response = client.post(address(model, "export"), {"format": file_format})
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    return response.content


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def errors(response):
    """What the page says is wrong: (row, column, sentence), or only the sentences above the form."""
    result = response.context.get("result")
    if not result:
        return [str(error) for error in response.context["form"].errors.get("import_file", [])]
    base = [message for error in result.base_errors for message in error.error.messages]
    return base + [
        (row.number + 1, column, message)
        for row in result.invalid_rows
        for column, messages in row.error_dict.items()
        for message in messages
    ]


def stored_uploads():
    storage = storages["private"]
    return storage.listdir(files.UPLOADS)[1] if storage.exists(files.UPLOADS) else []


@pytest.fixture
def curator(client):
    client.force_login(make_curator())
    return client


# --- There and back -----------------------------------------------------------------------------


def everything():
    return [
        [{**model_to_dict(record), "changed_at": record.changed_at} for record in model.objects.all()]
        + [list(relation.related_model.objects.values()) for relation in model._meta.related_objects]
        for model in MODELS
    ]


def test_what_is_exported_and_imported_again_changes_nothing(curator):
    call_command("load_content", verbosity=0, stdout=io.StringIO())
    before, generation = everything(), current_generation()
    for model, file_format in product(MODELS, (CSV, XLSX)):
        name = "table.xlsx" if file_format == XLSX else "table.csv"
        response = upload(curator, model, take_out(curator, model, file_format), name)
        totals = response.context["result"].totals
        assert errors(response) == []
        assert (totals["skip"], totals["new"], totals["update"]) == (model.objects.count(), 0, 0)
        assert (everything(), current_generation()) == (before, generation)


@each_format
def test_all_that_a_network_says_comes_back_after_it_was_lost(curator, file_format):
    make_organization("USAID", slug="usaid")
    topic = make_topic("Launch")
    network = make_network(
        "Groove", slug="groove", acronym="G", description="Two\n\n- lines\n    - nested", starts="2009-06", ends="2011",
        countries=["KE", "PE"], levels=["network", "industry"], facilitated=False, confirmed_on="2024-02-29",
        tags=[topic], notes="=1+1", website="https://example.org/?a=b|c",
    )  # fmt: skip
    network.memberships.create(organization=Organization.objects.get(), role="funder")
    network.learning_questions.create(text=r"Either | or \ both?", level="network")
    network.deliverables.create(title="-Guide", year=2010, url="https://example.org/a|b")
    network.sources.create(title="A talk", facts="dates")
    name = "table.xlsx" if file_format == XLSX else "table.csv"
    first, table = take_out(curator, Network), take_out(curator, Network, file_format)
    network.delete()
    bring_in(curator, Network, table, name)
    assert take_out(curator, Network) == first
    assert rows_of(first)[0]["memberships"] == "funder: usaid"


def test_a_resource_keeps_its_deliverable_its_network_and_its_phases(curator):
    network = make_network(slug="groove", deliverables=1)
    make_resource(network=network, deliverable=network.deliverables.get(), phases=[make_phase(1), make_phase(2)])
    table = take_out(curator, Resource)
    Resource.objects.all().delete()
    bring_in(curator, Resource, table)
    (row,) = rows_of(table)
    assert (row["network"], row["deliverable"], row["phases"]) == (
        "groove",
        "groove: Deliverable 0",
        "phase-1, phase-2",
    )
    assert take_out(curator, Resource) == table


def test_names_and_labels_do_as_well_as_slugs_and_codes(curator):
    make_organization("Care", slug="care")
    make_topic("Launch")
    row = {"slug": "", "name": "Groove", "summary": "Four.", "kind": "Learning Alliance", "countries": "Kenya; pe",
           "memberships": "convenor: Care; Member: care", "tags": "launch", "resourced": "YES"}  # fmt: skip
    bring_in(curator, Network, as_csv(row))
    network = Network.objects.get(slug="groove")
    assert (network.kind, [country.code for country in network.countries]) == ("learning_alliance", ["KE", "PE"])
    assert [membership.role for membership in network.memberships.all()] == ["convenor", "member"]
    assert ([tag.name for tag in network.tags.all()], network.resourced) == (["Launch"], True)


def test_a_deliverable_that_changes_stays_the_one_that_a_resource_is(curator):
    network = make_network(slug="groove", deliverables=2)
    resource = make_resource(network=network, deliverable=network.deliverables.last())
    bring_in(curator, Network, as_csv({"slug": "groove", "deliverables": "New\nDeliverable 1 | industry | | 2011"}))
    resource.refresh_from_db()
    assert (resource.deliverable.title, resource.deliverable.year) == ("Deliverable 1", 2011)
    assert [line.title for line in network.deliverables.all()] == ["New", "Deliverable 1"]


def test_a_column_that_is_left_out_and_a_cell_that_says_the_same_leave_the_record_alone(curator):
    network = make_network(slug="groove", acronym="G", description="One\r\nTwo", members=1, questions=1)
    dry_run = upload(curator, Network, as_csv({"slug": "groove", "summary": "New.", "description": "One\nTwo"}))
    assert [change.column for row in dry_run.context["result"] for change in row.diff] == ["summary"]
    confirm(curator, Network, dry_run)
    network.refresh_from_db()
    assert (network.summary, network.acronym, network.description) == ("New.", "G", "One\r\nTwo")
    assert (network.memberships.count(), network.learning_questions.count()) == (1, 1)


def test_an_empty_cell_empties_the_value(curator):
    make_network(slug="groove", acronym="G", facilitated=True, members=2, countries=["KE"])
    bring_in(
        curator,
        Network,
        as_csv({"slug": "groove", "acronym": "", "facilitated": "", "memberships": "", "countries": ""}),
    )
    network = Network.objects.get()
    assert (network.acronym, network.facilitated, network.memberships.count(), len(network.countries)) == (
        "",
        None,
        0,
        0,
    )


def test_a_row_can_name_an_entry_that_a_row_above_makes(curator):
    bring_in(curator, Organization, as_csv({"slug": "aid", "name": "Aid", "parent": ""},
                                           {"slug": "", "name": "Aid Peru", "parent": "aid"}))  # fmt: skip
    assert Organization.objects.get(slug="aid-peru").parent.slug == "aid"


def test_semicolons_and_what_excel_makes_of_numbers_and_days_are_understood(curator):
    bring_in(curator, Network, "slug;name;summary;starts\n;Groove;Four;2009\n".encode("utf-8-sig"))
    table = as_xlsx(["Slug", "starts", "ended_undated"], ["groove", 2010, True], [None, None, None])
    bring_in(curator, Network, table, "table.xlsx")
    assert (Network.objects.get().starts, Network.objects.get().ended_undated) == ("2010", True)
    bring_in(curator, Network, as_xlsx(["slug", "starts"], ["groove", datetime(2011, 3, 4)]), "TABLE.XLSX")
    assert Network.objects.get().starts == "2011-03-04"


# --- Mistakes -----------------------------------------------------------------------------------

WRONG = {
    "no name": ({"name": ""}, "name"),
    "a name that is there": ({"name": "Taken"}, "name"),
    "too long": ({"acronym": "x" * 41}, "acronym"),
    "a date in words": ({"starts": "June 2009"}, "starts"),
    "a day that is none": ({"confirmed_on": "2024-02-30"}, "confirmed_on"),
    "a script for an address": ({"website": "javascript:alert(1)"}, "website"),
    "another scheme": ({"website": "ftp://example.org/"}, "website"),
    "a kind that is none": ({"kind": "club"}, "kind"),
    "a level that is none": ({"levels": "network, village"}, "levels"),
    "a country that is none": ({"countries": "KE, XX"}, "countries"),
    "neither yes nor no": ({"facilitated": "perhaps"}, "facilitated"),
    "a topic that is none": ({"tags": "nothing"}, "tags"),
    "an organization that is none": ({"memberships": "member: nobody"}, "memberships"),
    "a role that is none": ({"memberships": "chair: known"}, "memberships"),
    "a member without a role": ({"memberships": "known"}, "memberships"),
    "a member twice": ({"memberships": "member: known; member: Known"}, "memberships"),
    "a year of two digits": ({"deliverables": "Guide | | | 09"}, "deliverables"),
    "a year in words": ({"deliverables": "Guide | | | last"}, "deliverables"),
    "too many parts": ({"learning_questions": "a | network | b"}, "learning_questions"),
    "a source of nothing": ({"sources": "| | dates"}, "sources"),
    "a source with a script": ({"sources": "javascript:alert(1)"}, "sources"),
    "an end before the start": ({"starts": "2010", "ends": "2009"}, "__all__"),
    "an end with and without a date": ({"ends": "2009", "ended_undated": "yes"}, "__all__"),
}


@pytest.mark.parametrize(("wrong", "column"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_shown_with_its_row_and_column_and_nothing_is_written(curator, wrong, column):
    make_organization("Known", slug="known")
    make_network("Taken")
    good = {"slug": "", "name": "Good", "summary": "Right."}
    columns = dict.fromkeys([*good, *wrong], "")
    response = upload(
        curator,
        Network,
        as_csv(
            {**columns, **good}, {**columns, **good, "name": "Second", **wrong}, {**columns, **good, "name": "Third"}
        ),
    )
    assert [(row, name) for row, name, _sentence in errors(response)] == [(3, column)]
    assert "<td>3</td>" in response.content.decode()
    assert "confirm_form" not in response.context
    assert (Network.objects.count(), stored_uploads()) == (1, [])


def test_a_list_tells_the_line_and_the_part_that_is_wrong(curator):
    row = {
        "slug": "",
        "name": "Groove",
        "summary": "Four.",
        "deliverables": "Right\nGuide | | | 2009 | ftp://example.org",
    }
    ((_row, _column, sentence),) = errors(upload(curator, Network, as_csv(row)))
    assert re.match("Line 2: url: Enter a whole web address", sentence)


def test_a_text_of_a_resource_has_the_length_that_its_form_allows(curator):
    row = {"slug": "", "title": "Guide", "kind": "tool", "summary": "Good.", "body": "x" * 20_001}
    assert [name for _row, name, _sentence in errors(upload(curator, Resource, as_csv(row)))] == ["body"]


def test_characters_that_cannot_be_seen_are_taken_out(curator):
    row = {"slug": "", "name": "Gr\u202eo\u200bove  net", "summary": "Four\u2028five", "description": "a\u200bb\r\nc"}
    bring_in(curator, Network, as_csv(row))
    network = Network.objects.get()
    assert (network.name, network.summary, network.description) == ("Groove net", "Four five", "ab\nc")


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (b"name\nGroove\n", "There is no column “slug”"),
        (b"slug,sumary\n,Four\n", "There is no column “sumary”"),
        (b"slug,name,name\n,Four,Five\n", "is there twice"),
        (b"slug,name\n,Four,Five\n", "Row 2 goes on"),
        (b"slug,name\n", "has no rows"),
        (b"\n\n", "has no rows"),
    ],
)
def test_a_table_of_the_wrong_shape_is_refused_with_the_reason(curator, table, sentence):
    response = upload(curator, Network, table)
    assert [sentence in error for error in errors(response)] == [True]
    assert sentence in Page(response).words
    assert (Network.objects.count(), stored_uploads()) == (0, [])


def test_a_slug_that_is_there_twice_is_a_mistake(curator):
    make_network(slug="groove")
    response = upload(curator, Network, as_csv({"slug": "groove", "acronym": "A"}, {"slug": "groove", "acronym": "B"}))
    assert errors(response) == [(3, "slug", "Row 2 has this slug already.")]


def test_what_went_wrong_since_the_dry_run_is_shown_and_nothing_is_written(curator):
    dry_run = upload(
        curator, Network, as_csv(*({"slug": "", "name": name, "summary": "Four."} for name in ("One", "Groove")))
    )
    make_network("Groove")
    response = confirm(curator, Network, dry_run)
    assert [(row, name) for row, name, _sentence in errors(response)] == [(3, "name")]
    assert (Network.objects.count(), stored_uploads(), response.status_code) == (1, [], 200)


def test_confirming_twice_imports_once(curator):
    row = {"slug": "", "title": "Guide", "kind": "tool", "summary": "Good."}
    dry_run = upload(curator, Resource, as_csv(row))
    confirm(curator, Resource, dry_run)
    again = confirm(curator, Resource, dry_run)
    assert "was imported already" in Page(again).words
    assert (Resource.objects.count(), stored_uploads()) == (1, [])


@pytest.mark.parametrize(
    "data",
    [{}, {"import_file_name": "../../db.sqlite3", "format": "0"}, {"import_file_name": "a" * 32, "format": "0"},
     {"import_file_name": "a" * 32, "format": "9", "resource": "7"}, {"import_file_name": "\0", "format": "x"}],
)  # fmt: skip
def test_a_confirmation_that_nobody_was_offered_does_nothing(curator, data):
    response = curator.post(address(Network, "process_import"), data)
    assert (response.status_code, "Nothing was imported" in Page(response).words) == (200, True)


# --- Hostile files ------------------------------------------------------------------------------


def zipped(**parts):
    """An XLSX whose parts are replaced, "/" written as "__"."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx(["slug", "name"], ["", "Groove"]))) as whole:
        names = {name.replace("/", "__").replace(".xml", ""): name for name in whole.namelist()}
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as changed:
            for key, name in names.items():
                changed.writestr(name, parts.get(key, whole.read(name)))
    return stream.getvalue()


def sheet(rows, before="", dimension="A1:B2"):
    return (
        f'<?xml version="1.0"?>{before}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'
    )


NAMES = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>slug</t></is></c><c r="B1" t="inlineStr"><is><t>name</t></is></c></row>'
)
ENTITY = '<!DOCTYPE x [<!ENTITY a "slug">]>'
FILES = {
    "empty.csv": b"",
    "empty.xlsx": b"",
    "latin.csv": "slug,name\n,Caf\xe9\n".encode("latin-1"),
    "wide.csv": "slug,name\n,Groove\n".encode("utf-16"),
    "nul.csv": b"slug,name\n,Gro\0ove\n",
    "columns.csv": b"slug" + b",x" * 5000 + b"\n" + b"1,2\n",
    "commas.csv": b"slug,name\n" + b"," * 4_000_000,
    "rows.csv": b"slug,name\n" + b",a\n" * (files.MAX_ROWS + 1),
    "quote.csv": b'slug,name\n,"' + b"x" * 200_000,
    "large.csv": b"slug,name\n" + b"x" * files.MAX_BYTES,
    "page.csv": b"<html><body>slug</body></html>",
    "table.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100,
    "table.pdf": b"%PDF-1.4",
    "table": b"slug,name\n,Groove\n",
    "csv.xlsx": b"slug,name\n,Groove\n",
    "xlsx.csv": as_xlsx(["slug"], ["a"]),
    "cut.xlsx": as_xlsx(["slug"], ["a"])[:-100],
    "broken.xlsx": zipped(xl__worksheets__sheet1="<worksheet"),
    "nosheet.xlsx": zipped(xl__workbook="<workbook/>"),
    "entity.xlsx": zipped(xl__worksheets__sheet1=sheet(NAMES, before=ENTITY)),
    "bomb.xlsx": zipped(docProps__app=b" " * (files.MAX_UNPACKED_BYTES + 1)),
    "gap.xlsx": zipped(xl__worksheets__sheet1=sheet(NAMES + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>')),
    "far.xlsx": zipped(xl__worksheets__sheet1=sheet(NAMES + '<row r="2"><c r="XFD2"><v>1</v></c></row>')),
    "nothing.xlsx": as_xlsx([]),
    "error.xlsx": zipped(xl__worksheets__sheet1=sheet(NAMES + '<row r="2"><c r="B2" t="s"><v>99</v></c></row>')),
}


@pytest.mark.parametrize(("name", "content"), FILES.items(), ids=FILES)
def test_a_file_that_is_no_table_is_refused_in_words(curator, name, content):
    response = upload(curator, Network, content, name)
    assert "result" not in response.context
    assert len(errors(response)) == 1
    assert (Network.objects.count(), stored_uploads()) == (0, [])


def test_what_a_sheet_says_of_its_size_is_not_believed(curator):
    rows = NAMES + '<row r="2"><c r="B2" t="inlineStr"><is><t>Groove</t></is></c></row>'
    table = zipped(xl__worksheets__sheet1=sheet(rows, dimension="A1:XFD1048576"))
    totals = upload(curator, Organization, table, "table.xlsx").context["result"].totals
    assert (totals["new"], totals["skip"]) == (1, 0)


# --- Formulas -----------------------------------------------------------------------------------

FORMULAS = ['=HYPERLINK("https://example.org")', "+1", "-1", "@SUM(A1)", "'=1", "''-1", "\uff1d1+1"]
PLAIN = ["1=1", "'quoted'", "a-b", "O'Neill"]


@each_format
@pytest.mark.parametrize("text", FORMULAS + PLAIN)
def test_a_formula_is_exported_as_text_and_comes_back_as_it_was(curator, text, file_format):
    make_organization(slug="org", former_name=text)
    table = take_out(curator, Organization, file_format)
    if file_format == CSV:
        cell = rows_of(table)[0]["former_name"]
    else:
        row = openpyxl.load_workbook(io.BytesIO(table)).active[2]
        cell = row[3].value
        assert {cell.data_type for cell in row if cell.value} == {"s"}
    assert cell == (f"'{text}" if text in FORMULAS else text)
    Organization.objects.update(former_name="lost")
    bring_in(curator, Organization, table, "table.xlsx" if file_format == XLSX else "table.csv")
    assert Organization.objects.get().former_name == text


def test_a_formula_in_an_import_is_not_evaluated(curator):
    bring_in(curator, Organization, as_csv({"slug": "", "name": "=1+1", "acronym": "=2+2"}))
    assert Organization.objects.get().name == "=1+1"
    table = as_xlsx(["slug", "name", "acronym"], ["", "Org", "=1+1"])
    bring_in(curator, Organization, table, "table.xlsx")
    assert Organization.objects.get(slug="org").acronym == ""


def test_a_text_too_long_for_excel_is_not_cut_but_refused(curator):
    make_network(description="x" * 40_000)
    response = curator.post(address(Network, "export"), {"format": XLSX}, follow=True)
    assert "too long for a cell of Excel" in Page(response).words
    assert len(rows_of(take_out(curator, Network))[0]["description"]) == 40_000


# --- Who may, and what is in it -----------------------------------------------------------------


@each_model
def test_moderators_may_export_but_not_import(client, model):
    client.force_login(make_moderator())
    assert take_out(client, model).startswith(b"\xef\xbb\xbf")
    assert client.get(address(model, "import")).status_code == 403
    assert (
        client.post(address(model, "import"), {"import_file": SimpleUploadedFile("a.csv", b"slug\n")}).status_code
        == 403
    )
    assert client.post(address(model, "process_import")).status_code == 403
    listed = Page(client.get(address(model, "changelist"))).links
    assert (address(model, "import") in listed, any("export/" in link for link in listed)) == (False, True)


@pytest.mark.parametrize("page", ["import", "process_import", "export"])
def test_others_may_do_neither(client, page):
    assert client.post(address(Network, page)).status_code == 302
    client.force_login(make_user("nobody"))
    assert client.post(address(Network, page)).status_code == 403


@each_format
def test_only_csv_and_xlsx_are_offered(curator, file_format):
    form = curator.get(address(Network, "export")).context["form"]
    assert [label for _value, label in form.fields["format"].choices] == ["---", "csv", "xlsx"]
    assert curator.post(address(Network, "export"), {"format": 2}).status_code == 200


def test_no_table_holds_who_contributed(curator):
    make_contribution()
    make_resource(credit="Ada of Example")
    for model in MODELS:
        table = take_out(curator, model).decode()
        assert "ada@" not in table.lower()
        assert "Ada Contributor" not in table
    assert rows_of(take_out(curator, Resource))[0]["credit"] == "Ada of Example"


def test_an_export_holds_what_the_list_shows(curator):
    make_network("Okapi", kind="learning_alliance")
    make_network("Quagga")
    response = curator.post(address(Network, "export") + "?kind=learning_alliance", {"format": CSV})
    assert [row["name"] for row in rows_of(response.content)] == ["Okapi"]


@pytest.mark.parametrize("query", ["?nonsense=1", "?q=%00", "?kind=%00", "?p=x", "?starts_by__gte=x"])
def test_an_export_answers_whatever_its_address_says(curator, query):
    assert curator.get(address(Network, "export") + query).status_code in {200, 302, 400}


# --- After an import ----------------------------------------------------------------------------


def found(text, kind="resource"):
    return search(text, kinds=[kind]).total


def test_the_search_finds_new_names_in_all_that_names_them(curator):
    network = make_network("Quagga network", slug="groove")
    make_resource("A guide", network=network)
    bring_in(curator, Network, as_csv({"slug": "groove", "name": "Okapi network"}))
    assert (found("okapi", "network"), found("okapi"), found("quagga", "network"), found("quagga")) == (1, 1, 0, 0)
    organization = make_organization("Zebra", slug="zebra")
    network.memberships.create(organization=organization)
    bring_in(curator, Organization, as_csv({"slug": "zebra", "name": "Giraffe"}))
    assert found("giraffe", "network") == 1


def test_an_import_reaches_the_public_pages_and_a_dry_run_does_not(curator):
    make_network(slug="groove")
    generation = current_generation()
    dry_run = upload(curator, Network, as_csv({"slug": "groove", "summary": "Entirely new."}))
    assert (current_generation(), Network.objects.get().summary) == (generation, "What it learnt.")
    confirm(curator, Network, dry_run)
    assert current_generation() > generation
    assert "Entirely new." in curator.get("/networks/groove/").content.decode()


def test_an_upload_that_nobody_confirms_is_gone_a_day_later(curator, monkeypatch):
    table = as_csv({"slug": "", "name": "Groove", "summary": "Four."})
    upload(curator, Network, table)
    assert len(stored_uploads()) == 1
    monkeypatch.setattr(files, "UPLOADS_KEPT_S", -1)
    upload(curator, Network, b"slug,name\n,\n")
    assert stored_uploads() == []


class Inline(HTMLParser):
    """What a strict content security policy would not let run or show."""

    def __init__(self, response):
        super().__init__()
        self.found, self.tag = [], ""
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attrs):
        self.tag = tag
        names = [name for name, _value in attrs]
        self.found += [name for name in names if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in names and dict(attrs).get("type") != "application/json"):
            self.found.append(tag)


@each_model
def test_no_page_needs_a_script_or_style_of_its_own(curator, model):
    make_network("Groove", slug="groove")
    fill = {
        "slug": "",
        "name": "New",
        "title": "New",
        "summary": "New",
        "kind": "tool" if model is Resource else "other",
    }
    right = {name: value for name, value in fill.items() if name in [column.name for column in columns(curator, model)]}
    pages = [
        curator.get(address(model, "changelist")),
        curator.get(address(model, "export")),
        curator.get(address(model, "import")),
        upload(curator, model, as_csv(right)),
        upload(curator, model, as_csv({**right, "kind": "nothing"})),
        upload(curator, model, b"nothing\n1\n"),
    ]
    assert "confirm_form" in pages[3].context
    assert [Inline(page).found for page in pages] == [[]] * len(pages)


def columns(client, model):
    return client.get(address(model, "import")).context["columns"]


@each_model
def test_the_import_page_tells_every_column_in_words_and_the_limits(curator, model):
    page = Page(curator.get(address(model, "import"))).words
    header = next(csv.reader([take_out(curator, model).decode("utf-8-sig").splitlines()[0]]))
    assert [column.name for column in columns(curator, model)] == header
    assert all(column.name in page and str(column.label) in page for column in columns(curator, model))
    assert "5 MB" in page
