"""Whatever an address says, there is a sensible page and never a 500."""

import pytest
from django.urls import reverse

from tests.factories import make_network, make_page, make_phase, make_resource, make_topic

pytestmark = pytest.mark.django_db

ODD = {
    "NUL": "a%00b",
    "invalid UTF-8": "%ff%fe%c3%28",
    "lone surrogate": "%ed%a0%80",
    "10 kB": "x" * 10_000,
    "10 kB of words": "learning+" * 1_200,
    "unbalanced quote": "%22learning",
    "many quotes": "%22" * 501,
    "star": "*",
    "AND": "AND",
    "operators": "a+AND+NOT+OR+NEAR(b+c)+title:x+-",
    "parentheses": "((((",
    "backslash": "%5c%27",
    "SQL": "'%20OR%201=1;--",
    "format": "%25s%25(x)s{0}{x}",
    "2**63": str(2**63),
    "10**40": str(10**40),
    "minus one": "-1",
    "float": "1e400",
    "NaN": "NaN",
    "other digits": "%d9%a3%c2%b2",
    "newlines": "a%0d%0aSet-Cookie:%20b",
    "bidi": "%e2%80%ae%e2%81%a6",
    "accents": "%cc%81" * 300,
    "empty": "",
}
LISTS = ["contributions:resources", "catalogue:networks", "search", "learning_questions", "catalogue:network_table"]
LISTS += ["networks_csv", "catalogue:network_xlsx", "catalogue:network_timeline", "catalogue:network_map"]
LISTS += ["catalogue:network_members"]
PARAMETERS = [
    "q",
    "page",
    "sort",
    "by",
    "order",
    "question_level",
    "phase",
    "kind",
    "topic",
    "language",
    "country",
    "funder",
    "level",
    "other",
    "q[]",
]


@pytest.fixture
def content():
    topic, phase = make_topic(), make_phase()
    make_network(tags=[topic])
    make_resource(phases=[phase], tags=[topic])


def odd_questions():
    """Each odd text in each of some parameters, and in all of them at once, as query strings."""
    for text in ODD.values():
        yield from (f"{parameter}={text}" for parameter in ("q", "page", "topic"))
        yield "&".join(f"{parameter}={text}" for parameter in PARAMETERS)


@pytest.mark.usefixtures("content")
@pytest.mark.parametrize("name", LISTS)
def test_a_list_answers_whatever_its_query_string_says(client, name):
    answers = {query: client.get(f"{reverse(name)}?{query}").status_code for query in odd_questions()}
    assert {query: status for query, status in answers.items() if status != 200} == {}


@pytest.mark.parametrize("text", [text for text in ODD.values() if text], ids=[name for name in ODD if ODD[name]])
@pytest.mark.parametrize(
    "address",
    ["/{}/", "/phases/{}/", "/networks/{}/", "/organizations/{}/", "/resources/{}/", "/topics/{}/", "/about/{}/",
     "/contributions/{}/", "/files/{}/x.pdf", "/files/1/{}", "/contribute/{}/"],
)  # fmt: skip
def test_an_address_that_nobody_made_is_not_found(client, address, text):
    assert client.get(address.format(text)).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_a_page_to_read_refuses_other_methods(client, method):
    make_page("about")
    assert getattr(client, method)(reverse("phases:page", args=["about"])).status_code == 405


def test_the_markdown_preview_wants_a_post_with_some_text_and_not_too_much(client):
    address = reverse("markdown_preview")
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 400
    assert client.post(address, {"content": "x" * 20_001}).status_code == 400
    html = client.post(address, {"content": "**bold** <script>"}).content.decode()
    assert html.strip() == "<p><strong>bold</strong> &lt;script&gt;</p>"


def test_the_markdown_preview_is_refused_to_who_asks_too_often(client):
    answers = [client.post(reverse("markdown_preview"), {"content": "x"}) for _ in range(121)]
    assert [answer.status_code for answer in answers] == [200] * 120 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


def test_markdownx_has_no_upload_address(client):
    for address in ("/markdownx/upload/", "/markdownx/markdownify/", "/markdown/upload/"):
        assert client.post(address).status_code == 404
