"""What counts as the same address, the same title, an imitated host."""

# ruff: noqa: RUF001, RUF003 - look-alike letters are what this is about

import unicodedata
from itertools import combinations

import pytest
import yaml
from django.conf import settings
from hypothesis import example, given
from hypothesis import strategies as st

from resourcecenter.core.likeness import address_key, are_alike, mixed_scripts, most_alike, title_key

# --- Addresses ----------------------------------------------------------------------------------

SAME_PAGE = {
    "example.org/a/b": [
        "http://example.org/a/b",
        "https://www.example.org/a/b/",
        "HTTPS://WWW.Example.ORG:443/a/b#part",
        "http://example.org:80/a/b",
        "example.org/a/b",
        " https://example.org./a/b ",
        "https://example.org/%61/b",
        "https://someone:secret@example.org/a/b",
        "https://example.org/a/b?utm_source=mail&utm_medium=x&fbclid=1&gclid=2&mc_cid=3&mc_eid",
        "https://web.archive.org/web/20240102030405/http://www.example.org/a/b",
        "web.archive.org/web/2024id_/https:/example.org/a/b/",
        "https://web.archive.org/web/2024/https://web.archive.org/web/2020/http://example.org/a/b",
    ],
    "example.org": ["https://example.org", "https://example.org/", "http://www.example.org/?", "example.org"],
    "example.org/s?a=1&b=x%20y": [
        "https://example.org/s?b=x+y&a=1",
        "https://example.org/s/?a=1&b=x%20y&utm_campaign=z",
        "https://example.org/s?&a=1&&b=x y#top",
    ],
    "xn--mnchen-3ya.de/stra%C3%9Fe": [
        "https://münchen.de/straße",
        "https://MÜNCHEN.de/stra%c3%9fe/",
        "http://www.xn--mnchen-3ya.de/stra%C3%9Fe",
        unicodedata.normalize("NFD", "https://münchen.de/straße"),
    ],
    "example.org:8080/x": ["http://example.org:8080/x", "https://www.example.org:8080/x/"],
    "doi:10.1234/abc.d": [
        "https://doi.org/10.1234/ABC.d",
        "http://dx.doi.org/10.1234/abc.D",
        "https://www.doi.org/10.1234%2Fabc.d",
        "doi.org/10.1234/abc.d?utm_source=x",
        "https://doi.org/doi:10.1234/abc.d",
        "doi:10.1234/abc.d",
        "DOI: 10.1234/ABC.D.",
        "info:doi/10.1234/abc.d",
        "10.1234/abc.d",
        "https://hdl.handle.net/10.1234/abc.d",
        "https://web.archive.org/web/2020/https://doi.org/10.1234/abc.d",
    ],
    "hdl:10568/1234": ["https://hdl.handle.net/10568/1234", "hdl:10568/1234", "http://hdl.handle.net/10568/1234/"],
}


@pytest.mark.parametrize(("key", "address"), [(key, each) for key, some in SAME_PAGE.items() for each in some])
def test_addresses_of_one_page_share_one_key(key, address):
    assert address_key(address) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a", "https://example.com/a"),
        ("https://example.org/a", "https://docs.example.org/a"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a?id=1", "https://example.org/a"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/a?q=b%26c", "https://example.org/a?q=b&c"),
        ("http://example.org:443/a", "http://example.org/a"),
        ("https://doi.org/10.1234/abc", "https://doi.org/10.1234/abd"),
        ("https://hdl.handle.net/1/a", "https://hdl.handle.net/1/A"),
        ("https://example.org/" + "a" * 900, "https://example.org/" + "a" * 900 + "b"),
    ],
)
def test_addresses_of_two_pages_have_two_keys(one, other):
    assert address_key(one) != address_key(other)


@pytest.mark.parametrize(
    "nonsense",
    ["", " ", "no address", "mailto:ann@example.org", "ann@example.org", "javascript:alert(1)", "ftp://example.org/x",
     "https://", "https:///x", "http://[::1", "http://example.org:port/", "http://a..b/", "https://localhost/",
     "http://" + "a." * 200 + "org/", "\ud800", "http://\ud800.org/"],
)  # fmt: skip
def test_what_is_no_address_has_no_key(nonsense):
    assert address_key(nonsense) == ""


ADDRESS_PARTS = [
    "http://", "https://", "//", "www.", "doi:", "10.1234/", "hdl.handle.net/", "web.archive.org/web/2020/", "[", "]",
    "@", ":", ":80", "/", "?", "#", "%", "%41", "&", "=", "example", ".org", "é", "а", "\ud800", "\0", " ", "a" * 300,
]  # fmt: skip


@given(st.text() | st.lists(st.sampled_from(ADDRESS_PARTS)).map("".join))
@example("http://[v1.x]/")
@example("http://\u2100.org/")
def test_any_text_has_a_key_of_bounded_length_and_a_verdict_on_its_letters(text):
    assert len(address_key(text)) <= 500
    assert isinstance(mixed_scripts(text), str)


# --- Titles -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("  Learning   Networks: A Guide! ", "learning networks a guide"),
        ("Réseaux d’apprentissage", "reseaux dapprentissage"),
        (unicodedata.normalize("NFD", "Évaluation"), "evaluation"),
        ("ＬＥＡＲＮＩＮＧ ﬁeld", "learning field"),
        ("Lеаrning Nеtwоrks", "learning networks"),  # Cyrillic е, а, о
        ("ΑΒΕΖ", "abez"),  # Greek capitals
        ("Straße", "strasse"),
        ("co\u00adoperate", "cooperate"),
        ("سُؤَالٌ", "سوال"),
        ("की", "की"),  # a vowel sign is a letter here, no accent
        ("!?", ""),
        ("", ""),
    ],
)
def test_a_title_is_compared_without_case_accents_punctuation_and_look_alike_letters(title, key):
    assert title_key(title) == key


@given(st.text())
def test_the_key_of_a_title_is_its_own_key(text):
    assert title_key(title_key(text)) == title_key(text)


ALIKE = [
    # case, accents, punctuation, composition, look-alike letters
    ("Outcome Harvesting", "OUTCOME HARVESTING"),
    ("After-Action Review", "After Action Review"),
    ("Alianzas de aprendizaje: construir innovación", "Alianzas de aprendizaje - construir innovacion"),
    ("Réseaux d'apprentissage au Sénégal", unicodedata.normalize("NFD", "Réseaux d’apprentissage au Sénégal")),
    ("Learning Networks", "Lеаrning Nеtwоrks"),
    ("Peer-Learning Events Organizers' Guide", "Peer learning events organizer’s guide"),
    # order of the words
    ("Guide to Learning Networks", "Learning Networks: Guide to"),
    ("Facilitator Terms of Reference", "Terms of Reference, Facilitator"),
    # plural, ending, spelling
    ("Learning Network Field Guide", "Learning Networks Field Guides"),
    ("Peer Assist Guidance", "Peer Assists Guidance"),
    ("Organisational Learning in NGOs", "Organizational Learning in NGOs"),
    ("Network Weaver Handbook", "Network Weavers' Handbook"),
    ("The Network Weaver Handbook", "Network Weaver Handbook"),
    # typos
    ("Cultivating Communities of Practice", "Cultivating Comunities of Practise"),
    ("Knowledge Retention and Transfer Model", "Knowledge Retention and Tranfser Model"),
    ("Dissemination Planning Tool", "Disemination Planning Tool"),
    # subtitle left out
    ("Cracking the Network Code: Four Principles for Grantmakers", "Cracking the Network Code"),
    ("RELI Uganda learning – Our Journey since the Beginning", "RELI Uganda Learning"),
    ("After-Action Review (KM Training Package)", "After-Action Review"),
    ("Learn Before You Leap: The Catalytic Power of a Learning Network", "Learn before you leap"),
    ("学习网络指南：第一版", "学习网络指南:第一版"),
    # a year that only one gives
    ("Learning Networks Field Guide", "Learning Networks Field Guide (2016)"),
    ("दिल्ली में सीखने का नेटवर्क", "सीखने का नेटवर्क, दिल्ली में"),
]  # fmt: skip
NOT_ALIKE = [
    # years, parts, editions
    ("Learning Networks Field Guide 2009", "Learning Networks Field Guide 2010"),
    ("A Closer Look at the End of Contract Report, Part 1", "A Closer Look at the End of Contract Report, Part 2"),
    ("Leading through Knowledge Management, Part II", "Leading through Knowledge Management, Part III"),
    ("The Learning Networks Guide, Module Four", "The Learning Networks Guide, Module Five"),
    ("Annual Report 2010: Jamaica", "Annual Report 2011: Jamaica"),
    # one series
    ("GROOVE Learning Network: Baseline Study", "GROOVE Learning Network: Final Assessment"),
    ("After-Action Review: Technical Guidance", "After-Action Review (KM Training Package)"),
    ("Learning Questions Tip Sheet", "Learning Questions Checklist"),
    ("RAF Learning Agenda", "Learning Agenda (CLA Toolkit)"),
    ("Network Design Workshop Agenda", "Network Design Workshop Report"),
    ("Facilitator's Guide", "Participant's Guide"),
    ("Learning Network in Kenya", "Learning Network in Uganda"),
    ("Sustainable WASH Partnership, Country Report Kenya", "Sustainable WASH Partnership, Country Report Uganda"),
    ("How to Start a Learning Network in Your Organization", "How to Close a Learning Network in Your Organization"),
    # some words in common
    ("Network Evaluation in Practice: Approaches", "Network Evaluation (Rural Health Networks Toolkit)"),
    ("Outcome Harvesting", "Introduction to Outcome Harvesting: Developmental Evaluation Tool"),
    ("Network Hub Self-Assessment Tool", "Network Self-Evaluation Tool"),
    ("Communities of Practice That Disappear", "Cultivating Communities of Practice"),
    ("Guide: Learning", "Guide"),
    ("Learning Alliances", "Learning Agendas"),
    ("Designing Collaborative Learning Networks", "Evaluating Collaborative Learning Networks"),
    ("Guidance for Network Leaders", "Guidance for Network Members"),
    # nothing to compare
    ("", ""),
    ("!!!", "???"),
    ("学习网络指南", "社区实践手册"),
    ("शिक्षण नेटवर्क की कहानी", "सीखने के गठबंधन पर रिपोर्ट"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_titles_that_people_hold_to_be_one_are_alike(one, other):
    assert are_alike(one, other)
    assert are_alike(other, one)


@pytest.mark.parametrize(("one", "other"), NOT_ALIKE)
def test_titles_that_people_hold_to_be_two_are_not_alike(one, other):
    assert not are_alike(one, other)
    assert not are_alike(other, one)


def test_no_two_of_the_hundred_resources_that_come_with_the_site_are_alike():
    resources = yaml.safe_load((settings.BASE_DIR / "fixtures" / "resources.yaml").read_text(encoding="utf-8"))
    titles = [resource["title"] for resource in resources]
    assert len(titles) >= 100
    assert [pair for pair in combinations(titles, 2) if are_alike(*pair)] == []


def test_the_most_alike_come_first_and_no_more_than_were_asked_for():
    candidates = [
        (1, "Network Weaver's Handbooks"),
        (2, "Outcome Harvesting"),
        (3, "Network Weaver Handbook"),
        (4, "Network Weavers Handbook"),
    ]
    assert most_alike("Network weaver handbook", candidates, 3) == [3, 4, 1]
    assert most_alike("Network weaver handbook", iter(candidates), 1) == [3]
    assert most_alike("Peer Assists", candidates, 3) == []
    assert most_alike("Peer Assists", [], 3) == []


# --- Hosts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "punycode"),
    [
        ("pаypal.com", "xn--pypal-4ve.com"),  # Cyrillic а
        ("xn--pypal-4ve.com", "xn--pypal-4ve.com"),
        ("www.gοοgle.com", "www.xn--ggle-0nda.com"),  # Greek ο
        ("арреӏ.com", "xn--80ak6aa03e.com"),  # Cyrillic throughout
        ("usaid.gοv", "usaid.xn--gv-jbc"),
    ],
)
def test_a_host_that_mixes_alphabets_or_imitates_latin_is_shown_in_punycode(host, punycode):
    assert mixed_scripts(host) == punycode


@pytest.mark.parametrize(
    "host",
    [
        "example.org", "münchen.de", "xn--mnchen-3ya.de", "море.рф", "пример.com", "παράδειγμα.gr", "例え.jp",
        "東京タワー.jp", "ニュースabc.jp", "서울abc.kr", "مثال.إختبار", "उदाहरण.भारत",
        "3m-école.fr", "192.0.2.1", "::1",
        "", "a..b", "\ud800",
    ],
)  # fmt: skip
def test_an_honest_host_in_any_script_is_not_pointed_out(host):
    assert mixed_scripts(host) == ""
