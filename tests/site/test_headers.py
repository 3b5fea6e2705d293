"""What every answer tells the browser, at every address: nothing foreign runs, frames it, reads it or follows it."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from contributions.models import Attachment
from resourcecenter.core.headers import SANDBOXED
from tests.factories import PDF, make_page, make_resource
from tests.site.test_roles import address, keys, route_of  # noqa: F401 - keys is a fixture

pytestmark = pytest.mark.django_db

EVERYWHERE = {
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY", "SAMEORIGIN"},
    "Referrer-Policy": {"strict-origin-when-cross-origin", "same-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
    "Strict-Transport-Security": {"max-age=31536000"},
}
PAGE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "media-src": "'none'",
    "manifest-src": "'none'",
    "worker-src": "'none'",
    "frame-src": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
OTHERWISE = {
    "admin:contributions_contribution_change": {"frame-src": "'self'"},
    "admin:contributions_contribution_preview": {"frame-ancestors": "'self'"},
    "identity_logo": {"script-src": "'none'", "style-src": "'unsafe-inline'"},
}
"""The review page frames the preview of what is reviewed, and a logo is a picture that brings its colours."""

FORMS = {
    "contributions:contribute", "contributions:contribute_network", "contributions:correct", "contributions:erase",
    "contributions:report_problem", "contributions:lost_link", "contributions:revise", "contributions:act",
    "contributions:status", "admin:login", "staff:ask_for_password",
}  # fmt: skip
"""What an anonymous visitor may send, or will; their cookie guards against forgery."""


@pytest.fixture(autouse=True)
def _under_https(settings):
    """As SITE_URL=https://... sets it; see test_settings."""
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"


def policy(response):
    directives = (directive.partition(" ") for directive in response["Content-Security-Policy"].split("; "))
    return {name: sources for name, _, sources in directives}


def what_is_amiss(name, response):
    """Headers that are missing or say something else, as a list that is empty if all is well."""
    amiss = [
        f"{header}: {response.get(header)}" for header, good in EVERYWHERE.items() if response.get(header) not in good
    ]
    amiss += [] if "camera=()" in response.get("Permissions-Policy", "") else ["Permissions-Policy"]
    expected = PAGE | (OTHERWISE.get(name, {}) if response.status_code == 200 else {})
    return amiss + ([] if policy(response) == expected else [policy(response)])


def test_every_address_tells_a_visitor_the_policy_and_only_forms_set_a_cookie(client, keys):  # noqa: F811
    amiss, setting = {}, {}
    for name, route in route_of().items():
        client.cookies.clear()
        response = client.get(address(route, keys), secure=True)
        if faults := what_is_amiss(name, response):
            amiss[name] = faults
        for cookie, said in response.cookies.items():
            setting.setdefault(name, set()).add(cookie)
            assert (said["secure"], said["path"], said["domain"]) == (True, "/", ""), name
            assert (said["httponly"], said["samesite"]) == (True, "Lax"), name
    assert amiss == {}
    assert set(setting) <= FORMS
    assert set().union(*setting.values()) == {"__Host-csrf"}


def test_every_page_of_the_admin_keeps_to_the_policy(admin_client, keys):  # noqa: F811
    amiss = {}
    for name, route in route_of().items():
        if route.startswith("admin") and name != "admin:logout":
            response = admin_client.get(address(route, keys), secure=True)
            if faults := what_is_amiss(name, response):
                amiss[name] = faults
    assert amiss == {}


def test_what_the_admin_says_after_a_button_lies_in_the_session_and_in_no_cookie(admin_client, keys):  # noqa: F811
    key = keys["admin/catalogue/network/"]["object_id"]
    path = reverse("admin:catalogue_network_confirm", args=[key])
    response = admin_client.post(path, {"how": "Asked."}, secure=True)
    assert (response.status_code, set(response.cookies)) == (302, {"__Host-session"})


REFUSALS = {
    "no such page": ({"path": "/no/such/page/"}, 404),
    "a host that is not ours": ({"path": "/", "headers": {"host": "evil.example"}}, 400),
    "a body in UTF-7": ({"path": "/", "data": "x", "content_type": "text/plain; charset=utf-7"}, 400),
    "a body that is too large": ({"path": "/", "CONTENT_LENGTH": str(10**9)}, 413),
    "a wrong method": ({"path": "/", "method": "OPTIONS"}, 405),
    "a form without its token": ({"path": "/markdown/preview/", "method": "POST"}, 403),
    "plain http": ({"path": "/", "secure": False}, 301),
}


@pytest.mark.parametrize(("request_", "status"), REFUSALS.values(), ids=REFUSALS)
def test_refusals_and_redirects_keep_to_the_policy_too(settings, request_, status):
    settings.SECURE_SSL_REDIRECT = True
    client = Client(enforce_csrf_checks=True)
    response = client.generic(**{"method": "GET", "secure": True, **request_})
    assert response.status_code == status
    assert what_is_amiss("", response) == ([] if status != 301 else ["Strict-Transport-Security: None"])


def test_an_unchanged_page_keeps_its_policy(client):
    make_page("about")
    path = reverse("phases:page", args=["about"])
    etag = client.get(path, secure=True)["ETag"]
    response = client.get(path, secure=True, headers={"if-none-match": etag})
    assert (response.status_code, what_is_amiss("", response)) == (304, [])


def test_a_file_keeps_its_sandbox_when_it_is_unchanged_or_asked_for_beyond_its_end(client):
    attachment = Attachment(resource=make_resource(), name="story.pdf", media_type="application/pdf", sha256="ab")
    attachment.size = len(PDF)
    attachment.file.save("story.pdf", ContentFile(PDF))
    path = attachment.get_absolute_url()
    whole = client.get(path, secure=True)
    assert b"".join(whole) == PDF  # read to its end: close() by itself would close the database as well
    unchanged = client.get(path, secure=True, headers={"if-none-match": whole["ETag"]})
    beyond = client.get(path, secure=True, headers={"range": "bytes=99999999-"})
    assert [answer.status_code for answer in (whole, unchanged, beyond)] == [200, 304, 416]
    assert {answer["Content-Security-Policy"] for answer in (whole, unchanged, beyond)} == {SANDBOXED}


def test_a_static_file_that_is_opened_by_itself_runs_nothing(settings):
    (settings.STATIC_ROOT / "picture.svg").write_text("<svg/>")
    response = Client().get("/static/picture.svg", secure=True)
    response.close()
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none';")
    assert {name: response[name] for name in EVERYWHERE if response[name] not in EVERYWHERE[name]} == {}
