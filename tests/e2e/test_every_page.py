"""Every kind of page, in both themes and at both ends of the usual widths."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.steps import contribute, fill_form, log_in, review

PAGES = {
    "home": "/",
    "overview": "/what-is-a-learning-network/",
    "which form": "/which-form-fits/",
    "which form, answered": "/which-form-fits/?formality=organizations&agenda=questions&end=open&deliverables=none",
    "phases": "/phases/",
    "phase": "/phases/network-learning/",
    "resources": "/resources/?q=learning&kind=tool",
    "nothing found": "/resources/?q=xylophone",
    "resource": "/resources/learning-network-facilitator-terms-of-reference/",
    "networks": "/networks/",
    "networks as a table": "/networks/table/?order=-starts",
    "networks in time": "/networks/timeline/?by=sector",
    "networks on a map": "/networks/map/",
    "members of networks": "/networks/members/",
    "learning questions": "/learning-questions/",
    "network": "/networks/groove/",
    "organizations": "/organizations/",
    "organization": "/organizations/usaid/",
    "topics": "/topics/",
    "topic": "/topics/facilitation/",
    "search": "/search/?q=facilitator",
    "glossary": "/glossary/",
    "page": "/about/privacy/",
    "guidelines": "/contribute/",
    "coverage": "/coverage/",
    "deliverables": "/coverage/deliverables/",
    "form": "/contribute/resource/",
    "network form": "/contribute/network/",
    "correction": "/contribute/correction/network/groove/",
    "problem": "/contribute/problem/network/groove/",
    "lost link": "/contribute/lost-link/",
    "not found": "/no-such-page/",
}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    # To read a style sheet that imports another one, axe would write styles into the page, which our policy blocks.
    "preload": False,
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
]


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
