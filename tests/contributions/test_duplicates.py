"""A title that only looks like another's is found beside it, whether that is public or waits."""

import unicodedata

import pytest

from contributions import duplicates
from tests.factories import make_contribution, make_network, make_resource

pytestmark = pytest.mark.django_db

TWINS = [
    ("Éléments pour un réseau", unicodedata.normalize("NFD", "Éléments pour un réseau")),
    ("Paper on scope", "\u0420\u0430\u0440\u0435\u0440 on \u0455\u0441\u043e\u0440\u0435"),  # Cyrillic
    ("Handbook of practice", "\u041d\u0430ndb\u043e\u043ek \u03bff \u0440r\u0430ctic\u0435"),  # and Greek
]


@pytest.mark.parametrize(("title", "twin"), TWINS, ids=["NFD", "whole words", "single letters"])
def test_a_twin_of_a_public_record_is_found(title, twin):
    resource, network = make_resource(title), make_network(title)
    assert [found.of for found in duplicates.find("resource", title=twin)] == [resource]
    assert [found.of for found in duplicates.find("network", title=twin)] == [network]


@pytest.mark.parametrize(("title", "twin"), TWINS, ids=["NFD", "whole words", "single letters"])
def test_a_twin_of_what_waits_is_found(title, twin):
    waiting = make_contribution(title=title)
    assert [found.of for found in duplicates.find("resource", title=twin)] == [waiting]


def test_a_title_in_russian_finds_its_own():
    resource = make_resource("Обучение в сетях")
    make_resource("Something else")
    assert [found.of for found in duplicates.find("resource", title="Обучение в сетях")] == [resource]
