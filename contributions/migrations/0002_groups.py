"""Make the groups Moderator and Curator."""

from django.db import migrations

from contributions.roles import GROUPS, make_groups


def forwards(apps, schema_editor):
    make_groups(apps)


def backwards(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("contributions", "0001_initial"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
