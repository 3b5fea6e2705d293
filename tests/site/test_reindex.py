"""Building the search index anew, while the site serves."""

import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from catalogue.models import LearningQuestion
from phases.models import GlossaryTerm, Practice
from resourcecenter.core import documents, search
from resourcecenter.core.pagecache import current_generation
from resourcecenter.core.search.index import IndexedDocument
from resourcecenter.core.search.values import IndexedValue
from resourcecenter.finding import KINDS
from resourcecenter.management.commands import reindex
from tests.factories import make_network, make_organization, make_page, make_phase, make_resource

pytestmark = pytest.mark.django_db


def make_one_of_each():
    Practice.objects.create(phase=make_phase(name="Okapi phase"), title="Okapi practice", text="How.")
    network = make_network("Okapi network")
    LearningQuestion.objects.create(network=network, text="Where is the okapi?")
    make_organization("Okapi organization")
    make_resource("Okapi guide")
    make_page("okapi", title="Okapi page")
    GlossaryTerm.objects.create(term="okapi", slug="okapi", definition="An animal.")


def found(word, kinds=tuple(KINDS)):
    return sorted((hit.kind, hit.key) for hit in search.search(word, kinds=kinds, per_page=100).hits)


def stray(kind, key=987):
    about = {"title": "Quagga", "facets": {"kind": ["q"]}, "date": None, "added_at": timezone.now()}
    search.index([search.Document(kind=kind, key=key, **about)])


def test_all_kinds_are_found_again_after_the_index_was_lost():
    make_one_of_each()
    before = found("okapi")
    assert {kind for kind, _key in before} == set(KINDS)
    for kind in KINDS:
        search.clear(kind)
    assert found("okapi") == []
    call_command("reindex", verbosity=0)
    assert found("okapi") == before


def test_what_is_gone_is_forgotten_also_of_kinds_that_are_no_more():
    make_one_of_each()
    for kind in [*KINDS, "former"]:
        stray(kind)
    assert len(found("quagga", [*KINDS, "former"])) == len(KINDS) + 1
    call_command("reindex", verbosity=0)
    assert found("quagga", [*KINDS, "former"]) == []
    assert not IndexedValue.objects.filter(value="q").exists()
    assert IndexedDocument.objects.count() == len(KINDS)


def test_readers_find_every_record_at_every_moment(monkeypatch):
    monkeypatch.setattr(documents, "BATCH", 2)
    keys = [make_resource(f"Okapi {number}").pk for number in range(5)]
    moments = [sorted(key for _kind, key in found("okapi")) for _batch in documents.rebuild(KINDS["resource"])]
    assert moments == [keys] * 3


def test_a_record_that_comes_while_the_index_is_built_stays_in_it(monkeypatch):
    monkeypatch.setattr(documents, "BATCH", 1)
    make_resource("Okapi guide")
    building = documents.rebuild(KINDS["resource"])
    next(building)
    make_resource("Late okapi")
    list(building)
    assert len(found("okapi")) == 2


def test_pages_that_are_remembered_are_made_anew_after_it():
    generation = current_generation()
    call_command("reindex", verbosity=0)
    assert current_generation() > generation


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how_many", [1, 3])
def test_a_batch_takes_as_many_queries_for_three_records_as_for_one(django_assert_max_num_queries, kind, how_many):
    for number in range(how_many):
        make_network(f"N{number}", members=2, questions=how_many)
        make_resource()
        make_page(f"page-{number}")
        GlossaryTerm.objects.create(term=f"t{number}", slug=f"t{number}", definition="A word.")
        Practice.objects.create(phase=make_phase(number + 1), title="How", text="So.")
    with django_assert_max_num_queries(40):
        list(documents.rebuild(KINDS[kind]))


def test_it_says_what_it_does_in_quiet_lines(capsys):
    make_resource()
    call_command("reindex")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "resource: 1 indexed"
    assert len(lines) == len(KINDS)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_a_bar_grows():
    make_resource()
    terminal = Terminal()
    call_command("reindex", stdout=terminal)
    assert "\r" + reindex._bar("resource", 1, 1) in terminal.getvalue()
    assert reindex._bar("resource", 1, 2) == "resource     [###############...............]  50%  1 of 2"
