"""Logs hold no private link and no e-mail address, whatever goes wrong on a private page."""

import io
import logging
import logging.config
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from contributions import following, tokens
from contributions.models import Contribution
from resourcecenter.core import limits
from resourcecenter.core.logs import MASK, Mask
from tests.factories import form_data, make_contribution, make_user

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "Zx9_-aaaaBBBBccccDDDDeeeeFFFF000"
ADDRESS = "marker.person@example.org"


@pytest.fixture
def log(settings):
    """What the console would show, by the settings as they are."""
    kept = {name: (logger.handlers[:], logger.propagate) for name, logger in _loggers().items()}
    logging.config.dictConfig(settings.LOGGING)
    [console] = [h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler]
    stream = io.StringIO()
    console.setStream(stream)
    yield stream.getvalue
    for name, (handlers, propagate) in kept.items():
        _loggers()[name].handlers[:], _loggers()[name].propagate = handlers, propagate


def _loggers():
    return {name: logging.getLogger(name) for name in (None, "django", "django.server", "post_office")}


def masked(text):
    return Mask(["contributions", "contribute/draft"]).masked(text)


# --- What is masked -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"Not Found: /contributions/{TOKEN}/", "Not Found: /contributions/***/"),
        (f"Not Found: /contributions/{TOKEN[:-1]}", "Not Found: /contributions/***"),
        (f"Not Found: //contributions//{TOKEN[:9]}/revise/", "Not Found: //contributions//***/revise/"),
        (f"Not Found: /contribute/draft/{TOKEN[:20]}/", "Not Found: /contribute/draft/***/"),
        (f"/admin/login/?next=%2Fcontributions%2F{TOKEN[:20]}%2F", "/admin/login/?next=%2Fcontributions%2F***%2F"),
        (f'"https://learn.example.org/contributions/{TOKEN[:20]}/"', '"https://learn.example.org/contributions/***/"'),
        (f'"GET /contributions/{TOKEN}/?mail={TOKEN} HTTP/1.1"', '"GET /contributions/***/?mail=*** HTTP/1.1"'),
        (f"Reverse for 'status' with arguments '('{TOKEN}',)'", "Reverse for 'status' with arguments '('***',)'"),
        (f"Sent to {ADDRESS}.", "Sent to ***"),
        ("GET /admin/?q=marker.person%40example.org&p=1", "GET /admin/?q=***&p=1"),
        ("postgres://portal:secret@db/name", "postgres://portal:***/name"),
    ],
)
def test_a_secret_is_masked_wherever_it_stands(line, shown):
    assert masked(line) == shown


@pytest.mark.parametrize(
    "line",
    [
        "Not Found: /admin/contributions/contribution/12/change/",
        "Not Found: /resources/a-guide-with-an-address-of-32-ch/",
        'File "/srv/portal/contributions/following.py", line 12, in status',
        "GET /contribute/resource/ 200",
        "0b7e5c0e3a1d4b6f8a9c0d1e2f3a4b5c",
    ],
)
def test_what_is_no_secret_stays_readable(line):
    assert masked(line) == line


def test_every_address_with_a_token_is_masked_by_its_path(settings):
    def routes(patterns, before=""):
        for pattern in patterns:
            route = before + str(pattern.pattern)
            yield from routes(pattern.url_patterns, route) if hasattr(pattern, "url_patterns") else [route]

    private = [route for route in routes(get_resolver().url_patterns) if "token" in route]
    mask = Mask(settings.PRIVATE_PATHS)
    shown = [mask.masked("/" + route.replace("<str:token>", "broken-link")) for route in private]
    assert len(private) > 5
    assert [line for line in shown if "broken-link" in line] == []


def test_a_long_line_is_masked_in_no_time():
    begun = time.perf_counter()
    for text in ("a" * 100_000, "a%" * 50_000, "/contributions" * 10_000, "A-a" * 40_000, "https://" * 20_000):
        masked(text)
    assert time.perf_counter() - begun < 3


def test_a_message_with_the_wrong_arguments_breaks_nothing(log, monkeypatch):
    monkeypatch.setattr(logging, "raiseExceptions", False)
    logging.getLogger("x").error("%s and %s", "one")


# --- What is logged in truth --------------------------------------------------------------------


def address_of(contribution, page="status", *args):
    return reverse(f"contributions:{page}", args=[tokens.token_for(contribution.form_key), *args])


def raise_with_secrets(contribution, *args, **kwargs):
    raise RuntimeError(f"{address_of(contribution)} of {contribution.contributor_email}")


@pytest.fixture
def contribution(db, log):
    make_contribution()
    Contribution.objects.update(contributor_email=ADDRESS)
    return Contribution.objects.get()


def test_neither_a_wrong_link_nor_a_forged_form_nor_a_fault_writes_a_secret_to_the_log(
    contribution, log, monkeypatch, settings
):
    token = tokens.token_for(contribution.form_key)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    assert client.get(f"/contributions/{TOKEN}/").status_code == 404
    assert client.get(f"/contributions/{token[:-1]}/").status_code == 404
    assert client.get(f"/contribute/draft/{token}/").status_code == 404
    assert client.get(f"/nowhere/{ADDRESS}").status_code == 404
    assert client.post(address_of(contribution, "erase")).status_code == 403
    assert client.post(address_of(contribution, "revise")).status_code == 403
    assert client.get(address_of(contribution, "prove_address")).status_code == 405
    monkeypatch.setattr(following, "_status_page", lambda request, it, token: raise_with_secrets(it))
    assert client.get(address_of(contribution) + f"?mail={token}").status_code == 500
    text = log()
    for line in ("Not Found: /contributions/***/", "Forbidden", "Method Not Allowed", "Traceback", "RuntimeError"):
        assert line in text
    assert [secret for secret in (token[:-1], TOKEN, ADDRESS) if secret in text] == []


def test_a_limit_writes_no_secret_to_the_log(client, contribution, log, monkeypatch):
    monkeypatch.setattr(limits, "CONTRIBUTE", [limits.BROWSER._replace(times=0)])
    assert client.post("/contribute/resource/", form_data(different="yes", **{"you-email": ADDRESS})).status_code == 429
    text = log()
    assert "Too Many Requests: /contribute/resource/" in text
    assert [secret for secret in (TOKEN, ADDRESS) if secret in text] == []


def test_a_search_for_an_address_in_the_admin_is_not_logged(client, contribution, log):
    client.force_login(make_user(is_superuser=True))
    client.get("/admin/contributions/contribution/", {"q": ADDRESS})
    logging.getLogger("django.server").info('"GET /admin/?q=%s HTTP/1.1" 200', ADDRESS.replace("@", "%40"))
    logging.getLogger("post_office").warning("Failed to send to %s", ADDRESS)
    text = log()
    assert "Failed to send to ***" in text
    assert text.count(MASK) == 2
    assert "example.org" not in text


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def asked(url):
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def test_the_access_log_of_gunicorn_holds_no_private_link(tmp_path):
    port, access, console = free_port(), tmp_path / "access.log", tmp_path / "console.log"
    command = [sys.executable, "-m", "gunicorn", "resourcecenter.wsgi", "--bind", f"127.0.0.1:{port}"]
    environment = {"SECRET_KEY": "x" * 50, "VAR_DIR": str(tmp_path / "var")}
    with console.open("w") as output:
        gunicorn = subprocess.Popen(
            [*command, "--no-control-socket", "--access-logfile", str(access)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        while asked(f"http://127.0.0.1:{port}/healthz") != 200:
            assert gunicorn.poll() is None
            time.sleep(0.1)
        # Without static files not even the error page can be made: gunicorn itself tells of that fault.
        assert asked(f"http://127.0.0.1:{port}/contributions/{TOKEN}/?mail={ADDRESS}") == 500
    finally:
        gunicorn.terminate()
        gunicorn.wait(timeout=20)
    lines = access.read_text() + console.read_text()
    assert '"GET /contributions/***/?mail=*** HTTP/1.1" 500' in access.read_text()
    assert "Error handling request GET /contributions/***/" in console.read_text()
    assert [secret for secret in (TOKEN, ADDRESS) if secret in lines] == []
