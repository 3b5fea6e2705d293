"""What somebody who contributed can do afterwards, by the private link alone."""

import re

from playwright.sync_api import expect

from tests.e2e.steps import contribute, decide, log_in, reference_on, review

ASKED = {True: "Rain gauges on roofs", False: "Letters from a ferry"}
REJECTED = {True: "Our new brochure", False: "Minutes of one evening"}
LINK = re.compile(r"http://\S+/contributions/\S+")


def ask_for_changes(page, reference, note):
    review(page, reference)
    decide(page, reference, "Ask for changes", note=note)


def reject(page, reference, note):
    review(page, reference)
    decide(page, reference, "Reject", note=note)


def say(page, link, words):
    page.get_by_role("link", name=link).click()
    page.get_by_label("Your answer").fill(words)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Waiting for a moderator")).to_be_visible()


def test_what_a_moderator_asks_can_be_answered_and_mended(page_either_way, portal, with_scripts):
    page, title = page_either_way, ASKED[with_scripts]
    reference = contribute(page, title)
    status = page.url
    log_in(page, portal)
    ask_for_changes(page, reference, "Which year was it?")
    page.goto(status)
    expect(page.get_by_text("Waiting for you")).to_be_visible()
    expect(page.get_by_text("Which year was it?")).to_be_visible()
    say(page, "Answer without changing it", "It was 2011.")

    review(page, reference)
    expect(page.get_by_text("It was 2011.")).to_be_visible()
    decide(page, reference, "Ask for changes", note="Please put it into the title.")
    page.goto(status)
    page.get_by_role("link", name="Change what I sent").click()
    page.get_by_label(re.compile("^Title")).fill(f"{title} 2011")
    page.get_by_role("button", name="Send the changes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{title} 2011")

    review(page, reference)
    expect(page.locator("ins")).to_have_text(re.compile("2011"))
    decide(page, reference, "Approve")
    page.goto(status)
    page.get_by_role("link", name="See it on the site").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{title} 2011")


def test_another_look_can_be_asked_for_once_and_all_data_deleted(page_either_way, portal, with_scripts):
    page = page_either_way
    reference = contribute(page, REJECTED[with_scripts])
    status = page.url
    log_in(page, portal)
    reject(page, reference, "It is about one organization only.")
    page.goto(status)
    say(page, "Ask for another look", "Nine organizations wrote it.")
    reject(page, reference, "It advertises them.")
    page.goto(status)
    expect(page.get_by_text("It advertises them.")).to_be_visible()
    expect(page.get_by_role("link", name="Ask for another look")).to_have_count(0)

    page.get_by_role("link", name="Delete my data").click()
    page.get_by_role("button", name="Delete my data").click()
    expect(page.get_by_text("Your data were deleted")).to_be_visible()
    expect(page.get_by_text("Nine organizations wrote it.")).to_have_count(0)


def test_a_lost_link_comes_by_mail_and_the_page_tells_nobody_whose_it_is(page, portal):
    address = "forgetful@example.org"
    reference = contribute(page, "A story whose link was lost", email=address)
    (received,) = portal.mails_to(address)
    page.goto(LINK.search(received).group())
    # Else a second mail to an address that may be a stranger's would wait for an hour.
    page.get_by_role("button", name="Confirm my address").click()
    expect(page.get_by_role("button", name="Confirm my address")).to_have_count(0)

    assert answer_about(page, address) == answer_about(page, "never-seen@example.org")
    _, links = portal.mails_to(address)
    assert reference in links
    page.goto(LINK.search(links).group())
    assert reference_on(page) == reference


def answer_about(page, address):
    page.goto("/contribute/lost-link/")
    page.get_by_label(re.compile("^The e-mail address that you gave")).fill(address)
    page.get_by_role("button", name="Send me my links").click()
    expect(page.get_by_role("status")).to_be_visible()
    return page.get_by_role("main").inner_text()
