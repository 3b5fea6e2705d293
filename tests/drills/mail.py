"""The mail drill: a mail server that is away, and two workers that are killed while they send.

    python -m tests.drills.mail --mails 100 --kills 20

People contribute while no mail server answers. Then one does, slowly, and workers are killed in the middle of mails.
Time is not waited for: what a dead worker held is set back by an hour.
"""

import argparse
import asyncio
import email
import random
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller

from tests.drills.portal import PORTS, throw_away_portal
from tests.drills.senders import Senders

WORKERS = 2
STALLS_S = 0.2
NO_MORE_AFTER_S = 30
ALL_SENT_WITHIN_S = 180


class Sink:
    """A mail server that keeps the Message-ID and the receiver of each mail, and stalls before it says so."""

    def __init__(self):
        self.received: list[tuple[str, str]] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (aiosmtpd calls it so)
        message = email.message_from_bytes(envelope.content)
        self.received.append((message["Message-ID"], message["To"]))
        await asyncio.sleep(random.uniform(0, STALLS_S))
        return "250 OK"

    def wait_for(self, more: int) -> None:
        """Return in the middle of the answer to one of the next mails; at once where no more can come."""
        enough, deadline = len(self.received) + more, time.monotonic() + NO_MORE_AFTER_S
        while len(self.received) < enough and time.monotonic() < deadline:
            time.sleep(0.01)

    @contextmanager
    def running(self, port):
        controller = Controller(self, hostname="127.0.0.1", port=port)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()


def mail_drill(folder: Path, *, mails: int, kills: int) -> dict:
    """Contribute without a mail server, then send with two workers, ``kills`` of which end in the middle."""
    port = random.choice(PORTS)
    with throw_away_portal(folder) as portal:
        portal.env["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        with _workers(portal):
            accepted = _contribute(portal, mails)
        too_early = portal.outbox()["sent"]
        with Sink().running(port) as sink:
            for _ in range(kills):
                portal.let_an_hour_pass()
                with _workers(portal):
                    sink.wait_for(random.randint(1, 4))
            portal.let_an_hour_pass()
            with _workers(portal):
                left = _wait_until_empty(portal)
    return {"accepted": len(accepted), **_findings(sink.received, accepted, left, too_early, kills)}


def _findings(received, accepted, left, too_early, kills):
    times = Counter(message_id for message_id, _to in received)
    ids = {}
    for message_id, to in received:
        ids.setdefault(to, set()).add(message_id)
    repeats = len(received) - len(times)
    return {
        "kills": kills,
        "received": len(received),
        "distinct Message-IDs": len(times),
        "repeats": repeats,
        "more repeats than kills": max(0, repeats - kills),
        "sent before there was a server": too_early,
        "left in the outbox": left,
        "people without a mail": len({f"{one.marker}@example.org" for one in accepted} - ids.keys()),
        "people with two mails": sum(len(of_one) > 1 for of_one in ids.values()),
    }


INFORMATION = {"accepted", "kills", "received", "distinct Message-IDs", "repeats"}


def wrong(found: dict) -> dict:
    """Return what should be 0 and is not."""
    return {name: number for name, number in found.items() if number and name not in INFORMATION}


def _contribute(portal, mails):
    senders = Senders(portal)
    while len(senders.accepted) < mails:
        time.sleep(0.1)
    senders.finish()
    return senders.accepted


@contextmanager
def _workers(portal):
    workers = [portal.start_worker() for _ in range(WORKERS)]
    try:
        yield
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def _wait_until_empty(portal):
    deadline = time.monotonic() + ALL_SENT_WITHIN_S
    while (left := portal.outbox()["waiting"]) and time.monotonic() < deadline:
        time.sleep(1)
    return left


def main() -> None:
    parser = argparse.ArgumentParser(description="Send mail by workers that are killed.")
    parser.add_argument("--mails", type=int, default=100)
    parser.add_argument("--kills", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = mail_drill(Path(folder), mails=options.mails, kills=options.kills)
    for name, number in found.items():
        print(f"{name}: {number}")
    if wrong(found):
        raise SystemExit(f"Not as it should be: {wrong(found)}")


if __name__ == "__main__":
    main()
