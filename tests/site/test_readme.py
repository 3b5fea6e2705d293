"""What the README says is so."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "resourcecenter" / "settings.py").read_text()


def test_the_readme_lists_every_variable_that_the_settings_read_and_no_other():
    table = README.split("## Configure")[1].split("## ")[0]
    first_columns = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    listed = {name for column in first_columns for name in re.findall(r"`([A-Z_]+)`", column)}
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS))
    assert listed == read


def test_the_readme_gives_every_dependency_a_reason():
    declared = (ROOT / "pyproject.toml").read_text().split("dependencies = [")[1].split("]")[0]
    names = {name.lower() for name in re.findall(r'"([A-Za-z-]+)[>=<\[]', declared)}
    reasons = README.split("## Dependencies")[1].split("## ")[0].lower()
    assert [name for name in sorted(names) if name not in reasons] == []


def test_every_file_that_the_readme_names_is_there():
    named = re.findall(r"\]\(([^)#:]+)\)|`((?:fixtures|tests|contributions|resourcecenter)/[^` ]*)`", README)
    assert [path for pair in named for path in pair if path and not (ROOT / path).exists()] == []
