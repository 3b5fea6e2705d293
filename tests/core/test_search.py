"""Finding: run on SQLite and on PostgreSQL, which must answer alike."""

import datetime as dt

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from resourcecenter.core import search
from resourcecenter.core.search import Document, Sort, parse
from resourcecenter.core.search.index import IndexedDocument
from resourcecenter.core.search.values import STATE, IndexedValue

pytestmark = pytest.mark.django_db
START = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def put(*titles, **fields):
    """Index documents with these titles and the keys 1, 2, 3, ..., each added a day after the one before."""
    search.index([document(key, title=title, **fields) for key, title in enumerate(titles, start=1)])


def document(key, **fields):
    defaults = {"kind": "resource", "title": "A guide", "facets": {}, "date": None}
    return Document(**{**defaults, "key": key, "added_at": START + dt.timedelta(days=key), **fields})


def found(text="", **options):
    return [hit.key for hit in search.search(text, **{"kinds": ["resource"], **options}).hits]


# --- What is typed ------------------------------------------------------------------------------


def test_words_phrases_and_exclusions_are_told_apart():
    query = parse('well-known "learning agenda" -draft -"work plan" networks')
    assert query.words == ("well", "known", "networks")
    assert query.phrases == (("learning", "agenda"),)
    assert query.excluded == (("draft",), ("work", "plan"))


def test_quotes_of_a_telephone_keyboard_make_a_phrase():
    assert parse("“learning agenda”").phrases == (("learning", "agenda"),)


def test_stop_words_are_dropped_only_beside_telling_words():
    assert parse("What is a learning network?").words == ("learning", "network")
    assert parse('the "theory of change"').words == ()
    assert parse("The WHO").words == ("The", "WHO")


def test_a_query_is_cut_at_200_characters():
    assert parse("a" * 10_000).words == ("a" * 200,)


@pytest.mark.parametrize(
    ("text", "folded"), [("Élan VITAL", "elan vital"), ("Việt Nam", "viet nam"), ("İzmir", "izmir"), ("ﬁnd", "find")]
)
def test_folding_takes_away_accents_and_capitals(text, folded):
    assert search.fold(text) == folded


# --- Words --------------------------------------------------------------------------------------


def test_a_word_counts_most_in_the_title_then_in_tags_summary_and_body():
    search.index(
        [
            document(1, body="facilitation"),
            document(2, summary="facilitation"),
            document(3, tags="facilitation"),
            document(4, title="Facilitation"),
        ]
    )
    assert found("facilitation") == [4, 3, 2, 1]


def test_a_word_is_found_in_its_other_forms():
    put("Evaluating networks", "An evaluation of a network", "Gardens")
    assert sorted(found("evaluate network")) == [1, 2]


@pytest.mark.parametrize(
    "title",
    [
        "Élan vital",
        "Việt Nam",
        "İstanbul",
        "Straße",
        "λόγος",
        "российский",
        "हिन्दी",
        "한국어",
        "学习网络",
        "Łódź",
        "ﬁndings",
        "don't",
        "and/or",
        "e-mail",
        "example.org",
        "2009-06-15",
        "C++",
        "R2D2",
        "1e5",
    ],
)
def test_a_title_is_found_as_it_is_written(title):
    put("Something else", title)
    assert found(title) == [2]
    assert found(f'"{title}"') == [2]


@pytest.mark.parametrize(("title", "typed"), [("Réseau à créer", "reseau"), ("Reseau", "réseau")])
def test_accents_do_not_matter(title, typed):
    put("Network", title)
    assert found(typed) == [2]


def test_words_joined_by_punctuation_are_found_one_by_one():
    put("Monitoring/evaluation at example.org", "Gardens")
    assert found("evaluation") == [1]
    assert found("example") == [1]


@pytest.mark.parametrize("noise", ["?!", "\u093f", "🌍", "\0", "\ud800", "-", '"', "water"])
def test_what_is_no_word_does_not_hide_what_is(noise):
    put("Water", "Gardens")
    assert found(f"{noise} water") == [1]


def test_all_words_must_match():
    put(*["Water network"] * 10, "Water", "Network")
    results = search.search("water network", kinds=["resource"])
    assert (results.total, results.broadened, results.with_all_words) == (10, False, 10)
    assert found("water network") == [*range(1, 11)]


def test_any_word_may_match_when_few_documents_have_them_all_and_those_come_first():
    put("Water water water", "Network network network", "A long title that has water and a network among other words")
    results = search.search("water network", kinds=["resource"])
    assert (results.total, results.broadened, results.with_all_words) == (3, True, 1)
    assert results.hits[0].key == 3


def test_of_many_words_one_may_be_missing_from_the_best():
    put("Garden", "Water pumps for village schools", *["Seeds"] * 20)
    search.index([document(1, body="market water pumps village schools" + " gardens" * 500)])
    results = search.search("water pumps village schools market", kinds=["resource"])
    assert [hit.key for hit in results.hits] == [2, 1]
    assert (results.broadened, results.with_all_words) == (True, 1)


def test_any_word_may_match_when_nothing_has_them_all():
    put("Water users", "Seed networks", "Gardens")
    results = search.search("water networks", kinds=["resource"])
    assert sorted(hit.key for hit in results.hits) == [1, 2]
    assert results.broadened


def test_nothing_is_called_broadened_when_no_word_is_known():
    put("Gardens")
    results = search.search("water network", kinds=["resource"])
    assert (results.total, results.hits, results.page, results.pages, results.broadened) == (0, [], 1, 1, False)


def test_the_last_word_may_be_the_beginning_of_a_longer_one():
    put("Microfinance network", "Micro network", "Network")
    assert sorted(found("network micro")[:2]) == [1, 2]
    assert sorted(found("micro")) == [1, 2]
    assert found("micro network")[0] == 2
    assert sorted(found("MICRO")) == sorted(found("micr")) == [1, 2]


def test_two_letters_are_no_beginning():
    put("Microfinance", "Mi")
    assert found("mi") == [2]


def test_a_phrase_is_found_word_by_word_in_its_order():
    put("A theory of change", "Change of theory", "The theory that changes lives")
    assert found('"theory of change"') == [1]
    assert sorted(found("theory of change")) == [1, 2, 3]


def test_a_phrase_is_kept_when_any_word_may_match():
    put("Learning agenda for water", "Agenda for learning about seeds")
    assert found('"learning agenda" water seeds') == [1]


def test_an_excluded_word_or_phrase_is_not_found():
    put("Water networks", "Water gardens", "Water work plan", "Work on a water plan")
    assert sorted(found("water")) == [1, 2, 3, 4]
    assert sorted(found("water -garden")) == [1, 3, 4]
    assert sorted(found('water -"work plan"')) == [1, 2, 4]


def test_exclusions_alone_leave_all_the_rest_newest_first():
    put("Water", "Seeds", "Gardens")
    assert found("-water") == [3, 2]


def test_organizations_named_like_a_stop_word_are_found():
    put("Guidance of the WHO", "Guidance")
    assert found("WHO") == [1]


HOSTILE = [
    "",
    " ",
    '"',
    '""',
    '"""',
    "'",
    "''",
    "\\",
    "-",
    "--",
    '-"',
    '-""',
    "- -",
    "*",
    "**",
    "water*",
    "^water",
    "+water",
    "(",
    ")",
    "()",
    "((((((((",
    "AND",
    "OR",
    "NOT",
    "NEAR",
    "water AND",
    "OR water",
    "NOT water",
    "NEAR(water seed, 5)",
    "water NEAR/3 seed",
    "title:water",
    "title : water",
    "{title body} : water",
    "water:*",
    "water & seed",
    "water | !seed",
    "!water",
    "water <-> seed",
    "water:ABCD",
    "' | 'water",
    "'; DROP TABLE core_indexeddocument; --",
    '" OR rowid > 0 OR "',
    "%",
    "%s",
    "%(name)s",
    "100%",
    "_",
    "$1",
    "?",
    "{}",
    "\0",
    "water\0seed",
    "\x01\x1f\x7f",
    "\ud800",
    "water\udfff",
    "\ufeff\u200b\u202e",
    "\u0301",
    "\u093f",
    "a\u0301",
    "\ufdfa" * 200,
    "𞤀𞤣𞤤",
    "🌍",
    "¼ ½ ²",
    "ŉ",
    "\t\n\r\v\f",
    "x" * 10_000,
    "w " * 5_000,
    '"w" ' * 2_500,
    "-w " * 3_000,
    '"' * 10_000,
    "(" * 10_000,
    "😀" * 10_000,
    "a b c d e f g h i j k l m n o p q r s t u v w x y z",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_whatever_is_typed_gives_a_result_and_no_error(text):
    put("Water and seed", "Gardens")
    for typed in (text, f"{text} water", f'water "{text}', f"-{text}"):
        assert search.search(typed, kinds=["resource"]).total <= 2
    assert found() == [2, 1]


# --- Facets, kinds, orders, pages ---------------------------------------------------------------


def test_values_of_one_facet_widen_and_two_facets_narrow():
    search.index(
        [
            document(1, facets={"phase": ["form", "close"], "language": ["en"]}),
            document(2, facets={"phase": ["close"], "language": ["fr"]}),
            document(3, facets={"phase": ["run"], "language": ["en"]}),
        ]
    )
    assert found(facets={"phase": ["close"]}) == [2, 1]
    assert found(facets={"phase": ["form", "close", "run"]}) == [3, 2, 1]
    assert found(facets={"phase": ["close", "run"], "language": ["en"]}) == [3, 1]
    assert found("guide", facets={"phase": ["close"], "language": ["fr"]}) == [2]
    assert found(facets={"phase": [], "language": ["fr"]}) == [2]
    assert found(facets={"phase": ["nowhere"]}) == []


def test_only_the_kinds_asked_for_are_found():
    search.index([document(1), document(1, kind="network"), document(1, kind="page")])
    assert found("guide") == [1]
    assert search.search("guide", kinds=["resource", "network"]).total == 2
    assert search.keys(kinds=["network"]) == [("network", 1)]


def test_facet_values_are_counted_by_document():
    search.index(
        [
            document(1, facets={"phase": ["run", "form", "run", ""]}),
            document(2, facets={"phase": ["run"], "language": ["en"]}),
            document(3, kind="network", facets={"phase": ["run"]}),
        ]
    )
    assert search.search(kinds=["resource"]).counts == {
        "language": {"en": 1},
        "phase": {"form": 1, "run": 2},
        "type": {"resource": 2},
    }
    assert search.search(kinds=["resource", "network"]).counts["phase"] == {"form": 1, "run": 3}


def test_without_words_the_newest_come_first():
    put("Old", "Newer", "Newest")
    assert found() == found("?!") == found(sort=Sort.NEWEST) == [3, 2, 1]


def test_dates_sort_both_ways_with_the_undated_last():
    days = {1: dt.date(2015, 1, 1), 2: None, 3: dt.date(2009, 6, 1)}
    search.index([document(key, date=day) for key, day in days.items()])
    assert found(sort=Sort.LATEST) == found("guide", sort=Sort.LATEST) == [1, 3, 2]
    assert found(sort=Sort.EARLIEST) == [3, 1, 2]


def test_titles_sort_without_regard_to_case_accents_and_quotes():
    put("banana", "“Cherry”", "Éclair", "apple", "Date")
    assert found(sort=Sort.TITLE) == [4, 1, 2, 5, 3]


@pytest.mark.parametrize("text", ["", "guide"])
@pytest.mark.parametrize("sort", list(Sort))
def test_equals_are_paged_in_the_order_they_were_indexed_or_its_reverse(sort, text):
    keys = [*range(13, 26), *range(1, 13)]
    search.index([document(key, added_at=START) for key in keys])
    pages = [found(text, sort=sort, page=page, per_page=10) for page in (1, 2, 3)]
    latest_first = sort in {Sort.NEWEST, Sort.LATEST} or (sort == Sort.RELEVANCE and not text)
    expected = keys[::-1] if latest_first else keys
    assert pages == [expected[:10], expected[10:20], expected[20:]]


@pytest.mark.parametrize(("asked", "given"), [(-1, 1), (0, 1), (1, 1), (2, 2), (3, 2), (10**30, 2)])
def test_a_page_out_of_range_becomes_the_nearest_one(asked, given):
    put("One", "Two", "Three")
    results = search.search(kinds=["resource"], page=asked, per_page=2)
    assert (results.total, results.page, results.pages) == (3, given, 2)
    assert len(results.hits) == {1: 2, 2: 1}[given]


@pytest.mark.parametrize("how_many", [1, 600])
def test_a_page_takes_as_many_queries_however_many_documents(how_many, django_assert_num_queries):
    search.index(document(key) for key in range(how_many))
    with django_assert_num_queries(4):  # the state of the facets, their values, a page of the index, and the texts
        assert search.search(kinds=["resource"]).total == how_many
    # The state, longer words, rarity, matches, (BM25,) exact words, texts.
    with django_assert_num_queries(6 + (connection.vendor == "postgresql")):
        assert search.search("guide", kinds=["resource"]).counts == {"type": {"resource": how_many}}


def test_a_page_beyond_the_last_of_a_broadened_search_gives_the_last():
    search.index(document(key, title="Guide") for key in range(5))
    results = search.search("guide nowhere", kinds=["resource"], page=3, per_page=2)
    assert (results.broadened, results.total, results.page, len(results.hits)) == (True, 5, 3, 1)
    assert search.search("guide", kinds=["resource"], page=9, per_page=2).page == 3


# --- Keeping the index --------------------------------------------------------------------------


def test_indexing_again_replaces_all_that_was_said():
    search.index([document(1, title="Water", tags="wells", facets={"phase": ["form"]})])
    search.index([document(1, title="Seeds", facets={"phase": ["run"]})])
    assert found("water") == found("wells") == found(facets={"phase": ["form"]}) == []
    assert found("seeds") == found(facets={"phase": ["run"]}) == found() == [1]


def test_a_removed_record_is_not_found():
    put("Water", "Water", "Water", facets={"phase": ["form"]})
    search.index([document(1, kind="network", title="Water")])
    search.remove("resource", [1, 3])
    assert found("water") == found() == found(facets={"phase": ["form"]}) == [2]
    assert search.search("water", kinds=["network"]).total == 1


def test_clearing_a_kind_leaves_the_others():
    search.index([document(1, facets={"phase": ["form"]}), document(1, kind="network", facets={"phase": ["run"]})])
    search.clear("resource")
    assert found("guide") == []
    assert search.search(kinds=["resource", "network"]).counts == {"phase": {"run": 1}, "type": {"network": 1}}
    assert search.search("guide", kinds=["network"]).total == 1


def test_no_facet_outlives_its_document():
    put("Water", facets={"phase": ["form"]})
    assert IndexedValue.objects.exists()
    search.remove("resource", [1])
    assert not IndexedValue.objects.exclude(name=STATE).exists()


@pytest.mark.parametrize("length", [1, 250_000])
def test_a_text_of_any_length_can_be_indexed(length):
    words = " ".join(f"w{number}" for number in range(length))
    put("Long", body=f"beginning {words}")
    assert found("beginning") == [1]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps the words in the row itself")
def test_fts5_knows_exactly_the_documents_after_every_kind_of_change():
    put("Water", "Seeds", "Gardens")
    search.index([document(2, title="Wells")])
    search.remove("resource", [3])
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO core_fulltext (core_fulltext, rank) VALUES ('integrity-check', 1)")  # may raise
    assert found("wells") == [2]


@pytest.mark.django_db(transaction=True)
def test_the_index_follows_after_sqlite_has_made_the_table_anew():
    put("Water")
    state = ProjectState.from_apps(IndexedDocument._meta.apps)
    longer = migrations.AlterField("indexeddocument", "kind", models.CharField(max_length=30))
    _migrate(longer, state)
    for statement in search.ENGINES[connection.vendor].AFTER_REMAKE:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    search.index([document(1, title="Seeds")])
    search.index([document(2, title="Gardens")])
    assert found("water") == []
    assert found("seeds") == [1]
    assert found("gardens") == [2]


def _migrate(operation, state):
    changed = state.clone()
    operation.state_forwards("core", changed)
    with connection.schema_editor() as editor:
        operation.database_forwards("core", editor, state, changed)
    with connection.schema_editor() as editor:
        operation.database_backwards("core", editor, changed, state)
