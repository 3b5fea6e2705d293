"""Make the one row of the content generation, so that the first two writers cannot both make it."""

from django.db import migrations


def forwards(apps, schema_editor):
    apps.get_model("core", "ContentGeneration").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("core", "0002_full_text_search")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
