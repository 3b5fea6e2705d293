"""The drill of the full disk, as a command in full_disk.py."""

import pytest

from tests.drills.full_disk import full_disk_drill, wrong
from tests.drills.portal import CannotMount, is_postgresql

pytestmark = pytest.mark.e2e


@pytest.mark.skipif(is_postgresql(), reason="The disk of PostgreSQL is another machine's.")
def test_a_full_disk_refuses_in_words_lets_people_read_and_leaves_nothing_by_halves(tmp_path):
    try:
        found = full_disk_drill(tmp_path)
    except CannotMount as error:
        pytest.skip(f"This account may not mount a file system to be filled: {error}")
    assert found["refused"]
    assert wrong(found) == {}
