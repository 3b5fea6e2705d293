import datetime as dt
from itertools import groupby
from operator import itemgetter

from django.db import migrations
from django.utils.dateparse import parse_date, parse_datetime

from resourcecenter.core.search.index import KIND_FACET, Document, index

_DOCUMENT = "id, kind, key, sort_title, date, added_at, title, tags, summary, body"


def refill(apps, schema_editor):
    """Index again what the migration before this set aside."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT document_id, name, value FROM core_aside_facet ORDER BY document_id, name")
        facets = {
            document: {name: [value for *_names, value in rows] for name, rows in groupby(values, itemgetter(1))}
            for document, values in groupby(cursor.fetchall(), itemgetter(0))
        }
        cursor.execute(f"SELECT {_DOCUMENT} FROM core_aside_document ORDER BY id")
        rows = cursor.fetchall()
    index(_document(row, facets.get(row[0], {})) for row in rows)
    for table in ("core_aside_document", "core_aside_facet"):
        schema_editor.execute(f"DROP TABLE {table}", params=None)


def _document(row, facets):
    _id, kind, key, _sort_title, date, added_at, title, tags, summary, body = row
    if isinstance(added_at, str):  # as SQLite keeps it
        date, added_at = date and parse_date(date), parse_datetime(added_at).replace(tzinfo=dt.UTC)
    texts = {"title": title, "tags": tags, "summary": summary, "body": body}
    return Document(kind=kind, key=key, **texts, facets=facets, date=date, added_at=added_at)


def set_aside(apps, schema_editor):
    schema_editor.execute(
        f"CREATE TABLE core_aside_document AS SELECT {_DOCUMENT} FROM core_indexeddocument", params=None
    )
    schema_editor.execute(
        f"""CREATE TABLE core_aside_facet AS SELECT document_id, kind, name, value.value
        FROM core_indexedfacet JOIN core_indexedvalue AS value ON value.id = value_id WHERE name <> '{KIND_FACET}'""",
        params=None,
    )


class Migration(migrations.Migration):
    dependencies = [("core", "0008_index_files_words_and_values")]

    operations = [migrations.RunPython(refill, set_aside)]
