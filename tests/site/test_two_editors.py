"""Two editors who save the same record at the same moment, with real threads and connections."""

import pytest
from django.test import Client
from django.urls import reverse

from catalogue.models import Network
from resourcecenter.core import history
from tests.contributions.pages import Page
from tests.contributions.test_concurrency import _database_of_threads, race  # noqa: F401 (used as a fixture)
from tests.factories import make_curator, make_network

pytestmark = pytest.mark.usefixtures("_database_of_threads")

ROUNDS = 5


def editor(name):
    client = Client()
    client.force_login(make_curator(name))
    return client


def saving(client, network, text):
    """A form that was opened now, to be sent later."""
    address = reverse("admin:catalogue_network_change", args=[network.pk])
    sent = {**Page(client.get(address)).sent, "summary": text}
    return lambda: client.post(address, sent).status_code


def test_of_two_editors_who_save_at_once_one_is_asked_to_look_again():
    first, second = editor("first"), editor("second")
    for number in range(ROUNDS):
        network = make_network(summary="As it was.")
        before = len(history.versions(network))
        texts = [f"First text {number}.", f"Second text {number}."]
        answers = race(saving(first, network, texts[0]), saving(second, network, texts[1]))
        assert sorted(answers) == [200, 302]
        assert Network.objects.get(pk=network.pk).summary == texts[answers.index(302)]
        assert len(history.versions(network)) == before + 1
