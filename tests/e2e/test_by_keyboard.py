"""The path that the portal exists for, without a mouse: Tab, Enter, Space and the arrows."""

import re

from playwright.sync_api import expect

from tests.e2e.steps import contribute, reference_on

TITLE = "Typed without a mouse"
MOST_TABS = 500
"""More than any form of ours has stops; whoever needs more is in a trap."""


def tab_to(page, target):
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {target}.")


def press(page, target, key="Enter"):
    tab_to(page, target)
    page.keyboard.press(key)


def write(page, label, text):
    tab_to(page, page.get_by_label(re.compile(f"^{label}")))
    page.keyboard.type(text)


def test_a_stranger_contributes_by_keyboard_alone(page, portal):
    page.goto("/contribute/")
    press(page, page.get_by_role("link", name="Contribute a resource"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Contribute a resource")
    story = page.get_by_label("Story", exact=True)
    tab_to(page, page.locator("[name=kind]").first)
    for _ in range(page.locator("[name=kind]").count()):
        page.keyboard.press("ArrowDown")
        if story.is_checked():
            break
    write(page, "Title", TITLE)
    write(page, "Summary", "What hands can do.")
    write(page, "Text", "It was typed, and **every** field was reached.")
    press(page, page.get_by_label("Network Learning", exact=True), "Space")
    write(page, "Your name", "Ada Contributor")
    write(page, "Your e-mail", "ada@example.org")
    press(page, page.get_by_label(re.compile("^I have the right to share this")), "Space")
    press(page, page.get_by_role("button", name="Send to the moderators"))
    reference_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def test_a_moderator_decides_by_keyboard_alone(page, portal):
    reference = contribute(page, "To be judged by keys")
    page.goto("/admin/")
    write(page, "Username", portal.username)
    write(page, "Password", portal.password)
    page.keyboard.press("Enter")
    press(page, page.get_by_role("link", name="Contributions", exact=True))
    press(page, page.get_by_role("link", name=reference))
    expect(page.get_by_role("heading", name="Decide")).to_be_visible()
    tab_to(page, page.get_by_label("Reason"))
    page.keyboard.type("It advertises")
    expect(page.get_by_label("Note to the contributor")).not_to_have_value("")
    press(page, page.get_by_role("button", name="Reject", exact=True))
    expect(page.get_by_text(f"{reference}: To be judged by keys (Not accepted)")).to_be_visible()
