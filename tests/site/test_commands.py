"""The commands that an operator runs."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from tests.factories import make_moderator

pytestmark = pytest.mark.django_db


def test_make_moderator_prints_a_log_in_that_works_and_does_so_once(client, capsys):
    make_moderator("elsewhere")  # brings the groups back where another test emptied the tables
    call_command("make_moderator", "ada")
    password = re.search(r"password (\S+)", capsys.readouterr().out).group(1)
    assert client.post("/admin/login/", {"username": "ada", "password": password}).status_code == 302
    assert client.get("/admin/contributions/contribution/").status_code == 200
    assert client.get("/admin/catalogue/network/").status_code == 200

    call_command("make_moderator", "ada")
    assert "password was shown" in capsys.readouterr().out
    assert get_user_model().objects.filter(username="ada").count() == 1
