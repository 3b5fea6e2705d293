"""What a search does beyond matching words: synonyms, order, counts, extracts, mending, suggestions, neighbours."""

import datetime as dt
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resourcecenter.core import search
from resourcecenter.core.search import Document, Sort, Vocabulary
from resourcecenter.core.search.index import IndexedDocument
from resourcecenter.core.search.values import STATE, IndexedValue
from resourcecenter.core.search.vocabulary import IndexedWord
from resourcecenter.core.search.words import stem

pytestmark = pytest.mark.django_db
START = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
SHORT_FORMS = Vocabulary(
    (
        ("community of practice", "communities of practice", "CoP"),
        ("monitoring and evaluation", "M&E"),
        ("research and development", "R&D"),
        ("theory of change", "ToC"),
        ("knowledge management", "KM"),
        ("collaborating, learning and adapting", "CLA"),
    )
)


def document(key, **fields):
    defaults = {"kind": "resource", "title": "A guide", "facets": {}, "date": None}
    return Document(**{**defaults, "key": key, "added_at": START + dt.timedelta(days=key), **fields})


def put(*titles, **fields):
    search.index([document(key, title=title, **fields) for key, title in enumerate(titles, start=1)])


def found(text="", **options):
    return [key for _kind, key in search.keys(text, **{"kinds": ["resource"], **options})]


def marked(parts):
    return "".join(f"[{text}]" if is_match else text for text, is_match in parts)


# --- Words that mean the same -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("CoP", "A community of practice for seeds"),
        ("cop", "Communities of practice"),
        ("M&E", "Monitoring and evaluation"),
        ("m&e", "Monitoring and evaluation"),
        ("R&D", "Research and development"),
        ("ToC", "A theory of change"),
        ("KM", "Knowledge management"),
        ("CLA", "Collaborating, learning and adapting"),
    ],
)
def test_a_short_form_finds_the_long_one_and_the_other_way_round(short, long):
    put(long, f"All about {short}", "Practice makes perfect change")
    assert found(short) == [2]
    assert sorted(found(short, vocabulary=SHORT_FORMS)) == [1, 2]
    assert found(long.removeprefix("A ").removesuffix(" for seeds"), vocabulary=SHORT_FORMS)[:2] == [1, 2]


def test_what_was_typed_comes_before_what_means_the_same():
    put("Community of practice", "CoP")
    assert found("CoP", vocabulary=SHORT_FORMS) == [2, 1]


def test_a_synonym_is_found_word_by_word_in_its_order():
    put("Community practice", "Practice in the community")
    assert found("CoP", vocabulary=SHORT_FORMS) == []


def test_letters_joined_by_an_ampersand_belong_together():
    put("M&E of networks", "Group M and group E")
    assert found("M&E") == [1]


def test_a_query_that_is_cut_says_so():
    assert not search.parse("a" * 200).is_cut
    assert search.parse("a" * 201).is_cut


# --- Order --------------------------------------------------------------------------------------


def test_the_exact_form_comes_before_the_stem():
    put("Digit counting", "Digital tools", "Digits")
    assert found("digital")[0] == 2
    assert found("digit")[0] == 1


def test_a_title_counts_more_than_tags_and_those_more_than_summary_body_and_files():
    texts = [{"files": "water"}, {"body": "water"}, {"summary": "water"}, {"tags": "water"}, {"title": "water"}]
    search.index([document(key, **{"title": "seeds", **fields}) for key, fields in enumerate(texts, start=1)])
    search.index([document(key, title="seeds") for key in range(10, 30)])
    assert found("water") == [5, 4, 3, 2, 1]


def test_a_rare_word_counts_more_than_a_common_one():
    put("Networks", "Quagga", *["Networks"] * 30)
    assert found("quagga networks")[0] == 2


@pytest.mark.parametrize("sort", list(Sort))
def test_the_keys_of_a_result_are_those_of_its_pages(sort):
    put(*[f"Guide {'guide ' * (number % 3)}{number}" for number in range(45)])
    pages = [search.search("guide", kinds=["resource"], sort=sort, page=page).hits for page in (1, 2, 3)]
    assert found("guide", sort=sort) == [hit.key for hits in pages for hit in hits]
    assert found("guide", sort=sort, limit=7) == found("guide", sort=sort)[:7]


def test_neighbours_are_the_records_before_and_after_in_the_same_order():
    put("C", "A", "B")
    asked = {"kinds": ["resource"], "sort": Sort.TITLE, "kind": "resource"}
    assert search.around("", key=3, **asked) == (("resource", 2), ("resource", 1))
    assert search.around("", key=2, **asked) == (None, ("resource", 3))
    assert search.around("", key=1, **asked) == (("resource", 3), None)
    assert search.around("", key=4, **asked) == (None, None)


def test_more_matches_than_can_be_counted_are_said_to_be_more(monkeypatch):
    monkeypatch.setattr("resourcecenter.core.search.finding.MAX_MATCHES", 5)
    put(*["Guide"] * 5)
    assert (search.search("guide", kinds=["resource"]).total, search.search("guide", kinds=["resource"]).is_capped) == (
        5,
        False,
    )
    search.index([document(6, title="Guide")])
    results = search.search("guide", kinds=["resource"], sort=Sort.NEWEST)
    assert (results.total, results.is_capped, results.hits[0].key) == (5, True, 6)


# --- Counts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_counts_are_right_for_the_words_and_the_other_facets(seed):
    rng = random.Random(seed)
    documents = [_some_document(rng, key) for key in range(60)]
    search.index(documents)
    for text in ("", "water"):
        for facets in ({}, {"phase": ["form"]}, {"phase": ["form", "run"], "language": ["en"]}, {"type": ["network"]}):
            if text or facets:
                results = search.search(text, kinds=["resource", "network"], facets=facets)
                assert results.counts == _counted(documents, text, facets)
                assert results.total == len(_matching(documents, text, facets))


def _some_document(rng, key):
    facets = {"phase": rng.sample(["form", "run", "close"], rng.randint(0, 3)), "language": [rng.choice(["en", "fr"])]}
    kind = rng.choice(["resource", "network", "page"])
    return document(key, kind=kind, title=rng.choice(["Water", "Seeds", "Water and seeds"]), facets=facets)


def _matching(documents, text, facets):
    def has(document, name, values):
        return bool({*({**document.facets, "type": [document.kind]}[name])} & {*values})

    return [
        document
        for document in documents
        if document.kind != "page" and text in document.title.lower() and all(has(document, *f) for f in facets.items())
    ]


def _counted(documents, text, facets):
    counts = {}
    for name in ("phase", "language", "type"):
        others = {other: values for other, values in facets.items() if other != name}
        for document in _matching(documents, text, others):
            for value in {**document.facets, "type": [document.kind]}[name]:
                counts.setdefault(name, {}).setdefault(value, 0)
                counts[name][value] += 1
    return counts


# --- Extracts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("networks", "The [network] of the netball"),
        ("the network", "The [network] of the netball"),
        ('"the network"', "[The] [network] of the netball"),
        ("net", "The [network] of the [netball]"),
        ("NÉTWORK", "The [network] of the netball"),
        ("network -seeds", "The [network] of the netball"),
    ],
)
def test_exactly_the_words_that_matched_are_marked(text, title):
    put("The network of the netball")
    assert marked(search.search(text, kinds=["resource"]).hits[0].title) == title


def test_a_synonym_is_marked():
    put("One community of practice and another practice")
    hit = search.search("CoP", kinds=["resource"], vocabulary=SHORT_FORMS).hits[0]
    assert marked(hit.title) == "One [community] [of] [practice] and another practice"


def test_an_extract_is_the_place_where_most_words_are():
    before = "Nothing to see here. " * 30
    put("Guide", summary="A summary of it.", body=f"{before}One well. {before}A well with water and seeds. {before}")
    extract = marked(search.search("well water seeds", kinds=["resource"]).hits[0].extract)
    assert "A [well] with [water] and [seeds]." in extract
    assert extract.startswith("…\xa0")
    assert extract.endswith("\xa0…")
    assert len(extract) <= 200 + 2 * 2 + 3 * 2 + 1


def test_an_extract_is_taken_from_the_summary_then_the_body_then_the_files():
    texts = {"summary": "Water first.", "body": "Then water and seeds.", "files": "Water, seeds and wells."}
    put("Guide", **texts)
    extracts = [search.search(text, kinds=["resource"]).hits[0].extract for text in ("water", "seed", "wells", "guide")]
    assert list(map(marked, extracts)) == [
        "[Water] first.",
        "Then water and [seeds].",
        "Water, seeds and [wells].",
        "Water first.",
    ]


# --- Mending ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("facilitaton", "facilitation"),
        ("facilitaiton", "facilitation"),
        ("fcilitation guide", "facilitation guide"),
        ('"learning agneda" -draft guide', '"learning agenda" -draft guide'),
        ("guide -facilitaton", ""),
        ("resau", "réseau"),
        ("facilitation", ""),
        ("xylophone", ""),
        ("", ""),
        ("?!", ""),
    ],
)
def test_what_is_misspelt_is_put_right(typed, mended):
    put("Guide to the facilitation of a learning agenda", "Un réseau")
    assert search.did_you_mean(typed) == mended


def test_the_word_of_most_documents_is_meant():
    put("Wader", "Water", "Water", "Water")
    assert search.did_you_mean("waer") == "water"


def test_nothing_is_meant_that_finds_nothing():
    put("Facilitation")
    assert search.did_you_mean("facilitaton") == "facilitation"
    assert search.did_you_mean("facilitaton -facilitation") == ""
    search.remove("resource", [1])
    assert search.did_you_mean("facilitaton") == ""


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no extensions to do without")
def test_words_are_mended_without_the_extension():
    put("Facilitation")
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
    assert search.did_you_mean("facilitaton") == "facilitation"


# --- Suggestions and similar records --------------------------------------------------------------


def test_titles_that_begin_so_are_suggested_before_those_with_the_word():
    put("Learning agenda", "Évaluation of learning", "Learning networks of the Sahel", "Gardens")
    assert [suggestion.key for suggestion in search.suggest("learn", kinds=["resource"])] == [1, 3, 2]
    assert [suggestion.title for suggestion in search.suggest("évalu", kinds=["resource"])] == [
        "Évaluation of learning"
    ]
    assert [suggestion.key for suggestion in search.suggest("sahel net", kinds=["resource"])] == [3]
    assert len(search.suggest("learn", kinds=["resource"], limit=2)) == 2
    assert search.suggest("learn", kinds=["network"]) == search.suggest("", kinds=["resource"]) == []


def test_similar_records_share_the_words_that_tell_most():
    put(
        "Irrigation of wells by farmers",
        "Farmers and the irrigation of their wells",
        "Mentoring of young farmers",
        "Mentoring circles",
        "Gardens",
    )
    assert search.similar("resource", 1, kinds=["resource"], limit=2) == [("resource", 2), ("resource", 3)]
    assert search.similar("resource", 9, kinds=["resource"], limit=2) == []


# --- Keeping step ---------------------------------------------------------------------------------


def test_a_removed_document_leaves_nothing_behind():
    search.index([document(1, title="Quagga", body="of the plains", facets={"phase": ["form"]})])
    search.index([document(1, title="Zebra", files="stripes", facets={"phase": ["run"]})])
    assert {*IndexedWord.objects.values_list("word", flat=True)} == {"", " ", "zebra", "stripes"}
    values = IndexedValue.objects.exclude(name=STATE)
    assert sorted(values.values_list("name", "value")) == [("phase", "run"), ("type", "resource")]
    search.remove("resource", [1])
    assert not any(rows.exists() for rows in (IndexedDocument.objects, values, IndexedWord.objects))
    assert search.suggest("zeb", kinds=["resource"]) == []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO core_fulltext (core_fulltext, rank) VALUES ('integrity-check', 1)")  # may raise
            cursor.execute("SELECT count(*) FROM core_word_trigrams('zeb OR qua')")
            assert cursor.fetchone() == (0,)


def test_words_are_counted_by_document():
    put("Water water", "Water", "WATER", "Seeds")
    assert dict(IndexedWord.objects.values_list("word", "documents")) == {"": 4, " ": 5, "water": 3, "seeds": 1}
    search.remove("resource", [1, 4])
    assert dict(IndexedWord.objects.values_list("word", "documents")) == {"": 2, " ": 2, "water": 2}


def test_a_document_that_is_as_it_was_is_not_written_again():
    before = [document(1, title="Water", facets={"phase": ["run"]}), document(2, title="Seeds")]
    search.index(before)
    with CaptureQueriesContext(connection) as asked:
        search.index([*before, document(3, title="Gardens")])
    written = [query["sql"] for query in asked if 'INTO "core_indexeddocument"' in query["sql"]]
    assert len(written) == 1
    assert ["Water" in written[0], "Gardens" in written[0]] == [False, True]
    assert sorted(found()) == [1, 2, 3]


def test_english_words_have_the_stems_that_fts5_gives_them():
    words = "networks networking digital digit agreed hopping falling hoping relational conditional happy sky"
    stems = "network network digit digit agre hop fall hope relat condit happi sky"
    assert [stem(word) for word in words.split()] == stems.split()


# --- Any string -----------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=250)
    | st.lists(st.sampled_from(["water", '"', "-", "&", "M&E", "sed", "\0", "(", "*"])).map(" ".join)
)
def test_any_string_is_a_legal_query(text):
    if not IndexedDocument.objects.exists():
        search.index([document(1, title="Water and seed"), document(2, title="Gardens", body="seeds &amp; M&E")])
    results = search.search(text, kinds=["resource"], vocabulary=SHORT_FORMS)
    assert results.total == len(results.hits) == len(found(text, vocabulary=SHORT_FORMS)) <= 2
    assert {"".join(part.text for part in hit.title) for hit in results.hits} <= {"Water and seed", "Gardens"}
    assert len(search.suggest(text, kinds=["resource"])) <= 2
    mended = search.did_you_mean(text)
    assert not mended or found(mended)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80))
def test_any_text_can_be_indexed_and_removed(text):
    search.index(
        [document(7, title=text, tags=text, body=text, files=text, facets={"phase": [text[:20].replace("\0", "")]})]
    )
    search.search(text, kinds=["resource"])
    search.remove("resource", [7])
    assert not IndexedWord.objects.exists()


@pytest.mark.parametrize("word", ["x" * 20_000, "𐐷" * 3_000, "e" + "\u0301" * 300, "\ufdfa" * 60])
def test_a_word_without_end_is_indexed_beside_others(word):
    put(f"{word} okapi")
    assert len(search.keys("okapi", kinds=["resource"])) == 1
