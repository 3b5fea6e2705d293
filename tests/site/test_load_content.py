"""The initial content: whole, readable, and loaded again and again without harm."""

import re
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import resolve

from catalogue.models import Membership, Network, Organization, Topic
from contributions.models import Resource
from phases.models import GlossaryTerm, Page, Phase
from resourcecenter import loading
from resourcecenter.core import search
from resourcecenter.core.content import LoadedRecord
from resourcecenter.core.dates import bounds
from resourcecenter.core.pagecache import current_generation

FIXTURES = settings.BASE_DIR / "fixtures"
COUNTS = {"phases": 6, "topics": 45, "organizations": 85, "networks": 37, "resources": 100, "pages": 8, "glossary": 41}
ADDRESS_OF_OURS = re.compile(r"\]\((/[^)#?]*)")

pytestmark = pytest.mark.django_db


def fixture(name):
    return yaml.safe_load((FIXTURES / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def load(tmp_path):
    """Load records that the test makes: load(topics=[{"slug": ..., ...}])."""

    def load(**files):
        for name, records in files.items():
            (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(records, allow_unicode=True), encoding="utf-8")
        return loading.load(tmp_path)

    return load


def topic(**fields):
    return {"slug": "launch", "name": "Launch", "definition": "First meetings.", **fields}


def network(**fields):
    return {"slug": "groove", "name": "GROOVE", "summary": "Four organizations.", **fields}


def organizations(*slugs):
    return [{"slug": slug, "name": slug.upper()} for slug in slugs]


def membership(slug, role="member"):
    return {"organization": slug, "role": role}


# --- The content itself ---------------------------------------------------------------------------


def test_all_of_the_initial_content_is_loaded_once_and_the_second_run_writes_nothing(django_assert_max_num_queries):
    assert {name: tally.created for name, tally in loading.load(FIXTURES).items()} == COUNTS
    models = [Phase, Topic, Organization, Network, Resource, Page, GlossaryTerm]
    generation = current_generation()

    with django_assert_max_num_queries(40) as second:
        report = loading.load(FIXTURES)

    assert report == {name: loading.Tally(unchanged=count) for name, count in COUNTS.items()}
    assert dict(zip(COUNTS, (model.objects.count() for model in models), strict=True)) == COUNTS
    assert current_generation() == generation
    assert [query["sql"] for query in second if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))] == []


def test_the_content_is_as_the_files_say_and_can_be_found():
    loading.load(FIXTURES)

    claim = Network.objects.get(slug="claim-cla-learning-network")
    assert (claim.starts, claim.ends, str(claim.ends_by)) == ("2016-09-29", "2018-04", "2018-04-30")
    assert [country.code for country in claim.countries] == ["NE"]
    assert [question.text[:10] for question in claim.learning_questions.all()] == ["Does an in", "If so, how"]
    assert [member.organization.name for member in claim.memberships.filter(role="member")] == [
        "Counterpart International",
        "Global Knowledge Initiative",
        "MarketShare Associates",
        "Mercy Corps",
        "Pollen Group",
    ]
    assert [resource.slug for resource in claim.resources.order_by("slug")] == [
        "announcement-of-cla-learning-network-launch",
        "measuring-the-contribution-of-cla",
        "measuring-the-intangible-lessons-from-usaid-partners-on-measuring-organizational",
    ]

    said = next(phase for phase in fixture("phases") if phase["slug"] == "network-design")
    phase = Phase.objects.get(slug="network-design")
    assert [practice.title for practice in phase.practices.all()] == [line["title"] for line in said["practices"]]
    assert [question.text for question in phase.key_questions.all()] == [line["text"] for line in said["key_questions"]]

    everything = {"kinds": ["network", "resource"]}
    assert ("network", claim.pk) in search.keys("collaborating learning Niger", **everything)
    assert search.search("", **everything).total == COUNTS["networks"] + COUNTS["resources"]


@pytest.mark.parametrize("name", ["pages", "phases", "networks", "resources"])
def test_every_link_within_the_site_leads_somewhere(name):
    addresses = ADDRESS_OF_OURS.findall((FIXTURES / f"{name}.yaml").read_text(encoding="utf-8"))
    assert [address for address in addresses if not resolve(address)] == []


def test_there_are_links_within_the_site_to_follow():
    assert "/what-is-a-learning-network/" in ADDRESS_OF_OURS.findall((FIXTURES / "pages.yaml").read_text())


def test_every_date_of_the_content_can_be_read():
    dates = [
        record[name]
        for record in fixture("networks") + fixture("resources")
        for name in ("starts", "planned_end", "ends", "last_active", "date")
        if name in record
    ]
    assert len(dates) > 100
    assert all(isinstance(text, str) and bounds(text) for text in dates)


def test_every_membership_is_of_an_organization_in_the_files():
    known = {organization["slug"] for organization in fixture("organizations")}
    named = {line["organization"] for record in fixture("networks") for line in record.get("memberships", [])}
    assert named - known == set()


def test_every_topic_of_the_content_is_in_the_vocabulary():
    known = {record["slug"] for record in fixture("topics")}
    named = {slug for record in fixture("networks") + fixture("resources") for slug in record["tags"]}
    assert named - known == set()


# --- Loading again --------------------------------------------------------------------------------


def test_a_curators_field_stays_while_another_of_the_same_record_follows_the_files(load):
    load(topics=[topic()])
    Topic.objects.filter(slug="launch").update(name="Kick-off")

    report = load(topics=[topic(definition="First meetings and agreements.")])

    found = Topic.objects.get()
    assert (found.name, found.definition) == ("Kick-off", "First meetings and agreements.")
    assert report["topics"] == loading.Tally(updated=1, kept=["launch, name"])


def test_a_curators_field_stays_when_the_files_change_the_same_field(load):
    load(topics=[topic()])
    Topic.objects.update(name="Kick-off")
    for newer in ("Launching", "Start"):
        assert load(topics=[topic(name=newer)])["topics"] == loading.Tally(unchanged=1, kept=["launch, name"])
    assert Topic.objects.get().name == "Kick-off"


def test_a_field_that_a_curator_set_as_the_files_have_it_follows_them_again(load):
    load(topics=[topic()])
    Topic.objects.update(name="Kick-off")
    load(topics=[topic(name="Launching")])
    Topic.objects.update(name="Launching")
    load(topics=[topic(name="Start")])
    assert Topic.objects.get().name == "Start"


def test_a_text_that_only_went_through_a_browser_still_follows_the_files(load):
    load(networks=[network(description="One.\n\nTwo.\n")])
    Network.objects.update(description="One.\r\n\r\nTwo.")
    report = load(networks=[network(description="One.\n\nThree.\n")])
    assert (Network.objects.get().description, report["networks"].kept) == ("One.\n\nThree.\n", [])


def test_what_a_curator_adds_where_the_files_are_silent_stays_and_is_no_conflict(load):
    load(networks=[network()])
    Network.objects.update(website="https://example.org/")
    report = load(networks=[network(summary="Four large organizations.")])
    assert Network.objects.get().website == "https://example.org/"
    assert report["networks"] == loading.Tally(updated=1)


def test_a_field_that_the_files_leave_out_from_now_on_is_emptied(load):
    load(networks=[network(ends="2012", tags=[])])
    load(networks=[network()])
    assert Network.objects.get().ends == ""
    assert Network.objects.get().ends_by is None


def test_a_record_that_a_curator_made_under_the_same_address_is_only_completed(load):
    Topic.objects.create(slug="launch", name="Kick-off")
    report = load(topics=[topic()])
    found = Topic.objects.get()
    assert (found.name, found.definition) == ("Kick-off", "First meetings.")
    assert report["topics"] == loading.Tally(updated=1, kept=["launch, name"])


def test_a_record_that_a_curator_removed_stays_away(load):
    load(topics=[topic(), topic(slug="closing", name="Closing")])
    Topic.objects.get(slug="launch").delete()
    report = load(topics=[topic(name="Launching"), topic(slug="closing", name="Closing")])
    assert [found.slug for found in Topic.objects.all()] == ["closing"]
    assert report["topics"] == loading.Tally(unchanged=1, removed=1)


def test_a_record_that_is_no_longer_in_the_files_stays(load):
    load(topics=[topic(), topic(slug="closing", name="Closing")])
    load(topics=[topic()])
    assert Topic.objects.count() == 2


def test_what_points_at_a_record_that_a_curator_removed_goes_on_without_it(load):
    files = {
        "topics": [topic(), topic(slug="closing", name="Closing")],
        "organizations": [*organizations("care", "usaid"), {"slug": "ppl", "name": "PPL", "parent": "usaid"}],
    }
    both = [membership("care"), membership("usaid", "funder")]
    load(**files, networks=[network(tags=["launch", "closing"], memberships=both)])
    Topic.objects.get(slug="launch").delete()
    Membership.objects.filter(organization__slug="usaid").delete()
    Organization.objects.get(slug="usaid").delete()

    report = load(**files, networks=[network(tags=["launch", "closing"], memberships=both)])
    assert [report[name].kept for name in files] == [[], []]
    assert report["networks"] == loading.Tally(unchanged=1)

    load(networks=[network(tags=["launch", "closing"], memberships=[*both, membership("ppl")])])
    assert [member.organization.slug for member in Network.objects.get().memberships.all()] == ["care", "ppl"]


def test_topics_and_phases_follow_the_files(load):
    files = {
        "phases": [
            {"slug": f"phase-{number}", "number": number, "name": f"Phase {number}", "summary": "-", "purpose": "-"}
            for number in (1, 2)
        ],
        "topics": [topic(), topic(slug="closing", name="Closing")],
    }
    guide = {"slug": "guide", "kind": "tool", "title": "Guide", "summary": "Good."}
    load(**files, resources=[{**guide, "phases": ["phase-1"], "tags": ["launch"]}])
    load(resources=[{**guide, "phases": ["phase-2", "phase-1"], "tags": ["closing"]}])
    resource = Resource.objects.get()
    assert [phase.slug for phase in resource.phases.all()] == ["phase-1", "phase-2"]
    assert [tag.slug for tag in resource.tags.all()] == ["closing"]


@pytest.mark.parametrize("how_many", [1, 3])
def test_a_list_is_replaced_as_a_whole_in_the_order_of_the_files(load, how_many):
    members = [f"org-{number}" for number in range(how_many)]
    load(organizations=organizations(*members), networks=[network(memberships=[membership(slug) for slug in members])])
    newer = [membership(members[0], "funder"), *(membership(slug) for slug in reversed(members))]
    report = load(networks=[network(memberships=newer)])
    assert loading.value_of(Network.objects.get(), "memberships") == newer
    assert report["networks"].updated == 1
    assert load(networks=[network(memberships=newer)])["networks"].unchanged == 1


def test_a_list_that_a_curator_changed_stays(load):
    questions = [{"text": "What works?"}, {"text": "For whom?"}]
    load(networks=[network(learning_questions=questions)])
    Network.objects.get().learning_questions.first().delete()
    report = load(networks=[network(learning_questions=[*questions, {"text": "Why?"}])])
    assert [question.text for question in Network.objects.get().learning_questions.all()] == ["For whom?"]
    assert report["networks"].kept == ["groove, learning_questions"]


def test_a_resource_keeps_its_deliverable_when_others_are_added_to_the_network(load):
    load(networks=[network(deliverables=[{"title": "Guide"}])])
    groove = Network.objects.get()
    resource = Resource.objects.create(
        slug="guide", kind="tool", title="Guide", summary="Good.", network=groove, deliverable=groove.deliverables.get()
    )
    load(networks=[network(deliverables=[{"title": "Journal"}, {"title": "Guide"}])])
    resource.refresh_from_db()
    assert resource.deliverable.title == "Guide"
    assert [deliverable.title for deliverable in groove.deliverables.all()] == ["Journal", "Guide"]


def test_a_network_is_found_by_a_new_name_of_its_topic(load):
    load(topics=[topic()], networks=[network(tags=["launch"])])
    assert search.search("inception", kinds=["network"]).total == 0
    load(topics=[topic(synonyms="inception")])
    assert search.search("inception", kinds=["network"]).total == 1


# --- Files that do not fit ------------------------------------------------------------------------

WRONG = {
    "a date": ({"networks": [network(starts="last year")]}, "networks.yaml, groove, starts: "),
    "a choice": ({"networks": [network(kind="club")]}, "networks.yaml, groove, kind: "),
    "a level": ({"networks": [network(levels=["village"])]}, "networks.yaml, groove, levels: "),
    "a country": ({"networks": [network(countries=["XX"])]}, "networks.yaml, groove, countries: "),
    "an address": ({"networks": [network(website="javascript:alert(1)")]}, "networks.yaml, groove, website: "),
    "a field": ({"networks": [network(nmae="GROOVE")]}, "networks.yaml, groove, nmae: "),
    "no name": ({"networks": [{"slug": "groove", "summary": "-"}]}, "networks.yaml, groove, name: "),
    "a slug": ({"networks": [network(slug="gro ove")]}, "networks.yaml, gro ove, slug: "),
    "an end": ({"networks": [network(starts="2012", ends="2009")]}, "networks.yaml, groove: A network cannot end "),
    "a topic": ({"networks": [network(tags=["unheard-of"])]}, "networks.yaml, groove, tags: "),
    "no list": ({"networks": [network(sources="https://example.org/")]}, "networks.yaml, groove, sources: "),
    "a line": ({"networks": [network(deliverables=[{"title": "A"}, "B"])]}, "networks.yaml, groove, deliverables 2: "),
    "a year": (
        {"networks": [network(deliverables=[{"title": "A", "year": "soon"}])]},
        "networks.yaml, groove, deliverables 1, year: ",
    ),
    "an organization": (
        {"networks": [network(memberships=[membership("unheard-of")])]},
        "networks.yaml, groove, memberships 1, organization: ",
    ),
    "a member twice": (
        {"organizations": organizations("care"), "networks": [network(memberships=[membership("care")] * 2)]},
        "networks.yaml, groove, memberships: ",
    ),
    "a record twice": ({"networks": [network(), network()]}, "networks.yaml, groove: "),
    "a name twice": ({"networks": [network(), network(slug="other")]}, "networks.yaml, other, name: "),
    "no slug": ({"networks": [{"name": "GROOVE"}]}, "networks.yaml: "),
    "no records": ({"networks": "GROOVE"}, "networks.yaml: "),
}


@pytest.mark.parametrize(("files", "place"), WRONG.values(), ids=WRONG)
def test_a_file_that_does_not_fit_writes_nothing_and_the_message_names_the_place(load, files, place):
    with pytest.raises(loading.ContentInvalid) as error:
        load(topics=[topic()], **files)
    assert str(error.value).startswith(place)
    assert (Topic.objects.count(), LoadedRecord.objects.count(), current_generation()) == (0, 0, 0)


def test_a_file_that_is_not_yaml_is_named(tmp_path):
    (tmp_path / "topics.yaml").write_text("- slug: [launch")
    with pytest.raises(loading.ContentInvalid, match=r"^topics\.yaml: "):
        loading.load(tmp_path)


# --- The command ----------------------------------------------------------------------------------


def test_the_command_says_in_a_line_for_each_file_what_happened(load, tmp_path):
    load(topics=[topic()])
    Topic.objects.update(name="Kick-off")
    out = StringIO()
    call_command("load_content", folder=tmp_path, stdout=out)
    assert out.getvalue().splitlines()[1] == (
        "topics: 0 created, 0 updated, 1 unchanged, 0 left away as curators removed them, "
        "1 fields kept as curators changed them"
    )
    assert len(out.getvalue().splitlines()) == len(COUNTS)


def test_the_command_lists_what_was_kept_when_asked_for_more(load, tmp_path):
    load(topics=[topic()])
    Topic.objects.update(name="Kick-off")
    out = StringIO()
    call_command("load_content", folder=tmp_path, stdout=out, verbosity=2)
    assert "  kept: launch, name" in out.getvalue().splitlines()


def test_the_command_fails_with_one_sentence_for_a_folder_without_content():
    with pytest.raises(CommandError, match="There are no content files in"):
        call_command("load_content", folder=Path("nowhere"))
