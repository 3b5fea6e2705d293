"""The kinds of public pages, by name, with addresses that a generated database has: several, where there are many."""

PAGES = {
    "home": ["/"],
    "phase": ["/phases/network-learning/", "/phases/network-design/"],
    "resource list": ["/resources/", *(f"/resources/?page={page}" for page in range(2, 12))],
    "resource list, filtered": [
        "/resources/?phase=network-learning&kind=tool&language=en",
        "/resources/?kind=story&country=KE",
        "/resources/?format=pdf&decade=2010",
        "/resources/?language=fr",
    ],
    "resource list, words": ["/resources/?q=learning+agenda&kind=tool", "/resources/?q=facilitators+workshop"],
    "resource": [f"/resources/made-up-resource-{number}/" for number in range(100, 140)],
    "network list": ["/networks/", *(f"/networks/?page={page}" for page in range(2, 8))],
    "network list, filtered": ["/networks/?kind=learning_network&country=KE", "/networks/?status=active"],
    "network": [f"/networks/made-up-network-{number}/" for number in range(100, 140)],
    "organization": [f"/organizations/made-up-organization-{number}/" for number in range(100, 120)],
    "organizations": ["/organizations/"],
    "table": ["/networks/table/", "/networks/table/?order=-members"],
    "timeline": ["/networks/timeline/", "/networks/timeline/?by=funder"],
    "map": ["/networks/map/"],
    "members": ["/networks/members/"],
    "learning questions": ["/learning-questions/"],
    "topic": ["/topics/facilitation/"],
    "search, common words": ["/search/?q=learning+network", "/search/?q=members+of+the+network"],
    "search, rare words": ["/search/?q=mentoring+journal", "/search/?q=alliance+minutes"],
    "search, phrase": ["/search/?q=%22learning+agenda%22"],
    "suggestions": ["/search/suggest/?q=learn", "/search/suggest/?q=fac"],
    "feed": ["/resources.atom"],
}

FORM = "/contribute/resource/"
TYPED = {
    "kind": ["story"],
    "title": ["A story that nobody else tells %ONCE%"],
    "summary": ["What happened, to whom, and what came of it."],
    "url": ["https://example.org/%ONCE%"],
    "phases": ["network-design"],
    "licence": ["CC-BY-4.0"],
    "you-name": ["Ada Contributor"],
    "you-email": ["ada-%ONCE%@example.org"],
    "you-consent": ["on"],
    "you-form_key": ["00000000-0000-4000-8000-%ONCE%"],
    "different": ["on"],
}
"""What is sent with the form as it was opened; %ONCE% stands for 12 digits, other ones each time."""
