"""What is pointed out to a moderator as possible spam, and what is not."""

# ruff: noqa: RUF001 - look-alike letters are what this is about

import json

import pytest
import yaml
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from contributions.screening import Signal, spam_hints, words

PROSE = (
    "A network of twelve organizations shared what it learned about savings groups, every quarter, for three years. "
)


def hints(*texts, filled_in_s=60, is_trap_filled=False):
    fields = {f"field_{number}": text for number, text in enumerate(texts)}
    return spam_hints(fields, filled_in_s=filled_in_s, is_trap_filled=is_trap_filled)


def reasons(*texts, **kwargs):
    return [words(signal) for signal in hints(*texts, **kwargs)]


# --- How it was sent ----------------------------------------------------------------------------


def test_the_hidden_field_filled_in_is_a_hint():
    assert reasons(PROSE, is_trap_filled=True) == ["The hidden field was filled in, as programs do."]


@pytest.mark.parametrize("filled_in_s", [-5, 0, 1, 2.9])
def test_a_form_filled_in_faster_than_anyone_types_is_a_hint(filled_in_s):
    assert reasons(PROSE, filled_in_s=filled_in_s) == ["It was filled in within 3 seconds."]


@pytest.mark.parametrize("filled_in_s", [3, 60, 90_000, None])
def test_a_form_filled_in_slowly_or_in_unknown_time_is_none(filled_in_s):
    assert reasons(PROSE, filled_in_s=filled_in_s) == []


# --- What was sent ------------------------------------------------------------------------------


def test_many_links_are_a_hint_wherever_they_stand():
    links = [f"https://example.org/{number}" for number in range(14)]
    assert reasons(" ".join(links)) == ["It holds 14 links."]
    assert reasons(*links) == ["It holds 14 links."]


def test_ten_links_are_an_ordinary_list():
    assert reasons(" ".join(f"https://example.org/{number}" for number in range(10))) == []


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://pаypal.com/login", "xn--pypal-4ve.com"),
        ("Sign in (at http://pаypal.com), please", "xn--pypal-4ve.com"),
        ("[here](https://www.gοοgle.com)", "www.xn--ggle-0nda.com"),
        ("www.арреӏ.com", "www.xn--80ak6aa03e.com"),
    ],
)
def test_an_address_that_imitates_another_is_a_hint_once(text, host):
    reason = f"The address {host} imitates another: it mixes alphabets or look-alike letters."
    assert reasons(text)[0] == reason
    assert reasons(text, f"{PROSE} {text}").count(reason) == 1


@pytest.mark.parametrize(
    "text",
    ["https://пример.рф/о-нас", "https://münchen.de", "http://उदाहरण.भारत/x", "http://مثال.إختبار", "http://例え.jp",
     "انظر http://example.org،وبعد", "请看http://example.org，谢谢", "http://[", "http://"],
)  # fmt: skip
def test_an_address_in_any_script_is_none(text):
    assert reasons(text) == []


@pytest.mark.parametrize(("text", "word"), [("Buy сheap now", "сheap"), ("Free mοney!", "mοney"), ("СASINO", "СASINO")])
def test_a_word_with_look_alike_letters_is_a_hint(text, word):
    assert reasons(text) == [f'The word "{word}" hides letters of another alphabet that look alike.']


@pytest.mark.parametrize(
    "text",
    [
        "Отчёт в PDFе о сети SMS-рассылок, IT-сфера",
        "Мрежа за учење: WASHа и РЕСУРСИ",
        "TNFα, NFκB, 5 μm, ΔT and Ωm in one report",
        "Δίκτυο μάθησης USAID",
        "Die Straße nach Łódź, Český Krumlov, Đà Nẵng",
    ],
)
def test_a_text_in_two_alphabets_is_none(text):
    assert reasons(text) == []


@pytest.mark.parametrize(
    "text", ["[url=https://x.example]best[/url]", "see [link]x[/link]", 'a <A class="b" HREF=x>c</a>']
)
def test_links_written_as_code_are_a_hint(text):
    (reason,) = reasons(text)
    assert reason.startswith("It holds links written as code, as programs do: ")


@pytest.mark.parametrize("text", ["[guide](https://example.org)", "<https://example.org>", "a < b, [1] and [curl]"])
def test_links_written_in_markdown_are_none(text):
    assert reasons(text) == []


def test_one_long_text_in_two_fields_is_a_hint():
    assert reasons(PROSE, f"  {PROSE}\n") == [
        'Several fields hold the same text: "A network of twelve organizations shared what it learned ab…".'
    ]


def test_one_short_text_in_four_fields_is_a_hint():
    assert reasons("qwerty", "qwerty", "qwerty", "qwerty") == ['Several fields hold the same text: "qwerty".']


def test_an_organization_that_wrote_published_and_sent_it_is_none():
    name = "Deutsche Gesellschaft für Internationale Zusammenarbeit (GIZ) GmbH"
    assert reasons(name, name, name, "", "", "", " ", PROSE) == []


def test_a_long_address_given_again_as_a_source_is_none():
    address = "https://example.org/" + "a-long-way/" * 20
    assert reasons(address, address, PROSE) == []


def test_a_long_text_in_capitals_is_a_hint():
    assert reasons(PROSE.upper()) == [
        'A text is in capital letters throughout: "A NETWORK OF TWELVE ORGANIZATIONS SHARED WHAT IT LEARNED AB…".'
    ]


@pytest.mark.parametrize(
    "text", ["USAID GROOVE FHI 360 SEEP", f"{PROSE}USAID", "DIALLO, MAMADOU; TRAORÉ, AMINATA", "123 " * 30]
)
def test_acronyms_names_and_numbers_in_capitals_are_none(text):
    assert reasons(text) == []


def test_all_hints_stand_side_by_side():
    spam = "СHEAP " + " ".join(["[url=http://pаypal.com/]"] * 12)
    codes = [signal.code for signal in hints(*[spam] * 4, filled_in_s=1, is_trap_filled=True)]
    assert list(dict.fromkeys(codes)) == ["trap", "fast", "host", "disguise", "code", "links", "repeat"]


# --- Ordinary texts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "شبكة التعلّم تجمع منظمات مختلفة لتبادل الخبرات (USAID، 2015) حول الادخار في القرى. انظر https://example.org",
        "सीखने का नेटवर्क कई संगठनों को जोड़ता है, ताकि वे USAID परियोजनाओं से मिले अनुभव बाँट सकें।",
        "Una red de aprendizaje reúne organizaciones. ¿Qué funcionó? Vea https://example.org.",
        "Le réseau d’apprentissage réunit douze ONG ; chacune partage « ce qui a marché ».",
        "Mtandao wa kujifunza huleta pamoja mashirika yanayojibu maswali ya pamoja kuhusu vikundi vya akiba.",
        "学习网络汇集了多个组织，共同探讨同一组问题，并分享经验教训。详见https://example.org。",
        "学習ネットワークは、USAIDのプロジェクトから得た教訓を共有する組織の集まりです。",
        "Учебная сеть объединяет организации, которые делятся опытом: USAID, ЮНИСЕФ, г. Баку, XXI век.",
        "Μια ομάδα οργανισμών που μοιράζεται όσα έμαθε από το έργο της USAID.",
        "เครือข่ายการเรียนรู้รวบรวมองค์กรต่าง ๆ เพื่อแบ่งปันบทเรียน",
        "የመማማር መረብ ድርጅቶችን ያገናኛል።",
        "학습 네트워크는 여러 조직이 함께 질문하고 배우는 모임입니다.",
        "რესურსები სასწავლო ქსელებისთვის, რომლებიც გამოცდილებას ერთმანეთს უზიარებენ და ერთად სწავლობენ ყოველდღიურად.",
        "רשת למידה מחברת ארגונים החולקים שאלות משותפות.",
        "Mạng lưới học tập kết nối các tổ chức để chia sẻ kinh nghiệm ở Đà Nẵng.",
        "",
    ],
)  # fmt: skip
def test_an_ordinary_text_in_any_language_has_no_hint(text):
    assert reasons(text) == []


def test_the_resources_that_come_with_the_site_have_no_hint():
    resources = yaml.safe_load((settings.BASE_DIR / "fixtures" / "resources.yaml").read_text(encoding="utf-8"))
    assert len(resources) >= 100
    for resource in resources:
        sources = "\n".join(source["url"] for source in resource.get("sources", []))
        assert hints(sources, *(text for text in resource.values() if isinstance(text, str))) == []


# --- Keeping them -------------------------------------------------------------------------------


def test_a_hint_outlives_json():
    signals = hints(PROSE.upper(), "сheap", " ".join(["www.x.org"] * 12), filled_in_s=0, is_trap_filled=True)
    kept = [Signal(*each) for each in json.loads(json.dumps(signals))]
    assert len(kept) == 5
    assert [words(signal) for signal in kept] == [words(signal) for signal in signals]


@given(st.lists(st.text(), max_size=5), st.none() | st.floats(), st.booleans())
def test_any_text_can_be_screened(texts, filled_in_s, is_trap_filled):
    for signal in hints(*texts, filled_in_s=filled_in_s, is_trap_filled=is_trap_filled):
        assert words(Signal(*json.loads(json.dumps(signal))))
