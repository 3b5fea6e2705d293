"""Full-text search by SQLite's FTS5: an index beside the documents, kept in step by triggers."""

from .query import Query

_ADD = """
    INSERT INTO core_fulltext (rowid, title, tags, summary, body)
    VALUES (new.id, new.title, new.tags, new.summary, new.body);
"""
_REMOVE = """
    INSERT INTO core_fulltext (core_fulltext, rowid, title, tags, summary, body)
    VALUES ('delete', old.id, old.title, old.tags, old.summary, old.body);
"""
AFTER_REMAKE = (
    f"CREATE TRIGGER core_fulltext_insert AFTER INSERT ON core_indexeddocument BEGIN {_ADD} END",
    f"CREATE TRIGGER core_fulltext_delete AFTER DELETE ON core_indexeddocument BEGIN {_REMOVE} END",
    f"""CREATE TRIGGER core_fulltext_update AFTER UPDATE OF id, title, tags, summary, body ON core_indexeddocument
    BEGIN {_REMOVE} {_ADD} END""",
    "INSERT INTO core_fulltext (core_fulltext) VALUES ('rebuild')",
)
CREATE = (
    """CREATE VIRTUAL TABLE core_fulltext USING fts5(
        title, tags, summary, body,
        content='core_indexeddocument', content_rowid='id',
        tokenize='porter unicode61 remove_diacritics 2'
    )""",
    "INSERT INTO core_fulltext (core_fulltext, rank) VALUES ('rank', 'bm25(3.0, 2.0, 1.5, 1.0)')",
    *AFTER_REMAKE,
)
DROP = (
    "DROP TRIGGER core_fulltext_update",
    "DROP TRIGGER core_fulltext_delete",
    "DROP TRIGGER core_fulltext_insert",
    "DROP TABLE core_fulltext",
)

# CROSS JOIN keeps the match outside: the other way round, SQLite may match anew for every document.
MATCHING = """core_fulltext(%s) AS wanted
    CROSS JOIN core_indexeddocument AS document ON document.id = wanted.rowid"""
EXCLUDING = "document.id NOT IN (SELECT rowid FROM core_fulltext(%s))"
SCORE = "wanted.rank"  # the less, the better


def wanted(query: Query, *, any_word: bool = False) -> str:
    """Return, in FTS5's language, what a document must match: all words and phrases, or all phrases and any word."""
    words = [f'"{word}"' for word in query.words]
    if query.prefix:
        words[-1] += "*"
    either = (" OR " if any_word else " AND ").join(words)
    return " AND ".join([*map(_phrase, query.phrases), *([f"({either})"] if words else [])])


def unwanted(query: Query) -> str:
    """Return, in FTS5's language, what no document may match."""
    return " OR ".join(map(_phrase, query.excluded))


def _phrase(words):
    return '"' + " ".join(words) + '"'
