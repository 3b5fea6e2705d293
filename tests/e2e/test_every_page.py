"""Every kind of page and state: no barrier, no cookie that a public page needs none of, no dead link."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.barriers import barriers, findings
from tests.e2e.steps import contribute, log_in, review
from tests.proof.pages import PAGES
from tests.proof.states import states

FORMS = {"form", "network form", "correction", "problem", "lost link", "new password"}
"""The pages that set a cookie, for their protection against forgery."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barrier_and_a_public_one_sets_no_cookie(page, name):
    page.goto(PAGES[name])
    assert barriers(page) == []
    assert name in FORMS or page.context.cookies() == []


ADMIN_PAGES = [
    "",
    "contributions/contribution/?state=all",
    "contributions/contribution/report/",
    "contributions/resource/",
    "contributions/resource/1/change/",
    "contributions/resource/1/history/",
    "contributions/resource/1/confirm/",
    "contributions/resource/1/delete/",
    "contributions/resource/import/",
    "catalogue/network/1/change/",
    "catalogue/topic/",
    "phases/phase/1/change/",
    "phases/page/1/change/",
    "core/tombstone/",
    "stalest/",
    "worker/",
]


def test_no_state_of_a_form_or_a_private_page_has_a_barrier_and_the_admin_keeps_to_the_policy(page, portal):
    found = {state: [] if "/admin/" in page.url else barriers(page) for state in states(page, portal)}
    assert {state: some for state, some in found.items() if some} == {}


def test_the_pages_of_the_admin_have_no_barrier_at_either_width_in_either_theme(page, portal):
    reference = contribute(page, "To be read by axe")
    page.goto("/admin/")
    assert findings(page) == []
    log_in(page, portal)
    review(page, reference)
    for address in [page.url, *(f"/admin/{address}" for address in ADMIN_PAGES)]:
        if page.goto(address).status == 403:
            continue  # what only curators may do
        for width, theme in [(320, "light"), (1280, "dark")]:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            assert findings(page) == [], (address, width, theme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, theme)
    page.goto("/admin/contributions/contribution/")
    page.get_by_role("checkbox", name=re.compile("^Select this")).first.check()
    page.get_by_label("Action:").select_option("reject_several")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reject")
    assert findings(page) == []


def test_an_address_of_ten_thousand_letters_gets_a_page_of_the_site(page):
    assert page.goto("/search/?q=" + "x" * 10_000).status == 200
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_every_link_on_the_way_in_leads_somewhere(page, portal):
    seen, waiting = set(), ["/"]
    while waiting and len(seen) < 60:
        address = waiting.pop(0)
        seen.add(address)
        assert page.goto(address).status == 200, address
        links = page.eval_on_selector_all("a[href^='/']", "links => links.map(link => link.getAttribute('href'))")
        waiting += [link.split("#")[0] for link in links if link.split("#")[0] not in {*seen, *waiting, ""}]
