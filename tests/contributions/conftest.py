"""Storages of each test's own, and passwords that cost no time."""

import pytest
from django.core.files.storage import storages

from contributions.models import Attachment, ContributionFile


@pytest.fixture(autouse=True)
def _own_storages(_own_files, monkeypatch):
    """A field asks for its storage once, when the models are read; here it gets that of the test."""
    monkeypatch.setattr(ContributionFile._meta.get_field("file"), "storage", storages["private"])
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", storages["default"])


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
