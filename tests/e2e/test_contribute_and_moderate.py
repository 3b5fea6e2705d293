"""The path that the portal exists for: a stranger contributes, a moderator approves, everybody finds it."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.e2e.steps import fill_form, log_in
from tests.factories import PDF

MARK = "zanzibarquartz"
TITLE = f"A story of {MARK}"


def add_file(page):
    page.get_by_label(re.compile("^File")).set_input_files(
        {"name": f"{MARK}.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_label(re.compile("^Licence")).select_option("CC-BY-4.0")


PUBLIC = ["/", "/resources/", "/phases/network-learning/", f"/search/?q={MARK}", f"/resources/?q={MARK}"]


def shows(page, address):
    page.goto(address)
    return page.get_by_role("link", name=TITLE).count() > 0


def test_what_a_stranger_sends_is_public_only_after_a_moderator_approved_it(page, portal):
    fill_form(page, title=TITLE)
    add_file(page)
    page.get_by_role("button", name="Send to the moderators").click()
    expect(page.get_by_text(re.compile(r"LN-\d{5}")).first).to_be_visible()
    status = page.url
    reference = re.search(r"LN-\d{5}", page.content()).group()

    assert not any(shows(page, address) for address in PUBLIC)
    assert page.goto("/resources/a-story-of-zanzibarquartz/").status == 404
    assert page.goto("/files/1/zanzibarquartz.pdf").status == 404

    log_in(page, portal)
    page.goto("/admin/contributions/contribution/")
    page.get_by_role("link", name=f"{reference} {TITLE}").click()
    expect(page.frame_locator("iframe").get_by_role("heading", name=TITLE)).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text(f"{reference}: {TITLE} (Approved)")).to_be_visible()

    assert all(shows(page, address) for address in PUBLIC)
    page.get_by_role("link", name=TITLE).click()
    assert urlsplit(page.url).path == "/resources/a-story-of-zanzibarquartz/"
    sent = page.request.get(page.get_by_role("link", name=f"{MARK}.pdf").get_attribute("href"))
    assert sent.body() == PDF
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in sent.headers["content-security-policy"]
    page.goto(status)
    assert page.locator(f"a[href='/resources/a-story-of-{MARK}/']").count() > 0


def test_a_form_with_errors_says_so_beside_the_fields_and_keeps_what_was_typed(page_either_way):
    page = page_either_way
    page.goto("/contribute/resource/")
    page.get_by_label(re.compile("^Title")).fill("Kept as typed")
    page.get_by_role("button", name="Send to the moderators").click()

    assert page.title().startswith("Error:")
    assert page.get_by_label(re.compile("^Title")).input_value() == "Kept as typed"
    summary = page.get_by_role("alert").first
    summary.get_by_role("link").first.click()
    focused = page.evaluate("document.location.hash")
    assert page.locator(f"[id='{focused[1:]}']").count() == 1


def test_a_contributor_sees_a_preview_changes_and_withdraws_without_scripts(page_either_way):
    page = page_either_way
    fill_form(page, title="Not for long")
    page.get_by_label(re.compile("^Link")).fill("https://example.org/story")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("It has not been sent yet")).to_be_visible()
    page.get_by_role("button", name="Send to the moderators").click()

    page.get_by_role("link", name="Change what I sent").click()
    page.get_by_label(re.compile("^Title")).fill("Not for much longer")
    page.get_by_role("button", name="Send the changes").click()
    expect(page.get_by_role("heading", name="Not for much longer")).to_be_visible()

    page.get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("Withdrawn").first).to_be_visible()
    assert page.get_by_role("link", name="Withdraw").count() == 0


def test_a_moderator_who_rejects_without_a_reason_is_asked_for_one(page, portal):
    fill_form(page, title="To be rejected")
    page.get_by_label(re.compile("^Link")).fill("https://example.org/story")
    page.get_by_role("button", name="Send to the moderators").click()
    status = page.url
    log_in(page, portal)
    page.goto("/admin/contributions/contribution/")
    page.get_by_role("link", name="To be rejected").click()
    page.get_by_label("Internal note").fill("Seen before.")
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("Tell the contributor the reason.").first).to_be_visible()
    assert page.get_by_label("Internal note").input_value() == "Seen before."

    page.get_by_label("Note to the contributor").fill("It is about one organization only.")
    page.get_by_role("button", name="Reject").click()
    page.goto(status)
    expect(page.get_by_text("It is about one organization only.")).to_be_visible()
    assert page.get_by_text("Seen before.").count() == 0


def test_a_topic_is_found_in_its_group_or_by_a_few_letters(page_either_way, with_scripts):
    page = page_either_way
    page.goto("/contribute/resource/")
    topics = page.get_by_role("group", name=re.compile("^Topics"))
    choice = topics.get_by_label("Trust and relationships")
    expect(choice).to_be_hidden()
    if with_scripts:
        topics.scroll_into_view_if_needed()
        topics.get_by_label("Find a topic by its name").fill("trust")
        expect(topics.get_by_role("status")).to_have_text("Topics found: 1")
    else:
        topics.get_by_text("Topics 32").click()
    choice.check()
