"""What every page has at its head and foot: the menu of a phone, and the choice of light or dark."""

from playwright.sync_api import expect

LIGHT, DARK = "light", "dark"


def test_the_menu_of_a_phone_opens_and_leads_on_with_and_without_scripts(page_either_way):
    page = page_either_way
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/topics/")
    main = page.get_by_role("navigation", name="Main")
    expect(main).to_be_hidden()
    page.get_by_text("Menu", exact=True).press("Enter")
    main.get_by_role("link", name="Six phases").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The six phases")
    page.set_viewport_size({"width": 1280, "height": 700})
    expect(main).to_be_visible()


def test_a_chosen_theme_holds_on_the_next_page_without_a_cookie(page):
    page.emulate_media(color_scheme=LIGHT)
    page.goto("/topics/")
    page.get_by_role("radio", name="Dark").check()
    page.goto("/glossary/")
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", DARK)
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    assert page.context.cookies() == []
    page.get_by_role("radio", name="As my device").check()
    expect(root).not_to_have_attribute("data-theme", DARK)


def test_without_scripts_nobody_is_offered_a_choice_that_could_not_be_kept(page_either_way, with_scripts):
    page_either_way.goto("/topics/")
    expect(page_either_way.get_by_role("group", name="Appearance")).to_be_visible(visible=with_scripts)
