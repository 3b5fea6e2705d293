"""Curators may look at the searches without result."""

from django.db import migrations

from contributions.roles import make_groups


def forwards(apps, schema_editor):
    make_groups(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("contributions", "0011_text_of_attachments"),
        ("core", "0010_missed_search"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
