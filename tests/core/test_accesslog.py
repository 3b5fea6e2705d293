"""Each request has a name, in all lines that it logs and in the answer, and one line of its own."""

import json
import logging

import pytest
from django.test import RequestFactory

from resourcecenter.core.accesslog import named_and_logged
from resourcecenter.core.logs import Json, Line, Mask, about, request_id

TOKEN = "Zx9_-aaaaBBBBccccDDDDeeeeFFFF000"


@pytest.fixture(autouse=True)
def _nothing_before():
    token = about.set({})
    yield
    about.reset(token)


class Kept(logging.Handler):
    def __init__(self, formatter):
        super().__init__()
        self.lines = []
        self.setFormatter(formatter)
        self.addFilter(Mask(["contributions"]))

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def lines():
    """What is logged, as objects."""
    handler = Kept(Json())
    logging.getLogger("resourcecenter").addHandler(handler)
    logging.getLogger("resourcecenter").setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in handler.lines]
    logging.getLogger("resourcecenter").removeHandler(handler)
    logging.getLogger("resourcecenter").setLevel(logging.NOTSET)


@named_and_logged
def hello(environ, start_response):
    logging.getLogger("resourcecenter.test").warning("Somebody came from %s.", "ada@example.org")
    start_response("200 OK", [("Content-Length", "5")])
    return [b"hello"]


@named_and_logged
def broken(environ, start_response):
    raise RuntimeError


def ask(application, path="/", **headers):
    """Return the status and the headers of the answer."""
    answer = []
    application(RequestFactory().get(path, **headers).environ, lambda *said: answer.extend(said))
    return answer[0], dict(answer[1])


def test_every_line_of_a_request_and_its_answer_carry_the_same_new_name(lines):
    names = [ask(hello)[1]["X-Request-ID"] for _ in range(2)]
    assert len(set(names)) == 2
    assert [line["request"] for line in lines()] == [names[0], names[0], names[1], names[1]]


def test_the_line_of_a_request_tells_what_was_asked_and_answered_and_nothing_of_the_person(lines):
    headers = {"HTTP_USER_AGENT": "Marker", "HTTP_REFERER": "https://marker.example.org/", "HTTP_COOKIE": "marker=1"}
    ask(hello, f"/contributions/{TOKEN}/?q=marker", REMOTE_ADDR="203.0.113.77", **headers)
    _, line = lines()
    assert line.pop("ms") >= 0
    assert len(line.pop("request")) == 12
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "resourcecenter.core.accesslog",
        "message": "answered",
        "method": "GET",
        "path": "/contributions/***/",
        "status": 200,
        "bytes": 5,
        "network": "203.0.113.0",
    }


@pytest.mark.parametrize(
    "given", ["a" * 7, "a" * 65, "ada@example.org", "<script>alert(1)</script>", "one two three", ""]
)
def test_a_name_that_is_none_is_not_taken_from_a_proxy(settings, given):
    settings.TRUSTED_PROXY_COUNT = 1
    assert ask(hello, HTTP_X_REQUEST_ID=given)[1]["X-Request-ID"] != given


def test_a_name_is_taken_from_our_own_proxy_only(settings):
    assert ask(hello, HTTP_X_REQUEST_ID="from-the-proxy")[1]["X-Request-ID"] != "from-the-proxy"
    settings.TRUSTED_PROXY_COUNT = 1
    assert ask(hello, HTTP_X_REQUEST_ID="from-the-proxy")[1]["X-Request-ID"] == "from-the-proxy"


def test_the_network_is_that_of_the_visitor_and_not_of_our_proxy(lines, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    ask(hello, HTTP_X_FORWARDED_FOR="198.51.100.9, 2001:db8:1:2::3")
    assert lines()[-1]["network"] == "2001:db8:1::"


def test_a_fault_that_nothing_caught_is_a_line_too(lines):
    with pytest.raises(RuntimeError):
        ask(broken)
    assert [line["status"] for line in lines()] == [500]


def test_no_visitor_can_begin_a_line(lines):
    ask(hello, "/x%0A2026-11-24 CRITICAL forged")
    assert lines()[-1]["path"] == "/x%0A2026-11-24%20CRITICAL%20forged"


def test_a_line_for_people_says_the_same():
    handler = Kept(Line())
    logger = logging.getLogger("x")
    logger.addHandler(handler)
    try:
        about.set({"job": "send mail"})
        logger.error("Mail %s was not sent.", 12, extra={"fields": {"path": f"/contributions/{TOKEN}/"}})
    finally:
        logger.removeHandler(handler)
    assert handler.lines[0].endswith(" ERROR x Mail 12 was not sent. job=send mail path=/contributions/***/")


def test_a_traceback_is_part_of_its_line_and_masked(lines):
    try:
        raise RuntimeError(f"/contributions/{TOKEN}/ of ada@example.org")
    except RuntimeError:
        logging.getLogger("resourcecenter.test").exception("Broken.")
    [line] = lines()
    assert line["traceback"].endswith("RuntimeError: /contributions/***/ of ***")


def test_outside_of_a_request_there_is_no_name():
    assert request_id() == ""
