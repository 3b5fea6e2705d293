"""What curators do in the admin reaches the pages, the search and the addresses that depend on it."""

import pytest
from django.urls import reverse

from catalogue.models import Network, Topic
from contributions.models import Resource
from phases.models import Page
from resourcecenter.core.public import free_slug
from resourcecenter.core.search import search
from tests.contributions.pages import Page as Shown
from tests.factories import make_curator, make_network, make_page, make_phase, make_resource, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def curator(client):
    client.force_login(make_curator())
    return client


def found(text, kind="resource"):
    return search(text, kinds=[kind]).total


def change(client, record, **fields):
    """Open the admin page of a record, change some fields, and save it as the browser would."""
    address = reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
    form = Shown(client.get(address)).sent
    response = client.post(address, {**form, **fields})
    assert response.status_code == 302, response.context["errors"]


def delete(client, record):
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}_delete"
    assert client.post(reverse(name, args=[record.pk]), {"reason": "Too old."}).status_code == 302


def test_a_renamed_network_is_found_by_its_new_name_and_so_are_its_resources(curator):
    network = make_network("Quagga network")
    make_resource("A guide", network=network)
    change(curator, network, name="Okapi network")
    assert (found("okapi", "network"), found("okapi"), found("quagga", "network"), found("quagga")) == (1, 1, 0, 0)


def test_a_renamed_topic_and_phase_are_found_by_their_new_names(curator):
    topic, phase = make_topic("Quagga"), make_phase(name="Zebra")
    make_resource(tags=[topic], phases=[phase])
    change(curator, topic, name="Okapi")
    change(curator, phase, name="Giraffe")
    assert (found("okapi"), found("giraffe"), found("quagga"), found("zebra")) == (1, 1, 0, 0)


@pytest.mark.parametrize("make", [make_network, make_resource])
def test_a_deleted_record_is_gone_with_the_reason_and_its_address_is_not_given_again(curator, make):
    record = make("Quagga")
    address, kind = record.get_absolute_url(), record._meta.model_name
    delete(curator, record)
    assert curator.get(address).status_code == 410
    assert found("quagga", kind) == 0
    assert free_slug(type(record), record.slug) == f"{record.slug}-2"


def test_a_deleted_topic_is_out_of_the_search(curator):
    topic = make_topic("Quagga")
    make_resource("A guide", tags=[topic])
    delete(curator, topic)
    assert (Topic.objects.count(), Resource.objects.count(), found("quagga")) == (0, 1, 0)


def test_an_address_stays_as_it_is(curator):
    network = make_network(slug="lasting")
    change(curator, network, slug="fleeting")
    assert Network.objects.get().slug == "lasting"


def test_a_page_that_others_lead_to_cannot_be_deleted(curator):
    page = make_page("about")
    assert curator.post(reverse("admin:phases_page_delete", args=[page.pk]), {"reason": "Too old."}).status_code == 403
    assert Page.objects.count() == 1


def test_a_wrong_date_is_an_error_beside_its_field(curator):
    network = make_network()
    address = reverse("admin:catalogue_network_change", args=[network.pk])
    form = Shown(curator.get(address)).sent
    response = curator.post(address, {**form, "starts": "June 2009"})
    assert response.status_code == 200
    assert "Write a year, a month or a day" in response.content.decode()
