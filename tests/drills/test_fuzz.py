"""Some inputs of the fuzz drill; its long form is a command (see fuzz.py)."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.drills.fuzz import Fuzzer
from tests.factories import make_contribution, make_network, make_page, make_phase, make_resource, make_topic

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("start", "views"), [("/", 10), ("/admin/", 20)])
def test_texts_that_break_programs_are_answered_and_at_once(start, views):
    make_page("about")
    make_network(members=1, questions=1, deliverables=1, tags=[make_topic()])
    make_resource(phases=[make_phase()])
    make_contribution()
    client = Client(raise_request_exception=False)
    if start == "/admin/":
        client.force_login(get_user_model().objects.create_superuser("fuzz"))
    fuzzer = Fuzzer(client)

    fuzzer.crawl(start)
    fuzzer.run(100)

    assert fuzzer.bad == []
    assert len(fuzzer.pages) > views
    assert fuzzer.answers[200] > 10
