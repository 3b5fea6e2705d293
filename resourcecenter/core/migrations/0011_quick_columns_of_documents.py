from django.db import migrations

FORWARDS = (
    # Beside words that stay in the row, PostgreSQL put these short columns elsewhere, to be fetched one by one.
    "ALTER TABLE core_indexeddocument ALTER COLUMN value_ids SET STORAGE MAIN",
    "ALTER TABLE core_indexeddocument ALTER COLUMN sort_title SET STORAGE MAIN",
    "UPDATE core_indexeddocument SET value_ids = value_ids || '', sort_title = sort_title || ''",  # moves them back
    # An index knows no weights: to find a word in titles only, every document with the word was read.
    """CREATE INDEX core_document_title_words ON core_indexeddocument
    USING gin (ts_filter(fulltext, '{a}')) WITH (fastupdate = off)""",
)
BACKWARDS = (
    "DROP INDEX core_document_title_words",
    "ALTER TABLE core_indexeddocument ALTER COLUMN sort_title SET STORAGE EXTENDED",
    "ALTER TABLE core_indexeddocument ALTER COLUMN value_ids SET STORAGE EXTENDED",
)


def _run(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)


def forwards(apps, schema_editor):
    _run(schema_editor, FORWARDS)


def backwards(apps, schema_editor):
    _run(schema_editor, BACKWARDS)


class Migration(migrations.Migration):
    """Let PostgreSQL read what a page of results counts and sorts by, and the words of titles, without detours."""

    dependencies = [("core", "0010_missed_search")]

    operations = [migrations.RunPython(forwards, backwards)]
