"""Resources, and the path of a contribution from its form to its private status page."""

from http import HTTPStatus

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contributions import moderation, search, tokens
from contributions.facets import resource_labels
from contributions.forms import SenderForm, UploadForm, VersionForm, form_for
from contributions.models import Attachment, Contribution, Resource
from phases.models import Page
from resourcecenter.core import files, limits
from resourcecenter.core.listing import in_order, listing
from resourcecenter.core.pagecache import personal, public

FORM_STATUS = {
    "is_overtaken": HTTPStatus.CONFLICT,
    "already_sent": HTTPStatus.CONFLICT,
    "minutes_to_wait": HTTPStatus.TOO_MANY_REQUESTS,
}


@public
@require_safe
def resource_list(request):
    """All resources, searched and filtered."""
    found = listing(request, kinds=[search.KIND], labels=resource_labels)
    resources = in_order(Resource.objects.for_cards(), found.keys)
    return render(request, "contributions/resource_list.html", {"listing": found, "resources": resources})


@public
@require_safe
def resource_detail(request, slug):
    """One resource."""
    resource = get_object_or_404(Resource.objects.for_page(), slug=slug)
    return render(request, "contributions/resource_detail.html", {"resource": resource})


@require_safe
def file(request, pk, name):
    """Download a file of a public resource; the name in the address is for people, the number finds it."""
    attachment = Attachment.objects.filter(pk=pk).first()
    if not attachment:
        retired = get_object_or_404(files.RetiredFile.objects.select_related("tombstone"), number=pk)
        return render(request, "410.html", {"tombstone": retired.tombstone}, status=HTTPStatus.GONE)
    whole = files.serve(
        attachment.file, name=attachment.name, media_type=attachment.media_type, sha256=attachment.sha256, public=True
    )
    return files.as_asked(request, whole)


@public
@require_safe
def guidelines(request):
    """What we look for, and the way to the form."""
    page = get_object_or_404(Page.objects.prefetch_related("sources"), slug="contribute")
    return render(request, "contributions/guidelines.html", {"page": page})


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def contribute(request, kind):
    """Take a new contribution; keep what was typed when it does not fit."""
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    upload_form = UploadForm(*posted)
    record_form = form_for(kind)(posted[0], has_files="file" in request.FILES)
    sender_form = SenderForm(posted[0])
    forms = [record_form, upload_form, sender_form]
    if "preview" not in request.POST and all(form.is_valid() for form in forms):
        if wait_s := limits.wait_s(request, limits.CONTRIBUTE):
            page = _form_page(
                request, record_form, upload_form, sender_form, kind=kind, minutes_to_wait=wait_s // 60 + 1
            )
            page["Retry-After"] = wait_s
            return page
        try:
            contribution = moderation.submit(
                record_form.payload(),
                kind=kind,
                sender=sender_form.sender(),
                form_key=sender_form.cleaned_data["form_key"],
                files=upload_form.accepted_files,
            )
        except moderation.AlreadySent as sent:
            sender_form.renew_key()
            first = sent.contribution
            return _form_page(request, record_form, upload_form, sender_form, kind=kind, already_sent=first)
        return redirect("contributions:status", tokens.token_for(contribution.form_key, contribution.token_hash))
    return _form_page(request, record_form, upload_form, sender_form, kind=kind)


@sensitive_variables("token")
@personal
@require_safe
def status(request, token):
    """The private page of a contribution: what happened, what comes next, and what its sender may do."""
    return _status_page(request, _by_token(token), token)


@sensitive_variables("token")
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def revise(request, token):
    """Let the sender correct what they sent."""
    contribution = _by_token(token)
    if request.method != "POST" and "revise" not in moderation.available(contribution, by="contributor"):
        return redirect("contributions:status", token)
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    upload_form = UploadForm(*posted)
    has_files = "file" in request.FILES or contribution.files.exists()
    record_form = form_for(contribution.kind)(posted[0] or contribution.payload, has_files=has_files)
    version_form = VersionForm(posted[0], initial=contribution.version._asdict())
    forms = [record_form, upload_form, version_form]
    if request.method == "POST" and "preview" not in request.POST and all(form.is_valid() for form in forms):
        try:
            moderation.revise(
                contribution,
                seen=version_form.version,
                payload=record_form.payload(),
                files=upload_form.accepted_files or None,
            )
        except moderation.Overtaken:
            version_form = VersionForm(initial=contribution.version._asdict())
            return _form_page(
                request,
                record_form,
                upload_form,
                version_form,
                contribution=contribution,
                token=token,
                is_overtaken=True,
            )
        return redirect("contributions:status", token)
    return _form_page(request, record_form, upload_form, version_form, contribution=contribution, token=token)


@sensitive_variables("token")
@personal
@require_POST
def withdraw(request, token):
    """Take a contribution back."""
    contribution = _by_token(token)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _status_page(request, contribution, token, is_overtaken=True)
    try:
        moderation.withdraw(contribution, seen=form.version)
    except moderation.Overtaken:
        return _status_page(request, contribution, token, is_overtaken=True)
    return redirect("contributions:status", token)


def _by_token(token) -> Contribution:
    return get_object_or_404(Contribution, token_hash=tokens.hash_of(token))


def _status_page(request, contribution, token, *, is_overtaken=False):
    context = {
        "contribution": contribution,
        "token": token,
        "events": contribution.events.all(),
        "may": moderation.available(contribution, by="contributor"),
        "version_form": VersionForm(initial=contribution.version._asdict()),
        "is_overtaken": is_overtaken,
    }
    status = HTTPStatus.CONFLICT if is_overtaken else HTTPStatus.OK
    return render(request, "contributions/status.html", context, status=status)


def _form_page(request, record_form, upload_form, last_form, **context):
    forms = [record_form, upload_form, last_form]
    context |= {
        "record_form": record_form,
        "upload_form": upload_form,
        "last_form": last_form,
        "errors": [error for form in forms if form.is_bound for error in _errors(form)],
        "preview": record_form.preview() if "preview" in request.POST else None,
    }
    status = next((status for flag, status in FORM_STATUS.items() if context.get(flag)), HTTPStatus.OK)
    return render(request, "contributions/form.html", context, status=status)


def _errors(form):
    """Each error with the id of the field that can mend it; of the whole form, where no single field can."""
    for name, messages in form.errors.items():
        field = form[name] if name in form.fields else None
        where = (field.id_for_label or field.auto_id) if field else "form"
        for message in messages:
            yield {"id": where, "label": field.label if field else "", "message": message}
