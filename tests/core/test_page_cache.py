"""Pages answered from memory: the same as if they were rendered now, for whoever asks; and nothing else is kept."""

import gzip
import io
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from django.contrib import messages
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, connections
from django.http import HttpResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory
from django.urls import path
from django.utils import timezone

from resourcecenter import urls
from resourcecenter.core.missed import MissedSearch
from resourcecenter.core.pagecache import current_generation, front, personal, public
from resourcecenter.core.pagecache.front import PageCache
from resourcecenter.core.pagecache.generation import etag
from resourcecenter.core.pagecache.pages import Key, Page, Shelf
from tests.contributions.test_concurrency import _database_of_threads  # noqa: F401 (a fixture)
from tests.factories import make_network
from tests.site.test_roles import address, keys, route_of  # noqa: F401 (a fixture)

MARKER = "mq314159x"


class Answer(NamedTuple):
    status: int
    headers: dict
    body: bytes


class Notebook(dict):
    """Pages, where a test can read them."""

    find = dict.get
    keep = dict.__setitem__


@contextmanager
def connection_of_the_test():
    """Between two requests the connection may be closed, but not while it holds the transaction of a test."""
    if not connection.in_atomic_block:
        yield
        return
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ask(application, address, method="GET", **environ):
    """The answer of a WSGI application; headers of the request by their names in the environment."""
    said = {}
    request = RequestFactory(SERVER_NAME="127.0.0.1", SERVER_PORT="8000").generic(method, address, **environ).environ
    request.setdefault("HTTP_HOST", "127.0.0.1:8000")
    if "HTTP_COOKIE" not in environ:
        request.pop("HTTP_COOKIE", None)
    with connection_of_the_test():
        body = application(request, lambda status, headers, exc_info=None: said.update(status=status, headers=headers))
        content = b"".join(body)
        if hasattr(body, "close"):
            body.close()
    return Answer(int(said["status"][:3]), dict(said["headers"]), content)


@pytest.fixture(autouse=True)
def _addresses_of_the_test():
    front._is_public.cache_clear()
    yield
    front._is_public.cache_clear()


@pytest.fixture
def portal():
    """The portal without its cache; ``rendered`` are the environments it was asked with."""

    def application(environ, start_response):
        application.rendered.append(environ)
        return django(environ, start_response)

    django, application.rendered = get_wsgi_application(), []
    return application


@pytest.fixture
def site(portal):
    site = PageCache(portal)
    site.pages = Notebook()
    return site


@pytest.fixture
def network(db):
    return make_network("There", slug="there")


# --- A page that is kept ------------------------------------------------------------------------


@pytest.mark.parametrize("accepted", ["", "gzip", "gzip, deflate, br", "br", "gzip;q=0", "gzip; q=0.0, br", "*"])
def test_a_kept_page_is_the_page_that_was_rendered(site, portal, network, accepted):
    rendered, kept = (ask(site, network.get_absolute_url(), HTTP_ACCEPT_ENCODING=accepted) for _ in range(2))
    assert rendered == kept
    assert len(portal.rendered) == 1
    without_cache = ask(portal, network.get_absolute_url(), HTTP_ACCEPT_ENCODING="identity")
    is_compressed = kept.headers.get("Content-Encoding") == "gzip"
    assert is_compressed == (accepted in {"gzip", "gzip, deflate, br"})
    assert (gzip.decompress(kept.body) if is_compressed else kept.body) == without_cache.body
    of_the_body = {"Content-Length": str(len(kept.body))} | ({"Content-Encoding": "gzip"} if is_compressed else {})
    assert kept.headers == without_cache.headers | of_the_body


def test_one_rendering_serves_those_who_take_gzip_and_those_who_do_not(site, portal, network):
    packed = ask(site, network.get_absolute_url(), HTTP_ACCEPT_ENCODING="gzip")
    plain = ask(site, network.get_absolute_url())
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2
    assert len(portal.rendered) == 1


def test_a_kept_page_asks_the_database_nothing_but_the_generation(site, network, django_assert_num_queries):
    ask(site, network.get_absolute_url())
    with django_assert_num_queries(0):  # the generation is read below what counts
        assert ask(site, network.get_absolute_url()).status == 200


def test_who_has_a_kept_page_already_gets_304_with_the_same_headers(site, portal, network):
    page = ask(site, network.get_absolute_url())
    answer = ask(site, network.get_absolute_url(), HTTP_IF_NONE_MATCH=f'"x", {page.headers["ETag"]}')
    assert (answer.status, answer.body, len(portal.rendered)) == (304, b"", 1)
    assert {name: page.headers[name] for name in answer.headers} == answer.headers
    assert set(page.headers) - set(answer.headers) == {"Content-Type", "Content-Length"}


def test_who_has_the_page_gets_304_also_where_it_is_not_kept(site, network, django_assert_num_queries):
    tag = etag(current_generation())
    with django_assert_num_queries(0):  # the generation is read below what counts
        answer = ask(site, network.get_absolute_url(), HTTP_IF_NONE_MATCH=tag)
    assert (answer.status, answer.body, site.pages) == (304, b"", {})


def test_head_is_answered_from_the_page_without_its_body(site, portal, network):
    assert ask(site, network.get_absolute_url(), "HEAD").status == 200
    assert site.pages == {}
    page, head = (ask(site, network.get_absolute_url(), method) for method in ("GET", "HEAD"))
    assert (head.status, head.headers, head.body) == (200, page.headers, b"")
    assert len(portal.rendered) == 2


def test_a_change_is_seen_at_once_by_every_process(portal, network):
    here, there = PageCache(portal), PageCache(portal)
    assert [ask(site, "/networks/there/").status for site in (here, there, here, there)] == [200] * 4
    assert len(portal.rendered) == 2
    network.name = "Elsewhere"
    network.save()
    assert [b"Elsewhere" in ask(site, "/networks/there/").body for site in (here, there)] == [True, True]
    network.delete()
    assert [ask(site, "/networks/there/").status for site in (here, there)] == [404, 404]


def test_a_page_that_was_overtaken_while_it_was_rendered_is_never_shown_again(network, portal):
    def slow(environ, start_response):
        answer = portal(environ, start_response)
        network.name = "Elsewhere"
        network.save()
        return answer

    pages = Notebook()
    before, after = PageCache(slow), PageCache(portal)
    before.pages = after.pages = pages
    assert b"There" in ask(before, "/networks/there/").body
    assert len(pages) == 1
    assert b"Elsewhere" in ask(after, "/networks/there/").body


def test_a_page_of_yesterday_is_rendered_anew(site, portal, network, monkeypatch):
    ask(site, "/networks/there/")
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    ask(site, "/networks/there/")
    assert len(portal.rendered) == 2


def test_other_hosts_schemes_and_questions_are_other_pages(site, portal, network, settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "learn.example.org"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ask(site, "/networks/there/")
    ask(site, "/networks/there/", HTTP_HOST="learn.example.org")
    ask(site, "/networks/there/", HTTP_X_FORWARDED_PROTO="https")
    ask(site, "/networks/there/?page=2")
    assert (len(portal.rendered), len(site.pages)) == (4, 4)
    assert ask(site, "/networks/there/", HTTP_HOST="evil.example.org").status == 400
    assert len(site.pages) == 4
    ask(site, "/networks/there/", HTTP_X_FORWARDED_PROTO="http, nonsense")
    assert len(portal.rendered) == 5


def test_each_language_has_its_own_page(site, portal, network, settings):
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
    site.portal = get_wsgi_application()
    found = [
        ask(site, "/networks/there/", HTTP_ACCEPT_LANGUAGE=said).headers["Content-Language"]
        for said in ("de-AT, en;q=0.5", "en", "de", "xx")
    ]
    assert found == ["de", "en", "de", "en"]
    assert len(site.pages) == 2


# --- Whose page it is ---------------------------------------------------------------------------


def test_who_is_logged_in_is_neither_shown_a_kept_page_nor_fills_the_cache(site, portal, network, admin_client):
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in admin_client.cookies.items())
    staff = ask(site, "/networks/there/", HTTP_COOKIE=cookie)
    assert staff.headers["Cache-Control"] == "private, no-cache"
    assert site.pages == {}
    ask(site, "/networks/there/")
    ask(site, "/networks/there/", HTTP_COOKIE=cookie)
    assert len(portal.rendered) == 3


def test_other_cookies_do_not_keep_a_visitor_from_the_cache_and_are_not_seen(site, portal, network):
    ask(site, "/networks/there/", HTTP_COOKIE="csrf=x; theme=dark; _ga=1")
    ask(site, "/networks/there/")
    (rendered,) = portal.rendered
    assert "HTTP_COOKIE" not in rendered


@pytest.mark.parametrize(
    ("method", "environ"),
    [
        ("POST", {}),
        ("PUT", {}),
        ("OPTIONS", {}),
        ("GET", {"HTTP_AUTHORIZATION": "Basic eA=="}),
        ("GET", {"data": "with a body"}),
        ("GET", {"HTTP_TRANSFER_ENCODING": "chunked"}),
        ("GET", {"QUERY_STRING": "x" * 2000}),
    ],
)
def test_odd_requests_are_left_to_the_portal(site, portal, network, method, environ):
    ask(site, "/networks/there/", method, **environ)
    ask(site, "/networks/there/", method, **environ)
    assert (len(portal.rendered), site.pages) == (2, {})


def test_a_search_without_result_is_counted_each_time(site, db):
    for number in range(3):
        ask(site, "/search/?q=mediation", REMOTE_ADDR=f"192.0.2.{number}")
    assert MissedSearch.objects.get().times == 3


def test_who_develops_sees_each_change_of_a_template(site, network, settings):
    settings.DEBUG = True
    ask(site, "/networks/there/")
    assert site.pages == {}


def test_a_database_that_does_not_answer_is_the_portals_to_explain(site, db):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_contentgeneration RENAME TO lost")
    site.portal = lambda environ, start_response: [start_response("503 Service Unavailable", []) or b"Sorry."]
    assert ask(site, "/").status == 503


@pytest.mark.skipif(connection.vendor == "sqlite", reason="a file has no connection that could be lost")
@pytest.mark.usefixtures("_database_of_threads")
def test_a_connection_that_was_lost_costs_nobody_a_page(site):
    make_network("There", slug="there")
    ask(site, "/networks/there/")
    connection.ensure_connection()
    connection.connection.close()
    assert [ask(site, "/networks/there/").status for _ in range(2)] == [200, 200]


# --- What does not prove to be for everybody ----------------------------------------------------


def with_cookie(request):
    response = HttpResponse("x")
    response.set_cookie("theme", "dark")
    return response


def with_session(request):
    return HttpResponse(str(request.session.get("x")))


def with_session_written(request):
    request.session["x"] = 1
    return HttpResponse("x")


def with_user(request):
    return HttpResponse(str(request.user))


def with_token(request):
    return HttpResponse(get_token(request))


def with_message(request):
    messages.success(request, "Done.")
    return HttpResponse("x")


def says(**headers):
    return lambda request: HttpResponse("x", headers={name.replace("_", "-"): value for name, value in headers.items()})


UNFIT = {
    "cookie": public(with_cookie),
    "session": public(with_session),
    "session-written": public(with_session_written),
    "user": public(with_user),
    "token": public(with_token),
    "message": public(with_message),
    "vary": public(says(Vary="User-Agent")),
    "vary-all": public(says(Vary="*")),
    "private": public(says(Cache_Control="private")),
    "private-and-public": public(says(Cache_Control="public, private")),
    "no-store": public(says(Cache_Control="no-store")),
    "nonce": public(says(Content_Security_Policy="script-src 'nonce-abc'")),
    "streamed": public(lambda request: StreamingHttpResponse([b"x"])),
    "missing": public(lambda request: HttpResponse("x", status=404)),
    "moved": public(lambda request: HttpResponse("x", status=301, headers={"Location": "/"})),
    "refused": public(lambda request: HttpResponse("x", status=429)),
    "partial": public(lambda request: HttpResponse("x", status=206)),
    "failed": public(lambda request: HttpResponse("x", status=500)),
    "large": public(lambda request: HttpResponse("<>" * 300_000, headers={"Content-Encoding": "identity"})),
    "personal": personal(says()),
    "undeclared": says(Cache_Control="public, max-age=60"),
    "public-inside-personal": personal(public(says())),
}


def echo(request):
    return HttpResponse(repr(sorted(request.headers.items())) + repr(sorted(request.COOKIES.items())))


urlpatterns = [path(f"{name}/", view) for name, view in UNFIT.items()]
urlpatterns += [path("echo/", public(echo)), path("fit/", public(lambda request: HttpResponse("fit")))]
urlpatterns += urls.urlpatterns


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("name", UNFIT)
def test_what_does_not_prove_to_be_for_everybody_is_not_kept(site, name):
    ask(site, f"/{name}/", HTTP_COOKIE="csrf=x")
    assert site.pages == {}
    ask(site, "/fit/")
    assert len(site.pages) == 1


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_what_a_browser_sends_besides_the_address_cannot_show_in_a_kept_page(site):
    odd = ["COOKIE", "USER_AGENT", "REFERER", "X_FORWARDED_HOST", "ORIGIN", "RANGE", "ACCEPT", "ACCEPT_LANGUAGE",
           "X_HTTP_METHOD_OVERRIDE", "X_ORIGINAL_URL", "FORWARDED", "TRUE_CLIENT_IP", "IF_MODIFIED_SINCE"]  # fmt: skip
    marked = ask(site, "/echo/", **{f"HTTP_{name}": MARKER for name in odd})
    assert b"127.0.0.1:8000" in marked.body
    assert MARKER.encode() not in marked.body
    assert len(site.pages) == 1


# --- Every address of the site ------------------------------------------------------------------

KINDS = {
    "anonymous": ("GET", {}),
    "with cookies": ("GET", {"HTTP_COOKIE": f"csrf={MARKER}; other={MARKER}"}),
    "marked": ("GET", {"HTTP_USER_AGENT": MARKER, "HTTP_REFERER": f"https://x.example/{MARKER}", "HTTP_X_Y": MARKER}),
    "partly": ("GET", {"HTTP_RANGE": "bytes=0-9"}),
    "conditional": ("GET", {"HTTP_IF_NONE_MATCH": '"x"', "HTTP_IF_MODIFIED_SINCE": "Thu, 01 Jan 2026 00:00:00 GMT"}),
    "head": ("HEAD", {}),
    "post": ("POST", {}),
    "delete": ("DELETE", {}),
}


def shown(answer):
    """The body; of a workbook its sheet, as the file also says in which second it was made."""
    if not answer.body.startswith(b"PK"):
        return answer.body
    return zipfile.ZipFile(io.BytesIO(answer.body)).read("xl/worksheets/sheet1.xml")


def addresses(keys):  # noqa: F811
    return {name: address(route, keys) for name, route in route_of().items()}


def test_of_all_addresses_only_those_of_public_pages_are_ever_kept(site, keys):  # noqa: F811
    """Here each view answers as if its page were fit to be kept."""

    def generous(environ, start_response):
        tag = etag(current_generation())
        start_response("200 OK", [("ETag", tag), ("Cache-Control", "public"), ("Content-Length", "1")])
        return HttpResponse("x")

    site.portal = generous
    for each in addresses(keys).values():
        for method, environ in KINDS.values():
            ask(site, each, method, **environ)
    kept = {key.path for key in site.pages}
    assert kept == {path for path in addresses(keys).values() if front._is_public(path)}
    assert len(kept) > 20
    assert not [path for path in kept if path.startswith(("/admin", "/contributions", "/files", "/healthz"))]


def test_each_public_page_is_the_same_for_everybody_and_nothing_of_anybody_is_kept(site, keys, admin_client):  # noqa: F811
    staff = "; ".join(f"{name}={morsel.value}" for name, morsel in admin_client.cookies.items())
    pages = [path for path in addresses(keys).values() if front._is_public(path)]
    for page in pages:
        ask(site, f"{page}?utm_x={MARKER}")
        for_staff = ask(site, page, HTTP_COOKIE=staff)
        found = {kind: ask(site, page, method, **environ) for kind, (method, environ) in KINDS.items()}
        assert {shown(found[kind]) for kind in KINDS if KINDS[kind][0] == "GET"} == {shown(for_staff)}, page
        assert {found[kind].status for kind in ("post", "delete")} <= {403, 405}
    private = [MARKER, "csrfmiddlewaretoken", admin_client.cookies["session"].value]
    kept = [(dict(page.headers), gzip.decompress(page.body)) for key, page in site.pages.items() if not key.query]
    assert len(kept) > 20
    for headers, body in kept:
        assert "Set-Cookie" not in headers
        assert headers["Vary"] == "Accept-Encoding"
        assert not [word for word in private if word.encode() in body]


# --- Memory -------------------------------------------------------------------------------------


def key(path="/", query=""):
    return Key(etag="", language="en", is_secure=False, host="127.0.0.1:8000", root="", path=path, query=query)


def test_a_shelf_never_holds_more_than_it_may_and_lets_go_of_what_is_least_asked_for():
    shelf = Shelf(max_bytes=100_000)
    page = Page((), b"x" * 10_000)
    for number in range(100):
        shelf.put(number, page)
        shelf.put(number, page)
        shelf.get(0)
        assert shelf.bytes <= 100_000
    assert [number for number in range(100) if shelf.get(number)] == [0, *range(94, 100)]


def test_made_up_addresses_do_not_drive_out_the_pages_that_people_read(portal, network):
    site = PageCache(portal)
    ask(site, "/networks/there/")
    page = Page((), b"x" * 400_000)
    for number in range(100):
        site.pages.keep(key(query=f"utm_x={number}"), page)
        site.pages.keep(key()._replace(host=f"127.0.0.1:{number}"), page)
    ask(site, "/networks/there/")
    assert len(portal.rendered) == 1


# --- Many at once -------------------------------------------------------------------------------


class Once:
    """A portal that renders when it may, and counts how often."""

    def __init__(self):
        self.times, self.may = 0, Event()

    def __call__(self, environ, start_response):
        self.times += 1
        self.may.wait(10)
        start_response(
            "200 OK", [("ETag", etag(current_generation())), ("Cache-Control", "public"), ("Content-Length", "1")]
        )
        return HttpResponse("x")


@pytest.mark.usefixtures("_database_of_threads")
def test_of_many_who_ask_at_once_one_renders_and_the_others_wait_for_it(monkeypatch):
    portal = Once()
    site, waiting = PageCache(portal), []

    def sleep(seconds):
        waiting.append(seconds)
        if len(waiting) > 20:
            portal.may.set()
        time.sleep(0.001)

    monkeypatch.setattr(front, "time", SimpleNamespace(sleep=sleep, monotonic=time.monotonic))

    def visitor(_):
        try:
            return ask(site, "/").body
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as threads:
        assert list(threads.map(visitor, range(5))) == [b"x"] * 5
    assert portal.times == 1


@pytest.fixture
def patience(monkeypatch):
    """Time passes only where somebody waits."""
    clock = SimpleNamespace(now=0.0)
    sleep = lambda seconds: setattr(clock, "now", clock.now + seconds)  # noqa: E731
    monkeypatch.setattr(front, "time", SimpleNamespace(sleep=sleep, monotonic=lambda: clock.now))
    return clock


def turn(path):
    now = etag(current_generation())
    return f"turn:{key(path)._replace(etag=now).name}"


def test_a_process_that_died_while_it_rendered_is_waited_for_a_second_and_no_longer(site, network, patience):
    cache.add(turn("/networks/there/"), True)
    assert b"There" in ask(site, "/networks/there/").body
    assert patience.now == pytest.approx(front.WAIT_S, abs=2 * front.POLL_S)


def test_nobody_waits_for_a_page_that_turned_out_not_to_be_kept(site, network, patience):
    assert ask(site, "/networks/nowhere/").status == 404
    assert cache.get(turn("/networks/nowhere/")) is None
    assert ask(site, "/networks/nowhere/").status == 404
    assert patience.now == 0
