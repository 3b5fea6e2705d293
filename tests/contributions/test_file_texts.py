"""The words of attached files are found, and go with them."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from contributions import chores
from contributions.models import Attachment, FileText
from resourcecenter.core.extraction import Limits
from resourcecenter.core.files import checksum
from resourcecenter.core.pagecache import current_generation
from resourcecenter.core.public import Tombstone, retire, revive
from resourcecenter.core.search import search
from resourcecenter.core.search.index import IndexedDocument
from tests.core.samples import PNG
from tests.factories import make_resource

pytestmark = pytest.mark.django_db
BROKEN = (b"no package at all", "application/epub+zip")


def attach(resource, content=b"Ask the okapi.", media_type="text/plain"):
    file = ContentFile(content, name="notes")
    return Attachment.objects.create(
        resource=resource, file=file, name="notes", media_type=media_type, size=len(content), sha256=checksum(file)
    )


def found(word):
    return [hit.key for hit in search(word, kinds=["resource"]).hits]


def test_a_word_in_an_attached_file_is_found_once_the_worker_has_read_it():
    resource, generation = make_resource(), current_generation()
    attach(resource)
    assert found("okapi") == []
    assert chores.read_files() == "1"
    assert found("okapi") == [resource.pk]
    assert current_generation() > generation
    assert chores.read_files() == "0"


def test_the_words_stay_found_when_the_resource_is_changed():
    resource = make_resource()
    attach(resource)
    chores.read_files()
    resource.title = "Renamed"
    resource.save()
    assert found("okapi") == found("renamed") == [resource.pk]


def test_the_text_goes_with_its_attachment():
    resource = make_resource()
    attachment = attach(resource)
    chores.read_files()
    attachment.delete()
    assert found("okapi") == []
    assert not FileText.objects.exists()
    assert not IndexedDocument.objects.filter(files__contains="okapi").exists()


def test_the_text_goes_with_a_retired_resource_and_is_read_again_when_it_comes_back():
    resource = make_resource()
    attach(resource)
    chores.read_files()
    key = resource.pk
    retire(resource)
    assert found("okapi") == []
    assert not FileText.objects.exists()
    revive(Tombstone.objects.get())
    chores.read_files()
    assert found("okapi") == [key]


def test_pictures_are_not_read():
    attach(make_resource(), PNG, "image/png")
    assert chores.read_files() == "0"


def test_a_file_that_cannot_be_read_is_tried_a_day_later_but_not_for_ever():
    attach(make_resource(), *BROKEN)
    tries = []
    for _ in range(6):
        tries.append(chores.read_files())
        assert chores.read_files() == "0"
        FileText.objects.update(read_at=timezone.now() - timedelta(days=2))
    assert tries == ["1", "1", "1", "0", "0", "0"]
    text = FileText.objects.get()
    assert (text.text, text.attempts) == ("", 3)
    assert text.problem.startswith("BadZipFile")


def test_a_broken_file_keeps_no_other_from_being_read():
    attach(make_resource(), *BROKEN)
    resource = make_resource()
    attach(resource)
    chores.read_files()
    assert found("okapi") == [resource.pk]


def test_a_file_that_is_missing_is_a_problem_of_that_file_alone():
    lost, resource = attach(make_resource()), make_resource()
    lost.file.storage.delete(lost.file.name)
    attach(resource)
    assert chores.read_files() == "2"
    assert FileText.objects.get(attachment=lost).problem == "FileNotFoundError"
    assert found("okapi") == [resource.pk]


def test_no_more_of_a_file_is_kept_than_the_limit():
    attach(make_resource(), b"word " * 100)
    chores.read_files(limits=Limits(max_chars=24))
    assert FileText.objects.get().text == "word word word word word"


def test_an_attachment_that_goes_while_it_is_read_leaves_no_text():
    attachment = attach(make_resource())
    unread = Attachment.objects.get(pk=attachment.pk)
    attachment.delete()
    chores._read_file(unread, Limits())
    assert not FileText.objects.exists()


def test_a_stopping_worker_reads_no_further():
    attach(make_resource())
    assert chores.read_files(lambda: True) == "0"
