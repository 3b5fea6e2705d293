"""Full-text search by PostgreSQL: a tsvector of stems in each document's row, ranked by BM25 (see migration 0008)."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from .terms import Term
from .words import ANYTHING, EVERY_WORD, fold, root, stem, words_of

_WEIGHTS = {"title": "A", "tags": "B", "summary": "C", "body": "D", "files": "D"}
_FILES_FROM = 12_000  # of the 16,383 positions that PostgreSQL knows: those from here on are of the attached files
_LAST_POSITION = 16_383
_MAX_POSITIONS = 255  # of one lexeme
_MAX_LEXEME_CHARS = 500  # PostgreSQL refuses one of more than 2,046 bytes; a query has 200 characters
_MAX_BYTES = 900_000  # of one tsvector PostgreSQL stores 1 MB
_MIN_SIMILARITIES = (0.2, 0.25, 0.3)  # of words below, of and above six letters: of short ones, one slip changes most
_RANKED_BY = 3  # of the longer words that a document may have instead: each takes as long as the word itself
_MANY_LIKE = 100  # words to compare with a misspelt one
_K1 = 1.5  # how much more a word says that is there again, as in most implementations of BM25; FTS5 has 1.2
_LOCK = 20_631  # any number that names the index among advisory locks

AFTER_REMAKE = ()  # PostgreSQL alters tables in place
# To match a document with many words takes longer than the planner expects, which would rather read all documents.
BY_INDEX = "SET LOCAL enable_seqscan = off;"
MATCHING = """(SELECT %s::tsquery AS wanted) AS query
    JOIN core_indexeddocument AS document ON document.fulltext @@ query.wanted"""
IS_ONE_OF = "{id} = ANY(%s::bigint[])"
IS_MATCH = "document.fulltext @@ %s::tsquery"
IN_TITLE = "ts_filter(document.fulltext, '{a}') @@ %s::tsquery"  # as migration 0012 has indexed it
BEGINS = "{column} ~>=~ %s AND {column} ~<~ %s"
BY_LETTERS = "{column} USING ~<~"  # the order of the index that finds beginnings

# Of D, C, B and A as in BM25 below; 16 is for: divided by the logarithm of the number of different words.
_QUICK = "-ts_rank('{0.33, 0.5, 0.67, 1}', document.fulltext, %s::tsquery, 16)"

# BM25, in which a word counts by the weight of its place. Lengths are measured by that of an average document.
_BM25 = f"""
    WITH number AS (
        SELECT (SELECT documents FROM core_indexedword WHERE word = '{EVERY_WORD}') AS words,
            (SELECT documents FROM core_indexedword WHERE word = '{ANYTHING}') AS documents
    ), document AS (
        SELECT id, fulltext, length * documents::float / greatest(words, 1) AS length
        FROM core_indexeddocument CROSS JOIN number WHERE id = ANY(%s)
    ), found AS (
        SELECT document.id, document.length, wanted.weight,
            3.0 * cardinality(array_positions(weights, 'A')) + 2.0 * cardinality(array_positions(weights, 'B'))
            + 1.5 * cardinality(array_positions(weights, 'C')) + 1.0 * cardinality(array_positions(weights, 'D'))
            - 0.5 * (SELECT count(*) FROM unnest(positions) AS position WHERE position >= {_FILES_FROM}) AS times
        FROM document CROSS JOIN unnest(document.fulltext) JOIN unnest(%s::text[], %s::float[]) AS wanted(stem, weight)
            ON lexeme = wanted.stem
    )
    SELECT id, sum(weight * times * {_K1 + 1} / (times + {_K1} * (0.25 + 0.75 * length))) FROM found GROUP BY id"""  # noqa: S608 (a number)


def lexemes(texts: Mapping[str, str]) -> tuple[str, int]:
    """Return the texts of a document as a tsvector, and their length in words."""
    places, position, size, length = {}, 0, 0, 0
    for name, text in texts.items():
        last = _LAST_POSITION if name == "files" else _FILES_FROM - 1
        position = max(position + 1, _FILES_FROM if name == "files" else 0)  # no phrase goes on into the next text
        for word in words_of(fold(text)):
            lexeme = stem(word)
            length, position = length + 1, min(position + 1, last)
            if len(lexeme) > _MAX_LEXEME_CHARS:
                continue
            size += 2 if lexeme in places else 8 + len(lexeme.encode())
            if size > _MAX_BYTES:
                break
            found = places.setdefault(lexeme, [])
            if len(found) < _MAX_POSITIONS:
                found.append(f"{position}{_WEIGHTS[name]}")
    return " ".join(f"'{lexeme}':{','.join(found)}" for lexeme, found in places.items()), length


def wanted(terms: Sequence[Term], *, any_word: bool = False) -> str:
    """Return, as a tsquery, what a document must match: all terms, or all that are quoted and any other."""
    quoted = [_either(term) for term in terms if term.is_quoted]
    words = [_either(term) for term in terms if not term.is_quoted]
    return " & ".join([*quoted, *([f"({(' | ' if any_word else ' & ').join(words)})"] if words else [])])


def score(terms: Sequence[Term], weights: Mapping[str, float], *, any_word: bool) -> tuple[str, list]:
    """Return a quick score of a matching document, the less the better, and its parameters.

    It chooses those that scores() looks at. ts_rank knows nothing of rarity, so where any word will do, the weights
    of the terms that a document has come first.
    """
    words = [(*term.words, *term.completions[:_RANKED_BY], *chain(*term.synonyms)) for term in terms]
    # Of words that must all be there, ts_rank would measure the distances, which takes several times as long.
    quick, parameters = _QUICK, [" | ".join(_lexemes(chain(*words)))]
    if not any_word:
        return quick, parameters
    for term in terms:
        parameters += [max(weights[word] for word in term.roots), _either(term)]
    return quick + " - %s * (document.fulltext @@ %s::tsquery)::int" * len(terms), parameters


def unwanted(phrases: Sequence[Sequence[str]]) -> str:
    """Return, as a tsquery, what no document may match."""
    return " | ".join(map(_phrase, phrases))


def without(wanted: str, phrases: Sequence[Sequence[str]]) -> str:
    """Return, as a tsquery, what matches ``wanted`` and none of the phrases."""
    return f"{wanted} & !({unwanted(phrases)})"


def ids(documents: Iterable[int]) -> str:
    """Return ids as IS_ONE_OF takes them."""
    return f"{{{','.join(map(str, documents))}}}"


def best_first(cursor, sql: str, parameters: Sequence) -> dict[int, float]:
    """Return ids, best first, of what ``sql`` finds with a score; instead of that, 0: scores() knows better."""
    cursor.execute(f"{BY_INDEX} SELECT array_agg(id ORDER BY score, id) FROM ({sql}) AS found", parameters)  # noqa: S608
    [(ids,)] = cursor.fetchall()
    return dict.fromkeys(ids or [], 0.0)


def scores(cursor, ids: Sequence[int], weights: Mapping[str, float]) -> dict[int, float]:
    """Return the BM25 of these documents, the less the better; ``weights`` are those of the stems looked for."""
    cursor.execute(_BM25, [list(ids), list(weights), list(weights.values())])
    return {document: -score for document, score in cursor.fetchall()}


def lock_index(cursor) -> None:
    """Keep other writers of the index waiting until the transaction ends: two would wait for each other's words."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def add_words(cursor, rows: Sequence[tuple]) -> None:
    """Add to the number of documents of (word, as written, stem, number), and make what is not there."""
    cursor.execute(
        """INSERT INTO core_indexedword (word, written, stem, documents)
        SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[])
        ON CONFLICT (word) DO UPDATE SET documents = core_indexedword.documents + excluded.documents""",
        _columns(rows, 4),
    )


def like(cursor, word: str) -> list[tuple[str, str, int]]:
    """Return (word, as written, number of documents) of words that resemble ``word``.

    Where nobody may create the extension pg_trgm, those of about its length with the same beginning or end.
    """
    cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
    if cursor.fetchone():
        short, medium, long = _MIN_SIMILARITIES
        cursor.execute("SELECT set_limit(%s)", [short if len(word) < 6 else medium if len(word) == 6 else long])
        cursor.execute(
            """SELECT word, written, documents FROM core_indexedword WHERE word %% %s
            ORDER BY similarity(word, %s) DESC, word LIMIT %s""",
            [word, word, _MANY_LIKE],
        )
    else:
        cursor.execute(
            """SELECT word, written, documents FROM core_indexedword
            WHERE (left(word, 1) = left(%s, 1) OR right(word, 2) = right(%s, 2)) AND abs(length(word) - %s) <= 2""",
            [word, word, len(word)],
        )
    return cursor.fetchall()


def _columns(rows, width):
    return [list(column) for column in zip(*rows, strict=True)] or [[]] * width


def _either(term):
    """Return the term's own words, or any of what may stand for them."""
    own = [term.words] if term.is_phrase else [[word] for word in term.words]
    others = [*([word] for word in term.completions), *term.synonyms]
    either = [f"({' & '.join(_phrase(words) for words in own)})", *(_phrase(words) for words in others)]
    return f"({' | '.join(dict.fromkeys(either))})"


def _phrase(words):
    return f"({' <-> '.join(_lexemes(words))})"


def _lexemes(words):
    return (f"'{root(word)}'" for word in words)
