"""Decisions on several contributions: each is bound to what was on the screen, done by itself, and reported."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from contributions import applying, moderation, signals
from contributions.models import Contribution, Reason
from contributions.models.contribution import Version
from resourcecenter.core.pagecache import personal

AT_MOST = 100
MOST = 2**31 - 1
QUEUE = "admin:contributions_contribution_changelist"


class BulkForm(forms.Form):
    """What is to be done with all of them; ``item`` is "key:state:revision:mark" of each, as on the screen."""

    action = forms.ChoiceField(choices=[(a, a) for a in ("approve", "reject", "assign")], widget=forms.HiddenInput)
    reason = forms.ModelChoiceField(
        Reason.objects.filter(action=Reason.Action.REJECT), required=False, label=gettext_lazy("Reason")
    )
    public_note = forms.CharField(
        required=False, label=gettext_lazy("Note to the contributors"), widget=forms.Textarea(attrs={"rows": 5})
    )
    to = forms.ModelChoiceField(None, required=False, label=gettext_lazy("Moderator"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = moderators()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("reason") and not cleaned.get("public_note"):
            cleaned["public_note"] = cleaned["reason"].text
        if cleaned.get("action") == "reject" and not cleaned.get("public_note"):
            self.add_error("public_note", _("Tell the contributors the reason."))
        if cleaned.get("action") == "assign" and not cleaned.get("to"):
            self.add_error("to", _("Choose who is to read them."))
        return cleaned

    def arguments(self) -> dict:
        """What the transition takes beside the contribution."""
        cleaned = self.cleaned_data
        if cleaned["action"] == "assign":
            return {"to": cleaned["to"]}
        if cleaned["action"] == "reject":
            reason = cleaned["reason"].name if cleaned["reason"] else ""
            return {"public_note": cleaned["public_note"], "reason": reason}
        return {"public_note": cleaned["public_note"]}


def moderators():
    """Everybody who may decide on contributions."""
    may = Permission.objects.filter(codename="moderate_contribution")
    return (
        get_user_model()
        .objects.filter(is_active=True, is_staff=True)
        .filter(Q(is_superuser=True) | Q(groups__permissions__in=may) | Q(user_permissions__in=may))
        .distinct()
        .order_by("username")
    )


def _ask(action):
    def ask(modeladmin, request, queryset):
        form = BulkForm(initial={"action": action})
        if queryset.count() > AT_MOST:
            messages.warning(
                request, _("Only the first %(n)d are shown; choose the others afterwards.") % {"n": AT_MOST}
            )
        return _page(request, form, list(queryset.in_queue_order()[:AT_MOST]))

    return ask


approve = admin.action(description=gettext_lazy("Approve"))(_ask("approve"))
reject = admin.action(description=gettext_lazy("Reject"))(_ask("reject"))
assign = admin.action(description=gettext_lazy("Assign to a moderator"))(_ask("assign"))
for name, action in (("approve", approve), ("reject", reject), ("assign", assign)):
    action.__name__ = f"{name}_several"


@personal
@require_POST
def decide(request):
    """Do for each what was decided for all, and tell of each how it went."""
    if not request.user.has_perm("contributions.moderate_contribution"):
        raise PermissionDenied
    form = BulkForm(request.POST)
    seen = dict(filter(None, (_read(item) for item in request.POST.getlist("item")[:AT_MOST])))
    contributions = list(Contribution.objects.filter(pk__in=seen).in_queue_order())
    if not form.is_valid():
        return _page(request, form, contributions, seen=seen)
    for contribution in contributions:
        _decide_one(request, contribution, seen[contribution.pk], form)
    return redirect(QUEUE)


def _decide_one(request, contribution, version, form):
    step = moderation.TRANSITIONS[form.cleaned_data["action"]]
    do = getattr(moderation, form.cleaned_data["action"])
    try:
        do(contribution, seen=version, by=request.user, **form.arguments())
    except moderation.Overtaken:
        _tell(request, messages.WARNING, contribution, _("not done, because it has changed since you looked"))
    except applying.DoesNotFit as misfit:
        _tell(request, messages.ERROR, contribution, " ".join(misfit.messages))
    else:
        _tell(request, messages.SUCCESS, contribution, step.done)


def _tell(request, level, contribution, how):
    messages.add_message(request, level, format_html("{}: {} ({})", contribution.reference, contribution.title, how))


def _item(contribution, version):
    return f"{contribution.pk}:{version.state}:{version.revision}:{version.record}"


def _read(item):
    """Return the key and the Version that an item of the form names, or None for nonsense."""
    try:
        key, state, revision, mark = item.split(":")
        return min(int(key), MOST), Version(state, min(int(revision), MOST), mark)
    except ValueError:
        return None


def _page(request, form, contributions, *, seen=None):
    """``seen`` are the versions that were on the screen before, where the page is shown again."""
    action = form["action"].value()
    step = moderation.TRANSITIONS.get(action)
    marks = applying.record_marks(contributions)
    # What was on the screen before stays, so that nobody decides on what they have not seen.
    versions = {one.pk: one.version._replace(record=marks[one.pk]) for one in contributions} | (seen or {})
    items = [
        {
            "contribution": one,
            "value": _item(one, versions[one.pk]),
            "signals": signals.explained(one),
            "fits": step is not None and action in moderation.available(one, by="moderator"),
        }
        for one in contributions
    ]
    context = {
        **admin.site.each_context(request),
        "title": step.label if step else _("Decide on several"),
        "opts": Contribution._meta,
        "form": form,
        "action": action,
        "step": step,
        "items": items,
    }
    return TemplateResponse(request, "admin/contributions/contribution/several.html", context)
