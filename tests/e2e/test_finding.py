"""Finding something in a browser: by suggestions, by keyboard, and without scripts."""

from playwright.sync_api import expect

from tests.e2e.barriers import findings


def box(page):
    return page.get_by_role("combobox", name="Search everything")


def options(page):
    return page.get_by_role("option")


def test_suggestions_are_chosen_by_keyboard(page):
    page.goto("/search/")
    field = page.get_by_role("combobox", name="Search everything")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("groove quarterly")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status")).to_contain_text("Use the arrow keys")
    assert findings(page) == []
    field.press("ArrowDown")
    first = options(page).first
    expect(first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == first.get_attribute("id")
    title = first.locator(".suggestions__title").inner_text()
    field.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_the_arrows_go_round_and_home_returns_to_the_text(page):
    page.goto("/search/")
    field = box(page)
    field.press_sequentially("learning network")
    expect(options(page).first).to_be_visible()
    field.press("ArrowUp")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") is None
    field.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    field.press("Home")
    assert field.get_attribute("aria-activedescendant") is None
    field.press_sequentially("x")
    expect(field).to_have_value("xlearning network")


def test_escape_closes_the_suggestions_and_keeps_the_text(page):
    page.goto("/search/")
    box(page).press_sequentially("learning")
    expect(options(page).first).to_be_visible()
    box(page).press("Escape")
    expect(options(page)).to_have_count(0)
    expect(box(page)).to_have_value("learning")
    expect(box(page)).to_have_attribute("aria-expanded", "false")


def test_enter_without_a_choice_searches_for_the_text(page):
    page.goto("/")
    page.get_by_role("combobox").press_sequentially("learn")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search")
    assert "q=learn" in page.url


def test_a_suggestion_is_taken_by_a_click(page):
    page.goto("/networks/")
    page.get_by_role("combobox").press_sequentially("groove")
    options(page).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Growing Organizational Value Chain Excellence")


def test_a_search_is_narrowed_opened_and_left_again(page_either_way):
    page = page_either_way
    page.goto("/resources/")
    page.get_by_label("Search resources").fill("learning")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("checkbox", name="Tool").check()
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_role("link", name="Kind: Tool (remove this filter)")).to_be_visible()
    results = page.url
    page.locator(".hits .card__title a").nth(1).click()
    way = page.get_by_role("navigation", name="Your search")
    expect(way).to_contain_text("Previous: ")
    title = page.get_by_role("heading", level=1).inner_text()
    way.get_by_role("link", name="Next: ").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(title)
    way.get_by_role("link", name="Back to your search for “learning”").click()
    assert page.url == results
