from django.db import migrations

from resourcecenter.core.search import ENGINES


def create(apps, schema_editor):
    for statement in ENGINES[schema_editor.connection.vendor].CREATE:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    for statement in ENGINES[schema_editor.connection.vendor].DROP:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """What each engine keeps beside the documents.

    To alter a table, SQLite's schema editor may make it anew, and the triggers go with the old one. A later migration
    that alters IndexedDocument therefore ends by running the engine's AFTER_REMAKE in the same way.
    """

    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
