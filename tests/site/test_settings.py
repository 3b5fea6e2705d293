"""Starting with a clean environment: what is wrong stops the start with one sentence, what is left out is safe."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REPORT = """
import json, sys
from django import setup
setup()
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""
PRAGMAS = """
from django import setup
setup()
from django.db import connection
with connection.cursor() as cursor:
    for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
        print(cursor.execute(f"PRAGMA {name}").fetchone()[0])
"""
HEADERS = """
import json, sys
from django import setup
setup()
from django.test import Client
response = Client(headers=json.loads(sys.argv[1])).get("/healthz", secure=sys.argv[2] == "https")
print(json.dumps({"status": response.status_code, **response.headers}))
"""


@pytest.fixture
def python(tmp_path):
    """Run a script in a clean environment with only what is given."""

    def run(script, *arguments, **environment):
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
        ours = {"DJANGO_SETTINGS_MODULE": "resourcecenter.settings", "VAR_DIR": str(tmp_path / "var")}
        return subprocess.run(
            [sys.executable, "-W", "ignore:No directory at", "-c", script, *arguments],
            cwd=ROOT,
            env={**kept, **ours, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


@pytest.fixture
def settings_of(python):
    def read(*names, **environment):
        result = python(REPORT, *names, **{"SECRET_KEY": "secret", **environment})
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    return read


def sentence(result):
    """What an operator reads last."""
    assert result.returncode != 0
    kind, _, text = result.stderr.strip().splitlines()[-1].partition(": ")
    assert kind == "django.core.exceptions.ImproperlyConfigured", result.stderr
    return text


# --- What stops the start -----------------------------------------------------------------------


@pytest.mark.parametrize("environment", [{}, {"SECRET_KEY": ""}, {"DEBUG": "true"}], ids=str)
def test_without_a_secret_nothing_starts(python, environment):
    assert sentence(python(REPORT, **environment)) == (
        "Set SECRET_KEY to a long random text, or SECRET_KEY_FILE to a file that holds one."
    )


def test_a_secret_may_lie_in_a_file(python, settings_of, tmp_path):
    file = tmp_path / "secret"
    file.write_text("secret in a file\n")
    assert settings_of("SECRET_KEY", SECRET_KEY="", SECRET_KEY_FILE=str(file)) == {"SECRET_KEY": "secret in a file"}
    file.write_text("\n")
    assert sentence(python(REPORT, SECRET_KEY_FILE=str(file))).startswith("Set SECRET_KEY to a long random text")
    file.unlink()
    assert sentence(python(REPORT, SECRET_KEY_FILE=str(file))).startswith("SECRET_KEY_FILE cannot be read: ")


@pytest.mark.parametrize(
    "address",
    ["", "learn.example.org", "//learn.example.org", "ftp://learn.example.org", "javascript:alert(1)", "https://",
     "https:///networks/", "https://[::1", "https://learn.example.org:port"],
)  # fmt: skip
def test_a_wrong_address_stops_the_start(python, address):
    result = python(REPORT, SECRET_KEY="secret", SITE_URL=address)
    assert sentence(result) == "SITE_URL must be a full address such as https://learn.example.org."


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("TRUSTED_PROXY_COUNT", "one", "TRUSTED_PROXY_COUNT"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL"),
        ("CACHE_URL", "nonsense", "cache"),
        ("EMAIL_URL", "nonsense", "email"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT"),
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(python, name, value, word):
    assert word in sentence(python(REPORT, **{"SECRET_KEY": "secret", name: value}))


# --- Cookies and headers ------------------------------------------------------------------------

COOKIES = [
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
]


def test_under_https_cookies_are_bound_to_the_host_and_browsers_remember_https(settings_of):
    values = settings_of(
        *COOKIES, "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH", "CSRF_COOKIE_DOMAIN", "CSRF_COOKIE_PATH",
        SITE_URL="https://learn.example.org/",
    )  # fmt: skip
    assert values == {
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SECURE_HSTS_PRELOAD": False,
        # Browsers take a __Host- cookie only without a domain and for the whole site.
        "SESSION_COOKIE_DOMAIN": None,
        "SESSION_COOKIE_PATH": "/",
        "CSRF_COOKIE_DOMAIN": None,
        "CSRF_COOKIE_PATH": "/",
    }


def test_under_plain_http_logging_in_still_works(settings_of):
    assert settings_of(*COOKIES, SITE_URL="http://127.0.0.1:8000") == {
        "SESSION_COOKIE_NAME": "session",
        "CSRF_COOKIE_NAME": "csrf",
        "SESSION_COOKIE_SECURE": False,
        "CSRF_COOKIE_SECURE": False,
        "SECURE_SSL_REDIRECT": False,
        "SECURE_HSTS_SECONDS": 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SECURE_HSTS_PRELOAD": False,
    }


def test_an_answer_over_https_tells_browsers_to_stay_there(python):
    result = python(
        HEADERS, '{"host": "learn.example.org"}', "https", SECRET_KEY="secret", SITE_URL="https://learn.example.org"
    )
    headers = json.loads(result.stdout)
    assert headers["status"] == 200
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert {"default-src 'none'", "upgrade-insecure-requests"} <= set(headers["Content-Security-Policy"].split("; "))
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_hosts_are_those_of_the_address_and_of_the_machine_itself(python, settings_of):
    values = settings_of("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", SITE_URL="https://learn.example.org/")
    assert values == {
        "ALLOWED_HOSTS": ["learn.example.org", "localhost", "127.0.0.1", "[::1]"],
        "CSRF_TRUSTED_ORIGINS": ["https://learn.example.org"],
    }


@pytest.mark.parametrize(("count", "header"), [("0", None), ("1", ["HTTP_X_FORWARDED_PROTO", "https"])])
def test_a_forwarded_header_counts_only_behind_a_proxy(settings_of, count, header):
    assert settings_of("SECURE_PROXY_SSL_HEADER", TRUSTED_PROXY_COUNT=count) == {"SECURE_PROXY_SSL_HEADER": header}


def test_what_is_left_out_is_safe(settings_of):
    assert settings_of("DEBUG", "TIME_ZONE", "USE_TZ", "SECRET_KEY_FALLBACKS") == {
        "DEBUG": False,
        "TIME_ZONE": "UTC",
        "USE_TZ": True,
        "SECRET_KEY_FALLBACKS": [],
    }


# --- Database -----------------------------------------------------------------------------------


def test_sqlite_writes_through_to_the_disk_and_keeps_its_keys(python):
    result = python(PRAGMAS, SECRET_KEY="secret")
    assert result.stdout.split() == ["wal", "2", "1", "20000"], result.stderr  # synchronous 2 is FULL; 20 s


def test_sqlite_writers_wait_for_each_other_from_the_start(settings_of):
    options = settings_of("DATABASES")["DATABASES"]["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"


def test_postgresql_connections_live_on_and_are_checked(settings_of):
    database = settings_of("DATABASES", DATABASE_URL="postgres://me:pw@db.example.org/center")["DATABASES"]["default"]
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (600, True)
