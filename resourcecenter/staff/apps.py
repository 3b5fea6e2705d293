from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "resourcecenter.staff"
    verbose_name = _("Staff")

    def ready(self):
        from . import watching  # noqa: F401 so that its receivers are connected


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django's admin, on a site that asks for the second step."""

    default = False
    default_site = "resourcecenter.staff.site.StaffSite"
