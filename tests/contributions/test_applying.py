"""From payload to public record: all of it, nothing more, and not before the approval."""

import hashlib
import json
from datetime import date

import pytest
from django.core.files.storage import storages
from django_countries import countries

from contributions import search as resource_search
from contributions.models import Attachment, Resource
from contributions.models.contribution import Sender
from phases.models import Phase
from resourcecenter.core import search
from tests.contributions.states import State, act, contribution_in, make_correction, make_files
from tests.factories import (
    PDF,
    make_contribution,
    make_moderator,
    make_network,
    make_phase,
    make_resource,
    make_topic,
    make_upload,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return make_moderator()


def approved(moderator, **fields) -> Resource:
    contribution = make_contribution(**fields)
    record = act("approve", contribution, by=moderator)
    assert contribution.record == record
    return Resource.objects.get(pk=record.pk)


def found(text):
    return [key for _kind, key in search.keys(text, kinds=[resource_search.KIND])]


def content(file):
    """What is stored of a file."""
    with file.open("rb") as stored:
        return stored.read()


def full_payload():
    """Every field of the form filled in; made of what must exist for that."""
    make_phase(4)
    return {
        "kind": "guidance",
        "title": "How to close a network well",
        "summary": "What to hand over, to whom, and when.",
        "body": "## First\n\nWrite *everything* down.\n\n- who\n  - when",
        "url": "https://example.org/close?a=1&b=2#end",
        "phases": [make_phase(5).slug, make_phase(6).slug],
        "tags": [make_topic("Alpha").slug, make_topic("Beta").slug],
        "network": make_network("Network of origin").slug,
        "countries": ["KE", "PE"],
        "language": "es",
        "authors": "Amina Example; José Ejemplo",
        "publisher": "Example Press",
        "date": "2009-06",
        "licence": "CC-BY-4.0",
    }


# --- Every field --------------------------------------------------------------------------------


def test_every_field_of_the_payload_arrives_in_the_public_record(moderator):
    payload = full_payload()
    contribution = make_contribution(**{**payload, "phases": Phase.objects.filter(slug__in=payload["phases"])})
    contribution.refresh_from_db()
    assert contribution.payload == json.loads(json.dumps(payload)) == payload

    act("approve", contribution, by=moderator)

    record = Resource.objects.get()
    public = {
        **{name: getattr(record, name) for name in payload},
        "phases": [phase.slug for phase in record.phases.all()],
        "tags": sorted(tag.slug for tag in record.tags.all()),
        "network": record.network.slug,
        "countries": [country.code for country in record.countries],
    }
    assert public == payload
    assert (record.slug, record.date_from) == ("how-to-close-a-network-well", date(2009, 6, 1))


def test_a_short_payload_leaves_the_rest_empty(moderator):
    record = approved(moderator)
    assert (record.body, record.authors, record.publisher, record.date, record.licence, record.credit) == ("",) * 6
    assert (record.network, record.deliverable, record.date_from, list(record.countries)) == (None, None, None, [])
    assert (record.tags.count(), record.attachments.count(), record.featured) == (0, 0, False)


def test_a_contribution_from_every_country_fits(moderator):
    everywhere = sorted(code for code, _name in countries)
    assert [country.code for country in approved(moderator, countries=everywhere).countries] == everywhere


def test_all_fields_at_their_longest_fit(moderator):
    longest = {
        "title": "t" * 200,
        "summary": "s" * 500,
        "body": "b" * 20_000,
        "url": "https://example.org/" + "u" * 480,
        "authors": "a" * 300,
        "publisher": "p" * 200,
    }
    record = approved(moderator, **longest)
    assert {name: getattr(record, name) for name in longest} == longest


# --- Credit -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("organization", "wants_credit", "credit"),
    [
        ("Example Network", True, "Ada Contributor, Example Network"),
        ("", True, "Ada Contributor"),
        ("Example Network", False, ""),
    ],
)
def test_the_contributor_is_named_only_if_they_wish(organization, wants_credit, credit, moderator):
    sender = Sender("Ada Contributor", "ada@example.org", organization, wants_credit)
    assert approved(moderator, sender=sender).credit == credit


def test_the_longest_name_and_organization_can_be_credited(moderator):
    sender = Sender("n" * 120, "ada@example.org", "o" * 200, wants_credit=True)
    record = approved(moderator, sender=sender)
    assert record.credit.startswith("n" * 120 + ", " + "o" * 100)
    record.full_clean()


def test_no_public_table_holds_the_address_of_the_contributor(moderator):
    sender = Sender("Ada Contributor", "marker@example.org", "Example Network", wants_credit=True)
    record = approved(moderator, sender=sender)
    row = Resource.objects.filter(pk=record.pk).values().get()
    assert row["credit"] == "Ada Contributor, Example Network"
    assert "marker@example.org" not in str(row)
    assert found("marker@example.org") == found("marker") == []


# --- Files --------------------------------------------------------------------------------------


def test_a_file_is_copied_to_the_public_storage_and_the_private_one_stays(moderator):
    contribution = make_contribution(files=make_files(), licence="CC-BY-4.0")
    private = contribution.files.get()

    act("approve", contribution, by=moderator)

    public = Attachment.objects.get()
    digest = hashlib.sha256(PDF).hexdigest()
    assert (public.resource, public.name, public.media_type) == (contribution.record, "story.pdf", "application/pdf")
    assert (public.size, public.sha256, private.sha256) == (len(PDF), digest, digest)
    assert content(public.file) == content(private.file) == PDF
    assert (public.file.storage, private.file.storage) == (storages["default"], storages["private"])
    assert public.file.name != private.file.name
    assert not storages["default"].exists(private.file.name)
    assert not storages["private"].exists(public.file.name)


@pytest.mark.parametrize("how_many", [1, 3])
def test_all_files_arrive_in_their_order(how_many, moderator):
    names = [f"part-{number}.pdf" for number in range(how_many)]
    files = make_files(*[make_upload(name, PDF + name.encode()) for name in names])
    record = approved(moderator, files=files, licence="CC-BY-4.0")
    assert [file.name for file in record.attachments.all()] == names
    assert [content(file.file) for file in record.attachments.all()] == [PDF + name.encode() for name in names]


@pytest.mark.parametrize("state", [state for state in State if state != State.APPROVED])
def test_without_an_approval_no_file_is_in_the_public_storage(state, moderator, settings):
    contribution_in(state, by=moderator, files=make_files(), licence="CC-BY-4.0")
    folder = settings.STORAGES["default"]["OPTIONS"]["location"]
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert Attachment.objects.count() == 0


# --- Found after the approval, and not before ---------------------------------------------------


@pytest.mark.parametrize("field", ["title", "summary", "body", "authors", "publisher"])
def test_a_word_is_found_after_the_approval_and_not_before(field, moderator):
    contribution = make_contribution(**{field: "Xylophonics"})
    assert found("xylophonics") == []
    record = act("approve", contribution, by=moderator)
    assert found("xylophonics") == [record.pk]


def test_topics_phases_and_the_network_are_found_too(moderator):
    phase, topic, network = make_phase(name="Xenial"), make_topic("Yttrium"), make_network("Zeugma")
    record = approved(moderator, phases=[phase], tags=[topic.slug], network=network.slug)
    assert [found(word) for word in ["xenial", "yttrium", "zeugma"]] == [[record.pk]] * 3
    by_facet = search.search(kinds=[resource_search.KIND], facets={"phase": [phase.slug], "topic": [topic.slug]})
    assert [(hit.kind, hit.key) for hit in by_facet.hits] == [(resource_search.KIND, record.pk)]


# --- Addresses ----------------------------------------------------------------------------------


def test_an_address_that_is_taken_gets_a_number(moderator):
    make_resource(slug="a-story")
    slugs = [approved(moderator, title=title).slug for title in ["A story", "A  Story!", "A story"]]
    assert slugs == ["a-story-2", "a-story-3", "a-story-4"]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("学习网络", "resource"),
        ("🌍", "resource"),
        ("Réseaux d'apprentissage", "reseaux-dapprentissage"),
        ("../admin", "admin"),
    ],
)
def test_any_title_gives_an_address(title, slug, moderator):
    assert approved(moderator, title=title).slug == slug


def test_a_title_of_one_long_word_gives_an_address_that_fits(moderator):
    slugs = [approved(moderator, title="long" * 50).slug for _ in range(2)]
    assert slugs == [("long" * 50)[:93], ("long" * 50)[:93] + "-2"]


# --- Corrections --------------------------------------------------------------------------------


def test_an_approved_correction_changes_its_record_and_nothing_else(moderator):
    record = make_resource(
        "Old title", slug="old-address", featured=True, credit="Grace Curator", phases=[make_phase()]
    )
    contribution = make_correction(record, title="New title", url="https://example.org/new")

    act("approve", contribution, by=moderator)

    corrected = Resource.objects.get()
    assert (corrected.pk, corrected.title, corrected.url) == (record.pk, "New title", "https://example.org/new")
    assert (corrected.slug, corrected.featured, corrected.credit) == ("old-address", True, "Grace Curator")
    assert (found("new"), found("old")) == ([record.pk], [])
