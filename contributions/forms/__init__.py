"""The forms that take contributions in; the form that took a payload in also applies it."""

from contributions.models.contribution import Intent, Kind

from .network import NetworkForm
from .others import OrganizationForm, PageForm, PhaseForm, TermForm, TopicForm
from .problem import ProblemForm
from .resource import ResourceForm
from .sender import NoteForm, SenderForm, VersionForm, sender_form_for
from .upload import UploadForm

__all__ = ["NoteForm", "ResourceForm", "SenderForm", "UploadForm", "VersionForm", "form_for", "sender_form_for"]

RECORD_FORMS = {
    Kind.RESOURCE: ResourceForm,
    Kind.NETWORK: NetworkForm,
    Kind.ORGANIZATION: OrganizationForm,
    Kind.PHASE: PhaseForm,
    Kind.TOPIC: TopicForm,
    Kind.PAGE: PageForm,
    Kind.TERM: TermForm,
}


def form_for(kind: str, intent: str = Intent.NEW):
    """The form of a kind of record, or the one that reports a problem. Raises KeyError for an unknown kind."""
    return ProblemForm if intent == Intent.PROBLEM else RECORD_FORMS[kind]
