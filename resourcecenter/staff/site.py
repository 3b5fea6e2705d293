"""Django's admin, which lets nobody in before the second step of the log-in."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from . import factor
from .models import Deed

only_usual_methods = require_http_methods(["GET", "HEAD", "POST"])


class StaffSite(AdminSite):
    def has_permission(self, request):
        return super().has_permission(request) and factor.is_confirmed(request)

    def admin_view(self, view, cacheable=False):
        return only_usual_methods(super().admin_view(view, cacheable))

    def each_context(self, request):
        return {**super().each_context(request), "has_second_factor": settings.STAFF_SECOND_FACTOR}

    def login(self, request, extra_context=None):
        if request.method == "HEAD" and self.has_permission(request):  # as Django does for GET
            return redirect("admin:index")
        if request.method in {"GET", "HEAD"} and not factor.is_confirmed(request):
            next_page = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
            return redirect(reverse("staff:second_step", query={REDIRECT_FIELD_NAME: next_page}))
        return only_usual_methods(super().login)(request, extra_context)

    def password_change(self, request, extra_context=None):
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            Deed.objects.create(actor=request.user, action=Deed.Action.PASSWORD_CHANGED)
        return response
