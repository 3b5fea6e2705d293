from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contributions", "0004_contributions_name_their_record")]
    operations = [
        migrations.RemoveConstraint(
            model_name='contribution',
            name='contributions_target_is_of_its_kind',
        ),
        migrations.RemoveField(
            model_name='contribution',
            name='network',
        ),
        migrations.RemoveField(
            model_name='contribution',
            name='resource',
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.CheckConstraint(condition=models.Q(('intent', 'new'), ('record_key__isnull', False), _connector='OR'), name='contributions_correction_has_a_record'),
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state__in', ['pending', 'changes_requested'])), models.Q(('decided_at__isnull', False), ('state__in', ['approved', 'rejected', 'withdrawn'])), _connector='OR'), name='contributions_closed_has_when'),
        ),
    ]
