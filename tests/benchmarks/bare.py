"""The least that gunicorn can serve, to measure against: ``gunicorn tests.benchmarks.bare``."""


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", "5")])
    return [b"Hello"]
