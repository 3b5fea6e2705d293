"""Every kind of page and state: no barrier, no cookie that a public page needs none of, no dead link."""

import pytest
from playwright.sync_api import expect

from tests.e2e.barriers import barriers
from tests.proof.pages import PAGES
from tests.proof.states import states

FORMS = {"form", "network form", "correction", "problem", "lost link"}
"""The pages that set a cookie, for their protection against forgery."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barrier_and_a_public_one_sets_no_cookie(page, name):
    page.goto(PAGES[name])
    assert barriers(page) == []
    assert name in FORMS or page.context.cookies() == []


def test_no_state_of_a_form_or_a_private_page_has_a_barrier_and_the_admin_keeps_to_the_policy(page, portal):
    found = {state: [] if "/admin/" in page.url else barriers(page) for state in states(page, portal)}
    assert {state: some for state, some in found.items() if some} == {}


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
