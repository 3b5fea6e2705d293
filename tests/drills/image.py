"""The steps of the Dockerfile, made on this machine in a folder and a virtual environment of their own.

    python -m tests.drills.image

What needs Docker is left out, and said: another base image, packages of Debian, an account of the image's own.
"""

import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

from tests.drills.portal import PORTS, ROOT

NEEDS_DOCKER = ("apt-get", "useradd")
START_S = 60


class Step(NamedTuple):
    """An instruction of the Dockerfile, in capitals, and what stands behind it on one line."""

    instruction: str
    rest: str


def steps(dockerfile: str) -> list[Step]:
    lines = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", dockerfile, flags=re.MULTILINE)).splitlines()
    return [Step(*line.split(maxsplit=1)) for line in lines if line.strip()]


class Image:
    """A folder that stands for the file system of the image: its /app, /venv and /var are folders below it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.env = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        self.left_out = []
        (folder / "app").mkdir(parents=True)

    def inside(self, text: str) -> str:
        """The same words with the paths of the image below the folder."""
        return re.sub(r"(?<![\w./])/(app|venv|var)\b", rf"{self.folder}/\1", text)

    def build(self, dockerfile: str) -> list[str]:
        """Make each step, and return the command that CMD names. Raises CalledProcessError if one fails."""
        command = []
        for step in steps(dockerfile):
            if step.instruction == "RUN":
                self._run(step.rest)
            elif step.instruction == "COPY" and not step.rest.startswith("--from"):
                self._copy(step.rest.split())
            elif step.instruction == "ENV":
                self._set(step.rest)
            elif step.instruction == "CMD":
                command = json.loads(self.inside(step.rest))
        return command

    def _run(self, line):
        if any(word in line for word in NEEDS_DOCKER):
            self.left_out.append(line)
            self.folder.joinpath("var/lib/resourcecenter").mkdir(parents=True, exist_ok=True)
            return
        line = re.sub(r"^python -m venv", f"{shlex.quote(sys.executable)} -m venv", self.inside(line))
        subprocess.run(line, shell=True, cwd=self.folder / "app", env=self.env, check=True)

    def _copy(self, names):
        *sources, target = names
        target = Path(self.inside(target.replace("./", f"{self.folder}/app/") if target == "./" else target))
        target = self.folder / "app" if str(target) == "." else target
        for source in ["."] if sources == ["."] else sources:
            self._copy_one(source, target)

    def _copy_one(self, source, target):
        if source == ".":  # what a checkout has, which is what Docker is given
            archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
            subprocess.run(["tar", "-x", "-C", str(target)], input=archive, check=True)
        else:
            shutil.copy(ROOT / source, target)

    def _set(self, line):
        for pair in shlex.split(line):
            name, value = pair.split("=", 1)
            self.env[name] = self.inside(value).replace("$PATH", self.env["PATH"])


def asked(address: str) -> int:
    """Return the status of an answer, or 0 if there is none."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def image_drill(folder: Path) -> dict[str, int]:
    """Build and serve, and return what the health checks answer, before and after the migrations."""
    image = Image(folder)
    command = image.build((ROOT / "Dockerfile").read_text())
    port = random.choice(PORTS)
    site = {"SECRET_KEY": "drill", "SITE_URL": f"http://127.0.0.1:{port}"}
    run = {"cwd": folder / "app", "env": {**image.env, **site}}
    command = [f"127.0.0.1:{port}" if part == "0.0.0.0:8000" else part for part in command]
    server = subprocess.Popen([str(folder / "venv/bin" / command[0]), *command[1:]], **run)
    try:
        found = {"healthz": _awaited(f"{site['SITE_URL']}/healthz")}
        found["readyz before migrate"] = asked(f"{site['SITE_URL']}/readyz")
        for work in (["migrate", "-v0"], ["load_content"], ["worker", "--once"]):
            subprocess.run([str(folder / "venv/bin/python"), "manage.py", *work], **run, check=True)
        return {**found, "readyz": asked(f"{site['SITE_URL']}/readyz"), "home": asked(f"{site['SITE_URL']}/")}
    finally:
        server.terminate()
        server.wait(timeout=30)
        for line in image.left_out:
            print(f"Left out, needs Docker: {line}")


def _awaited(address):
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and asked(address) != 200:
        time.sleep(0.2)
    return asked(address)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        found = image_drill(Path(folder))
    print(found)
    sys.exit(found != {"healthz": 200, "readyz before migrate": 503, "readyz": 200, "home": 200})
