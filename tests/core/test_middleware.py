"""A request body in an odd charset gets 400 before anything reads it, and an empty 405 a page."""

import pytest
from django.urls import reverse

FORM = "application/x-www-form-urlencoded"
ADDRESSES = ["/markdown/preview/", "/contribute/resource/", "/admin/login/", "/search/", "/no/such/page/", "/healthz"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["post", "get", "put"])
def test_a_body_in_utf_7_gets_400_wherever_it_is_sent(client, address, method):
    response = client.generic(method.upper(), address, b"content=+ADw-script+AD4-", f"{FORM}; charset=utf-7")
    assert response.status_code == 400
    assert "no-store" in response.headers["Cache-Control"]


CHARSETS = [
    "utf-7", "UTF-7", "utf_7", "utf-16", "utf-32", "latin-1", "iso-8859-1", "cp037", "idna", "punycode", "rot13", "hex",
    "base64", "unicode_escape", "undefined", "nonsense", "utf-88", '"utf-7"', " utf-7 ", "", "x" * 5000,
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("charset", CHARSETS, ids=lambda charset: ascii(charset[:20]))
@pytest.mark.parametrize("media_type", [FORM, "multipart/form-data; boundary=b", "text/plain"])
def test_no_charset_but_utf_8_is_read(client, charset, media_type):
    response = client.generic("POST", reverse("markdown_preview"), b"content=x", f"{media_type}; charset={charset}")
    assert response.status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', " utf-8 "])
def test_utf_8_is_read(client, charset):
    content_type = f"{FORM}; charset={charset}"
    response = client.generic("POST", reverse("markdown_preview"), "content=Grüße".encode(), content_type)
    assert (response.status_code, response.content.decode().strip()) == (200, "<p>Grüße</p>")


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["utf8", "utf_8"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_another_spelling_of_utf_8_is_no_error_of_ours(client, address, charset):
    response = client.generic("POST", address, b"content=x", f"{FORM}; charset={charset}")
    assert response.status_code < 500


@pytest.mark.parametrize("content_type", [FORM, "", "nonsense", ";", f"{FORM};;;", f"{FORM}; x=y", "*/*; q=*"])
def test_a_body_without_a_charset_is_let_through(client, content_type):
    assert client.generic("POST", reverse("healthz"), b"x=1", content_type).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(
    "charset", ["utf-8''utf-7", "utf-7''utf-8", "nonsense''utf-8", "''", "'", "hex''utf-8", "utf-8''%00"]
)
def test_a_charset_in_the_long_notation_of_mail_is_no_error_of_ours(rf, charset):
    from resourcecenter.wsgi import application  # makes the middleware at once, so only where settings are a test's

    environ = {**rf.post(reverse("healthz")).environ, "CONTENT_TYPE": f"{FORM}; charset*={charset}"}
    answers = []
    application(environ, lambda status, headers: answers.append(status))
    assert [status[:1] for status in answers] == ["4"]


@pytest.mark.django_db
def test_text_that_is_not_utf_8_is_read_with_marks_of_replacement(client):
    response = client.generic("POST", reverse("markdown_preview"), b"content=gr%FC%DF %ED%A0%80 \xff", FORM)
    assert response.status_code == 200
    assert "\ufffd" in response.content.decode()


@pytest.mark.parametrize(("accept", "is_explained"), [("text/html,*/*;q=0.8", True), ("application/json", False)])
def test_who_goes_to_the_address_of_a_button_is_told_so(client, accept, is_explained):
    answer = client.get("/contributions/x/my-address/", headers={"accept": accept})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert ("There is nothing to read at this address" in answer.content.decode()) is is_explained
