"""An administrator sets up the second step alone, in a browser, and reads the pages that only administrators see."""

import base64
import random
import subprocess
import sys

import pytest
from django_otp.oath import totp
from playwright.sync_api import expect

from tests.e2e.barriers import barriers, findings
from tests.e2e.conftest import ROOT, _manage, _wait_for

PASSWORD = "correct horse battery staple"
ADMIN_PAGES = ["staff/deed/", "staff/invitation/", "staff/invitation/add/", "auth/user/1/change/"]


@pytest.fixture
def strict(portal):
    """The address of the same portal, as it would be where staff need a second step."""
    port = random.randrange(20_000, 32_000)
    env = {**portal.env, "STAFF_SECOND_FACTOR": "true", "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    _manage(env, "createsuperuser", "--noinput", "--username", "ada", "--email", "ada@example.org")
    gunicorn = [sys.executable, "-m", "gunicorn", "resourcecenter.wsgi", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen([*gunicorn, "--no-control-socket"], cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def log_in(page, strict):
    page.goto(f"{strict}/admin/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_an_administrator_sets_up_the_second_step_and_logs_in_again_with_a_recovery_code(browser, strict):
    page = browser.new_page(reduced_motion="reduce")
    log_in(page, strict)
    expect(page.get_by_role("heading", name="Set up the second step")).to_be_visible()
    assert page.get_by_role("img", name="A QR code").evaluate("image => image.naturalWidth") > 100
    assert barriers(page) == []
    page.get_by_text("If you cannot point a camera here").click()
    key = "".join(page.locator(".key span").all_inner_texts())
    page.get_by_label("Code").fill(f"{totp(base64.b32decode(key)):06}")
    page.get_by_role("button", name="Finish").click()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    assert barriers(page) == []
    page.get_by_role("link", name="I have kept them").click()
    for address in ADMIN_PAGES:
        page.goto(f"{strict}/admin/{address}")
        assert findings(page) == [], address
    page.get_by_role("button", name="Log out").click()
    log_in(page, strict)
    assert barriers(page) == []
    page.get_by_label("Code").fill(codes[3])
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    page.get_by_role("link", name="Second step").click()
    expect(page.get_by_text("You have 9 recovery codes left of 10.")).to_be_visible()
    page.context.close()
