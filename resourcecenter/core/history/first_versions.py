"""For migrations: a first version of each row that was there before histories were kept, numbered 0."""

from itertools import islice

from django.utils import timezone

BATCH = 500


def write_first_versions(apps, app_label: str) -> None:
    """Write a first row of history for every row of this app that has none."""
    now = timezone.now()
    for history in apps.get_app_config(app_label).get_models():
        if hasattr(history, "history_type"):
            model = apps.get_model(app_label, history.__name__.removeprefix("Historical"))
            names = [field.attname for field in model._meta.concrete_fields]
            rows = model.objects.exclude(pk__in=history.objects.values("id")).values(*names).iterator(BATCH)
            fixed = {"version": 0, "history_type": "+", "history_date": now}
            while batch := [history(**row, **fixed) for row in islice(rows, BATCH)]:
                history.objects.bulk_create(batch)


def write_first_links(apps, app_label: str, model_name: str, name: str) -> None:
    """Write what the first versions of a model link to by the many-to-many field ``name``."""
    field = apps.get_model(app_label, model_name)._meta.get_field(name)
    through = field.remote_field.through
    table = apps.get_model(app_label, f"Historical{through.__name__}")
    owner, target = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
    history = apps.get_model(app_label, f"Historical{model_name}")
    first = dict(history.objects.filter(version=0).values_list("id", "history_id"))
    links = through.objects.filter(**{f"{owner}__in": history.objects.filter(version=0).values("id")})
    rows = links.values("id", owner, target).iterator(BATCH)
    while batch := [table(history_id=first[row[owner]], **row) for row in islice(rows, BATCH)]:
        table.objects.bulk_create(batch)
