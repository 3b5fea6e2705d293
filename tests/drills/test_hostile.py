"""A round of hostile content; its long form is a command (see hostile.py)."""

import os

import pytest

from tests.drills.hostile import PAYLOADS, hostile_drill
from tests.proof.browser import path_of_chromium

pytestmark = pytest.mark.e2e


def test_hostile_texts_run_nothing_fetch_nothing_and_stay_in_their_place_without_the_policy(tmp_path):
    if not path_of_chromium() and os.environ.get("CI") != "true":
        pytest.skip("Chromium is not installed (Debian: apt install chromium).")

    found = hostile_drill(tmp_path, rounds=1)

    assert found["amiss"] == []
    assert found["payloads"] > 0.9 * sum(map(len, PAYLOADS.values()))
