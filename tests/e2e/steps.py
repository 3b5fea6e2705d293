"""What people do in a browser, as steps that several tests share. Each leaves the page that it led to."""

import re

from django.utils.text import slugify
from playwright.sync_api import expect

REFERENCE = re.compile(r"LN-\d{5}")


def fill_form(page, *, title, email="ada@example.org"):
    """Fill what the form of a resource asks for, but for something to open: a link, a file or a text."""
    page.goto("/contribute/resource/")
    page.get_by_label("Story", exact=True).check()
    page.get_by_label(re.compile("^Title")).fill(title)
    page.get_by_label(re.compile("^Summary")).fill("What a network learnt when the money stopped.")
    page.get_by_label("Network Learning", exact=True).check()
    fill_sender(page, email=email)


def fill_sender(page, *, email="ada@example.org"):
    page.get_by_label(re.compile("^Your name")).fill("Ada Contributor")
    page.get_by_label(re.compile("^Your e-mail")).fill(email)
    page.get_by_label(re.compile("^I have the right to share this")).check()


def fill_link(page, title):
    """Give the link of a resource, one that only this title has."""
    page.get_by_label(re.compile("^Link")).fill(f"https://example.org/{slugify(title)}")


def send(page):
    """Send the form to the moderators, and return the reference that its private page shows."""
    page.get_by_role("button", name="Send to the moderators").click()
    return reference_on(page)


def reference_on(page):
    expect(page).to_have_title(re.compile(f"^Your contribution {REFERENCE.pattern}"))
    return REFERENCE.search(page.title()).group()


def contribute(page, title, **fields):
    """Contribute a resource, and return its reference."""
    fill_form(page, title=title, **fields)
    fill_link(page, title)
    return send(page)


def log_in(page, portal):
    page.goto("/admin/")
    page.get_by_label("Username").fill(portal.username)
    page.get_by_label("Password").fill(portal.password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def review(page, reference):
    """Open a contribution as a moderator who is logged in."""
    page.goto("/admin/contributions/contribution/")
    page.get_by_role("link", name=reference).click()
    expect(page.get_by_role("heading", name="Decide")).to_be_visible()


def decide(page, reference, button, *, note=""):
    """Press the button of a decision on the review page, and wait until the portal says that it is done."""
    page.get_by_label("Note to the contributor").fill(note)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(re.compile(rf"^{reference}: .+\(.+\)$"))).to_be_visible()
