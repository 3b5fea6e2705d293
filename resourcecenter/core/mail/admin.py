"""The outbox in the admin: mails are read there, and what has failed is sent again."""

from django.contrib import admin, messages
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from resourcecenter.core.admin import CuratedAdmin

from . import delivery


class OutboxAdmin(CuratedAdmin):
    """Mails with what the mail server said of them. Nothing here is edited; old mails are deleted by the worker."""

    list_display = ["title", "receivers", "status", "last_updated"]
    list_filter = ["status"]
    search_fields = ["to"]
    fields = ["title", "receivers", "status", "scheduled_time", "text", "tries"]
    actions = ["send_again"]
    change_form_template = "admin/change_form.html"  # the library's has a link that sends

    @admin.action(description=_("Send again what has failed"), permissions=["send"])
    def send_again(self, request, queryset):
        n = delivery.send_again(queryset)
        words = ngettext("%(n)d e-mail is sent again.", "%(n)d e-mails are sent again.", n) % {"n": n}
        messages.success(request, words) if n else messages.warning(request, _("None of these e-mails has failed."))

    def has_send_permission(self, request):
        return request.user.has_perm("post_office.change_email")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("post_office.view_email")

    @admin.display(description=_("subject"))
    def title(self, email):
        return (email.context or {}).get("subject") or email.subject

    @admin.display(description=_("to"), ordering="to")
    def receivers(self, email):
        return ", ".join(email.to)

    @admin.display(description=_("text"))
    def text(self, email):
        return format_html("<pre>{}</pre>", (email.context or {}).get("text") or email.message)

    @admin.display(description=_("tries that failed"))
    def tries(self, email):
        lines = ((date_format(log.date, "DATETIME_FORMAT"), log.message) for log in email.logs.order_by("date"))
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", lines))
