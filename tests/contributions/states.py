"""Contributions in each state, reached the way people reach it, and a picture of all that a decision could touch."""

import uuid

from django.apps import apps
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from post_office.models import Email

from contributions import applying, moderation
from contributions.forms import UploadForm, form_for
from contributions.models import Contribution
from contributions.models.contribution import RECORDS, Intent, Sender
from resourcecenter.core.limits import Tries
from resourcecenter.core.mail import links
from tests.factories import make_contribution, make_payload, make_upload

State = Contribution.State
WAY_TO = {
    State.PENDING: [],
    State.CHANGES_REQUESTED: ["request_changes"],
    State.APPROVED: ["approve"],
    State.REJECTED: ["reject"],
    State.WITHDRAWN: ["withdraw"],
}
SENDER = Sender("Ada Contributor", "ada@example.org")
APPS = {"contributions", "catalogue", "phases", "core", "post_office"}


def act(action, contribution, *, by, seen=None, **arguments):
    """Do what a button does; ``seen`` is the version on its page, by default what the contribution is now."""
    step = moderation.TRANSITIONS[action]
    if step.by == "moderator":
        arguments["by"] = by
    if step.needs_note:
        arguments.setdefault("public_note", "Please say more.")
    if action == "assign":
        arguments.setdefault("to", by)
    if action in {"revise", "amend"}:
        arguments.setdefault("payload", make_payload())
        arguments.setdefault("title", arguments["payload"].get("title", ""))
    seen = seen or contribution.version._replace(record=applying.record_mark(contribution))
    return getattr(moderation, action)(contribution, seen=seen, **arguments)


def send(payload, *, sender=SENDER, form_key=None, **more):
    """Submit a payload of the resource form."""
    form_key = form_key or uuid.uuid4()
    return moderation.submit(payload, title=payload["title"], kind="resource", sender=sender, form_key=form_key, **more)


def kind_of(record):
    return next(kind for kind, model in RECORDS.items() if type(record) is model)


def make_correction(record, *, sender=SENDER, **changes):
    """A pending correction of a record as it is now."""
    form_class = form_for(kind_of(record))
    base = form_class.payload_of(record)
    payload = base | changes
    return moderation.submit(
        payload,
        title=payload[form_class.TITLE],
        kind=kind_of(record),
        intent=Intent.CORRECTION,
        record=record,
        base=base,
        sender=sender,
        note="I was there.",
        form_key=uuid.uuid4(),
    )


def contribution_in(state, *, by, **fields):
    contribution = make_contribution(**fields)
    for action in WAY_TO[state]:
        act(action, contribution, by=by)
    return contribution


def make_files(*uploads):
    """Unsaved ContributionFiles, checked as the form checks them."""
    form = UploadForm(QueryDict(), MultiValueDict({"file": uploads or [make_upload()]}))
    assert form.errors == {}
    return form.accepted_files


def everything():
    """Every row of our tables and of the outbox, as plain values; not how often somebody tried."""
    models = [model for model in apps.get_models() if model._meta.app_label in APPS and model is not Tries]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def text_of(mail):
    """What a reader sees of a mail in the outbox, with its private links as they will be put in."""
    message = Email.objects.get(pk=mail.pk).email_message()
    links.put_in(message)
    return message.body
