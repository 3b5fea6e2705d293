"""A short guessing drill; its long form, which also looks at the times, is a command (see guessing.py)."""

import pytest

from tests.drills.guessing import guessing_drill

pytestmark = pytest.mark.e2e


def test_the_guessing_drill_runs(tmp_path):
    assert all(seconds > 0 for seconds in guessing_drill(tmp_path / "portal", tries=1).values())
