"""Logs hold no private link and no e-mail address, whatever goes wrong on a private page."""

import io
import logging
import logging.config
import re
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
from resourcecenter.core.accesslog import named_and_logged
from resourcecenter.core.jobs import run_due
from resourcecenter.core.logs import MASK, Mask
from resourcecenter.jobs import jobs
from tests.factories import form_data, make_contribution, make_moderator, make_user

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
        (f"/admin/login/?next=%2Fcontributions%2F{TOKEN[:20]}%2F", "/admin/login/?***"),
        (f"Not Found: /admin/%2Fcontributions%2F{TOKEN[:20]}%2F", "Not Found: /admin/%2Fcontributions%2F***%2F"),
        (f'"https://learn.example.org/contributions/{TOKEN[:20]}/"', '"https://learn.example.org/contributions/***/"'),
        (f'"GET /contributions/{TOKEN}/?mail={TOKEN} HTTP/1.1"', '"GET /contributions/***/?*** HTTP/1.1"'),
        (f"Reverse for 'status' with arguments '('{TOKEN}',)'", "Reverse for 'status' with arguments '('***',)'"),
        (f"Sent to {ADDRESS}.", "Sent to ***"),
        ("GET /admin/?q=marker.person%40example.org&p=1", "GET /admin/?***"),
        (f"Not Found: /nowhere/{ADDRESS.replace('@', '%40')}", "Not Found: /nowhere/***"),
        ("GET /search/?q=an+illness HTTP/1.1", "GET /search/?*** HTTP/1.1"),
        ("Refused 203.0.113.77.", "Refused 203.0.113.0."),
        ("Refused ::ffff:203.0.113.77", "Refused ::ffff:203.0.113.0"),
        ("Refused [2001:db8:12:34::7]:443", "Refused [2001:db8:12::]:443"),
        ("null value\nDETAIL:  Failing row contains (1, Ada).\n", "null value\nDETAIL:  ***\n"),
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
        "Listening at: http://127.0.0.1:8000 since 12:30:45. Really? Release 1.2.3.4.5, Article::name",
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


class Browser(Client):
    """Asks the whole application, as gunicorn does, and not only Django."""

    def __init__(self, **options):
        super().__init__(raise_request_exception=False, **options)
        self.name = None

    def request(self, **environ):
        whole = named_and_logged(lambda environ, start_response: self._answer(environ, start_response))
        whole({**self._base_environ(), **environ}, lambda status, headers, exc_info=None: None)
        return self.answer

    def _answer(self, environ, start_response):
        self.answer = super().request(**environ)
        start_response(f"{self.answer.status_code} -", [*self.answer.items()])
        return []


def test_an_error_page_gives_the_name_by_which_the_logs_know_the_request(contribution, log, monkeypatch):
    monkeypatch.setattr(following, "_status_page", lambda request, it, token: raise_with_secrets(it))
    page = Browser().get(address_of(contribution))
    [name] = re.findall(r"<code>([0-9a-f]{12})</code>", page.content.decode())
    assert page.status_code == 500
    [fault] = [line for line in log().splitlines() if "Internal Server Error" in line]
    assert fault.endswith(f"request={name}")


def test_nothing_that_people_type_or_are_sent_is_in_a_line_of_the_log(db, log, settings, client):
    settings.SECRET_KEY, settings.EMAIL_HOST_PASSWORD = "marker-secret-key" * 4, "marker-smtp-password"
    settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    moderator = make_moderator("marker-account")
    moderator.set_password("marker-password")
    moderator.save()
    browser = Browser(REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="marker-agent", HTTP_REFERER="http://x.org/?q=marker")
    typed = form_data(title="Marker-title", different="yes", **{"you-email": ADDRESS, "you-name": "Marker-name"})
    assert browser.post("/contribute/resource/", typed).status_code == 302
    [contribution] = Contribution.objects.all()
    token = tokens.token_for(contribution.form_key)
    for page in (
        address_of(contribution),
        f"/contributions/{token}x/",
        "/search/?q=marker-search",
        "/search/suggest/?q=marker",
    ):
        browser.get(page, {"mail": token} if "?" not in page else None)
    browser.post("/contribute/lost-link/", {"email": ADDRESS})
    for password in ("marker-wrong", "marker-password"):
        browser.post("/admin/login/", {"username": "marker-account", "password": password})
    browser.get("/admin/contributions/contribution/", {"q": ADDRESS})
    run_due([job for job in jobs() if job.name in {"answer lost links", "send mail"}])
    text = log()
    assert text.count(" answered ") == 9
    assert "The job send mail failed." in text
    assert "network=203.0.113.0" in text
    secrets = ["marker", "203.0.113.77", token[:20], settings.SECRET_KEY[:12]]
    assert [secret for secret in secrets if secret.lower() in text.lower()] == []


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
    assert '"GET /contributions/***/?*** HTTP/1.1" 500' in access.read_text()
    assert "Error handling request GET /contributions/***/" in console.read_text()
    assert [secret for secret in (TOKEN, ADDRESS) if secret in lines] == []
