"""The commands that an operator runs."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from catalogue.models import Network
from resourcecenter.core.search import search
from tests.factories import make_moderator, make_network, make_resource

pytestmark = pytest.mark.django_db


def test_make_moderator_prints_a_log_in_that_works_and_does_so_once(client, capsys):
    make_moderator("elsewhere")  # brings the groups back where another test emptied the tables
    call_command("make_moderator", "ada")
    password = re.search(r"password (\S+)", capsys.readouterr().out).group(1)
    assert client.login(username="ada", password=password)
    assert client.get("/admin/contributions/contribution/").status_code == 200
    assert client.get("/admin/catalogue/network/").status_code == 200

    call_command("make_moderator", "ada")
    assert "password was shown" in capsys.readouterr().out
    assert get_user_model().objects.filter(username="ada").count() == 1


def test_reindex_finds_what_was_written_behind_the_index_and_forgets_what_is_gone():
    gone = make_network("Forgotten quagga network")
    make_resource("Unindexed okapi guide")
    Network.objects.filter(pk=gone.pk).delete()
    assert search("quagga", kinds=["network"]).total == 1
    assert search("okapi", kinds=["resource"]).total == 0

    call_command("reindex", verbosity=0)
    assert search("quagga", kinds=["network"]).total == 0
    assert search("okapi", kinds=["resource"]).total == 1
