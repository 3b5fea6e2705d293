"""People who contribute over HTTP until they are told that it has arrived; and what they were told."""

import http.client
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from types import SimpleNamespace

from tests.contributions.pages import Page

FORM = "/contribute/resource/"
NO_ANSWER = 0
AGAIN_S = 0.1
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass
class Sent:
    """One form, and the answers to each try to send it; 0 stands for none."""

    marker: str
    form_key: str
    has_file: bool
    body: bytes
    headers: dict[str, str]
    answers: list[int] = field(default_factory=list)
    locations: set[str] = field(default_factory=set)
    lost_text: int = 0
    """How many answers were neither a success nor a page that keeps what was typed."""


class Senders:
    """``count`` threads, each sending one contribution after the other; every third with a file."""

    def __init__(self, portal, *, count=6):
        self.portal = portal
        self.sent: list[Sent] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    @property
    def accepted(self) -> list[Sent]:
        return [one for one in list(self.sent) if one.locations]

    @property
    def answers(self) -> Counter:
        return Counter(answer for one in self.sent for answer in one.answers)

    def finish(self, within_s: float = 120) -> None:
        """Let each bring to its end what it has begun. Raises TimeoutError if one cannot."""
        self._stop.set()
        for thread in self._threads:
            thread.join(within_s)
            if thread.is_alive():
                raise TimeoutError("A sender was never answered.")

    def _work(self):
        while not self._stop.is_set():
            self._contribute()

    def _contribute(self):
        one = form(self.portal, file_bytes=len(PDF) if random.random() < 1 / 3 else 0)
        self.sent.append(one)
        while not one.locations:
            status, text = send(self.portal, one)
            if not one.locations:
                is_kept = status == http.client.SERVICE_UNAVAILABLE and one.marker in text
                one.lost_text += status != NO_ANSWER and not is_kept
                time.sleep(AGAIN_S)


def form(portal, *, file_bytes: int = 0) -> Sent:
    """Open the form of a portal, again and again until it answers, and fill it in; with a file of about that size."""
    while True:
        try:
            status, answered, text = portal.ask("GET", FORM)
        except (OSError, http.client.HTTPException):
            status = NO_ANSWER
        if status == http.client.OK:
            break
        time.sleep(AGAIN_S)
    page = Page(SimpleNamespace(status_code=status, content=text.encode())).sent
    marker, boundary = f"Marker{uuid.uuid4().hex}", uuid.uuid4().hex
    file = PDF + marker.encode() + bytes(file_bytes - len(PDF)) if file_bytes else b""
    body = _multipart({**page, **_typed(marker)}, file, boundary)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Cookie": answered["Set-Cookie"].partition(";")[0],
    }
    return Sent(marker, page["you-form_key"][0], bool(file), body, headers)


def send(portal, one: Sent) -> tuple[int, str]:
    """Send a form, once; return the status and the text of the answer, and remember both with the form."""
    try:
        status, answered, text = portal.ask("POST", FORM, one.body, one.headers | _from_somewhere())
    except (OSError, http.client.HTTPException):
        status, answered, text = NO_ANSWER, {}, ""
    one.answers.append(status)
    if status == http.client.FOUND:
        one.locations.add(answered["Location"])
    return status, text


def _from_somewhere():
    """Each try has an address of its own: whoever tries often is asked to wait, which is not what is tried here."""
    return {"X-Forwarded-For": ".".join(str(random.randrange(1, 255)) for _ in range(4))}


def _typed(marker):
    return {
        "kind": ["story"],
        "title": [marker],
        "summary": ["What happened."],
        "url": [f"https://example.org/{marker}"],
        "phases": ["network-design"],
        "licence": ["CC-BY-4.0"],
        "you-name": ["Ada Contributor"],
        "you-email": [f"{marker}@example.org"],
        "you-consent": ["on"],
        "different": ["on"],
    }


def _multipart(fields, file, boundary):
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, values in fields.items()
        for value in values
    ]
    if file:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="story.pdf"\r\n'
        parts.append(head.encode() + b"Content-Type: application/pdf\r\n\r\n" + file + b"\r\n")
    return b"".join([*parts, f"--{boundary}--\r\n".encode()])
