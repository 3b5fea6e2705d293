import logging
import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from post_office.mail import send_queued_mail_until_done

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Do what must not keep a visitor waiting: send the mail of the outbox."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="Do what there is to do, and stop.")
        parser.add_argument("--every", type=int, default=10, metavar="SECONDS", help="How often to look. Default: 10.")

    def handle(self, *args, once, every, **options):
        while True:
            try:
                send_queued_mail_until_done()
            except Exception:  # the edge of the process: what fails now is tried again at the next look
                logger.exception("A job of the worker failed.")
            if once:
                return
            close_old_connections()
            time.sleep(every)
