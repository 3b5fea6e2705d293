"""Time the search, in process: ``python -m tests.benchmarks.search_speed RESOURCES NETWORKS``.

Fills a new database, of SQLite or on the PostgreSQL server in DATABASE_URL, with the initial content and so many
made-up records, and prints: records indexed a second; then milliseconds, median and 95th percentile, of a whole page of
results (20 with extracts, the number of all, the counts of all facets) for each kind of query, of suggestions for each
letter typed, of did-you-mean, of related records, of plain SQL counts beside them, and of /search/ by Django's test
client. Each query is asked once, so that nothing is answered from memory of the same. The time of this process's CPU
stands beside that of the clock, for machines with other work to do.
"""

import argparse
import os
import random
import statistics
import time
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import collection
from tests.benchmarks.database import SQLITE, new_database, server_url

EACH = 40  # queries of a kind
RESOURCE_FACETS = {"kind": ["tool", "guidance"], "language": ["en"]}
REINDEXED = 5_000  # records, for the speed of the index without that of reading records


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("resources", type=int)
    parser.add_argument("networks", type=int)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the database, or use the one that is there")
    arguments = parser.parse_args()
    with new_database(server_url() or SQLITE, kept=arguments.keep):
        fill(arguments.resources, arguments.networks)
        print_indexing()
        report()


def fill(resources: int, networks: int) -> None:
    """Load the initial content, make the records up and index them; not where that was done before."""
    from django.core.management import call_command

    from contributions.models import Resource
    from tests.benchmarks.generate import generate

    if Resource.objects.count() > resources:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_content", stdout=StringIO())
    generate(resources, networks)


def print_indexing() -> None:
    """Index everything anew as ``manage.py reindex`` does, and some documents that are at hand, and print the pace."""
    from django.core.management import call_command
    from django.db import transaction

    from contributions.search import RESOURCE
    from resourcecenter.core import search
    from resourcecenter.core.search.index import IndexedDocument

    total = IndexedDocument.objects.count()
    _print_pace("reindex, with reading the records", total, _time(call_command, "reindex", stdout=StringIO()))
    documents = [RESOURCE.to_document(record) for record in RESOURCE.for_index()[:REINDEXED]]
    with transaction.atomic():
        _print_pace("index() of known records", len(documents), _time(search.index, documents))
        search.remove(RESOURCE.name, [document.key for document in documents])
        _print_pace("index() of new records", len(documents), _time(search.index, documents))
        _print_pace("index() of one known record", 1, _time(search.index, documents[:1]))


def _print_pace(name, records, time_taken):
    wall_s, cpu_s = time_taken
    print(f"{name}: {records:,} in {wall_s:.3f} s, {records / wall_s:,.0f} a second; {cpu_s:.3f} s of CPU")


def report() -> None:
    """Print how long everything takes in the database that is set up and filled."""
    from django.db import connection

    from resourcecenter.core.search.index import IndexedDocument

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as the server does by itself within minutes
    kinds = sorted(IndexedDocument.objects.values_list("kind", flat=True).distinct())
    load, cores = os.getloadavg()[0], os.cpu_count()
    documents = f"{IndexedDocument.objects.count():,} documents of {len(kinds)} kinds"
    print(f"{connection.vendor}, {documents}; {load:.1f} processes wanted one of {cores} cores")
    print(f"{'milliseconds':40}{'median':>10}{'p95':>10}{'worst':>10}{'CPU':>10}{'CPU p95':>10}")
    queries = Queries(random.Random(1))
    _print_pages(queries, kinds)
    _print_others(queries, kinds)
    _print_counts()
    _print_requests(queries)


class Time(NamedTuple):
    wall_s: float
    cpu_s: float  # of this process: on SQLite all there is, on PostgreSQL without the server


class Queries:
    """Queries made of words, and runs of words, that stand in the index."""

    def __init__(self, rng):
        from resourcecenter.core.search import fold
        from resourcecenter.core.search.index import IndexedDocument
        from resourcecenter.core.search.query import STOP_WORDS

        self.rng = rng
        rows = IndexedDocument.objects.filter(kind="resource").order_by("id").values_list("title", "summary")[:20_000]
        self.texts = [fold(f"{title} {summary}").split() for title, summary in rows]
        counted = Counter(word for text in self.texts for word in text if word.isalpha() and word not in STOP_WORDS)
        self.words = [word for word, _count in counted.most_common() if len(word) > 3]

    def by_kind(self):
        """Return for each kind of query EACH pairs of a text and facets."""
        makers = {
            "common word": lambda: self._word(0, 150),
            "one word": lambda: self._word(150, len(self.words) // 2),
            "rare word": lambda: self._word(len(self.words) // 2, len(self.words)),
            "two words": lambda: " ".join(self._words(2)),
            "three words": lambda: " ".join(self._words(3)),
            "phrase": lambda: f'"{" ".join(self._words(2))}"',
            "word without another": lambda: f"{self._word(0, 150)} -{self._word(0, 150)}",
            "prefix": lambda: self._word(0, len(self.words) // 2)[:4],
            "misspelt": lambda: self.misspelt(),
            "no result": lambda: "".join(self.rng.choices("qxzwkj", k=9)),
            "a question": lambda: "how can we " + " ".join(self._words(8)),
        }
        kinds = {name: [(make(), {}) for _ in range(EACH)] for name, make in makers.items()}
        kinds["common word, facets"] = [(self._word(0, 150), RESOURCE_FACETS) for _ in range(EACH)]
        kinds["two words, facets"] = [(" ".join(self._words(2)), RESOURCE_FACETS) for _ in range(EACH)]
        kinds["no words"] = [("", {})] * 5
        kinds["no words, facets"] = [("", RESOURCE_FACETS)] * 5
        return kinds

    def typed(self):
        """Return titles as they are typed, letter by letter, from the second on."""
        starts = [" ".join(self._words(2)) for _ in range(EACH // 4)]
        return [start[:length] for start in starts for length in range(2, min(len(start), 16))]

    def misspelt(self):
        """Return a word with two letters exchanged."""
        word = self._word(0, len(self.words) // 2)
        place = self.rng.randrange(1, len(word) - 1)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]

    def _word(self, first, last):
        return self.rng.choice(self.words[first:last])

    def _words(self, how_many):
        text = self.rng.choice(self.texts)
        start = self.rng.randrange(max(1, len(text) - how_many))
        return text[start : start + how_many]


def _print_pages(queries, kinds):
    from resourcecenter.core import search

    vocabulary, all_times = search.Vocabulary(collection.own().synonyms), []
    for name, asked in queries.by_kind().items():
        times = [
            _time(search.search, text, kinds=kinds, facets=facets, vocabulary=vocabulary) for text, facets in asked
        ]
        _print(f"page, {name}", times)
        all_times += times
    _print("PAGE, ALL", all_times)


def _print_others(queries, kinds):
    from resourcecenter.core import search
    from resourcecenter.core.search.index import IndexedDocument

    _print("suggestions", [_time(search.suggest, text, kinds=kinds) for text in queries.typed()])
    misspelt = [" ".join(queries.misspelt() for _ in range(words)) for words in (1, 2) for _ in range(EACH)]
    _print("did you mean", [_time(search.did_you_mean, text) for text in misspelt])
    keys = queries.rng.sample(range(1, IndexedDocument.objects.filter(kind="resource").count()), EACH)
    _print("related", [_time(search.similar, "resource", key, kinds=kinds, limit=6) for key in keys])


def _print_counts():
    from django.db import connection

    conditions = ["", " WHERE language = 'en'", " WHERE lower(body) LIKE '%learn%'"]
    with connection.cursor() as cursor:
        for condition in conditions:
            sql = f"SELECT count(*) FROM contributions_resource{condition}"
            _print(f"SELECT count(*){condition}", [_time(cursor.execute, sql) for _ in range(20)])


def _print_requests(queries):
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment(debug=False)
    client = Client()
    client.get("/search/", {"q": "warm"})
    asked = [text for name, pairs in queries.by_kind().items() if "no words" not in name for text, _facets in pairs]
    times = [_time(client.get, "/search/", {"q": text}) for text in queries.rng.sample(asked, 120)]
    _print("GET /search/, all kinds of query", times)


def _print(name, times):
    walls, cpus = (sorted(seconds * 1000 for seconds in column) for column in zip(*times, strict=True))
    print(f"{name:40}{_middle(walls):10.1f}{_p95(walls):10.1f}{walls[-1]:10.1f}{_middle(cpus):10.1f}{_p95(cpus):10.1f}")


def _middle(values):
    return statistics.median(values)


def _p95(values):
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def _time(call, *arguments, **options):
    start, start_cpu = time.perf_counter(), time.process_time()
    call(*arguments, **options)
    return Time(time.perf_counter() - start, time.process_time() - start_cpu)


if __name__ == "__main__":
    main()
