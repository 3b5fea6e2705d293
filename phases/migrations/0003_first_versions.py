"""A first version of what was there before histories were kept."""

from django.db import migrations

from resourcecenter.core.history.first_versions import write_first_versions


def forwards(apps, schema_editor):
    write_first_versions(apps, "phases")


class Migration(migrations.Migration):
    dependencies = [("phases", "0002_history_and_who_confirmed")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
