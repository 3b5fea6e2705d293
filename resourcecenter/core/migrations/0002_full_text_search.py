from django.db import migrations

_ADD = """
    INSERT INTO core_fulltext (rowid, title, tags, summary, body)
    VALUES (new.id, new.title, new.tags, new.summary, new.body);
"""
_REMOVE = """
    INSERT INTO core_fulltext (core_fulltext, rowid, title, tags, summary, body)
    VALUES ('delete', old.id, old.title, old.tags, old.summary, old.body);
"""
_LETTERS = r"""regexp_replace(
    normalize(regexp_replace(normalize({column}, NFKD), '[\u0300-\u036f]', '', 'g'), NFC),
    '[!-/:-@\[-`{{-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g')"""
_WEIGHTED = " || ".join(
    f"setweight(to_tsvector('core_english', {_LETTERS.format(column=column)}), '{weight}')"
    for column, weight in {"title": "A", "tags": "B", "summary": "C", "body": "D"}.items()
)
CREATE = {
    "sqlite": (
        """CREATE VIRTUAL TABLE core_fulltext USING fts5(
            title, tags, summary, body,
            content='core_indexeddocument', content_rowid='id',
            tokenize='porter unicode61 remove_diacritics 2'
        )""",
        "INSERT INTO core_fulltext (core_fulltext, rank) VALUES ('rank', 'bm25(3.0, 2.0, 1.5, 1.0)')",
        f"CREATE TRIGGER core_fulltext_insert AFTER INSERT ON core_indexeddocument BEGIN {_ADD} END",
        f"CREATE TRIGGER core_fulltext_delete AFTER DELETE ON core_indexeddocument BEGIN {_REMOVE} END",
        f"""CREATE TRIGGER core_fulltext_update AFTER UPDATE OF id, title, tags, summary, body ON core_indexeddocument
        BEGIN {_REMOVE} {_ADD} END""",
        "INSERT INTO core_fulltext (core_fulltext) VALUES ('rebuild')",
    ),
    "postgresql": (
        "CREATE TEXT SEARCH DICTIONARY core_english (TEMPLATE = snowball, LANGUAGE = english)",
        "CREATE TEXT SEARCH CONFIGURATION core_english (COPY = simple)",
        "ALTER TEXT SEARCH CONFIGURATION core_english ALTER MAPPING FOR asciiword, word WITH core_english",
        f"ALTER TABLE core_indexeddocument ADD COLUMN fulltext tsvector GENERATED ALWAYS AS ({_WEIGHTED}) STORED",
        "ALTER TABLE core_indexeddocument ALTER COLUMN fulltext SET STORAGE MAIN",
        "CREATE INDEX core_document_fulltext ON core_indexeddocument USING gin (fulltext) WITH (fastupdate = off)",
    ),
}
DROP = {
    "sqlite": (
        "DROP TRIGGER core_fulltext_update",
        "DROP TRIGGER core_fulltext_delete",
        "DROP TRIGGER core_fulltext_insert",
        "DROP TABLE core_fulltext",
    ),
    "postgresql": (
        "ALTER TABLE core_indexeddocument DROP COLUMN fulltext",
        "DROP TEXT SEARCH CONFIGURATION core_english",
        "DROP TEXT SEARCH DICTIONARY core_english",
    ),
}


def create(apps, schema_editor):
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """What each engine keeps beside the documents.

    To alter a table, SQLite's schema editor may make it anew, and the triggers go with the old one. A later migration
    that alters IndexedDocument therefore ends by running the engine's AFTER_REMAKE in the same way.
    """

    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
