"""The drill of the read-only machine, as a command in read_only.py."""

import pytest

from tests.drills.portal import CannotMount, is_postgresql
from tests.drills.read_only import read_only_drill

pytestmark = pytest.mark.e2e


@pytest.mark.skipif(is_postgresql(), reason="The portal of this drill runs on SQLite.")
def test_the_portal_writes_to_its_folder_and_nowhere_else(tmp_path):
    try:
        found = read_only_drill(tmp_path)
    except CannotMount as error:
        pytest.skip(f"This account may not make a namespace of its own: {error}")
    assert not any(found.values()), found
