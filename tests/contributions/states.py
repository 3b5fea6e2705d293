"""Contributions in each state, reached the way people reach it, and a picture of all that a decision could touch."""

from django.apps import apps

from contributions import moderation
from contributions.forms import UploadForm
from contributions.models import Contribution
from tests.factories import make_contribution, make_payload, make_upload

State = Contribution.State
WAY_TO = {
    State.PENDING: [],
    State.CHANGES_REQUESTED: ["request_changes"],
    State.APPROVED: ["approve"],
    State.REJECTED: ["reject"],
    State.WITHDRAWN: ["withdraw"],
}
APPS = {"contributions", "catalogue", "phases", "core", "post_office"}


def act(action, contribution, *, by, seen=None, **arguments):
    """Do what a button does; ``seen`` is the version on its page, by default the one that the contribution has."""
    step = moderation.TRANSITIONS[action]
    if step.by == "moderator":
        arguments["by"] = by
    if step.needs_note:
        arguments.setdefault("public_note", "Please say more.")
    if action == "revise":
        arguments.setdefault("payload", make_payload())
    return getattr(moderation, action)(contribution, seen=seen or contribution.version, **arguments)


def contribution_in(state, *, by, **fields):
    contribution = make_contribution(**fields)
    for action in WAY_TO[state]:
        act(action, contribution, by=by)
    return contribution


def make_files(*uploads):
    """Unsaved ContributionFiles, checked as the form checks them."""
    return [file for upload in uploads or [make_upload()] for file in UploadForm({}, {"file": upload}).accepted_files]


def everything():
    """Every row of our tables and of the outbox, as plain values."""
    models = [model for model in apps.get_models() if model._meta.app_label in APPS]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}
