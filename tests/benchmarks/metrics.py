"""How good a ranking is, given what people judged: the three measures of trec_eval, written out.

A ranking is a list of document ids, the best first, none twice. Grades are those of one query: document id to grade,
where more is better and 0, or no grade at all, means of no use. A query needs at least one grade above 0.
"""

from collections.abc import Mapping, Sequence
from math import log2


def ndcg(ranking: Sequence[str], grades: Mapping[str, float], *, depth: int = 10) -> float:
    """Return what the first ``depth`` are worth, against the best order that there could be: from 0 to 1.

    A document is worth its grade, divided by the binary logarithm of its place plus one.
    """
    best = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    return _worth([max(grades.get(document, 0), 0) for document in ranking[:depth]]) / _worth(best[:depth])


def average_precision(ranking: Sequence[str], grades: Mapping[str, float]) -> float:
    """Return the mean, over all useful documents, of the share of useful ones down to each; 0 for one not found."""
    useful = _useful(grades)
    places = [place for place, document in enumerate(ranking, start=1) if document in useful]
    return sum(nth / place for nth, place in enumerate(places, start=1)) / len(useful)


def recall(ranking: Sequence[str], grades: Mapping[str, float], *, depth: int = 100) -> float:
    """Return the share of all useful documents that are among the first ``depth``."""
    useful = _useful(grades)
    return len(useful.intersection(ranking[:depth])) / len(useful)


def _worth(grades):
    return sum(grade / log2(place + 1) for place, grade in enumerate(grades, start=1))


def _useful(grades):
    return {document for document, grade in grades.items() if grade > 0}
