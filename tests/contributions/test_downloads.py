"""Downloads of public files, as browsers and caches ask for them."""

import hashlib

import pytest
from django.core.files.base import ContentFile

from contributions.models import Attachment
from resourcecenter.core.public import retire
from tests.factories import PDF, make_resource

pytestmark = pytest.mark.django_db


@pytest.fixture
def attachment():
    return Attachment.objects.create(
        resource=make_resource(title="A guide"),
        file=ContentFile(PDF, name="guide.pdf"),
        name="guide.pdf",
        media_type="application/pdf",
        size=len(PDF),
        sha256=hashlib.sha256(PDF).hexdigest(),
    )


def test_a_file_can_be_had_whole_in_part_or_not_again(client, attachment):
    address = attachment.get_absolute_url()
    whole = client.get(address)
    assert (whole.status_code, b"".join(whole)) == (200, PDF)
    part = client.get(address, headers={"range": "bytes=5-"})
    assert (part.status_code, b"".join(part)) == (206, PDF[5:])
    assert client.get(address, headers={"if-none-match": whole["ETag"]}).status_code == 304
    head = client.head(address)
    assert (head.status_code, b"".join(head), head["Content-Length"]) == (200, b"", str(len(PDF)))


@pytest.mark.parametrize("headers", [{}, {"if-none-match": "*"}, {"range": "bytes=0-1"}])
def test_a_file_may_be_kept_but_shared_caches_let_go_in_five_minutes(client, attachment, headers):
    response = client.get(attachment.get_absolute_url(), headers=headers)
    b"".join(response)
    assert response["Cache-Control"] == "public, max-age=31536000, s-maxage=300"
    assert not response.has_header("Vary")


def test_a_part_keeps_its_length_on_its_way_to_a_browser_that_unpacks(client, attachment):
    response = client.get(attachment.get_absolute_url(), headers={"range": "bytes=5-", "accept-encoding": "gzip"})
    assert (b"".join(response), response["Content-Length"]) == (PDF[5:], str(len(PDF) - 5))


@pytest.mark.parametrize("name", ["guide.pdf", "another-name.pdf"])
def test_the_file_of_a_retired_record_is_gone_with_the_reason_of_its_record(client, attachment, name):
    number, stored = attachment.pk, attachment.file
    retire(attachment.resource, reason="There is a better one.")
    response = client.get(f"/files/{number}/{name}", headers={"if-none-match": f'"{attachment.sha256}"'})
    assert response.status_code == 410
    assert "There is a better one." in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert stored.storage.exists(stored.name)


def test_a_number_that_no_file_ever_had_is_not_found(client, attachment):
    assert client.get(f"/files/{attachment.pk + 1}/guide.pdf").status_code == 404
