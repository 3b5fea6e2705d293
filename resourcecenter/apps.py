from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

INDEX_EMPTIED_BY = ("core", "0012_values_as_sets_of_documents")


class ResourceCenterConfig(AppConfig):
    """The roof: it has no models, only the commands and views that span the apps."""

    name = "resourcecenter"

    def ready(self):
        post_migrate.connect(_fill_index, sender=apps.get_app_config("core"))


def _fill_index(plan, **kwargs):
    """Make the search index anew after the migration that emptied it; migrations know no documents."""
    applied = {(migration.app_label, migration.name) for migration, is_backwards in plan if not is_backwards}
    if INDEX_EMPTIED_BY in applied:
        from .finding import reindex

        for _kind, _written in reindex():
            pass
