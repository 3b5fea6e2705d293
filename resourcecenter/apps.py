from django.apps import AppConfig


class ResourceCenterConfig(AppConfig):
    """The roof: it has no models, only the commands and views that span the apps."""

    name = "resourcecenter"
