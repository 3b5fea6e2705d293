"""A short kill drill; its long form is a command (see kill.py)."""

import pytest

from tests.drills.kill import kill_drill, wrong

pytestmark = pytest.mark.e2e


def test_what_was_answered_is_stored_however_often_all_processes_are_killed(tmp_path):
    found = kill_drill(tmp_path, rounds=5)

    assert found["accepted"]
    assert wrong(found) == {}
