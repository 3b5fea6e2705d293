"""Dependencies point down: imports, keys between tables, and what may lie in a public table."""

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from importlinter.cli import lint_imports

from contributions.models import Attachment, Resource, ResourceSource, TaggedResource
from resourcecenter.core.history import HistoryRow
from resourcecenter.core.public import PublicModel, Tombstone

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ["core", "phases", "catalogue", "contributions"]
FLOOR_MODULES = {"core", "serving", "settings", "wsgi", "apps", "__init__"}
TABLES = [model for label in FLOORS for model in apps.get_app_config(label).get_models()]
HISTORIES = [model for model in TABLES if hasattr(model, "history_id")]
OURS = [model for model in TABLES if model not in HISTORIES]
PUBLIC = [
    *(model for model in OURS if model._meta.app_label in {"phases", "catalogue"}),
    *(Resource, ResourceSource, Attachment, TaggedResource),
    Tombstone,
]
every_public_model = pytest.mark.parametrize("model", PUBLIC, ids=lambda model: model._meta.label)


def python_files():
    found = [path for folder in ["resourcecenter", *FLOORS[1:]] for path in (ROOT / folder).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in found if "migrations" not in path.parts}


def files_with(pattern, files):
    return {name for name, text in files.items() if re.search(pattern, text, re.MULTILINE)}


# --- Imports ------------------------------------------------------------------------------------


def test_imports_point_down(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    result = lint_imports(no_cache=True)
    assert result == 0, capsys.readouterr().out


def test_every_module_of_the_roof_is_named_in_the_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = set(re.findall(r"resourcecenter\.(\w+)", " ".join(contracts[0]["layers"][:-1])))
    modules = {path.stem for path in (ROOT / "resourcecenter").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert named == modules - FLOOR_MODULES - {"__pycache__"}


def test_one_module_marks_html_as_safe():
    assert files_with(r"\b(mark_safe|SafeString|SafeText|html_safe)\b", python_files()) == {
        "resourcecenter/core/markdown.py"
    }


def test_no_template_switches_escaping_off():
    templates = {path.relative_to(ROOT).as_posix(): path.read_text() for path in (ROOT / "templates").rglob("*.html")}
    assert len(templates) > 20
    assert files_with(r"\|\s*safe(seq)?\b|autoescape\s+off", templates) == set()


def test_content_is_remembered_in_one_package_and_requests_are_counted_in_another_module():
    assert files_with(r"^from django\.core\.cache|^from django\.core import .*\bcache|cache_page", python_files()) == {
        "resourcecenter/core/pagecache/front.py",
        "resourcecenter/core/pagecache/generation.py",
        "resourcecenter/core/pagecache/pages.py",
        "resourcecenter/core/pagecache/shared.py",
        "resourcecenter/core/limits.py",
    }


# --- Tables -------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_keys_are_held_by_the_side_that_depends(model):
    floor = FLOORS.index(model._meta.app_label)
    for field in model._meta.get_fields():
        if field.is_relation and field.concrete and field.related_model._meta.app_label in FLOORS:
            assert FLOORS.index(field.related_model._meta.app_label) <= floor, field


@every_public_model
def test_every_write_to_a_public_table_counts(model):
    assert issubclass(model, PublicModel)
    assert type(model._default_manager.all()).update.__module__ == "resourcecenter.core.public"
    assert type(model._base_manager.all()).update.__module__ == "resourcecenter.core.public"


def test_no_other_table_of_ours_is_public():
    assert {model for model in OURS if issubclass(model, PublicModel)} == set(PUBLIC)


@every_public_model
def test_every_public_row_has_a_history_with_all_its_links(model):
    assert issubclass(model.history.model, HistoryRow)
    assert {field.attname for field in model._meta.fields} <= {f.attname for f in model.history.model._meta.fields}
    implicit = [field for field in model._meta.local_many_to_many if field.remote_field.through._meta.auto_created]
    assert [field.name for field in implicit] == getattr(model, "_history_m2m_fields", [])


@every_public_model
def test_every_public_row_is_a_record_or_part_of_one(model):
    owner = model._meta.get_field(model.part_of).related_model if model.part_of else model
    assert hasattr(owner, "slug") or owner is Tombstone
    assert not owner.part_of


def test_hardly_anything_above_the_floor_reads_history():
    """An approval and a merge write it, and what is derived follows it; the address of a retired file, the sweep of
    files and an erasure ask it one thing each."""
    reading = files_with(r"import .*\bhistory\b|\.history\b|Historical", python_files())
    allowed = (
        r"resourcecenter/(core/|loading\.py|finding\.py|management/)|\w+/admin\.py|catalogue/search\.py"
        r"|contributions/(applying|chores|merging|views|filekeeping|privacy)\.py"
    )
    assert {name for name in reading if not re.match(allowed, name)} == set()


@every_public_model
def test_a_public_table_has_nothing_to_hide(model):
    """No state to filter by, and no key to a table that is not public."""
    hidden = {
        "status",
        "state",
        "published",
        "is_published",
        "is_public",
        "approved",
        "is_approved",
        "draft",
        "visible",
    }
    fields = [field for field in model._meta.get_fields() if field.concrete]
    assert {field.name for field in fields} & hidden == set()
    assert {field.related_model for field in fields if field.is_relation} <= set(PUBLIC)


@pytest.mark.django_db
def test_the_migrations_make_what_the_models_say():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
