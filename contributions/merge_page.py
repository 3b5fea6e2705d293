"""The curators' page on which topics are merged: what it would change, and which of them stays."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalogue.models import Topic
from contributions.merging import CannotMerge, merge, uses
from resourcecenter.core.pagecache import personal

AT_MOST = 20
LIST = "admin:catalogue_topic_changelist"


class MergeForm(forms.Form):
    stays = forms.ModelChoiceField(
        Topic.objects.none(),
        label=gettext_lazy("Which one stays?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": gettext_lazy("Choose the topic that stays.")},
    )

    def __init__(self, data, topics):
        super().__init__(data)
        self.fields["stays"].queryset = Topic.objects.filter(pk__in=[topic.pk for topic in topics])
        carried = uses(topics)
        self.fields["stays"].label_from_instance = lambda topic: _label(topic, carried[topic])


def _label(topic, number):
    words = ngettext("%(topic)s (one entry carries it)", "%(topic)s (%(number)d entries carry it)", number)
    return words % {"topic": topic.name, "number": number}


def ask(model_admin, request, queryset):
    """The action of the list: lead to the page for the chosen topics."""
    keys = list(queryset.values_list("pk", flat=True)[: AT_MOST + 1])
    if not 2 <= len(keys) <= AT_MOST:
        messages.warning(request, _("Choose two topics or more, %(most)d at most.") % {"most": AT_MOST})
        return None
    return redirect(f"{reverse('admin:catalogue_topic_merge')}?{urlencode({'topic': keys}, doseq=True)}")


@personal
def merge_page(model_admin, request: HttpRequest) -> HttpResponse:
    """Ask which of the topics in the address stays, and merge the others into it."""
    if not (model_admin.has_change_permission(request) and model_admin.has_delete_permission(request)):
        raise PermissionDenied
    wanted = {
        key for key in request.GET.getlist("topic")[:AT_MOST] if key.isascii() and key.isdigit() and len(key) < 19
    }
    topics = list(Topic.objects.filter(pk__in=wanted).order_by("name"))
    if len(topics) < 2 or len(topics) < len(wanted):
        messages.error(
            request,
            _("Nothing was merged: a topic that you chose is no longer here. Please choose again from this list."),
        )
        return redirect(LIST)
    form = MergeForm(request.POST if request.method == "POST" else None, topics)
    if form.is_valid() and (stays := _merged(request, form, topics)):
        messages.success(request, format_html(_("What carried one of the others now carries {}."), stays))
        return redirect("admin:catalogue_topic_change", stays.pk)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Merge topics"),
        "opts": Topic._meta,
        "form": form,
        "topics": topics,
    }
    status = HTTPStatus.CONFLICT if form.non_field_errors() else HTTPStatus.OK
    return TemplateResponse(request, "admin/contributions/merge.html", context, status=status)


def _merged(request, form, topics):
    """The topic that stayed, or None, with the reason in the form, where they could not be merged."""
    stays = form.cleaned_data["stays"]
    try:
        return merge([topic for topic in topics if topic != stays], into=stays, by=request.user)
    except CannotMerge as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as misfit:
        form.add_error(None, misfit.messages)
    return None
