"""The drill of hostile content: what strangers may type goes through the forms, is approved, and is opened.

    python -m tests.drills.hostile --rounds 8

hostile.json holds texts that try to run a script, to fetch something or to break out of their place. Each round sends
a resource and a network that carry as many of them as fit into every field, each field beginning where the one before
ended, and opens every page that shows them in a browser that does not enforce the Content-Security-Policy.
"""

import argparse
import json
import re
import tempfile
from collections import Counter, deque
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.drills.portal import throw_away_portal
from tests.e2e.steps import decide, log_in, review, send
from tests.proof.browser import chromium

PAYLOADS = json.loads((Path(__file__).parent / "hostile.json").read_text())
MARKDOWN = {"body", "description"}
MAX_CHARS = {"body": 18_000, "description": 18_000}
MAX_CHARS_OF_A_NOTE = 1_900
PHONE = {"width": 360, "height": 740}
FORMS = {"resource": "/contribute/resource/", "network": "/contribute/network/"}
VALID = re.compile(r"(^|-)(email|url|website|date|year|starts|planned_end|ends|last_active|homepage)$")
"""Fields of a form of their own, which refuse what is no date or address; the texts try the others."""

FIELDS = """() => [...document.querySelectorAll("#form input[type=text], #form textarea")]
    .map((field) => [field.name, field.maxLength])"""
FILL = """(values) => {
    const fields = document.getElementById("form").elements;
    for (const [name, value] of Object.entries(values)) fields[name].value = value;
}"""

AMISS = r"""() => {
    const amiss = [];
    const addresses = /^(href|src|action|formaction|data|xlink:href|poster|background)$/i;
    for (const element of document.querySelectorAll("*")) {
        for (const { name, value } of element.attributes) {
            if (/^on|^srcdoc$/i.test(name)) amiss.push(`${element.tagName} ${name}`);
            if (addresses.test(name) && /^[\s\x00-\x20]*(javascript|vbscript|data:text|file|blob)/i.test(value)) {
                amiss.push(`${element.tagName} ${name}=${value.slice(0, 60)}`);
            }
        }
    }
    const strange = "base, object, embed, marquee, style, svg script, meta[http-equiv=refresh]," +
        "script:not([src]):not([type='application/ld+json'])";
    for (const element of document.querySelectorAll(strange)) amiss.push(element.outerHTML.slice(0, 80));
    for (const form of document.forms) {
        const action = form.getAttribute("action");
        if (action && new URL(action, location.href).host !== location.host) amiss.push(`form to ${action}`);
    }
    const isPage = window === top && document.doctype;
    if (isPage && document.querySelectorAll("main").length !== 1) amiss.push("another frame of the page");
    return amiss;
}"""
"""What no page of this site has, whatever somebody typed."""

SPILLS = """() => {
    const isHeld = (element) => {
        for (let around = element.parentElement; around; around = around.parentElement) {
            if (getComputedStyle(around).overflowX !== "visible" && around !== document.body) return true;
        }
    };
    const wide = document.documentElement.scrollWidth;
    const spills = wide > innerWidth ? [`the page is ${wide} px wide`] : [];
    for (const element of document.querySelectorAll("main :not(.trap, .trap *)")) {
        const box = element.getBoundingClientRect();
        if (box.width > 1 && (box.right > innerWidth + 1 || box.left < -1) && !isHeld(element)) {
            spills.push(`${element.tagName}.${element.className} to ${Math.round(box.right)}`);
        }
    }
    return spills.slice(0, 5);
}"""


class Watch:
    """What went wrong on the pages of a visitor, and how many were opened."""

    def __init__(self, browser, portal):
        self.portal, self.pages, self.amiss = portal, 0, []
        # A new visitor each time: one browser may contribute ten times an hour.
        self.context = browser.new_context(
            base_url=portal.url, bypass_csp=True, viewport=PHONE, reduced_motion="reduce"
        )
        self.context.expose_binding("ran", lambda source: self._note("a script ran", source["page"].url))
        self.context.on("request", self._check_request)
        self.page = self.context.new_page()
        self.page.on("dialog", self._refuse_dialog)
        self.page.set_default_timeout(20_000)

    def open(self, path):
        """Open a page and look at it; the address "" stands for the page that is open."""
        if path:
            answer = self.page.goto(path)
            if answer.status >= 400:
                self._note(f"status {answer.status}", path)
        self.page.wait_for_load_state()
        self.pages += 1
        for frame in self.page.frames:
            for fault in frame.evaluate(AMISS):
                self._note(fault, frame.url)
        for spill in self.page.evaluate(SPILLS):
            self._note(spill, self.page.url)

    def _check_request(self, request):
        if urlsplit(request.url).netloc not in {urlsplit(self.portal.url).netloc, ""}:
            self._note(f"asked for {request.url[:80]}", request.frame.url)

    def _refuse_dialog(self, dialog):
        self._note(f"said {dialog.message}", self.page.url)
        dialog.dismiss()

    def _note(self, what, where):
        self.amiss.append(f"{re.sub('[A-Za-z0-9_-]{32}', 'TOKEN', where)[:100]}: {what}")


def hostile_drill(folder: Path, *, rounds: int) -> dict:
    """Attack a portal of its own, and say how many texts and pages there were and what was amiss on them."""
    expect.set_options(timeout=20_000)
    with throw_away_portal(folder) as running, chromium() as browser:
        password = re.search(r"password (\S+)", running.manage("make_moderator", "mo")).group(1)
        portal = SimpleNamespace(url=f"http://127.0.0.1:{running.port}", username="mo", password=password)
        return attack(browser, portal, rounds=rounds)


def attack(browser, portal, *, rounds: int) -> dict:
    """Let every form be sent in each round, and open every page that shows what it carried."""
    texts = {name: deque(payloads) for name, payloads in PAYLOADS.items()}
    typed, pages, amiss = Counter(), 0, []
    for _ in range(rounds):
        for kind, path in FORMS.items():
            watch = Watch(browser, portal)
            contribute_and_open(watch, kind, path, texts, typed)
            watch.context.close()
            pages, amiss = pages + watch.pages, amiss + watch.amiss
    return {"payloads": len(typed), "typed": typed.total(), "pages": pages, "amiss": amiss}


def contribute_and_open(watch, kind, path, texts, typed):
    """Send one form full of hostile texts, approve it, and open all that shows it on the way and afterwards."""
    page = watch.page
    page.goto(path)
    _fill(page, kind, texts, typed)
    page.get_by_role("button", name="Preview").last.click()
    expect(page.locator("section.preview")).to_be_visible()
    watch.open("")
    reference = _send(page)
    private = page.url
    for part in ("", "preview/", "revise/", "withdraw/"):
        watch.open(private + part)
    log_in(page, watch.portal)
    for address in ("/admin/", "/admin/contributions/contribution/"):
        watch.open(address)
    review(page, reference)
    under_review = page.url
    watch.open("")
    for part in ("amend/", "history/"):
        watch.open(under_review.replace("change/", "") + part)
    review(page, reference)
    decide(page, reference, "Approve", note="<img src=x onerror=ran()> " + PAYLOADS["text"][0])
    watch.open("")
    page.goto(private)
    public = page.locator("main a[href^='/resources/'], main a[href^='/networks/']").first.get_attribute("href")
    for address in ["", *PUBLIC[kind], public, f"/contribute/correction/{kind}{_slug(public)}"]:
        watch.open(address)
    watch.open(f"/contribute/problem/{kind}{_slug(public)}")
    _open_in_the_admin(watch, kind)


PUBLIC = {
    "resource": ["/", "/resources/", "/resources/?q=ran", "/search/?q=script+ran", "/phases/network-design/"],
    "network": [
        "/networks/", "/networks/?q=ran", "/networks/table/", "/networks/timeline/", "/networks/map/",
        "/networks/members/", "/learning-questions/", "/organizations/", "/coverage/deliverables/", "/resources.atom",
    ],
}  # fmt: skip
MODEL = {"resource": "contributions/resource", "network": "catalogue/network"}


def _open_in_the_admin(watch, kind):
    listed = f"/admin/{MODEL[kind]}/"
    watch.open(listed)
    watch.page.goto(f"{listed}?o=-1")
    rows = watch.page.locator("#result_list tbody th a").evaluate_all("links => links.map(link => link.pathname)")
    newest = max(rows, key=lambda address: int(address.split("/")[-3]))
    for part in ("change/", "history/", "delete/", "confirm/"):
        watch.open(newest.replace("change/", part))


def _slug(public):
    return "/" + public.strip("/").partition("/")[2] + "/"


def _fill(page, kind, texts, typed):
    values = {}
    for name, max_chars in page.evaluate(FIELDS):
        if not VALID.search(name):
            group = "markdown" if name in MARKDOWN else "text"
            values[name] = _packed(texts[group], MAX_CHARS.get(name, max_chars), group, typed)
    page.evaluate(FILL, values)
    page.locator("[name=you-email]").fill("ada@example.org")
    page.locator("[name=you-consent]").check()
    if kind == "resource":
        page.get_by_label("Story", exact=True).check()
        page.get_by_label("Network Design", exact=True).check()
    else:
        page.locator("[name=kind]").select_option(index=1)


def _packed(texts, max_chars, group, typed):
    """As many of the next texts as fit; those that a field has no room for go to the next field that has."""
    gap = "\n\n" if group == "markdown" else " "
    packed, left = [], max_chars if max_chars > 0 else MAX_CHARS_OF_A_NOTE
    for _ in range(len(texts)):
        # A line end is sent as two characters.
        needed = len(texts[0].replace("\n", "\r\n").encode("utf-16-le")) // 2 + 2 * len(gap)
        if needed <= left:
            left -= needed
            packed.append(texts[0])
            typed[texts[0]] += 1
        elif packed:
            break
        texts.rotate(-1)
    return gap.join(packed)


def _send(page):
    """Send the form, once more where it is asked whether this is another than something alike."""
    page.get_by_role("button", name="Send to the moderators").click()
    if page.locator("[name=different]").count():
        page.locator("[name=different]").first.check()
    elif "Your contribution" in page.title():
        return re.search(r"LN-\d{5}", page.title()).group()
    return send(page)


def main() -> None:
    """Run the drill, print what was amiss and the figures; fail if anything was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = hostile_drill(Path(folder), rounds=options.rounds)
    for what, times in Counter(found.pop("amiss")).most_common():
        print(f"{times:4}  {what}")
        found["amiss"] = found.get("amiss", 0) + times
    print(found)
    raise SystemExit("amiss" in found)


if __name__ == "__main__":
    main()
