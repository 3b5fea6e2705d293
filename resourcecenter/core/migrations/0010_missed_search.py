from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0009_refill_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='MissedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=100, verbose_name='words')),
                ('month', models.DateField(help_text='Its first day.', verbose_name='month')),
                ('times', models.PositiveIntegerField(default=1, verbose_name='times')),
                ('days', models.PositiveSmallIntegerField(default=1, verbose_name='on so many days')),
                ('last_day', models.DateField()),
            ],
            options={
                'verbose_name': 'search without result',
                'verbose_name_plural': 'searches without result',
                'ordering': ['-month', '-times', 'words'],
                'constraints': [models.UniqueConstraint(fields=('words', 'month'), name='core_missed_search_once_a_month')],
            },
        ),
    ]
