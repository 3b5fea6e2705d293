"""A first version of what was there before histories were kept."""

from django.db import migrations

from resourcecenter.core.history.first_versions import write_first_versions


def forwards(apps, schema_editor):
    write_first_versions(apps, "core")


class Migration(migrations.Migration):
    dependencies = [("core", "0006_history_and_who_confirmed")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
