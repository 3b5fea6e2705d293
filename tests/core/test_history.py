"""Every public row has a history, whichever way it was written, and every version of a record can come back."""

from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import NotSupportedError, transaction

from catalogue.models import LearningQuestion, Membership, Network, NetworkSource, Topic
from contributions.models import Attachment, Resource, ResourceSource
from phases.models import GlossaryTerm, KeyQuestion, PageSource, Phase, PhaseSource, Practice
from resourcecenter.core import history
from resourcecenter.core.history.first_versions import write_first_links, write_first_versions
from resourcecenter.core.history.versions import state_at
from resourcecenter.core.public import PublicModel, Tombstone, confirm, retire, revive
from tests.core.test_public import WRITES, Content
from tests.factories import (
    make_curator,
    make_network,
    make_organization,
    make_page,
    make_phase,
    make_resource,
    make_topic,
)

pytestmark = pytest.mark.django_db
PUBLIC = [model for model in apps.get_models() if issubclass(model, PublicModel)]


def rows_of(model):
    return {row["id"]: row for row in model.objects.values()}


def rows_by_history(model):
    """The rows as their histories leave them."""
    names = [field.attname for field in model._meta.fields]
    newest = {row["id"]: row for row in model.history.order_by("version", "history_id").values(*names, "history_type")}
    return {key: row for key, row in newest.items() if row.pop("history_type") != "-"}


def whole(record):
    """All rows of a record and its parts, and what it links to; without the moment of the last change."""
    parts = {part: part.objects.filter(**{part.part_of: record}) for part in history.part_models(type(record))}
    own = type(record).objects.filter(pk=record.pk).values().get()
    own.pop("changed_at", None)
    links = {field.name: set(getattr(record, field.name).values_list("pk", flat=True)) for field in links_of(record)}
    return own, {part: {row["id"]: row for row in rows.values()} for part, rows in parts.items()}, links


def links_of(record):
    return [field for field in record._meta.local_many_to_many if field.remote_field.through._meta.auto_created]


def last(record):
    return history.versions(record)[0]


def told(record):
    """The newest version in words: what, how, before and after."""
    return [(d.label, d.kind, d.before, d.after) for d in last(record).differences]


# --- Nothing escapes ----------------------------------------------------------------------------


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_after_every_way_of_writing_history_says_what_the_tables_say(write):
    write(Content())
    for model in PUBLIC:
        assert rows_by_history(model) == rows_of(model), model
    for resource in Resource.objects.all():
        linked = set(resource.phases.values_list("pk", flat=True))
        assert state_at(Resource, resource.pk).links == {"phases": linked}


def test_the_links_to_a_deleted_phase_are_gone_from_history_too():
    resource = make_resource(phases=[make_phase(1), kept := make_phase(2)])
    Phase.objects.get(number=1).delete()
    assert state_at(Resource, resource.pk).links == {"phases": {kept.pk}}


def test_a_bulk_write_over_conflicts_is_refused():
    with pytest.raises(NotSupportedError):
        Topic.objects.bulk_create([Topic(name="Water", slug="water")], ignore_conflicts=True)


def test_history_keeps_what_the_table_holds_and_not_what_an_instance_holds():
    network = make_network("Before")
    network.name, network.acronym = "Never saved", "NS"
    network.save(update_fields=["acronym"])
    assert told(network) == [("Acronym", "added", "", "NS")]


def test_a_change_that_is_rolled_back_leaves_no_version():
    network = make_network()
    before = history.latest(network)
    with transaction.atomic():
        Network.objects.update(acronym="WN")
        transaction.set_rollback(True)
    assert history.latest(network) == before


def test_what_is_written_together_is_one_version_with_one_author_and_reason():
    network, curator = make_network(), make_curator()
    curator.first_name, curator.last_name = "Ada", "Lovelace"
    curator.save()
    with history.change("Their letter of May.", by=curator):
        network.acronym = "WN"
        network.save()
        LearningQuestion.objects.create(network=network, text="Why?")
        network.tags.add(make_topic("Water"))
    version = last(network)
    assert (version.who, version.why, len(version.differences)) == ("Ada Lovelace", "Their letter of May.", 3)


def test_what_is_written_on_its_own_is_a_version_of_its_own():
    network = make_network()
    before = len(history.versions(network))
    Network.objects.update(acronym="WN")
    Network.objects.update(acronym="W")
    assert len(history.versions(network)) == before + 2


def test_what_was_there_before_histories_has_a_first_version_that_can_be_restored():
    resource = make_resource(phases=[make_phase(1), make_phase(2)], tags=[make_topic()])
    for model in PUBLIC:
        model.history.all().delete()
    Resource.history.model.phases.model.objects.all().delete()
    for app in ["core", "phases", "catalogue", "contributions"]:
        write_first_versions(apps, app)
        write_first_versions(apps, app)
    write_first_links(apps, "contributions", "Resource", "phases")
    before = whole(resource)
    resource.phases.clear()
    resource.tags.clear()
    assert whole(history.restore(resource, at=0)) == before
    assert len(history.versions(resource)) == 4


# --- In words -----------------------------------------------------------------------------------


IN_WORDS = {
    "yes or no": (lambda n: _set(facilitated=True), ("Facilitated", "added", "", "yes")),
    "levels": (
        lambda n: _set(levels=["organization", "network"]),
        ("Levels of learning", "changed", "network", "organization, network"),
    ),
    "countries": (lambda n: _set(countries=["DE", "FR"]), ("Countries", "changed", "Germany", "Germany, France")),
    "a choice": (lambda n: _set(kind="other"), ("Kind", "changed", "learning network", "other form")),
    "nothing any more": (lambda n: _set(starts=""), ("Starts", "removed", "2009", "")),
    "a day": (
        lambda n: _set(confirmed_on=date(2009, 6, 15)),
        ("Last confirmed on", "added", "", "June 15, 2009"),
    ),
    "a part changed": (
        lambda n: n.memberships.update(role="convenor"),
        ("Membership “Acme”, Role", "changed", "member", "convenor"),
    ),
    "a part removed": (lambda n: n.memberships.get().delete(), ("Membership", "removed", "Acme, member", "")),
    "a part added": (
        lambda n: n.deliverables.create(title="Toolkit", year=2009),
        ("Deliverable", "added", "", "Toolkit, 2009"),
    ),
    "a topic added": (lambda n: n.tags.add(make_topic("Water")), ("Topic", "added", "", "Water")),
}


def _set(**fields):
    Network.objects.update(**fields)


@pytest.mark.parametrize(("write", "expected"), IN_WORDS.values(), ids=IN_WORDS)
def test_a_version_says_in_words_what_changed(write, expected):
    network = make_network(levels=["network"], countries=["DE"], starts="2009")
    Membership.objects.create(network=network, organization=make_organization("Acme"))
    write(network)
    assert told(network) == [expected]


def test_a_version_names_the_phases_of_a_resource():
    resource = make_resource(phases=[make_phase(1, name="Plan")])
    make_phase(2, name="Do").resources.add(resource)
    assert told(resource) == [("Phases", "changed", "Plan", "Do, Plan")]


def test_an_organization_that_is_gone_is_still_named():
    network, organization = make_network(), make_organization("Acme")
    Membership.objects.create(network=network, organization=organization).delete()
    organization.delete()
    assert told(network) == [("Membership", "removed", "Acme, member", "")]


def test_saving_without_a_change_makes_no_version_to_look_at():
    network = make_network()
    before = history.versions(network)
    network.save()
    assert history.versions(network) == before


def test_the_first_version_says_all_that_was_written():
    term = GlossaryTerm.objects.create(term="Broker", slug="broker", definition="Who brings people together.")
    assert ("Definition", "added", "", "Who brings people together.") in told(term)


# --- Restoring ----------------------------------------------------------------------------------


def full_phase():
    phase = make_phase(outputs=["A charter"], levels=["network"])
    Practice.objects.create(phase=phase, title="Meet", text="Often.")
    KeyQuestion.objects.create(phase=phase, text="Who?")
    PhaseSource.objects.create(phase=phase, title="Report")
    return phase


def full_page():
    page = make_page("about")
    PageSource.objects.create(page=page, url="https://example.org/")
    return page


def full_network():
    network = make_network(members=2, questions=2, deliverables=2, tags=[make_topic()], countries=["DE"], starts="2009")
    NetworkSource.objects.create(network=network, url="https://example.org/", read_on=date(2009, 6, 15))
    return network


def full_resource():
    network = make_network(deliverables=1)
    resource = make_resource(
        phases=[make_phase(1), make_phase(2)],
        tags=[make_topic()],
        network=network,
        deliverable=network.deliverables.get(),
        date="2009-06",
    )
    ResourceSource.objects.create(resource=resource, title="Report")
    file = ContentFile(b"Hello", name="a.txt")
    Attachment.objects.create(resource=resource, file=file, name="a.txt", media_type="text/plain", size=5, sha256="0")
    return resource


RECORDS = {
    "phase": (full_phase, "purpose"),
    "page": (full_page, "body"),
    "term": (lambda: GlossaryTerm.objects.create(term="Broker", slug="b", definition="Who."), "definition"),
    "topic": (lambda: make_topic("Water"), "definition"),
    "organization": (lambda: make_organization(parent=make_organization()), "acronym"),
    "network": (full_network, "summary"),
    "resource": (full_resource, "summary"),
}
every_record = pytest.mark.parametrize(("make", "name"), RECORDS.values(), ids=RECORDS)


def spoil(record, name):
    """Change a field, take away one part of each kind, change the others, and unlink all."""
    setattr(record, name, "Something else.")
    record.save()
    for part in history.part_models(type(record)):
        parts = part.objects.filter(**{part.part_of: record})
        parts.first().delete()
        for field in {"text", "title", "name", "url"} & {field.name for field in part._meta.fields}:
            parts.update(**{field: "https://example.org/other"})
    for field in links_of(record):
        getattr(record, field.name).clear()


@every_record
def test_restoring_brings_a_record_back_exactly_with_its_parts_and_can_be_undone(make, name):
    record, curator = make(), make_curator()
    before, number = whole(record), history.latest(record)
    spoil(record, name)
    spoilt, later = whole(record), history.latest(record)
    assert spoilt != before
    restored = history.restore(record, at=number, by=curator)
    assert whole(restored) == before
    assert last(record).who == "curator"
    assert whole(history.restore(record, at=later)) == spoilt


@every_record
def test_the_preview_says_what_restoring_then_does(make, name):
    record = make()
    number = history.latest(record)
    spoil(record, name)
    expected = history.preview(record, at=number)
    assert expected
    history.restore(record, at=number)
    assert last(record).differences == expected
    assert history.preview(record, at=number) == []


def test_an_address_stays_when_an_older_version_is_restored():
    network = make_network(slug="old", acronym="WN")
    number = history.latest(network)
    Network.objects.update(slug="new", acronym="")
    restored = history.restore(network, at=number)
    assert (restored.slug, restored.acronym) == ("new", "WN")


def test_a_version_that_names_an_organization_that_is_gone_is_refused_by_name():
    network, organization = make_network(), make_organization("Acme")
    membership = Membership.objects.create(network=network, organization=organization)
    number = history.latest(network)
    membership.delete()
    organization.delete()
    before = whole(network)
    with pytest.raises(ValidationError, match="Acme"):
        history.restore(network, at=number)
    assert whole(network) == before


def test_a_version_with_a_file_that_is_gone_is_refused_by_name():
    resource = full_resource()
    number, attachment = history.latest(resource), resource.attachments.get()
    attachment.delete()
    attachment.file.storage.delete(attachment.file.name)
    with pytest.raises(ValidationError, match=r"a\.txt"):
        history.restore(resource, at=number)


def test_a_version_that_breaks_a_rule_of_today_is_refused_and_nothing_is_written():
    network = make_network("Water", questions=1)
    number = history.latest(network)
    Network.objects.update(name="Rain")
    LearningQuestion.objects.all().delete()
    make_network("Water")
    before = whole(network)
    with pytest.raises(ValidationError, match="already exists"):
        history.restore(network, at=number)
    assert whole(network) == before


def test_a_restoration_of_what_has_moved_on_is_refused():
    network = make_network()
    seen = history.latest(network)
    Network.objects.update(acronym="WN")
    with pytest.raises(history.Overtaken):
        history.restore(network, at=seen, seen=seen)
    network.refresh_from_db()
    assert network.acronym == "WN"


@pytest.mark.parametrize("number", [-1, 10**30])
def test_a_version_that_never_was_cannot_be_restored_unless_it_is_the_present_one(number):
    network = make_network()
    if number < 0:
        with pytest.raises(ValidationError):
            history.restore(network, at=number)
    else:
        before = whole(network)
        assert whole(history.restore(network, at=number)) == before


# --- Retired and put back -----------------------------------------------------------------------


@every_record
def test_a_retired_record_comes_back_exactly_with_its_parts(make, name):
    record = make()
    before = whole(record)
    tombstone = retire(record, reason="Too old.", by=make_curator())
    assert (tombstone.key, tombstone.retired_by) == (before[0]["id"], "curator")
    restored = revive(tombstone)
    assert whole(restored) == before
    assert not Tombstone.objects.exists()


def test_what_other_records_lost_comes_back_with_a_retired_record():
    topic, network = make_topic("Water"), make_network(deliverables=1)
    head, network_tagged = make_organization("Acme"), make_network(tags=[topic])
    office = make_organization(parent=head)
    resource = make_resource(network=network, deliverable=network.deliverables.get(), tags=[topic])
    before = [whole(record) for record in (resource, office, network_tagged)]
    stones = [retire(record) for record in (network, topic, head)]
    assert [whole(record) for record in (resource, office, network_tagged)] != before
    for tombstone in stones:
        revive(tombstone)
    assert [whole(record) for record in (resource, office, network_tagged)] == before


def test_what_was_decided_since_is_kept_when_a_retired_record_comes_back():
    network, heir = make_network(), make_network()
    resource, other = make_resource(network=network), make_resource(network=network)
    tombstone = retire(network)
    Resource.objects.filter(pk=resource.pk).update(network=heir)
    other.delete()
    revive(tombstone)
    assert list(Resource.objects.values_list("network", flat=True)) == [heir.pk]


def test_a_retired_record_whose_organization_is_gone_stays_retired_and_says_why():
    network, organization = make_network(), make_organization("Acme")
    Membership.objects.create(network=network, organization=organization)
    tombstone = retire(network)
    organization.delete()
    with pytest.raises(ValidationError, match="Acme"):
        revive(tombstone)
    assert Tombstone.objects.exists()
    assert not Network.objects.exists()


def test_a_tombstone_from_before_histories_says_that_nothing_can_come_back():
    tombstone = Tombstone.objects.create(path="/networks/old/", title="Old", reason="Old.")
    with pytest.raises(ValidationError, match="before histories"):
        revive(tombstone)


@pytest.mark.parametrize("address", ["/networks/new/", "https://example.org/new", "http://example.org/"])
def test_a_replacement_is_a_path_of_this_site_or_a_web_address(address):
    Tombstone(path="/x/", title="X", reason="Old.", replacement=address).full_clean()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "/\\evil.example", "new", "ftp://x.org/"])
def test_no_other_address_passes_as_a_replacement(address):
    with pytest.raises(ValidationError, match="begins with"):
        Tombstone(path="/x/", title="X", reason="Old.", replacement=address).full_clean()


# --- Confirming ---------------------------------------------------------------------------------


def test_a_confirmation_says_when_how_and_by_whom():
    network, curator = make_network(), make_curator()
    confirm(network, how="Asked its convenor.", by=curator)
    network.refresh_from_db()
    assert (network.confirmed_how, network.confirmed_by) == ("Asked its convenor.", "curator")
    assert last(network).why == "Confirmed: Asked its convenor."


def test_a_confirmation_by_nobody_in_particular_is_a_moderators():
    network = make_network()
    confirm(network, how="Read its website.")
    assert network.confirmed_by == "a moderator"
