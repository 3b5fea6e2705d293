"""The measures of search quality, by examples that were worked out by hand."""

import pytest

from tests.benchmarks.metrics import average_precision, ndcg, recall

GRADES = {"wanted": 2, "helpful": 1, "useless": 0}


@pytest.mark.parametrize(
    ("ranking", "worth"),
    [
        (["wanted", "helpful"], 1),
        (["helpful", "wanted"], 0.859719),  # (1 + 2 / log2 3) / (2 + 1 / log2 3)
        (["helpful", "useless", "wanted"], 0.760188),  # (1 + 2 / 2) / (2 + 1 / log2 3)
        (["useless", "unjudged", "helpful"], 0.190047),  # (1 / 2) / (2 + 1 / log2 3)
        (["useless"], 0),
        ([], 0),
    ],
)
def test_ndcg_is_the_worth_of_a_ranking_against_the_best_one(ranking, worth):
    assert ndcg(ranking, GRADES) == pytest.approx(worth, abs=1e-6)


def test_ndcg_looks_no_deeper_than_ten():
    grades = {"wanted": 1}
    assert ndcg([*"123456789", "wanted"], grades) == pytest.approx(0.289065, abs=1e-6)  # 1 / log2 11
    assert ndcg([*"1234567890", "wanted"], grades) == 0


def test_ndcg_asks_no_more_than_ten_useful_documents_of_the_first_ten():
    grades = dict.fromkeys("abcdefghijklm", 1)
    assert ndcg("abcdefghij", grades) == pytest.approx(1)


@pytest.mark.parametrize(
    ("ranking", "precision"),
    [
        (["wanted", "helpful"], 1),
        (["helpful", "useless", "wanted"], 5 / 6),  # (1/1 + 2/3) / 2
        (["unjudged", "wanted"], 1 / 4),  # (1/2 + 0) / 2
        ([], 0),
    ],
)
def test_average_precision_counts_what_was_not_found_as_nothing(ranking, precision):
    assert average_precision(ranking, GRADES) == pytest.approx(precision)


def test_recall_is_the_share_of_useful_documents_that_were_found():
    assert recall(["useless", "helpful"], GRADES) == 1 / 2
    assert recall(["helpful", "useless", "wanted"], GRADES) == 1
    assert recall(["useless", "helpful", "wanted"], GRADES, depth=2) == 1 / 2
