"""Full-text search by PostgreSQL: a weighted tsvector that the database generates beside each document."""

from .query import Query, fold

# What query.fold() and query.split() do, in SQL, but for the case, which the text search configuration folds.
# Punctuation goes because the parser would keep "and/or" as a file name and "example.org" as a host.
_LETTERS = r"""regexp_replace(
    normalize(regexp_replace(normalize({column}, NFKD), '[\u0300-\u036f]', '', 'g'), NFC),
    '[!-/:-@\[-`{{-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g')"""
_WEIGHTED = " || ".join(
    f"setweight(to_tsvector('core_english', {_LETTERS.format(column=column)}), '{weight}')"
    for column, weight in {"title": "A", "tags": "B", "summary": "C", "body": "D"}.items()
)

AFTER_REMAKE = ()  # PostgreSQL alters tables in place
CREATE = (
    # English stems without English stop words: "WHO" is an organization, and "theory of change" a phrase of three.
    "CREATE TEXT SEARCH DICTIONARY core_english (TEMPLATE = snowball, LANGUAGE = english)",
    "CREATE TEXT SEARCH CONFIGURATION core_english (COPY = simple)",
    "ALTER TEXT SEARCH CONFIGURATION core_english ALTER MAPPING FOR asciiword, word WITH core_english",
    f"ALTER TABLE core_indexeddocument ADD COLUMN fulltext tsvector GENERATED ALWAYS AS ({_WEIGHTED}) STORED",
    # Inline as long as the row fits: fetching it from elsewhere is half of what ranking costs.
    "ALTER TABLE core_indexeddocument ALTER COLUMN fulltext SET STORAGE MAIN",
    "CREATE INDEX core_document_fulltext ON core_indexeddocument USING gin (fulltext) WITH (fastupdate = off)",
)
DROP = (
    "ALTER TABLE core_indexeddocument DROP COLUMN fulltext",
    "DROP TEXT SEARCH CONFIGURATION core_english",
    "DROP TEXT SEARCH DICTIONARY core_english",
)

MATCHING = """to_tsquery('core_english', %s) AS wanted
    JOIN core_indexeddocument AS document ON document.fulltext @@ wanted"""
EXCLUDING = "NOT document.fulltext @@ to_tsquery('core_english', %s)"
SCORE = "-ts_rank(document.fulltext, wanted)"  # the less, the better


def wanted(query: Query, *, any_word: bool = False) -> str:
    """Return, as a tsquery, what a document must match: all words and phrases, or all phrases and any word."""
    words = [f"'{fold(word)}'" for word in query.words]
    if query.prefix:
        words[-1] += ":*"
    either = (" | " if any_word else " & ").join(words)
    return " & ".join([*map(_phrase, query.phrases), *([f"({either})"] if words else [])])


def unwanted(query: Query) -> str:
    """Return, as a tsquery, what no document may match."""
    return " | ".join(map(_phrase, query.excluded))


def _phrase(words):
    return "(" + " <-> ".join(f"'{fold(word)}'" for word in words) + ")"
