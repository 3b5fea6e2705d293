from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate

INDEX_EMPTIED_BY = ("core", "0012_values_as_sets_of_documents")


class ResourceCenterConfig(AppConfig):
    """The roof: it has no models, only the commands and views that span the apps."""

    name = "resourcecenter"

    def ready(self):
        post_migrate.connect(_fill_index, sender=apps.get_app_config("core"))


def _fill_index(verbosity, plan=(), **kwargs):
    """Make the search index anew after the migration that emptied it; migrations know no documents."""
    if INDEX_EMPTIED_BY not in {(step.app_label, step.name) for step, is_backwards in plan if not is_backwards}:
        return
    from .finding import KINDS

    if any(kind.model.objects.exists() for kind in KINDS.values()):
        call_command("reindex", verbosity=max(verbosity - 1, 0))
