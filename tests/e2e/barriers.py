"""What would keep somebody from using the page that a browser shows, as lists that are empty if all is well."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Preloading, axe would write styles into the page, which the policy of the site refuses.
EVERY_RULE = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"], "preload": False}
NARROW, WIDE = 320, 1280
HEIGHT = 900

READERS = {
    "with text of twice the size": (WIDE, "html { font-size: 200% !important }"),
    "with wide spacing": (  # WCAG 2.2, 1.4.12
        NARROW,
        "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }"
        "p { margin-block-end: 2em !important }",
    ),
}
"""Who reads how: the width of the screen, and what their browser adds to the style."""

ADD_STYLE = """css => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = css ? [sheet] : [];
}"""

STOPS = """() => {
    const look = (element) => ["", "::before", "::after"].map((part) => {
        const style = getComputedStyle(element, part || null);
        return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.backgroundColor,
            style.borderColor, style.strokeWidth, style.stroke, style.fillOpacity].join();
    }).join();
    const looks = (element) => [element, element.nextElementSibling, ...element.querySelectorAll("circle")]
        .filter(Boolean).map(look).join();
    const isSeen = (element) => [...element.getClientRects()].some((box) =>
        [[0.5, 0.5], [0.02, 0.5], [0.98, 0.5], [0.5, 0.1], [0.5, 0.9]].some(([x, y]) => {
            const there = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
            return there && (element.contains(there) || there.contains(element) && there.matches("label, a, summary"));
        }));
    const candidates = "a[href], button, input, select, textarea, summary, [tabindex]";
    const stops = [...document.querySelectorAll(candidates)].filter((element) =>
        element.tabIndex >= 0 && !element.disabled && element.checkVisibility({ visibilityProperty: true }));
    const faults = [], known = {};
    for (const element of stops) {
        // What has the same class looks the same: a few of each tell.
        const { tagName, type, ariaCurrent, className } = element;
        const kind = [tagName, type, ariaCurrent, className.baseVal ?? className].join();
        const isNew = (known[kind] = (known[kind] ?? 0) + 1) <= 3;
        if (isNew) document.activeElement.blur();
        const before = isNew && looks(element);
        element.focus({ focusVisible: true });
        const name = element.outerHTML.slice(0, 120);
        if (document.activeElement !== element) continue;
        if (isNew && looks(element) === before) faults.push(`focus does not show: ${name}`);
        // Marks of a drawing may lie upon each other: a list or a table beside it has the same links.
        if (!element.ownerSVGElement && !isSeen(element)) faults.push(`covered: ${name}`);
    }
    return faults;
}"""


def findings(page: Page, options: dict = EVERY_RULE) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its own best practices."""
    return [
        f"{violation['id']}: {node['html'][:150]}"
        for violation in Axe().run(page, options=options).response["violations"]
        for node in violation["nodes"]
    ]


def barriers(page: Page) -> list[str]:
    """All that this module knows, on a narrow and a wide screen, in both themes."""
    found = []
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for theme, rules in (("light", EVERY_RULE), ("dark", CONTRAST)):
            page.emulate_media(color_scheme=theme)
            found += [f"{width} px, {theme}: {one}" for one in findings(page, rules)]
        page.emulate_media(color_scheme="light")
        found += [f"{width} px: {one}" for one in sideways(page)]
    return found + at_each_stop(page) + for_readers(page) + in_motion(page)


def at_each_stop(page: Page) -> list[str]:
    """Where the focus does not show, or is covered: on a narrow screen, and on a wide one in forced colours."""
    found = []
    for width, colours in ((NARROW, "none"), (WIDE, "active")):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(forced_colors=colours)
        found += [f"{width} px, forced colours {colours}: {one}" for one in page.evaluate(STOPS)]
    page.emulate_media(forced_colors="none")
    return found


def sideways(page: Page) -> list[str]:
    """Whether the page, not a part of it, scrolls sideways."""
    wide, shown = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [f"{wide} px wide on {shown}"] if wide > shown else []


def for_readers(page: Page) -> list[str]:
    """What scrolls sideways for people with a style of their own."""
    found = []
    for name, (width, style) in READERS.items():
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.evaluate(ADD_STYLE, style)
        found += [f"{name}: {one}" for one in sideways(page)]
        page.evaluate(ADD_STYLE, "")
    return found


def in_motion(page: Page) -> list[str]:
    """Whether something moves for people who asked for less motion."""
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate("document.getAnimations().length")
    scrolling = page.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
    return [f"moves: {moving}, scrolls {scrolling}"] if moving or scrolling != "auto" else []
