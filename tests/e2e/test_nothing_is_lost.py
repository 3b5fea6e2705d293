"""Forms that eat what was typed or chosen are what people complain of most; these do not."""

import re

from playwright.sync_api import expect

from tests.e2e.steps import fill_form, fill_link, log_in, reference_on, send
from tests.factories import PDF

TWICE = {True: "Pressed by an eager finger", False: "Doubled on a slow line"}
STALE = {True: "Open since yesterday", False: "Back after the holidays"}
WITH_FILE = {True: "Scanned on a veranda", False: "Charts in a drawer"}
LINK = re.compile(r"http://\S+/contribute/draft/\S+")


def title_field(page):
    return page.get_by_label(re.compile("^Title"))


def test_what_was_typed_is_back_after_leaving_the_page_until_it_is_sent(page):
    fill_form(page, title="Kept in this browser")
    page.wait_for_load_state("networkidle")  # the script that keeps it is fetched after the page
    fill_link(page, "Kept in this browser")
    page.goto("/")
    page.goto("/contribute/resource/")
    expect(title_field(page)).to_have_value("Kept in this browser")
    expect(page.get_by_label("Story", exact=True)).to_be_checked()
    expect(page.get_by_text("was kept in this browser")).to_be_visible()

    send(page)
    page.goto("/contribute/resource/")
    expect(page.get_by_role("button", name="Send to the moderators")).to_be_visible()
    expect(title_field(page)).to_have_value("")
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_form_saved_by_mail_opens_filled_and_can_be_sent(page_either_way, portal, with_scripts):
    page, address = page_either_way, f"later-{with_scripts}@example.org".lower()
    title = {True: "Begun on a train", False: "Half of a long tale"}[with_scripts]
    fill_form(page, title=title, email=address)
    page.get_by_role("button", name="Save and send me a link").click()
    expect(page.get_by_text("A mail with a private link is on its way to you")).to_be_visible()

    (mail,) = portal.mails_to(address)
    page.context.clear_cookies()
    page.goto(LINK.search(mail).group())
    expect(title_field(page)).to_have_value(title)
    expect(page.get_by_label("Network Learning", exact=True)).to_be_checked()
    page.get_by_label(re.compile("^I have the right to share this")).check()
    fill_link(page, title)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_a_double_click_makes_one_contribution(page_either_way, portal, with_scripts):
    page, title = page_either_way, TWICE[with_scripts]
    fill_form(page, title=title)
    fill_link(page, title)
    page.get_by_role("button", name="Send to the moderators").dblclick()
    reference = reference_on(page)
    log_in(page, portal)
    page.goto("/admin/contributions/contribution/?state=all")
    expect(page.get_by_role("link", name=title)).to_have_text([f"{reference} {title}"])


def test_a_form_whose_cookie_has_expired_comes_back_filled(page_either_way, with_scripts):
    page, title = page_either_way, STALE[with_scripts]
    fill_form(page, title=title)
    fill_link(page, title)
    page.context.clear_cookies()
    page.get_by_role("button", name="Send to the moderators").click()
    expect(page.get_by_text("nothing was sent yet")).to_be_visible()
    expect(title_field(page)).to_have_value(title)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_a_chosen_file_stays_with_a_form_that_has_errors(page_either_way, with_scripts):
    page, title = page_either_way, WITH_FILE[with_scripts]
    fill_form(page, title="")
    content = PDF + f"% {title}\n".encode()
    page.get_by_label(re.compile("^Files")).set_input_files(
        {"name": "kept.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    page.get_by_role("button", name="Send to the moderators").click()
    expect(page).to_have_title(re.compile("^Error:"))
    expect(page.get_by_label("Remove kept.pdf")).not_to_be_checked()

    title_field(page).fill(title)
    page.get_by_label(re.compile("^Licence")).select_option("CC-BY-4.0")
    send(page)
    page.get_by_role("link", name="See it as it will look").click()
    expect(page.get_by_text("kept.pdf").first).to_be_visible()


def test_a_file_that_is_too_large_is_told_before_it_is_sent(page, tmp_path):
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(21 * 1024**2)
    fill_form(page, title="Heavy luggage")
    page.wait_for_load_state("networkidle")  # the script that looks is fetched after the page
    files = page.get_by_label(re.compile("^Files"))
    files.set_input_files(large)
    expect(page.get_by_role("alert")).to_have_text(re.compile("“large.pdf” is too large: 21 MB"))
    page.get_by_role("button", name="Send to the moderators").click()
    expect(files).to_be_focused()
    expect(title_field(page)).to_have_value("Heavy luggage")

    files.set_input_files([])
    expect(page.get_by_role("alert")).to_be_empty()
    fill_link(page, "Heavy luggage")
    send(page)
