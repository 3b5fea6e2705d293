"""A short mail drill; its long form is a command (see mail.py)."""

import pytest

from tests.drills.mail import mail_drill, wrong
from tests.drills.portal import is_postgresql

pytestmark = pytest.mark.e2e


@pytest.mark.skipif(not is_postgresql(), reason="Many workers are for PostgreSQL; the command tries SQLite too.")
def test_every_mail_arrives_although_the_server_was_away_and_workers_were_killed(tmp_path):
    found = mail_drill(tmp_path, mails=6, kills=1)

    assert found["received"] >= found["accepted"] >= 6
    assert wrong(found) == {}
