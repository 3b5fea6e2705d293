"""Every kind of page, in both themes and at both ends of the usual widths."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.steps import fill_form, log_in
from tests.proof.pages import PAGES

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


def findings(page):
    return [
        f"{violation['id']}: {node['html'][:150]}"
        for violation in Axe().run(page, options=RULES).response["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_page_has_no_barrier_and_does_not_scroll_sideways_at_either_width_in_either_theme(page, address):
    page.goto(address)
    for width, theme in product([320, 1280], ["light", "dark"]):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        assert findings(page) == [], (width, theme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, theme


def test_a_form_with_errors_and_a_status_page_have_no_barrier(page):
    page.goto("/contribute/resource/")
    page.get_by_role("button", name="Send to the moderators").click()
    assert findings(page) == []
    fill_form(page, title="Without a barrier")
    page.locator("#id_url").fill("https://example.org/without-a-barrier")
    page.get_by_role("button", name="Send to the moderators").click()
    assert "/contributions/" in page.url
    assert findings(page) == []


def test_the_queue_and_the_review_page_work_under_the_policy_of_the_site(page, portal):
    log_in(page, portal)
    for address in (
        "",
        "contributions/contribution/?state=all",
        "catalogue/network/1/change/",
        "phases/page/1/change/",
    ):
        assert page.goto(f"/admin/{address}").status == 200


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


def test_public_pages_set_no_cookie(page):
    for address in PAGES.values():
        if not address.startswith("/contribute/") or address == PAGES["guidelines"]:
            page.goto(address)
    assert page.context.cookies() == []
