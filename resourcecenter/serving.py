"""How gunicorn serves the portal: ``gunicorn --config python:resourcecenter.serving resourcecenter.wsgi``.

Chosen by measurement; see "Deploy" in the README. The command line and GUNICORN_CMD_ARGS come after this file.
"""

import os
from pathlib import Path

worker_class = "gthread"  # sync workers close the connection after each answer
workers = int(os.environ.get("WEB_CONCURRENCY") or max(2, os.cpu_count() or 1))
threads = 2
keepalive = 75
"""Seconds; longer than a proxy keeps a connection unused, so that none is closed as a request sets out."""

control_socket_disable = True
limit_request_line = 0  # Django answers addresses that are too long, with a page
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (gunicorn makes a file of its own)
