import datetime
from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Coalesce

from resourcecenter.core.search.fields import LexemesField

BEFORE = import_module("resourcecenter.core.migrations.0002_full_text_search")
_DOCUMENT = "id, kind, key, sort_title, date, added_at, title, tags, summary, body"
SET_ASIDE = (
    f"CREATE TABLE core_aside_document AS SELECT {_DOCUMENT} FROM core_indexeddocument",
    "CREATE TABLE core_aside_facet AS SELECT document_id, kind, name, value FROM core_indexedfacet",
)
FROM_ASIDE = (
    f"INSERT INTO core_indexeddocument ({_DOCUMENT}) SELECT {_DOCUMENT} FROM core_aside_document",
    """INSERT INTO core_indexedfacet (document_id, kind, name, value)
    SELECT document_id, kind, name, value FROM core_aside_facet""",
    "DROP TABLE core_aside_document",
    "DROP TABLE core_aside_facet",
)

_TEXTS = "title, tags, summary, body, files"
_ADD = f"""
    INSERT INTO core_fulltext (rowid, {_TEXTS})
    VALUES (new.id, new.title, new.tags, new.summary, new.body, new.files);
"""
_REMOVE = f"""
    INSERT INTO core_fulltext (core_fulltext, rowid, {_TEXTS})
    VALUES ('delete', old.id, old.title, old.tags, old.summary, old.body, old.files);
"""
CREATE = {
    "sqlite": (
        f"""CREATE VIRTUAL TABLE core_fulltext USING fts5(
            {_TEXTS}, content='core_indexeddocument', content_rowid='id',
            tokenize='porter unicode61 remove_diacritics 2'
        )""",
        "INSERT INTO core_fulltext (core_fulltext, rank) VALUES ('rank', 'bm25(5.0, 2.0, 1.5, 1.0, 0.5)')",
        f"CREATE TRIGGER core_fulltext_insert AFTER INSERT ON core_indexeddocument BEGIN {_ADD} END",
        f"CREATE TRIGGER core_fulltext_delete AFTER DELETE ON core_indexeddocument BEGIN {_REMOVE} END",
        f"""CREATE TRIGGER core_fulltext_update AFTER UPDATE OF id, {_TEXTS} ON core_indexeddocument
        BEGIN {_REMOVE} {_ADD} END""",
        # Of each word, with blanks around it, so that its beginning and its end are trigrams of their own.
        "CREATE VIRTUAL TABLE core_word_trigrams USING fts5(padded, content='', tokenize='trigram')",
        """CREATE TRIGGER core_word_insert AFTER INSERT ON core_indexedword BEGIN
        INSERT INTO core_word_trigrams (rowid, padded) VALUES (new.id, '  ' || new.word || ' '); END""",
        """CREATE TRIGGER core_word_delete AFTER DELETE ON core_indexedword BEGIN
        INSERT INTO core_word_trigrams (core_word_trigrams, rowid, padded)
        VALUES ('delete', old.id, '  ' || old.word || ' '); END""",
    ),
    "postgresql": (
        # Inline as long as the row fits: fetching it from elsewhere is half of what ranking costs.
        "ALTER TABLE core_indexeddocument ALTER COLUMN fulltext SET STORAGE MAIN",
        "CREATE INDEX core_document_fulltext ON core_indexeddocument USING gin (fulltext) WITH (fastupdate = off)",
        "CREATE INDEX core_document_title_begins ON core_indexeddocument (sort_title text_pattern_ops, id)",
        "ALTER TABLE core_indexedword SET (fillfactor = 50)",  # only the numbers change, so rows stay where they are
        """DO $$ BEGIN
            CREATE EXTENSION IF NOT EXISTS pg_trgm;
            CREATE INDEX core_word_trigrams ON core_indexedword USING gin (word gin_trgm_ops);
        EXCEPTION WHEN OTHERS THEN
            RAISE NOTICE 'without pg_trgm, misspelt words are looked up by their beginning and end: %', SQLERRM;
        END $$""",
    ),
}
DROP = {
    "sqlite": (
        "DROP TRIGGER core_fulltext_update",
        "DROP TRIGGER core_fulltext_delete",
        "DROP TRIGGER core_fulltext_insert",
        "DROP TRIGGER core_word_insert",
        "DROP TRIGGER core_word_delete",
        "DROP TABLE core_fulltext",
        "DROP TABLE core_word_trigrams",
    ),
    "postgresql": (),  # all of it goes with the tables
}


def _run(schema_editor, *statements):
    for statement in statements:
        schema_editor.execute(statement, params=None)


def set_aside(apps, schema_editor):
    _run(schema_editor, *SET_ASIDE, *BEFORE.DROP[schema_editor.connection.vendor])


def put_back(apps, schema_editor):
    _run(schema_editor, *BEFORE.CREATE[schema_editor.connection.vendor], *FROM_ASIDE)


def create(apps, schema_editor):
    _run(schema_editor, *CREATE[schema_editor.connection.vendor])


def drop(apps, schema_editor):
    _run(schema_editor, *DROP[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    """Index the text of files, count words and values, and make the tables anew with their narrow columns first.

    What is indexed is set aside, for the next migration to index again. Documents that are set aside by going back
    lose the text of their files.
    """

    dependencies = [("core", "0007_first_versions")]

    operations = [
        migrations.RunPython(set_aside, put_back),
        migrations.DeleteModel("IndexedFacet"),
        migrations.DeleteModel("IndexedDocument"),
        migrations.CreateModel(
            name="IndexedDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("key", models.PositiveBigIntegerField()),
                ("sort_title", models.CharField(max_length=100)),
                ("date", models.DateField(null=True)),
                ("added_at", models.DateTimeField()),
                ("length", models.PositiveIntegerField()),
                ("value_ids", models.TextField(blank=True)),
                ("title", models.TextField()),
                ("tags", models.TextField(blank=True)),
                ("summary", models.TextField(blank=True)),
                ("body", models.TextField(blank=True)),
                ("files", models.TextField(blank=True)),
                ("fulltext", LexemesField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-added_at", "-id", "kind"], name="core_document_newest"),
                    models.Index(fields=["sort_title", "id", "kind"], name="core_document_by_title"),
                    models.Index(
                        Coalesce("date", datetime.date(9999, 12, 31)),
                        models.F("id"),
                        models.F("kind"),
                        name="core_document_earliest",
                    ),
                    models.Index(
                        models.OrderBy(Coalesce("date", datetime.date(1, 1, 1)), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        models.F("kind"),
                        name="core_document_latest",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("key", "kind"), name="core_indexed_document_once")],
            },
        ),
        migrations.CreateModel(
            name="IndexedValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20)),
                ("value", models.CharField(max_length=100)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("name", "value"), name="core_indexed_value_once")],
            },
        ),
        migrations.CreateModel(
            name="IndexedFacet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="facets",
                        to="core.indexeddocument",
                    ),
                ),
                (
                    "value",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="facets",
                        to="core.indexedvalue",
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
            ],
            options={
                "indexes": [models.Index(fields=["value", "kind", "document"], name="core_documents_of_value")],
                "constraints": [
                    models.UniqueConstraint(fields=("document", "value"), name="core_indexed_facet_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IndexedWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=40, unique=True)),
                ("written", models.CharField(max_length=80)),
                ("stem", models.CharField(db_index=True, max_length=40)),
                ("documents", models.BigIntegerField()),
            ],
        ),
        migrations.RunPython(create, drop),
    ]
