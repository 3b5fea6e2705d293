"""A network for the catalogue: contributed in rows, corrected by a word, and reported when something is wrong."""

import re

from playwright.sync_api import expect

from tests.e2e.steps import decide, fill_sender, log_in, review, send

NAMES = {True: "Umbrella of Weavers", False: "Lighthouse for Beekeepers"}
CORRECTED = {True: ("groove", "Four", "Five"), False: ("guc-learning-network", "small", "little")}


def row(page, name):
    return page.get_by_role("group", name=name, exact=True)


def remove_row(page, name, *, field, with_scripts):
    if with_scripts:
        page.get_by_role("button", name=f"Remove: {name}").click()
        expect(row(page, name)).to_be_hidden()
    else:
        row(page, name).get_by_role("textbox", name=field).fill("")


def test_a_network_is_contributed_in_rows_and_stands_in_the_catalogue(page_either_way, portal, with_scripts):
    page, name = page_either_way, NAMES[with_scripts]
    page.goto("/contribute/network/")
    page.get_by_label(re.compile("^Name")).fill(name)
    page.get_by_label(re.compile("^Summary")).fill("Weighs what its members tried.")
    row(page, "Members and roles, 1").get_by_label("Organization").fill("USAID")
    row(page, "Learning questions, 1").get_by_role("textbox", name="Question").fill("Typed by mistake?")
    page.get_by_role("button", name="Add a question").click()
    row(page, "Learning questions, 2").get_by_role("textbox", name="Question").fill("What makes members stay?")
    remove_row(page, "Learning questions, 1", field="Question", with_scripts=with_scripts)
    row(page, "Deliverables, 1").get_by_label("Title").fill("A map of who knows what")
    fill_sender(page)
    reference = send(page)

    log_in(page, portal)
    review(page, reference)
    decide(page, reference, "Approve")
    page.goto("/networks/")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    for text in ("What makes members stay?", "A map of who knows what"):
        expect(page.get_by_text(text)).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="USAID").first).to_be_visible()
    expect(page.get_by_text("Typed by mistake?")).to_have_count(0)


def test_a_corrected_word_is_marked_for_the_moderator_and_public_once_approved(page_either_way, portal, with_scripts):
    page, (network, wrong, right) = page_either_way, CORRECTED[with_scripts]
    page.goto(f"/networks/{network}/")
    page.get_by_role("link", name="Suggest a correction").first.click()
    summary = page.get_by_label(re.compile("^Summary"))
    expect(summary).to_have_value(re.compile(rf"\b{wrong}\b"))
    summary.fill(summary.input_value().replace(wrong, right))
    page.get_by_label(re.compile("^How do you know")).fill("I was there.")
    fill_sender(page)
    reference = send(page)

    log_in(page, portal)
    review(page, reference)
    expect(page.locator("del")).to_have_text(wrong)
    expect(page.locator("ins")).to_have_text(right)
    decide(page, reference, "Approve")
    page.goto(f"/networks/{network}/")
    expect(page.locator(".lede")).to_have_text(re.compile(rf"\b{right}\b"))


def test_whoever_reports_a_problem_reads_on_their_page_that_it_is_solved(page_either_way, portal):
    page = page_either_way
    page.goto("/networks/groove/")
    page.get_by_role("link", name="Report a problem").first.click()
    page.get_by_label("A link does not work").check()
    page.get_by_label(re.compile("^In your words")).fill("The second source leads nowhere.")
    reference = send(page)
    status = page.url
    expect(page.get_by_text("Waiting for a moderator")).to_be_visible()

    log_in(page, portal)
    review(page, reference)
    expect(page.get_by_text("The second source leads nowhere.")).to_be_visible()
    decide(page, reference, "Say that it is solved", note="It leads to the archive now.")
    page.goto(status)
    expect(page.get_by_text("Solved", exact=True)).to_be_visible()
    expect(page.get_by_text("It leads to the archive now.")).to_be_visible()
