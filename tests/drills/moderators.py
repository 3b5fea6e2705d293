"""Moderators who approve what waits, over HTTP, until they are told to stop; and what they were told."""

import http.client
import re
import threading
import time
from collections import Counter
from types import SimpleNamespace
from urllib.parse import urlencode

from tests.contributions.pages import Page

QUEUE = "/admin/contributions/contribution/"
WAITING = re.compile(r"/contributions/contribution/(\d+)/change/")
DECISION = re.compile(r'<form class="review__decision".*?</form>', re.DOTALL)
NO_ANSWER = 0
AGAIN_S = 0.1


class Moderators:
    """``count`` threads that all take the oldest of the queue, so that they meet there."""

    def __init__(self, portal, *, count=2):
        self.portal = portal
        self.approved: set[int] = set()
        """The keys of the contributions whose approval was answered as done."""
        self.answers = Counter()
        self._stop = threading.Event()
        self._threads = []
        for number in range(count):
            name = f"moderator{number}"
            password = re.search(r"password (\S+)", portal.manage("make_moderator", name)).group(1)
            self._threads.append(threading.Thread(target=self._work, args=(name, password), daemon=True))
        for thread in self._threads:
            thread.start()

    def finish(self, within_s: float = 120) -> None:
        """Let each end what it has begun. Raises TimeoutError if one cannot."""
        self._stop.set()
        for thread in self._threads:
            thread.join(within_s)
            if thread.is_alive():
                raise TimeoutError("A moderator was never answered.")

    def _work(self, name, password):
        cookies = self._log_in(name, password)
        while not self._stop.is_set():
            for key in self._waiting(cookies):
                self._approve(int(key), cookies)
            time.sleep(AGAIN_S)

    def _log_in(self, name, password):
        while True:
            _status, answered, text = self._ask("GET", "/admin/login/", {})
            cookies = _cookies(answered)
            fields = {**_fields(text), "username": name, "password": password, "next": "/admin/"}
            status, answered, _text = self._ask("POST", "/admin/login/", cookies, fields)
            if status == http.client.FOUND:
                return cookies | _cookies(answered)

    def _waiting(self, cookies):
        """The keys of some that wait, the oldest first."""
        _status, _answered, text = self._ask("GET", f"{QUEUE}", cookies)
        return list(dict.fromkeys(WAITING.findall(text)))[:5]

    def _approve(self, key, cookies):
        _status, _answered, text = self._ask("GET", f"{QUEUE}{key}/change/", cookies)
        form = DECISION.search(text)
        if not form or 'value="approve"' not in form.group():
            return
        fields = {**_fields(form.group()), "action": "approve"}
        status, _answered, _text = self._ask("POST", f"{QUEUE}{key}/decide/", cookies, fields)
        self.answers[status] += 1
        if status == http.client.FOUND:
            self.approved.add(key)

    def _ask(self, method, path, cookies, fields=None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            return self.portal.ask(method, path, urlencode(fields or {}), headers)
        except (OSError, http.client.HTTPException):
            time.sleep(AGAIN_S)
            return NO_ANSWER, http.client.HTTPMessage(), ""


def _cookies(answered):
    pairs = (value.partition(";")[0].partition("=") for value in answered.get_all("Set-Cookie", []))
    return {name: value for name, _equals, value in pairs}


def _fields(html):
    page = Page(SimpleNamespace(status_code=http.client.OK, content=html.encode()))
    return {name: values[0] for name, values in page.sent.items()}
