"""Whichever way public content is written, the content generation rises with it; and how records retire."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalogue.models import Deliverable, LearningQuestion, Membership, Network, Organization, Topic
from contributions.models import Contribution, Resource
from phases.models import Phase
from resourcecenter.core.pagecache import current_generation, raise_generation
from resourcecenter.core.public import Tombstone, free_slug, retire
from tests.factories import make_contribution, make_network, make_organization, make_phase, make_resource, make_topic


class Content:
    """A little of everything, to write upon."""

    def __init__(self):
        self.phase, self.other_phase = make_phase(1), make_phase(2)
        self.topic, self.other_topic = make_topic("Water"), make_topic("Health")
        self.organization = make_organization("Acme")
        self.network = make_network("Water Network", members=1, questions=2, deliverables=1, tags=[self.topic])
        self.resource = make_resource(phases=[self.phase], tags=[self.topic], network=self.network)
        self.lonely = make_resource()


@pytest.fixture
def content(db):
    return Content()


def _save_changed(content):
    content.network.summary = "What it learnt since."
    content.network.save()


def _bulk_update(content):
    questions = list(LearningQuestion.objects.all())
    for question in questions:
        question.text += " Really?"
    LearningQuestion.objects.bulk_update(questions, ["text"])


WRITES = {
    "save a new record": lambda content: Topic(name="Gender", slug="gender").save(),
    "save a changed record": _save_changed,
    "save one field": lambda content: content.network.save(update_fields=["summary"]),
    "create": lambda content: Topic.objects.create(name="Gender", slug="gender"),
    "delete a record": lambda content: content.lonely.delete(),
    "delete with all that belongs to it": lambda content: content.network.delete(),
    "delete a line of a record": lambda content: content.network.deliverables.get().delete(),
    "delete through a queryset": lambda content: LearningQuestion.objects.all().delete(),
    "update through a queryset": lambda content: Network.objects.filter(name="Water Network").update(acronym="WN"),
    "update through a related manager": lambda content: content.network.deliverables.update(year=2009),
    "bulk_create": lambda content: Topic.objects.bulk_create([Topic(name="Gender", slug="gender")]),
    "bulk_update": _bulk_update,
    "get_or_create": lambda content: Topic.objects.get_or_create(name="Gender", slug="gender"),
    "update_or_create, new": lambda content: Topic.objects.update_or_create(slug="gender", defaults={"name": "Gender"}),
    "update_or_create, known": lambda content: Topic.objects.update_or_create(slug="water", defaults={"name": "Rain"}),
    "create through a related manager": lambda content: content.network.learning_questions.create(text="Why?"),
    "create through a many-to-many manager": lambda content: content.network.organizations.create(
        name="New", slug="new"
    ),
    "move a line to another record": lambda content: make_network("Heir").deliverables.set(Deliverable.objects.all()),
    "add to a reverse foreign key": lambda content: content.network.resources.add(content.lonely),
    "remove from a reverse foreign key": lambda content: content.network.resources.remove(content.resource),
    "clear a reverse foreign key": lambda content: content.network.resources.clear(),
    "add an organization": lambda content: content.network.organizations.add(content.organization),
    "remove organizations": lambda content: content.network.organizations.clear(),
    "add a tag": lambda content: content.network.tags.add(content.other_topic),
    "remove a tag": lambda content: content.network.tags.remove(content.topic),
    "set tags": lambda content: content.network.tags.set([content.other_topic]),
    "clear tags": lambda content: content.network.tags.clear(),
    "add a phase": lambda content: content.resource.phases.add(content.other_phase),
    "remove a phase": lambda content: content.resource.phases.remove(content.phase),
    "set phases": lambda content: content.resource.phases.set([content.other_phase]),
    "clear phases": lambda content: content.resource.phases.clear(),
    "add a resource to a phase": lambda content: content.phase.resources.add(content.lonely),
    "clear the resources of a phase": lambda content: content.phase.resources.clear(),
    "retire": lambda content: retire(content.network),
    "bring a tombstone back to life": lambda content: Tombstone.objects.all().delete(),
}
every_way = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)


@every_way
def test_every_way_of_writing_public_content_raises_the_generation(content, write):
    before = current_generation()
    write(content)
    assert current_generation() > before


@every_way
def test_a_write_that_is_rolled_back_leaves_the_generation_alone(content, write):
    before = current_generation()
    with transaction.atomic():
        write(content)
        transaction.set_rollback(True)
    assert current_generation() == before


READS = {
    "get": lambda content: Network.objects.get(pk=content.network.pk),
    "list": lambda content: list(Resource.objects.for_cards()),
    "page": lambda content: [list(n.tags.all()) for n in Network.objects.for_page()],
    "count": lambda content: Topic.objects.count(),
    "refresh": lambda content: content.network.refresh_from_db(),
    "get_or_create what is there": lambda content: Topic.objects.get_or_create(slug="water"),
    "full_clean": lambda content: content.network.full_clean(),
    "current generation": lambda content: current_generation(),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_reading_leaves_the_generation_alone(content, read):
    before = current_generation()
    read(content)
    assert current_generation() == before


def test_what_waits_for_a_decision_is_not_public_content(content):
    before = current_generation()
    contribution = make_contribution(phases=[content.phase])
    Contribution.objects.filter(pk=contribution.pk).update(revision=2)
    assert current_generation() == before


@pytest.mark.django_db
def test_the_first_write_of_all_counts():
    assert current_generation() == 0
    raise_generation()
    raise_generation()
    assert current_generation() == 2


# A reader between a raised generation and the change would remember the old content under the new number for ever.
UNPROTECTED = [
    "save a new record",
    "save a changed record",
    "delete a record",
    "delete with all that belongs to it",
    "delete through a queryset",
    "update through a queryset",
    "bulk_create",
    "bulk_update",
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("write", [WRITES[name] for name in UNPROTECTED], ids=UNPROTECTED)
def test_the_generation_rises_in_the_transaction_of_the_change_even_if_nobody_opened_one(write):
    content = Content()
    unprotected = []

    def watch(execute, sql, params, many, context):
        if sql.startswith(("UPDATE", "INSERT", "DELETE")) and not connection.in_atomic_block:
            unprotected.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        write(content)
    assert unprotected == []


@pytest.mark.django_db(transaction=True)
def test_a_change_that_the_database_refuses_leaves_the_generation_alone():
    make_topic("Water")
    before = current_generation()
    with pytest.raises(IntegrityError):
        Topic.objects.bulk_create([Topic(name="Rain", slug="water")])
    assert current_generation() == before


# --- Addresses ----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("A Guide for All", "a-guide-for-all"),
        ("  Ünïcödé & Co.  ", "unicode-co"),
        ("-- dashes --", "dashes"),
        ("", "network"),
        ("!?", "network"),
        ("网络", "network"),
        ("شبكة التعلم", "network"),
        ("сеть", "network"),
        ("\0\u202e", "network"),
        ("🌍", "network"),
    ],
)
def test_an_address_is_made_from_the_words_of_the_title(title, slug):
    assert free_slug(Network, title) == slug


@pytest.mark.django_db
def test_a_taken_address_gets_the_next_number():
    slugs = []
    for _ in range(3):
        slugs.append(free_slug(Network, "Water Network"))
        make_network(slug=slugs[-1])
    assert slugs == ["water-network", "water-network-2", "water-network-3"]


@pytest.mark.django_db
def test_a_gap_among_the_numbers_is_filled():
    for slug in ["water", "water-3", "water-network", "water-works-2"]:
        make_network(slug=slug)
    assert free_slug(Network, "Water") == "water-2"


@pytest.mark.django_db
def test_a_record_that_begins_alike_takes_no_address_away():
    make_network(slug="water-2")
    make_network(slug="waterworks")
    assert free_slug(Network, "Water") == "water"


@pytest.mark.django_db
def test_records_of_different_kinds_may_share_an_address():
    make_network(slug="water")
    assert free_slug(Resource, "Water") == "water"


@pytest.mark.django_db
@pytest.mark.parametrize("title", ["x" * 500, "word " * 100, "x" * 92 + "-y", "x" * 93])
def test_an_address_fits_however_long_the_title_and_however_often_it_is_taken(title):
    for number in range(1, 4):
        slug = free_slug(Network, title)
        network = make_network(slug=slug)  # full_clean checks the length and the letters
        assert network.slug == slug
        assert slug.endswith(f"-{number}") or number == 1


# --- Retiring -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_retired_record_leaves_its_address_and_the_reason():
    resource = make_resource("Old guide", slug="old-guide")
    tombstone = retire(resource, reason="Replaced.", replacement="/resources/new-guide/")
    assert not Resource.objects.exists()
    assert Tombstone.objects.get() == tombstone
    assert (tombstone.path, tombstone.title, tombstone.reason, tombstone.replacement, tombstone.retired_on) == (
        "/resources/old-guide/",
        "Old guide",
        "Replaced.",
        "/resources/new-guide/",
        timezone.localdate(),
    )


@pytest.mark.django_db
def test_a_record_retired_without_a_word_still_gives_a_reason():
    assert retire(make_network()).reason == "A curator has retired this entry."


@pytest.mark.django_db
def test_an_address_can_retire_twice():
    retire(make_network("First", slug="water"), reason="First reason.", replacement="/networks/")
    Tombstone.objects.update(retired_on=date(2009, 6, 15))
    retire(make_network("Second", slug="water"), reason="Second reason.")
    tombstone = Tombstone.objects.get()
    assert (tombstone.title, tombstone.reason, tombstone.replacement) == ("Second", "Second reason.", "")
    assert tombstone.retired_on == timezone.localdate()


@pytest.mark.django_db
def test_retiring_a_network_keeps_its_resources_and_organizations():
    network = make_network(members=2, questions=1, deliverables=1)
    resource = make_resource(network=network, deliverable=network.deliverables.get())
    retire(network)
    resource.refresh_from_db()
    assert (resource.network, resource.deliverable) == (None, None)
    assert (Organization.objects.count(), Membership.objects.count(), Deliverable.objects.count()) == (2, 0, 0)


@pytest.mark.django_db
def test_a_record_that_cannot_go_leaves_no_tombstone():
    organization = make_network(members=1).organizations.get()
    with pytest.raises(IntegrityError):
        retire(organization)
    assert Organization.objects.exists()
    assert not Tombstone.objects.exists()


@pytest.mark.django_db
def test_the_longest_name_can_retire():
    assert retire(make_network("N" * 200)).title == "N" * 200


@pytest.mark.django_db
@pytest.mark.parametrize("make", [make_resource, make_network, make_organization], ids=lambda make: make.__name__)
def test_the_address_of_a_retired_record_is_gone_and_says_why(client, make):
    record = make()
    address = record.get_absolute_url()
    assert client.get(address).status_code == 200
    retire(record, reason="It was written for another time.")
    page = client.get(address)
    assert page.status_code == 410
    assert "It was written for another time." in page.content.decode()


def test_a_phase_can_retire_and_its_resources_stay(content):
    retire(content.phase)
    assert list(Phase.objects.all()) == [content.other_phase]
    assert content.resource.phases.count() == 0


@pytest.mark.django_db
def test_a_tombstone_is_one_for_each_address():
    retire(make_network(slug="water"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Tombstone.objects.bulk_create([Tombstone(path="/networks/water/", title="Again", reason="Why?")])
