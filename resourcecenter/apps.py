from django.apps import AppConfig


class ResourceCenterConfig(AppConfig):
    """The roof: it has no models, only the commands and views that span the apps."""

    name = "resourcecenter"

    def ready(self):
        from resourcecenter import finding
        from resourcecenter.core import public

        public.followers.append(finding.follow)
