"""Asking links whether they still answer: what is said of each, and that nobody is led into the own network.

No test leaves the machine: names are answered by a table, and every public address stands for a server on the loopback.
"""

import contextlib
import ipaddress
import socket
import ssl
import threading
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resourcecenter.core.fetching import Outcome, check, is_public

PUBLIC = "93.184.215.14"
AGENT = "Resource Center (https://center.example)"

# Self-signed for secure.example, from 2020 to 2120; it guards nothing.
CERTIFICATE = """\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIFeRT/9RaFqQoTGR2DQ/7nRrMU2fGTnouLvqTy8tMhXyoAoGCCqGSM49
AwEHoUQDQgAEW1QP90dWa0DmeknMzE4Imi2O1v1uv3tG1uysDWKpFd8ZO6MwhDG8
sSFxPw2d/yYKInq5nbx4IIAfMrQBZEr+tw==
-----END EC PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBkjCCATmgAwIBAgIUKwybgmh9ZMx6/a9f5SQnZdvM0MwwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOc2VjdXJlLmV4YW1wbGUwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
MDAxMDEwMDAwMDBaMBkxFzAVBgNVBAMMDnNlY3VyZS5leGFtcGxlMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEW1QP90dWa0DmeknMzE4Imi2O1v1uv3tG1uysDWKp
Fd8ZO6MwhDG8sSFxPw2d/yYKInq5nbx4IIAfMrQBZEr+t6NdMFswDwYDVR0TAQH/
BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAoQwGQYDVR0RBBIwEIIOc2VjdXJlLmV4YW1w
bGUwHQYDVR0OBBYEFHQC4bHGhnFSLukzfm+IPxZgp7pHMAoGCCqGSM49BAMCA0cA
MEQCID+R58sI9BDQzsCzGh+uj4b7a1JqAYEx4HiqNVE2bk5tAiA7Td6sRg6H0YKP
ueqwhxjMcoN33eyMCdLTX2vZs5ikaw==
-----END CERTIFICATE-----
"""


class Internet:
    """Names as a table of answers, one for each time that a name is asked; connections all lead to one local server."""

    def __init__(self, address=None, **names):
        self.address = address
        self.names = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.asked = []
        self.connected = []

    def resolve(self, host, port, type):  # as socket.getaddrinfo names it
        self.asked.append(host)
        answers = self.names.get(host)
        if answers is None:
            return socket.getaddrinfo(host, port, type=type, flags=socket.AI_NUMERICHOST)
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(None, type, 0, "", (address, port)) for address in addresses.split()]

    def connect(self, address, timeout):
        self.connected.append(address)
        if self.address is None:
            raise ConnectionRefusedError
        return socket.create_connection(self.address, timeout=timeout)

    def check(self, url, **kwargs):
        return check(url, user_agent=AGENT, resolve=self.resolve, connect=self.connect, **kwargs)


@pytest.fixture
def serve():
    """A function that starts a server, which answers each connection by ``reply(connection, request)``."""
    with contextlib.ExitStack() as stack:

        def start(reply, *, reads_request=True):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            thread = threading.Thread(target=_answer_all, args=(listener, reply, reads_request))
            thread.start()
            stack.callback(thread.join)
            stack.callback(listener.shutdown, socket.SHUT_RDWR)
            return listener.getsockname()

        yield start


def _answer_all(listener, reply, reads_request):
    while True:
        try:
            connection, _address = listener.accept()
        except OSError:
            return
        with connection, contextlib.suppress(OSError):
            reply(connection, connection.recv(65536) if reads_request else b"")


def says(answer):
    return lambda connection, request: connection.sendall(answer)


def status(line, *headers):
    return says("\r\n".join([f"HTTP/1.1 {line}", *headers, "", "body"]).encode())


# --- What is said of a link ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("200 OK", "alive"),
        ("204 No Content", "alive"),
        ("404 Not Found", "dead"),
        ("410 Gone", "dead"),
        ("304 Not Modified", "unknown"),
        ("302 Found", "unknown"),  # but without saying where
        ("401 Unauthorized", "unknown"),
        ("403 Forbidden", "unknown"),
        ("418 I'm a teapot", "unknown"),
        ("429 Too Many Requests", "unknown"),
        ("451 Unavailable For Legal Reasons", "unknown"),
        ("500 Internal Server Error", "unknown"),
        ("503 Service Unavailable", "unknown"),
        ("999 Request denied", "unknown"),
    ],
)
def test_only_a_plain_no_makes_a_link_dead(serve, line, state):
    outcome = Internet(serve(status(line)), site_example=[PUBLIC]).check("http://site.example/page")
    assert outcome.state == state
    assert outcome.reason.endswith(".")
    assert state == "alive" or (line[:3] in outcome.reason)


def test_a_name_that_nobody_holds_is_dead():
    def resolve(host, port, type):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    outcome = check("https://gone.example/", user_agent=AGENT, resolve=resolve)
    assert outcome == Outcome("dead", "There is no site of this name.")


def test_a_name_service_that_fails_says_nothing_of_the_link():
    def resolve(host, port, type):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    assert check("https://site.example/", user_agent=AGENT, resolve=resolve).state == "unknown"


def test_a_site_that_refuses_the_connection_may_come_back():
    internet = Internet(site_example=[PUBLIC])
    assert internet.check("http://site.example/").state == "unknown"
    assert internet.connected == [(PUBLIC, 80)]


def test_the_site_is_asked_plainly_and_told_who_asks(serve):
    requests = []

    def reply(connection, request):
        requests.append(request.decode())
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    internet = Internet(serve(reply), site_example=[PUBLIC])
    assert internet.check("HTTP://Site.Example/Ä b?q=é&r=%41#part") == Outcome("alive", "It answers.")
    first_line, *headers = requests[0].split("\r\n")
    assert first_line == "GET /%C3%84%20b?q=%C3%A9&r=%41 HTTP/1.1"
    assert {"Host: site.example", f"User-Agent: {AGENT}", "Connection: close"} <= set(headers)


def test_the_next_address_is_tried_where_the_first_does_not_answer(serve):
    internet = Internet(serve(status("200 OK")), site_example=[f"2606:2800:21f::1 {PUBLIC}"])
    answering = internet.connect

    def connect(address, timeout):
        if ":" in address[0]:
            raise OSError("Network is unreachable")
        return answering(address, timeout)

    internet.connect = connect
    assert internet.check("http://site.example/").state == "alive"


# --- Redirects ----------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_followed_to_where_it_leads(serve, line):
    def reply(connection, request):
        is_first = request.startswith(b"GET /old ")
        (status(line, "Location: /new") if is_first else status("410 Gone"))(connection, request)

    internet = Internet(serve(reply), site_example=[PUBLIC])
    assert internet.check("http://site.example/old").state == "dead"
    assert internet.asked == ["site.example", "site.example"]  # judged anew


@pytest.mark.parametrize(("redirects", "state"), [(5, "alive"), (6, "unknown")])
def test_five_redirects_are_followed_and_no_more(serve, redirects, state):
    def reply(connection, request):
        step = int(request.split()[1].strip(b"/"))
        answer = status("200 OK") if step == redirects else status("302 Found", f"Location: /{step + 1}")
        answer(connection, request)

    assert Internet(serve(reply), site_example=[PUBLIC]).check("http://site.example/0").state == state


def test_a_redirect_in_a_circle_ends(serve):
    internet = Internet(serve(status("302 Found", "Location: /")), site_example=[PUBLIC])
    assert internet.check("http://site.example/").state == "unknown"
    assert len(internet.connected) == 6


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:8000/",
        "//127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://foo@169.254.169.254/",
        f"http://foo:bar@{PUBLIC}/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[fe80::1%25eth0]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://localhost/",
        "http://inside.example/",
        "http://site.example:22/",
        "http://site.example:0/",
        "ftp://site.example/",
        "file:///etc/passwd",
        "gopher://site.example/",
        "http://[",
    ],
)
def test_a_redirect_into_the_own_network_or_to_another_service_is_not_followed(serve, location):
    address = serve(status("302 Found", f"Location: {location}"))
    internet = Internet(address, site_example=[PUBLIC], inside_example=["10.0.0.7"])
    assert internet.check("http://site.example/").state == "unknown"
    assert internet.check(location).state == "unknown"  # as the link itself
    assert internet.connected == [(PUBLIC, 80)]


# --- Addresses ----------------------------------------------------------------------------------

NOT_PUBLIC = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "192.0.2.1",
    "192.168.1.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001::1",
    "2001:db8::1", "100::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_not_asked(address):
    internet = Internet(site_example=[address], half_example=[f"{PUBLIC} {address}"])
    for url in ("http://site.example/", "https://half.example/"):
        outcome = internet.check(url)
        assert outcome == Outcome("unknown", "It leads to an address that is not public, so it was not asked.")
    assert internet.connected == []


@pytest.mark.parametrize(
    "address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_a_public_address_is_asked_however_it_is_wrapped(address):
    internet = Internet(site_example=[address])
    internet.check("http://site.example/")
    assert internet.connected == [(address, 80)]


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="169.254.0.0/16"))
def test_a_private_address_stays_private_in_every_wrapper(ip):
    wrapped = [f"::ffff:{ip}", str(ipaddress.IPv6Address((0x64FF9B << 96) | int(ip))), f"::{ip}"]
    wrapped.append(str(ipaddress.IPv6Address((0x2002 << 112) | (int(ip) << 80))))
    assert not any(is_public(address) for address in [str(ip), *wrapped])


def test_a_name_that_changes_its_answer_leads_nowhere_else(serve):
    internet = Internet(serve(status("200 OK")), site_example=[PUBLIC, "127.0.0.1"])
    assert internet.check("http://site.example/").state == "alive"
    assert internet.asked == ["site.example"]
    assert internet.connected == [(PUBLIC, 80)]
    assert internet.check("http://site.example/").state == "unknown"
    assert internet.connected == [(PUBLIC, 80)]


def test_the_environment_names_no_proxy(serve, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    internet = Internet(serve(status("200 OK")), site_example=[PUBLIC])
    assert internet.check("http://site.example/").state == "alive"
    assert internet.connected == [(PUBLIC, 80)]


# --- Time and size ------------------------------------------------------------------------------


def drips(connection, request):
    """A byte at a time, without end, each well within any time that one read may take."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        connection.sendall(b"x")
        threading.Event().wait(0.01)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("reply", [drips, lambda connection, request: connection.recv(1)])
def test_a_site_that_drips_or_keeps_silent_holds_nobody_up(serve, scheme, reply):
    internet = Internet(serve(reply, reads_request=scheme == "http"), site_example=[PUBLIC])
    started = time.monotonic()
    outcome = internet.check(f"{scheme}://site.example/", timeout_s=0.3)
    assert time.monotonic() - started < 2
    assert outcome.state == "unknown"
    if scheme == "http":
        assert outcome.reason == "It did not answer within 0.3 seconds."


def test_a_name_service_that_keeps_silent_holds_nobody_up():
    is_over = threading.Event()
    started = time.monotonic()
    outcome = check(
        "http://site.example/", user_agent=AGENT, timeout_s=0.2, resolve=lambda *args, **kwargs: is_over.wait(10)
    )
    is_over.set()
    assert time.monotonic() - started < 2
    assert outcome == Outcome("unknown", "It did not answer within 0.2 seconds.")


class CountingSocket(socket.socket):
    received = 0

    def recv_into(self, *args):
        count = super().recv_into(*args)
        self.received += count
        return count


@pytest.mark.parametrize(
    ("start", "state"),
    [(b"HTTP/1.1 200 OK\r\n\r\n", "alive"), (b"HTTP/1.1 200 OK\r\n", "unknown"), (b"", "unknown")],
)
def test_of_an_endless_answer_no_more_than_64_kilobytes_are_read(serve, start, state):
    def floods(connection, request):
        connection.sendall(start)
        while True:
            connection.sendall(b"X-Long: " + b"x" * 4000 + b"\r\n")

    sockets = []

    def connect(address, timeout):
        sockets.append(CountingSocket())
        sockets[0].connect(internet.address)
        return sockets[0]

    internet = Internet(serve(floods), site_example=[PUBLIC])
    internet.connect = connect
    assert internet.check("http://site.example/").state == state
    assert 0 < sockets[0].received <= 64 * 1024


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n\r\n",
        b"\x00\xff\xfe",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 \xff\xff\r\n\r\n",
        b"HTTP/1.1 20\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[\xff\xfe\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://\xff\x00\x01.example/\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://site.example:99999999/\r\n\r\n",
        b"HTTP/1.1 302 Found\r\n: \xff\r\n\xff\xff\r\n \x00: a\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n",
    ],
)
def test_an_answer_of_weird_bytes_says_nothing_of_the_link(serve, answer):
    assert Internet(serve(says(answer)), site_example=[PUBLIC]).check("http://site.example/").state == "unknown"


def test_weird_bytes_beside_a_plain_answer_do_no_harm(serve):
    answer = b"HTTP/1.1 404 \xff\xfe\r\nX-\xff: \x01\xfe\r\nContent-Length: -1\r\nSet-Cookie: \xc3\x28\r\n\r\n"
    assert Internet(serve(says(answer)), site_example=[PUBLIC]).check("http://site.example/").state == "dead"


def test_a_redirect_written_in_unicode_is_followed(serve):
    def reply(connection, request):
        is_first = request.startswith(b"GET / ")
        answer = b"HTTP/1.1 302 Found\r\nLocation: /stra\xc3\x9fe\r\n\r\n" if is_first else b"HTTP/1.1 404 No\r\n\r\n"
        connection.sendall(answer if is_first or b"GET /stra%C3%9Fe " in request else b"")

    assert Internet(serve(reply), site_example=[PUBLIC]).check("http://site.example/").state == "dead"


# --- Certificates -------------------------------------------------------------------------------


@pytest.fixture
def secure_server(serve, tmp_path):
    """Its address, the names that it was called by, and the file with its certificate."""
    pem = tmp_path / "certificate.pem"
    pem.write_text(CERTIFICATE, encoding="ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    names = []
    context.sni_callback = lambda connection, name, context: names.append(name)

    def reply(connection, request):
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65536)
            secure.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    return serve(reply, reads_request=False), names, pem


def test_a_secure_site_is_called_by_its_name_and_its_certificate_believed(secure_server, monkeypatch):
    address, names, pem = secure_server
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    internet = Internet(address, secure_example=[PUBLIC])
    assert internet.check("https://secure.example/") == Outcome("alive", "It answers.")
    assert names == ["secure.example"]
    assert internet.connected == [(PUBLIC, 443)]


@pytest.mark.parametrize(("host", "is_trusted"), [("secure.example", False), ("other.example", True)])
def test_a_certificate_of_another_or_of_nobody_proves_nothing(secure_server, monkeypatch, host, is_trusted):
    address, _names, pem = secure_server
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    internet = Internet(address, secure_example=[PUBLIC], other_example=[PUBLIC])
    outcome = internet.check(f"https://{host}/")
    assert outcome == Outcome("unknown", "The certificate of the site does not fit or has run out.")


# --- Any text -----------------------------------------------------------------------------------

URL_PARTS = [
    "http://", "https://", "HTTP:", "//", "/", "\\", "@", ":", ":80", ":443", ":0", ":-1", "[", "]", "::1", "127.0.0.1",
    "site.example", "é", "。", "%00", "%", "?", "#", "\r\n", "\0", "\ud800", " ", "a" * 300, ".", "xn--", "xn--a",
]  # fmt: skip


@given(st.text() | st.lists(st.sampled_from(URL_PARTS)).map("".join))
@example("http://[v1.x]/")
@example("http://xn--a.example/")
@example("http://\u2100.org/")
def test_any_text_has_an_outcome_and_nothing_is_asked_where_no_name_resolves(text):
    def resolve(host, port, type):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def connect(address, timeout):
        raise AssertionError(f"connected to {address}")

    outcome = check(text, user_agent=AGENT, resolve=resolve, connect=connect)
    assert outcome.state in {"dead", "unknown"}
    assert outcome.reason
