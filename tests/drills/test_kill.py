"""A short kill drill; its long form is a command (see kill.py)."""

import pytest

from tests.drills.kill import drill, kills, wrong

pytestmark = pytest.mark.e2e


def test_what_was_answered_is_stored_however_often_processes_are_killed(tmp_path):
    found = drill(tmp_path, kills(), rounds=3)

    assert found["accepted"]
    assert found["approved"]
    assert wrong(found) == {}
