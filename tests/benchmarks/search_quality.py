"""Measure how good the search is: ``python -m tests.benchmarks.search_quality [DOCUMENTS QUERIES JUDGEMENTS]``.

Reads a test collection as three JSONL files (see tests.benchmarks.collection), or our own judged set. Puts it into a
throw-away database of SQLite, and of the server in DATABASE_URL if that is PostgreSQL, and asks every query of the
portal's search as a visitor would; PyPI's bm25s, with English stop words and, if PyStemmer is installed, English
stemming, is the reference. Prints the means over all queries of NDCG@10, average precision and recall@100, of at most
100 results, and how many queries a second were answered with 100 results each (of the portal: with their extracts).
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

from tests.benchmarks import collection as collections
from tests.benchmarks import metrics
from tests.benchmarks.database import SQLITE, in_new_process, new_database, server_url
from tests.benchmarks.reference import STEMMED, Reference

DEPTH = 100


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*", metavar="DOCUMENTS QUERIES JUDGEMENTS")
    files = parser.parse_args().files
    if len(files) not in (0, 3):
        parser.error("give three files, documents, queries and judgements, or none for our own judged set")
    try:
        report(files)
    except (collections.CollectionError, OSError) as error:
        sys.exit(str(error))


def report(files: list[Path]) -> None:
    """Print the table for the collection in these three files, or for our own."""
    collection = _collection(files)
    runs = {"bm25s, stemmed" if STEMMED else "bm25s, not stemmed (no PyStemmer)": _reference(collection)}
    for name, url in {"SQLite": SQLITE, **({"PostgreSQL": server_url()} if server_url() else {})}.items():
        for with_synonyms in (False, True) if collection.synonyms else (False,):
            runs[f"{name}, synonyms" if with_synonyms else name] = in_new_process(_engine, url, files, with_synonyms)
    print(f"{sum(1 for _document in collection.documents()):,} documents, {len(collection.queries):,} queries")
    print(f"{'':34}{'NDCG@10':>9}{'MAP':>9}{'R@100':>9}{'queries/s':>11}")
    for name, (rankings, seconds) in runs.items():
        quality = "".join(f"{value:9.4f}" for value in means(rankings, collection.grades))
        print(f"{name:34}{quality}{len(rankings) / seconds:11.1f}")


def means(rankings: dict[str, list[str]], grades: dict[str, dict[str, float]]) -> tuple[float, float, float]:
    """Return NDCG@10, mean average precision and recall@100 of the rankings of all queries."""
    judged = [(ranking, grades[query]) for query, ranking in rankings.items()]
    measures = (metrics.ndcg, metrics.average_precision, metrics.recall)
    return tuple(statistics.fmean(measure(*pair) for pair in judged) for measure in measures)


def _collection(files):
    return collections.read(*files) if files else collections.own()


def _reference(collection):
    reference = Reference(collection.documents())
    start = time.perf_counter()
    return reference.rankings(collection, DEPTH), time.perf_counter() - start


def _engine(url, files, with_synonyms):
    """Return the rankings, and how many seconds they took."""
    with new_database(url):
        from tests.benchmarks import ranking

        collection = _collection(files)
        ids = ranking.index(collection)
        start = time.perf_counter()
        return ranking.rankings(collection, ids, with_synonyms=with_synonyms), time.perf_counter() - start


if __name__ == "__main__":
    main()
