"""What people see beyond the public pages: errors, previews, private pages and the admin, in one walk."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.steps import contribute, decide, fill_form, fill_link, log_in, review, send

TITLE = "Seen in every state"
ADMIN = {
    "dashboard": "/admin/",
    "queue": "/admin/contributions/contribution/",
    "queue, all states": "/admin/contributions/contribution/?state=all",
    "report": "/admin/contributions/contribution/report/",
    "networks in the admin": "/admin/catalogue/network/",
    "network in the admin": "/admin/catalogue/network/1/change/",
    "history of a network": "/admin/catalogue/network/1/history/",
    "page in the admin": "/admin/phases/page/1/change/",
    "stalest records": "/admin/stalest/",
}
OF_THE_CONTRIBUTOR = ["preview/", "revise/", "withdraw/", "delete-my-data/"]


def states(page: Page, portal) -> Iterator[str]:
    """Lead the page from state to state, naming each. ``portal`` has the username and password of a moderator."""
    page.goto("/contribute/resource/")
    page.get_by_role("button", name="Send to the moderators").click()
    yield "form with errors"
    fill_form(page, title=TITLE)
    fill_link(page, TITLE)
    page.get_by_role("button", name="Preview").click()
    yield "form with a preview"
    reference = send(page)
    private = page.url
    yield "private page"
    for name in OF_THE_CONTRIBUTOR:
        page.goto(private + name)
        yield f"private page, {name.strip('/')}"
    page.goto("/admin/login/")
    yield "log-in"
    log_in(page, portal)
    for name, path in ADMIN.items():
        page.goto(path)
        yield name
    review(page, reference)
    yield "review"
    page.get_by_role("button", name="Reject", exact=True).click()
    yield "review with an error"
    decide(page, reference, "Approve")
    page.goto(private)
    yield "private page, approved"
    page.goto("/admin/catalogue/network/1/history/")
    unasked = contribute(page, "Asked for in every state", email="grace@example.org")
    private = page.url
    review(page, unasked)
    decide(page, unasked, "Ask for changes", note="Which year was it?")
    page.goto(private)
    yield "private page, waiting for an answer"
    page.goto(private + "answer/")
    yield "private page, answer"
