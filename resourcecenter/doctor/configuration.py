"""What the environment says, and what follows from it."""

import filecmp
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core import checks

from . import Finding

HERE = {"localhost", "127.0.0.1", "::1"}
SEE = "https://docs.djangoproject.com/en/stable/ref/checks/ explains it."
FOLLOW_FROM_HTTPS = {"security.W004", "security.W008", "security.W012", "security.W016"}


def is_public() -> bool:
    """Whether others than this machine are meant to reach the site."""
    return urlsplit(settings.SITE_URL).hostname not in HERE


def settings_are_safe() -> Iterator[Finding]:
    """Django's own checks of a deployment, and HTTPS."""
    encrypted = settings.SITE_URL.startswith("https:")
    if is_public() and not encrypted:
        yield Finding(
            "The site is served without encryption, passwords too.",
            "Put a proxy with a certificate in front and set SITE_URL=https://...",
        )
    for message in checks.run_checks(include_deployment_checks=True):
        if encrypted or message.id not in FOLLOW_FROM_HTTPS:
            what = " ".join(f"{message.msg}".split())
            yield Finding(f"{what} ({message.id})", str(message.hint or SEE))


def secret_is_kept() -> Iterator[Finding]:
    """That no other account of the machine can read the file of the secret."""
    path = settings.SECRET_KEY_FILE
    if path and Path(path).stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
        yield Finding(f"Other accounts of this machine can read {path}, or write it.", f"chmod 600 {path}")


def static_files_are_collected() -> Iterator[Finding]:
    """That the style sheets and scripts of this release are where the server looks for them."""
    found = ((storage.path(name), name) for finder in get_finders() for name, storage in finder.list([]))
    lacking = [name for path, name in found if not _is_same(Path(path), Path(settings.STATIC_ROOT, name))]
    if lacking:
        what = f"{len(lacking)} static files of this release are not in {settings.STATIC_ROOT}, such as {lacking[0]}."
        yield Finding(what, "python manage.py collectstatic --noinput, then restart the web processes.")


def _is_same(one, other):
    return other.is_file() and filecmp.cmp(one, other, shallow=False)
