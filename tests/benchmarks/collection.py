"""Test collections: three JSONL files, or the one of our own.

documents   {"id": "d1", "title": "Peer Assists Guidance", "text": "A brief on ..."}
queries     {"id": "q1", "text": "how to run a peer assist"}
judgements  {"query": "q1", "document": "d1", "grade": 2}

Ids are texts or whole numbers. A grade above 0 says that the document helps, the more the better.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import yaml
from django.utils.text import slugify

JUDGED = Path(__file__).resolve().parent.parent / "core" / "judged"
CONTENT = Path(__file__).resolve().parent.parent.parent / "fixtures"


class CollectionError(Exception):
    """A line that cannot be used, or files that do not belong together; worded for who made them."""


class Document(NamedTuple):
    id: str
    title: str
    text: str


class Collection(NamedTuple):
    """``documents`` starts anew with each call and holds one at a time, so that a collection may be of any size."""

    documents: Callable[[], Iterator[Document]]
    queries: dict[str, str]  # id to text, of those with a grade above 0
    grades: dict[str, dict[str, float]]  # query id to document id to grade
    synonyms: tuple[tuple[str, ...], ...] = ()


def read(documents: Path, queries: Path, judgements: Path) -> Collection:
    """Read a collection; its documents are read when they are asked for. Raises CollectionError and OSError."""
    grades = _grades(judgements)
    texts = {row["id"]: row["text"] for row in _rows(queries, id=str, text=str)}
    texts = {query: text for query, text in texts.items() if any(grade > 0 for grade in grades.get(query, {}).values())}
    if not texts:
        raise CollectionError(f"No query of {queries} has a grade above 0 in {judgements}.")
    return Collection(partial(_documents, documents), texts, {query: grades[query] for query in texts})


def own() -> Collection:
    """Return the initial content and what was judged of it (see tests/core/judged), with the synonyms of its topics."""
    queries, grades = JUDGED / "queries.jsonl", _grades(JUDGED / "judgements.jsonl")
    texts = {row["id"]: row["text"] for row in _rows(queries, id=str, text=str)}
    synonyms = tuple((topic["name"], *_split(topic["synonyms"])) for topic in _load("topics") if "synonyms" in topic)
    return Collection(_content, texts, grades, synonyms)


def _documents(path):
    seen = set()
    for row in _rows(path, id=str, title=str, text=str):
        if row["id"] in seen:
            raise CollectionError(f"{path}: two documents have the id {row['id']}.")
        seen.add(row["id"])
        yield Document(**row)


def _grades(path):
    grades = {}
    for row in _rows(path, query=str, document=str, grade=float):
        grades.setdefault(row["query"], {})[row["document"]] = row["grade"]
    return grades


def _rows(path, **types):
    with Path(path).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield _row(line, types)
                except ValueError as error:
                    raise CollectionError(f"{path}, line {number}: {error}") from None


def _row(line, types):
    """Return the fields of one line that are asked for; raises ValueError, which json.JSONDecodeError is too."""
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError("this is not an object")
    return {name: _value(row, name, type_) for name, type_ in types.items()}


def _value(row, name, type_):
    value = row.get(name)
    wanted = (str, int) if type_ is str else (int, float)
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise ValueError(f'"{name}" is missing or no {"text" if type_ is str else "number"}')
    return type_(value)


def _content():
    """The initial content as documents: for each kind the texts that a visitor can read and would expect to find."""
    topics = {topic["slug"]: " ".join([topic["name"], topic.get("synonyms", "")]) for topic in _load("topics")}
    networks = _load("networks")
    names = {record["slug"]: record["name"] for record in [*networks, *_load("organizations"), *_load("phases")]}
    for record in _load("resources"):
        phases, tags = [names[slug] for slug in record["phases"]], [topics[slug] for slug in record.get("tags", [])]
        network = names.get(record.get("network"), "")
        texts = [*_texts(record, "summary", "body", "authors", "publisher"), network, *phases, *tags]
        yield _document("resource", record["slug"], record["title"], texts)
    for record in networks:
        yield from _network(record, names, topics)
    for record in _load("organizations"):
        texts = _texts(record, "acronym", "former_name")
        yield _document("organization", record["slug"], record["name"], texts)
    for record in _load("phases"):
        for practice in record["practices"]:
            key = f"{record['slug']}/{slugify(practice['title'])}"
            yield _document("practice", key, practice["title"], [practice["text"], record["name"]])
    for record in _load("pages"):
        yield _document("page", record["slug"], record["title"], _texts(record, "summary", "body"))
    for record in _load("glossary"):
        yield _document("term", record["slug"], record["term"], [record["definition"]])


def _network(record, names, topics):
    questions = [question["text"] for question in record.get("learning_questions", [])]
    members = [names[membership["organization"]] for membership in record["memberships"]]
    outputs = [deliverable["title"] for deliverable in record.get("deliverables", [])]
    tags = [topics[slug] for slug in record["tags"]]
    texts = [*_texts(record, "acronym", "summary", "description"), *members, *questions, *outputs, *tags]
    yield _document("network", record["slug"], record["name"], texts)
    for number, question in enumerate(questions, start=1):
        yield _document("question", f"{record['slug']}/{number}", question, [record["name"]])


def _document(kind, key, title, texts):
    return Document(f"{kind}:{key}", title, " ".join(filter(None, texts)))


def _texts(record, *fields):
    return [record.get(field) or "" for field in fields]


def _split(synonyms):
    return [synonym.strip() for synonym in synonyms.split(",")]


def _load(name):
    return yaml.safe_load((CONTENT / f"{name}.yaml").read_text(encoding="utf-8"))
