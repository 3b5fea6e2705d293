"""The Dockerfile is understood by the drill that makes its steps; the drill itself is a command (see image.py)."""

from tests.drills.image import Image, steps
from tests.drills.portal import ROOT


def test_every_instruction_of_the_dockerfile_is_one_that_the_drill_knows():
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}
    found = steps((ROOT / "Dockerfile").read_text())
    assert {step.instruction for step in found} <= known
    assert found[-1].instruction == "CMD"


def test_paths_of_the_image_lie_below_the_folder_and_no_others(tmp_path):
    inside = Image(tmp_path / "x").inside("/venv/bin/pip /app/staticfiles ./app /dev/shm http://a/app")
    assert inside == f"{tmp_path}/x/venv/bin/pip {tmp_path}/x/app/staticfiles ./app /dev/shm http://a/app"
