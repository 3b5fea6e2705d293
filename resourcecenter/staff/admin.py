"""Accounts, invitations, and who did what; for administrators."""

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import CheckboxSelectMultiple
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resourcecenter.core.admin import CuratedAdmin

from . import audit, factor, joining, sessions
from .forms import InvitationForm
from .models import Deed, Invitation

User = get_user_model()
PER_PAGE = 50

admin.site.unregister(User)


def rights_of(user) -> str:
    """Return in words what an account may do."""
    if not (user.is_active and user.is_staff):
        return _("nothing")
    administrator = [_("Administrator")] if user.is_superuser else []
    return ", ".join([*administrator, *user.groups.order_by("name").values_list("name", flat=True)]) or _("nothing")


@admin.register(User)
class StaffUserAdmin(UserAdmin):
    """Django's, which notes what an account may do, and ends its sessions when it may do nothing any more."""

    change_form_template = "admin/staff/user.html"
    fieldsets = [
        (None, {"fields": ["username", "password", "email"]}),
        (gettext_lazy("What the account may do"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        (gettext_lazy("Since when"), {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = []
    list_display = ["username", "email", "is_active", "is_staff", "is_superuser", "last_login"]

    def get_urls(self):
        view = self.admin_site.admin_view(self.second_step_view)
        return [path("<int:pk>/second-step/", view, name="auth_user_second_step"), *super().get_urls()]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(db_field, request, widget=CheckboxSelectMultiple, **kwargs)

    def save_model(self, request, obj, form, change):
        form.rights_before = rights_of(User.objects.get(pk=obj.pk)) if change else ""
        super().save_model(request, obj, form, change)
        if not (obj.is_active and obj.is_staff):
            sessions.end_all(obj)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        before, after = form.rights_before, rights_of(form.instance)
        if before != after:
            words = {"name": form.instance.get_username(), "before": before or _("nothing"), "after": after}
            of = (_("%(name)s: %(before)s → %(after)s") % words)[:200]
            Deed.objects.create(actor=request.user, action=Deed.Action.ROLES_CHANGED, of=of)

    def user_change_password(self, request, id, form_url=""):
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302 and str(request.user.pk) != str(id):
            sessions.end_all(User.objects.get(pk=id))
        return response

    def second_step_view(self, request, pk):
        """Ask, then remove the second step of somebody who has lost app and codes."""
        user = User.objects.filter(pk=pk).first()
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if user is None:
            raise Http404
        if request.method == "POST":
            factor.remove(user, by=request.user)
            words = _("%(name)s sets up a new second step at the next log-in.") % {"name": user.get_username()}
            messages.success(request, words)
            return redirect("admin:auth_user_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Remove the second step?"),
            "opts": self.opts,
            "original": user,
            "has_device": factor.device_of(user) is not None,
        }
        return TemplateResponse(request, "admin/staff/remove_second_step.html", context)


@admin.register(Invitation)
class InvitationAdmin(CuratedAdmin):
    """Invitations that still wait. One that is deleted works no more; one that is to change is made anew."""

    form = InvitationForm
    list_display = ["email", "roles_as_words", "invited_by", "made_at", "works_until"]
    fields = ["email", "roles"]
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).open().select_related("invited_by")

    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, form_url, {**(extra_context or {}), "title": _("Invite somebody")})

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {**(extra_context or {}), "title": _("Invitations that wait")})

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(request, _("An invitation goes to %(email)s.") % {"email": obj.email})
        return redirect("admin:staff_invitation_changelist")

    def save_model(self, request, obj, form, change):
        # The latest counts: the link of an earlier one works no more.
        Invitation.objects.filter(email__iexact=obj.email).delete()
        obj.invited_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        joining.send(form.instance)

    def delete_model(self, request, obj):
        joining.take_back(obj, by=request.user)

    def has_change_permission(self, request, obj=None):
        return False

    # What Django would note has the address, which nobody needs to keep.
    def log_addition(self, *args): ...

    def log_deletions(self, *args): ...

    @admin.display(description=gettext_lazy("roles"))
    def roles_as_words(self, invitation):
        return joining.roles_of(invitation)

    @admin.display(description=gettext_lazy("works until"))
    def works_until(self, invitation):
        return invitation.works_until


@admin.register(Deed)
class DeedAdmin(CuratedAdmin):
    """Not only deeds: its list has what all tables keep about staff."""

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = audit.AuditFilter(request.GET)
        page = Paginator(form.rows(), PER_PAGE).get_page(request.GET.get("page"))
        page.object_list = list(audit.lines(list(page.object_list)))
        context = {**self.admin_site.each_context(request), "title": _("Who did what"), "page": page, "form": form}
        return TemplateResponse(request, "admin/staff/audit.html", context)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
