from django.db import migrations, models

TABLES = ["core_indexedfacet", "core_indexeddocument", "core_indexedvalue", "core_indexedword"]
EMPTY = {
    "sqlite": [f"DELETE FROM {table}" for table in TABLES],
    "postgresql": [f"TRUNCATE {', '.join(TABLES)}"],  # rows that are deleted one by one keep the tables from changing
}
FORWARDS = {
    # How many words have each trigram.
    "sqlite": ("CREATE VIRTUAL TABLE core_trigram_numbers USING fts5vocab(core_word_trigrams, row)",),
    "postgresql": (
    # What is compressed already would be tried in vain.
    "ALTER TABLE core_indexedvalue ALTER COLUMN documents SET STORAGE EXTERNAL",
    # An index knows no weights: to find a word in titles only, every document with the word was read.
    """CREATE INDEX core_document_title_words ON core_indexeddocument
    USING gin (ts_filter(fulltext, '{a}')) WITH (fastupdate = off)""",
    ),
}
BACKWARDS = {
    "sqlite": ("DROP TABLE core_trigram_numbers",),
    "postgresql": ("DROP INDEX core_document_title_words",),
}


def _run(schema_editor, statements):
    for statement in statements:
        schema_editor.execute(statement, params=None)


def empty(apps, schema_editor):
    _run(schema_editor, EMPTY[schema_editor.connection.vendor])


def forwards(apps, schema_editor):
    _run(schema_editor, FORWARDS[schema_editor.connection.vendor])


def backwards(apps, schema_editor):
    _run(schema_editor, BACKWARDS[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    """Keep with each value of a facet the set of documents that have it, instead of a row for each document and value.

    The index is emptied; once all migrations have run, it is made anew (see resourcecenter.apps).
    """

    dependencies = [("core", "0011_identity")]

    operations = [
        migrations.RunPython(empty, empty),
        migrations.DeleteModel("IndexedFacet"),
        migrations.RenameField("indexeddocument", "value_ids", "facets"),
        migrations.AddField("indexedvalue", "documents", models.BinaryField(default=b""), preserve_default=False),
        migrations.RunPython(forwards, backwards),
    ]
