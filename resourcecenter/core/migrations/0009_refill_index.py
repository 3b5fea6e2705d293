from django.db import migrations

_DOCUMENT = "id, kind, key, sort_title, date, added_at, title, tags, summary, body"


def drop_aside(apps, schema_editor):
    for table in ("core_aside_document", "core_aside_facet"):
        schema_editor.execute(f"DROP TABLE {table}", params=None)


def set_aside(apps, schema_editor):
    schema_editor.execute(
        f"CREATE TABLE core_aside_document AS SELECT {_DOCUMENT} FROM core_indexeddocument", params=None
    )
    schema_editor.execute(
        """CREATE TABLE core_aside_facet AS SELECT document_id, kind, name, value.value
        FROM core_indexedfacet JOIN core_indexedvalue AS value ON value.id = value_id WHERE name <> 'type'""",
        params=None,
    )


class Migration(migrations.Migration):
    """Forget what the migration before this set aside: 0012 has the whole index made anew."""

    dependencies = [("core", "0008_index_files_words_and_values")]

    operations = [migrations.RunPython(drop_aside, set_aside)]
