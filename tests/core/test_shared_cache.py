"""A cache in Redis: shared while it is there, and never waited for, nor missed, while it is not."""

import contextlib
import logging
import shutil
import socket
import subprocess
import time

import pytest
from django.core.cache import caches

from resourcecenter.core import limits
from resourcecenter.core.pagecache import remembered, shared
from resourcecenter.core.pagecache.pages import Key, Page, Pages
from resourcecenter.core.pagecache.shared import SharedCache

KEY = Key("etag", "en", is_secure=False, host="127.0.0.1:8000", root="", path="/", query="")
PAGE = Page((("Content-Type", "text/html"),), b"\x1f\x8b compressed")


@pytest.fixture(autouse=True)
def _no_memory_of_outages(monkeypatch):
    monkeypatch.setattr(shared, "_away_until", {})


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def cache_at(port):
    return SharedCache(f"redis://127.0.0.1:{port}/0", {})


@pytest.fixture
def use(settings):
    """Let the site use a cache, as CACHE_URL would."""

    def use(port):
        settings.CACHES = {
            "default": {"BACKEND": f"{shared.__name__}.SharedCache", "LOCATION": f"redis://127.0.0.1:{port}/0"}
        }
        return caches["default"]

    return use


# --- Redis is away ------------------------------------------------------------------------------


def test_without_redis_each_process_remembers_for_itself(use, rf):
    cache = use(free_port())
    cache.clear()
    assert [remembered("n", lambda value=value: value, generation=1) for value in (1, 2)] == [1, 1]
    cache.set_many({"a": 1, "b": 2})
    assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    cache.delete("a")
    assert ("a" in cache, cache.touch("b"), cache.get("c", "none")) == (False, True, "none")
    limit = limits.Limit("x", times=2, window_s=1000)
    assert [bool(limits.wait_s(rf.get("/"), limit)) for _ in range(3)] == [False, False, True]


def test_an_outage_is_told_once(caplog):
    cache = cache_at(free_port())
    with caplog.at_level(logging.WARNING, logger=shared.__name__):
        for number in range(20):
            cache.set("x", number)
            shared._away_until[cache._name] = 0 if number % 2 else shared._away_until[cache._name]  # its time is over
    assert len(caplog.records) == 1
    assert "Redis does not answer" in caplog.text


def test_a_redis_that_takes_no_notice_is_waited_for_once(monkeypatch):
    monkeypatch.setattr(shared, "ANSWER_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        cache = cache_at(silent.getsockname()[1])
        cache.set("x", 1)
        assert [cache.get("x") for _ in range(100)] == [1] * 100
        silent.settimeout(0.05)
        silent.accept()[0].close()
        with pytest.raises(TimeoutError):  # nobody tried again
            silent.accept()


def test_pages_are_not_kept_twice_in_one_process(use):
    cache = use(free_port())
    cache.get("x")  # now it is known to be away
    Pages().keep(KEY, PAGE)
    assert cache.get(KEY.name) is None


# --- Redis is there -----------------------------------------------------------------------------


class Server:
    def __init__(self, folder):
        self.port, self.folder = free_port(), folder

    def start(self):
        command = [shutil.which("redis-server"), "--port", str(self.port), "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen([*command, "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.1):
                return

    def stop(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def server(tmp_path):
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


def test_a_page_that_one_process_rendered_is_there_for_all(server, use):
    use(server.port)
    Pages().keep(KEY, PAGE)
    another = Pages()
    assert another.find(KEY) == PAGE
    server.stop()
    assert another.find(KEY) == PAGE  # it keeps what it found
    assert another.find(KEY._replace(path="/topics/")) is None


def test_redis_may_go_and_come_back(server, monkeypatch, caplog):
    cache = cache_at(server.port)
    cache.set("x", "shared")
    server.stop()
    assert (cache.get("x"), cache.is_shared) == (None, False)
    cache.set("x", "own")
    assert cache.get("x") == "own"
    server.start()
    assert cache.get("x") == "own"
    shared._away_until[cache._name] = 0  # the pause is over
    assert (cache.get("x"), cache.is_shared) == (None, True)
    assert [record.message.partition(" (")[0] for record in caplog.records] == [
        "Redis does not answer",
        "Redis answers again.",
    ]


def test_a_restart_of_redis_between_two_requests_is_not_noticed(server, caplog):
    cache = cache_at(server.port)
    cache.set("x", 1)
    server.stop()
    server.start()
    cache.set("x", 2)
    assert (cache.get("x"), caplog.records) == (2, [])


def test_a_redis_that_is_full_is_done_without(server, caplog):
    cache = cache_at(server.port)
    cache._cache.get_client().config_set("maxmemory", "1mb")
    cache.set("x", b"x" * 3_000_000)
    assert cache.get("x") == b"x" * 3_000_000
    assert len(caplog.records) == 1
