"""A part of a form in base64 is refused; a text that speaks of base64 is not."""

import io

import pytest
from django.http.multipartparser import MultiPartParserError
from django.test import RequestFactory

from resourcecenter.core.parts import PlainParts

BOUNDARY = "b0undary"
ADDRESS = "/contribute/resource/"


def form(*headers, value="QUJD"):
    head = ["Content-Disposition: form-data; name=title", *headers]
    return "\r\n".join([f"--{BOUNDARY}", *head, "", value, f"--{BOUNDARY}--", ""]).encode()


def status(body):
    from resourcecenter.wsgi import application  # makes the middleware at once, so only where settings are a test's

    request = RequestFactory().generic("POST", ADDRESS, body, f"multipart/form-data; boundary={BOUNDARY}")
    answers = []
    application(request.environ, lambda line, headers: answers.append(line[:3]))
    return answers


IN_BASE64 = {
    "plainly": ["Content-Transfer-Encoding: base64"],
    "in another case": ["content-TRANSFER-encoding: BASE64"],
    "with blanks": ["Content-Transfer-Encoding :\t\n \u2003base64"],
    "without blanks": ["Content-Transfer-Encoding:base64"],
    "behind another header": ["X-Long: " + "x" * 700, "Content-Transfer-Encoding: base64"],
    "in a file": ['Content-Disposition: form-data; name="file"; filename="a.pdf"', "Content-Transfer-Encoding: base64"],
}


@pytest.mark.django_db
@pytest.mark.parametrize("headers", IN_BASE64.values(), ids=IN_BASE64)
def test_a_part_in_base64_is_refused(headers):
    assert status(form(*headers)) == ["400"]


@pytest.mark.parametrize("size", [1, 7, 64, 64 * 1024])
@pytest.mark.parametrize("headers", IN_BASE64.values(), ids=IN_BASE64)
def test_it_is_seen_however_the_body_comes_in(headers, size):
    body = PlainParts(io.BytesIO(form() + form(*headers)), BOUNDARY.encode())
    with pytest.raises(MultiPartParserError):
        list(iter(lambda: body.read(size), b""))


@pytest.mark.parametrize("size", [1, 64, 64 * 1024])
@pytest.mark.parametrize("headers", [[], ["Content-Transfer-Encoding: binary"], ["Content-Type: text/plain"]], ids=str)
def test_a_plain_part_passes_whatever_it_speaks_of(headers, size):
    content = form(*headers, value="Content-Transfer-Encoding: base64\r\n\r\n" + "x" * 5000)
    body = PlainParts(io.BytesIO(content), BOUNDARY.encode())
    assert b"".join(iter(lambda: body.read(size), b"")) == content
