"""The search finds what people want: measured by the judged set (tests.core.judged), for the engine under test."""

import json

import pytest

from tests.benchmarks import collection as collections
from tests.benchmarks import ranking
from tests.benchmarks.reference import Reference
from tests.benchmarks.search_quality import means

FLOOR = 0.7  # of NDCG@10; a little below what both engines reach, so that a change that costs quality is seen


@pytest.mark.django_db
def test_search_of_the_initial_content_is_as_good_as_the_reference():
    collection = collections.own()
    found, _precision, _recall = means(ranking.rankings(collection, ranking.index(collection)), collection.grades)
    reference, *_others = means(
        Reference(collection.documents()).rankings(collection, ranking.DEPTH), collection.grades
    )
    assert found >= max(FLOOR, reference)


def test_every_judged_document_is_in_the_initial_content():
    collection = collections.own()
    documents = {document.id for document in collection.documents()}
    assert {document for grades in collection.grades.values() for document in grades} - documents == set()
    assert set(collection.grades) == set(collection.queries)


def write(path, *rows):
    path.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def files(tmp_path):
    """The documents, queries and judgements of a collection of one each."""
    return [
        write(tmp_path / "documents.jsonl", {"id": 1, "title": "Peer assist", "text": "How to run one."}),
        write(tmp_path / "queries.jsonl", {"id": "q1", "text": "peer assists"}),
        write(tmp_path / "judgements.jsonl", {"query": "q1", "document": 1, "grade": 2}),
    ]


def test_a_collection_is_read_from_three_files(files):
    collection = collections.read(*files)
    assert list(collection.documents()) == [collections.Document("1", "Peer assist", "How to run one.")]
    assert collection.queries == {"q1": "peer assists"}
    assert collection.grades == {"q1": {"1": 2}}


def test_a_query_without_a_useful_document_is_not_asked(files):
    write(files[1], {"id": "q1", "text": "peer assists"}, {"id": "q2", "text": "xylophone"}, {"id": "q3", "text": "x"})
    write(files[2], {"query": "q1", "document": 1, "grade": 2}, "\n", {"query": "q2", "document": 1, "grade": 0})
    assert list(collections.read(*files).queries) == ["q1"]


@pytest.mark.parametrize(
    ("which", "line", "complaint"),
    [
        (0, "nonsense\n", "documents.jsonl, line 2: Expecting value: line 1 column 1 (char 0)"),
        (0, ["a list"], "documents.jsonl, line 2: this is not an object"),
        (0, {"id": 2, "text": "No title."}, 'documents.jsonl, line 2: "title" is missing or no text'),
        (0, {"id": 1, "title": "", "text": ""}, "documents.jsonl: two documents have the id 1."),
        (1, {"id": "q2", "text": None}, 'queries.jsonl, line 2: "text" is missing or no text'),
        (2, {"query": "q1", "document": 1, "grade": "2"}, 'judgements.jsonl, line 2: "grade" is missing or no number'),
    ],
)
def test_a_line_that_cannot_be_used_is_named(files, which, line, complaint):
    write(files[which], files[which].read_text(), line)
    with pytest.raises(collections.CollectionError) as error:
        list(collections.read(*files).documents())
    assert str(error.value).endswith(complaint)


def test_files_that_do_not_belong_together_are_refused(files):
    write(files[2], {"query": "another", "document": 1, "grade": 2})
    with pytest.raises(collections.CollectionError, match="No query of"):
        collections.read(*files)
