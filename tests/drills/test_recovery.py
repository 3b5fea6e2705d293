"""A short recovery drill; its long form is a command (see recovery.py)."""

import pytest

from tests.drills.portal import is_postgresql
from tests.drills.recovery import NEVER, recovery_drill

pytestmark = pytest.mark.e2e


def test_a_backup_made_while_people_contribute_becomes_a_site_with_all_that_was_accepted_and_nobody_who_was_erased(
    tmp_path,
):
    # On PostgreSQL also a portable one, which becomes a site on SQLite.
    found = recovery_drill(tmp_path, backups=2 if is_postgresql() else 1)

    assert all(one["contributions"] and one["files"] for one in found)
    assert [[one[what] for what in NEVER] for one in found] == [[0] * len(NEVER)] * len(found)
