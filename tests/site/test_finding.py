"""Whatever way a public record is written, what is found of it is what it is now, from that moment on."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.urls import reverse

from catalogue.models import LearningQuestion, Membership, Network, Organization, TaggedNetwork
from contributions.models import Resource
from phases.models import GlossaryTerm, KeyQuestion, Phase, Practice
from resourcecenter import finding
from resourcecenter.core import history, search
from resourcecenter.core.public import Tombstone, retire, revive
from resourcecenter.core.search.index import IndexedDocument
from resourcecenter.core.search.values import IndexedValue
from resourcecenter.loading import load
from tests.contributions.states import act
from tests.factories import (
    make_contribution,
    make_curator,
    make_moderator,
    make_network,
    make_organization,
    make_page,
    make_phase,
    make_resource,
    make_topic,
)

pytestmark = pytest.mark.django_db


def found(word, *kinds):
    return {(hit.kind, hit.key) for hit in search.search(word, kinds=kinds or list(finding.KINDS), per_page=100).hits}


def is_in_index(word):
    texts = [f for f in IndexedDocument._meta.fields if isinstance(f, models.TextField)]
    holds = models.Q(*[(f"{f.name}__icontains", word) for f in texts], _connector=models.Q.OR)
    return IndexedDocument.objects.filter(holds).exists() or IndexedValue.objects.filter(value__icontains=word).exists()


def make_term(term="quokka"):
    return GlossaryTerm.objects.create(term=term, slug=term, definition="An animal.")


def make_practice(title="Quokka"):
    return Practice.objects.create(phase=Phase.objects.first() or make_phase(), title=title, text="How.")


def make_question(text="Quokka?"):
    return LearningQuestion.objects.create(network=make_network(), text=text)


MAKERS = {
    "resource": (lambda: make_resource("Quokka"), "title"),
    "network": (lambda: make_network("Quokka"), "name"),
    "organization": (lambda: make_organization("Quokka"), "name"),
    "phase": (lambda: make_phase(name="Quokka"), "name"),
    "practice": (make_practice, "title"),
    "question": (make_question, "text"),
    "term": (make_term, "term"),
    "page": (lambda: make_page("quokka-page", title="Quokka"), "title"),
}
each_kind = pytest.mark.parametrize("kind", MAKERS)


def test_every_kind_is_tried():
    assert set(MAKERS) == set(finding.KINDS) == set(finding.LABELS)


# --- Every kind, by every way of writing --------------------------------------------------------


@each_kind
def test_a_new_record_is_found(kind):
    record = MAKERS[kind][0]()
    assert found("quokka", kind) == {(kind, record.pk)}


@each_kind
def test_a_changed_record_is_found_by_its_new_words_only(kind):
    make, field = MAKERS[kind]
    record = make()
    setattr(record, field, "okapi")
    record.save()
    assert (found("okapi", kind), found("quokka", kind)) == ({(kind, record.pk)}, set())


@each_kind
def test_a_record_changed_in_bulk_is_found_by_its_new_words_only(kind):
    make, field = MAKERS[kind]
    record = make()
    type(record).objects.filter(pk=record.pk).update(**{field: "okapi"})
    assert (found("okapi", kind), found("quokka", kind)) == ({(kind, record.pk)}, set())


@each_kind
@pytest.mark.parametrize("how", ["itself", "in bulk"])
def test_of_a_deleted_record_nothing_stays(kind, how):
    record = MAKERS[kind][0]()
    key = record.pk
    record.delete() if how == "itself" else type(record).objects.filter(pk=key).delete()
    assert found("quokka", kind) == set()
    assert not IndexedDocument.objects.filter(kind=kind, key=key).exists()
    assert kind == "page" or not is_in_index("quokka")


@each_kind
def test_a_change_that_is_rolled_back_leaves_the_index_as_it_was(kind):
    make, field = MAKERS[kind]
    record = make()
    setattr(record, field, "okapi")
    with transaction.atomic():
        record.save()
        assert found("okapi", kind)
        transaction.set_rollback(True)
    assert (found("okapi", kind), found("quokka", kind)) == (set(), {(kind, record.pk)})


@pytest.mark.parametrize("kind", ["resource", "network", "organization", "term"])
def test_a_retired_record_is_not_found_until_it_comes_back(kind):
    record = MAKERS[kind][0]()
    key = record.pk
    retire(record)
    assert found("quokka", kind) == set()
    assert not is_in_index("quokka")
    revive(Tombstone.objects.get())
    assert found("quokka", kind) == {(kind, key)}


@pytest.mark.parametrize("kind", ["resource", "network", "organization", "phase", "term", "page"])
def test_a_restored_record_is_found_by_its_old_words(kind):
    make, field = MAKERS[kind]
    record = make()
    version = history.latest(record)
    setattr(record, field, "okapi")
    record.save()
    history.restore(record, at=version)
    assert (found("okapi", kind), found("quokka", kind)) == (set(), {(kind, record.pk)})


# --- The ways people write ----------------------------------------------------------------------


def test_a_contribution_is_found_from_its_approval_on():
    contribution = make_contribution(title="Quokka story")
    assert not is_in_index("quokka")
    record = act("approve", contribution, by=make_moderator())
    assert found("quokka") == {("resource", record.pk)}


def admin_form(client, record):
    """What the form of the record would send if nobody changed anything."""
    page = client.get(reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk]))
    forms = [page.context["adminform"].form]
    for formset in page.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            data[field.html_name] = "" if field.value() is None else field.value()
    return {name: value for name, value in data.items() if value is not False}


def send(client, record, data):
    address = reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
    response = client.post(address, data)
    assert response.status_code == 302, response.context["errors"]


def test_a_practice_and_a_question_changed_or_taken_out_in_the_form_of_their_phase(client):
    client.force_login(make_curator())
    practice = make_practice()
    phase = practice.phase
    question = KeyQuestion.objects.create(phase=phase, text="Quokka?")
    data = admin_form(client, phase)
    data["practices-0-title"], data["key_questions-0-text"] = "Okapi", "Okapi?"
    send(client, phase, data)
    assert found("okapi") == {("practice", practice.pk), ("phase", phase.pk)}
    data = {**admin_form(client, phase), "practices-0-DELETE": "on", "key_questions-0-DELETE": "on"}
    send(client, phase, data)
    assert not Practice.objects.exists()
    assert not KeyQuestion.objects.filter(pk=question.pk).exists()
    assert not is_in_index("okapi")


def test_an_imported_table_is_found(client):
    client.force_login(make_curator())
    table = "slug,name,kind\n,Quokka,ngo\n"
    address = reverse("admin:catalogue_organization_import")
    upload = SimpleUploadedFile("table.csv", table.encode())
    dry_run = client.post(address, {"import_file": upload, "resource": 0})
    assert not is_in_index("quokka")
    sent = {name: dry_run.context["confirm_form"].initial[name] for name in ("import_file_name", "format")}
    client.post(reverse("admin:catalogue_organization_process_import"), sent)
    assert found("quokka") == {("organization", Organization.objects.get(name="Quokka").pk)}


def test_the_initial_content_is_found_in_all_kinds_but_none_twice(settings):
    load(settings.BASE_DIR / "fixtures")
    counts = {kind.name: kind.model.objects.count() for kind in finding.KINDS.values()}
    indexed = IndexedDocument.objects.values_list("kind").annotate(number=models.Count("pk"))
    assert dict(indexed) == counts


# --- Records that name others -------------------------------------------------------------------


def test_what_names_a_topic_follows_its_name_and_its_end():
    topic = make_topic("Quokka", synonyms="wallaby")
    network, resource = make_network(tags=[topic]), make_resource(tags=[topic])
    question = LearningQuestion.objects.create(network=network, text="Why?")
    naming = {("network", network.pk), ("resource", resource.pk), ("question", question.pk)}
    assert found("quokka") == found("wallaby") == naming
    topic.name = "Okapi"
    topic.save()
    assert (found("okapi"), found("quokka")) == (naming, set())
    topic.delete()
    assert not is_in_index("okapi")


def test_what_names_an_organization_follows_its_name_and_role():
    organization = make_organization("Quokka", slug="q")
    office, network = make_organization("Office", parent=organization), make_network()
    membership = Membership.objects.create(network=network, organization=organization, role="funder")
    naming = {("organization", organization.pk), ("organization", office.pk), ("network", network.pk)}
    assert found("quokka") == naming
    organization.name = "Okapi"
    organization.save()
    assert (found("okapi"), found("quokka")) == (naming, set())
    membership.delete()
    assert found("okapi") == naming - {("network", network.pk)}
    assert not IndexedValue.objects.filter(name="funder").exists()


def test_what_names_a_network_follows_its_name_and_its_end():
    network = make_network("Quokka", slug="quokka")
    resource, question = make_resource(network=network), LearningQuestion.objects.create(network=network, text="Why?")
    network.name = "Okapi"
    network.save()
    assert found("okapi") == {("network", network.pk), ("resource", resource.pk), ("question", question.pk)}
    retire(network)
    assert not is_in_index("okapi")
    assert not IndexedValue.objects.filter(value="quokka").exists()
    assert Resource.objects.get().network is None
    revive(Tombstone.objects.get())
    assert found("okapi") == {
        ("network", Network.objects.get().pk),
        ("resource", resource.pk),
        ("question", question.pk),
    }


def test_what_names_a_phase_follows_its_name_and_the_links_to_it():
    phase = make_phase(name="Quokka")
    practice, resource = make_practice("How to"), make_resource(phases=[phase])
    naming = {("phase", phase.pk), ("practice", practice.pk), ("resource", resource.pk)}
    assert found("quokka") == naming
    phase.name = "Okapi"
    phase.save()
    assert (found("okapi"), found("quokka")) == (naming, set())
    resource.phases.clear()
    assert found("okapi") == naming - {("resource", resource.pk)}


def test_a_topic_given_and_taken_in_one_row_follows():
    topic, network = make_topic("Quokka"), make_network()
    link = TaggedNetwork.objects.create(tag=topic, content_object=network)
    assert found("quokka") == {("network", network.pk)}
    link.tag = make_topic("Okapi")
    link.save()
    assert (found("quokka"), found("okapi")) == (set(), {("network", network.pk)})


# --- Reading ------------------------------------------------------------------------------------


def test_records_come_by_kind_and_key_without_those_that_are_gone():
    made = {kind: make() for kind, (make, _field) in MAKERS.items()}
    hits = [(kind, record.pk) for kind, record in made.items()]
    found = finding.records([("page", 987), *hits])
    assert {place: line.record for place, line in found.items()} == {hit: made[hit[0]] for hit in hits}


def test_what_search_and_suggest_find_leads_to_records_with_an_address():
    resource = make_resource("Quokka", slug="quokka")
    kinds = list(finding.KINDS)
    for hits in (search.search("quokka", kinds=kinds).hits, search.suggest("quokka", kinds=kinds)):
        [line] = finding.records(hits).values()
        assert (line.key, line.url) == (resource.pk, "/resources/quokka/")


@pytest.mark.parametrize("how_many", [1, 3])
def test_records_of_all_kinds_take_as_many_queries_for_three_of_each_as_for_one(django_assert_num_queries, how_many):
    hits = []
    for number in range(how_many):
        phase = make_phase(number + 1)
        practice = Practice.objects.create(phase=phase, title="How", text="So.")
        question = LearningQuestion.objects.create(network=make_network(), text="Why?")
        records = [
            *(("resource", make_resource(phases=[phase])), ("network", make_network()), ("phase", phase)),
            *(("organization", make_organization()), ("practice", practice), ("question", question)),
            *(("term", make_term(f"term-{number}")), ("page", make_page(f"page-{number}"))),
        ]
        hits += [(kind, record.pk) for kind, record in records]
    with django_assert_num_queries(10):  # one a kind, the phases of resources and the topics of networks
        addresses = {line.url for line in finding.records(hits).values()}
    assert len(addresses) == len(hits)
