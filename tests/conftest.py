"""What all tests share: throw-away folders, plain static files, a cache that forgets, and who runs what."""

import time
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from xdist.scheduler import LoadScopeScheduling

from contributions.models import Attachment, ContributionFile
from resourcecenter.core import limits


class BrowserInOneWorker(LoadScopeScheduling):
    """One worker begins with all tests that share the portal and the browser; the others get theirs one by one."""

    def _split_scope(self, nodeid):
        return "tests/e2e" if nodeid.startswith("tests/e2e/") else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return BrowserInOneWorker(config, log)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    """No test sees another's files, and none needs collectstatic."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    settings.ERASURES_FILE = tmp_path / "erasures"
    settings.STORAGES = {
        "default": {
            "BACKEND": "resourcecenter.core.files.WholeFileStorage",
            "OPTIONS": {"location": tmp_path / "public", "base_url": None},
        },
        "private": {
            "BACKEND": "resourcecenter.core.files.WholeFileStorage",
            "OPTIONS": {"location": tmp_path / "private", "base_url": None},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _own_storages(_own_files, monkeypatch):
    """A field asks for its storage once, when the models are read; here it gets that of the test."""
    monkeypatch.setattr(ContributionFile._meta.get_field("file"), "storage", storages["private"])
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", storages["default"])


@pytest.fixture(autouse=True)
def _no_network(settings):
    settings.CHECK_LINKS = False


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _forgetful_cache():
    """Rolled back transactions reuse content generations; what they remembered must not outlive them."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _one_window(monkeypatch):
    """What a test tries too often must not be halved by a window that ends meanwhile."""
    now = time.time()
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: now))
