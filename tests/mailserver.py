"""A real mail server in a thread, which can be away, refuse and stall; and a clock that tests set."""

import asyncio
import email
import random
import socket
from contextlib import contextmanager
from datetime import timedelta
from email import policy

from aiosmtpd.controller import Controller
from django.utils import timezone

PORTS = range(21000, 22000)


class MailServer:
    """Takes mail into ``received``, parsed as a reader's program parses it."""

    def __init__(self, settings):
        self.received = []
        self.refused = {}
        """The answers to RCPT for some addresses."""
        self.answer = None
        """What is said to every message instead of taking it."""
        self.stalls = False
        """Whether messages are read and never answered."""
        self.when_received = lambda: None
        self.settings = settings
        settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", _free_port(), 5

    @contextmanager
    def running(self):
        controller = Controller(self, hostname="127.0.0.1", port=self.settings.EMAIL_PORT)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()

    @property
    def receivers(self):
        return [message["To"] for message in self.received]

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 (aiosmtpd calls it so)
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.stalls:
            await asyncio.Event().wait()
        if self.answer:
            return self.answer
        self.received.append(email.message_from_bytes(envelope.content, policy=policy.default))
        self.when_received()
        return "250 OK"


class Clock:
    """What timezone.now() says, until a test moves it on."""

    def __init__(self, monkeypatch):
        self.now = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def move_on(self, **by):
        self.now += timedelta(**by)


def _free_port():
    for port in random.sample(PORTS, len(PORTS)):  # not in their order, in which other processes try them too
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("No port is free.")
