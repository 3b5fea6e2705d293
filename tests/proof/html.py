"""Check the HTML of every kind of page and state with the Nu HTML Checker: ``make check-html``.

A browser walks through a portal of its own; what the server sent for each page is kept in a folder and checked there.
Prints each error with its page, and ends with 1 if there is any. Needs Java, and the npm package vnu-jar in ``NPM``.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

from tests.drills.portal import throw_away_portal
from tests.proof import NPM
from tests.proof.browser import chromium
from tests.proof.pages import PAGES
from tests.proof.states import states

CHECKER = ["java", "-jar", str(NPM / "vnu-jar" / "build" / "dist" / "vnu.jar"), "--format", "json", "--stdout"]


def collect(folder: Path) -> None:
    """Write the HTML of every kind of page and state into files."""
    with tempfile.TemporaryDirectory() as data, throw_away_portal(Path(data)) as portal, chromium() as browser:
        page = browser.new_context(base_url=f"http://127.0.0.1:{portal.port}").new_page()
        documents = []
        is_document = lambda response: response.request.resource_type == "document"  # noqa: E731
        page.on("response", lambda response: documents.append(response) if is_document(response) else None)
        for name in walk(page, make_moderator(portal)):
            (folder / f"{re.sub(r'[^a-z]+', '-', name)}.html").write_text(documents[-1].text())


def walk(page, moderator):
    for name, path in PAGES.items():
        page.goto(path)
        yield name
    yield from states(page, moderator)


def make_moderator(portal) -> SimpleNamespace:
    """An account that may log in to the portal."""
    command = [sys.executable, "manage.py", "make_moderator", "mo"]
    printed = subprocess.run(command, env=portal.env, check=True, stdout=subprocess.PIPE, text=True).stdout
    return SimpleNamespace(username="mo", password=re.search(r"password (\S+)", printed).group(1))


def errors(folder: Path) -> list[str]:
    """What the checker finds wrong, as "page:line: message: extract"."""
    checked = subprocess.run([*CHECKER, *map(str, sorted(folder.glob("*.html")))], stdout=subprocess.PIPE, text=True)
    messages = json.loads(checked.stdout)["messages"]
    return [
        f"{Path(one['url']).name}:{one.get('lastLine')}: {one['message']}: {one.get('extract', '').strip()}"
        for one in messages
        if one["type"] != "info"
    ]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        collect(Path(folder))
        found = errors(Path(folder))
        print(*found, f"{len(list(Path(folder).glob('*.html')))} pages, {len(found)} errors", sep="\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
