import logging
import signal
import threading

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from resourcecenter.core.jobs import run_due
from resourcecenter.jobs import jobs

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Do what must not keep a visitor waiting: send the mail of the outbox, and what is to be done each day."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="Do what there is to do, and stop.")
        parser.add_argument("--every", type=int, default=10, metavar="SECONDS", help="How often to look. Default: 10.")

    def handle(self, *args, once, every, **options):
        stop = threading.Event()
        if not once:  # as the first process of a container it would be deaf to them without a handler
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        while True:
            try:
                run_due(jobs(stop.is_set), is_stopping=stop.is_set)
            except Exception:  # the edge of the process: a database that is away is asked again at the next look
                logger.exception("The worker could not look for its jobs.")
            close_old_connections()
            if once or stop.wait(every):
                return
