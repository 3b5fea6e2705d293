"""Reasons to begin with, and the groups' right to change them; curators and moderators make them their own."""

from django.db import migrations

from contributions.roles import make_groups

REASONS = [
    ("request_changes", "More about it is needed", "Please say in two or three sentences what it is, for whom it is, and what it helped with."),
    ("request_changes", "The link does not open", "The link did not open for us. Could you look whether it is right, or send the file?"),
    ("request_changes", "The rights are not clear", "Under which licence may others use this, and who holds the rights? We can share a file only with a licence."),
    ("request_changes", "Somebody can be recognised", "People can be recognised in this text. Please take out what could harm them, or confirm that they agree."),
    ("reject", "It is here already", "This is in the collection already. Thank you for thinking of us; if you know more about it, please suggest a correction on its page."),
    ("reject", "It is not about learning networks", "We collect what helps people to run, join or fund a learning network, and could not see how this does."),
    ("reject", "It advertises something", "We do not publish what mainly advertises a product or a service."),
    ("reject", "The rights do not allow it", "We may not share this, because its rights holder has not allowed it."),
    ("reject", "It cannot be checked", "We could not find out whether this is true. If you have a source, please send it again with that."),
]


def add_reasons(apps, schema_editor):
    reason = apps.get_model("contributions", "Reason")
    for position, (action, name, text) in enumerate(REASONS):
        reason.objects.get_or_create(action=action, name=name, defaults={"text": text, "position": position})
    make_groups(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("contributions", "0005_contributions_without_foreign_keys"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(add_reasons, migrations.RunPython.noop)]
