"""The style guide in a browser: each component without a barrier, and a photograph of all of them to look at."""

import re
from itertools import product

import pytest
from playwright.sync_api import expect

from tests.e2e.barriers import findings
from tests.e2e.steps import log_in

SAMPLES = {"complete": "", "little": "?with=little"}
AUDITED = {(360, "dark"), (1280, "light")}
"""Each width and each theme once; test_contrast.py has the colours of both."""


@pytest.mark.parametrize("samples", SAMPLES)
def test_no_component_has_a_barrier_or_is_wider_than_the_screen(page, portal, tmp_path, samples):
    log_in(page, portal)
    page.goto(f"/styleguide/{SAMPLES[samples]}")
    for width, theme in product([360, 1280], ["light", "dark"]):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.screenshot(path=tmp_path / f"{samples}-{width}-{theme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, theme
        if (width, theme) in AUDITED:
            assert findings(page) == [], (width, theme)


def test_a_choice_of_theme_goes_before_the_choice_of_the_system(page):
    page.emulate_media(color_scheme="light")
    page.goto("/")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    dark = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert (page.evaluate(ground), dark) == (light, "rgb(20, 24, 29)")


def test_one_page_turns_into_the_next_unless_motion_is_unwanted(page):
    page.add_init_script("addEventListener('pagereveal', event => { window.turned = !!event.viewTransition })")
    for motion, turned in (("no-preference", True), ("reduce", False)):
        page.emulate_media(reduced_motion=motion)
        page.goto("/")
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Topics").click()
        page.wait_for_url("**/topics/")
        page.wait_for_function("window.turned !== undefined")
        assert page.evaluate("window.turned") is turned


def test_a_phase_prints_as_a_handout_with_the_addresses_of_its_resources(page):
    page.emulate_media(media="print", color_scheme="dark")
    page.goto("/phases/network-learning/")
    expect(page.get_by_role("heading", name="Questions to ask")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.locator(".handout__address").first).to_contain_text(re.compile(r"http://127.0.0.1:\d+/resources/"))
    expect(page.locator(".shelf .card").first).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
