"""Who sends a form, and what was on their screen."""

import time
import uuid

from django import forms
from django.core import signing
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contributions.models import Contribution
from contributions.models.contribution import Intent, Kind, Sender, Version

from .record import TidyForm, errors_of, missing

SALT = "contributions.opened"
ADDRESS_LENGTH = Contribution._meta.get_field("contributor_email").max_length


class AddressField(forms.EmailField):
    """An e-mail address to which the outbox can write."""

    def __init__(self, **kwargs):
        # The outbox joins receivers by commas: a quoted comma would mail a stranger.
        quoted = RegexValidator(r'[",]', _("Enter an address without quotes and commas."), inverse_match=True)
        widget = forms.EmailInput(attrs={"autocomplete": "email"})
        messages = {"invalid": _("Enter an e-mail address like name@example.org.")} | kwargs.pop("error_messages", {})
        super().__init__(
            max_length=ADDRESS_LENGTH, validators=[quoted], widget=widget, error_messages=messages, **kwargs
        )


class FormKeyForm(TidyForm):
    """What every form of a stranger carries unseen: its one-time key, when it was opened, and a trap for programs."""

    # A network and an organization have a name, too.
    prefix = "you"

    form_key = forms.UUIDField(
        initial=uuid.uuid4,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(["required", "invalid"], _("The form was incomplete. Please send it once more.")),
    )
    opened = forms.CharField(
        required=False, initial=lambda: signing.dumps(int(time.time()), salt=SALT), widget=forms.HiddenInput
    )
    homepage = forms.CharField(
        required=False,
        label=_("Leave this field empty"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean(self):
        if "form_key" in self.errors:
            self.renew_key()
        return super().clean()

    def renew_key(self) -> None:
        """Let the form as it is drawn next be one of its own."""
        self.data[self.add_prefix("form_key")] = str(uuid.uuid4())

    @property
    def filled_in_s(self) -> float | None:
        """Seconds between opening the form and sending it; None where that cannot be known."""
        try:
            return time.time() - signing.loads(self.data.get(self.add_prefix("opened"), ""), salt=SALT)
        except (signing.BadSignature, TypeError):
            return None

    @property
    def is_trap_filled(self) -> bool:
        return bool(self.data.get(self.add_prefix("homepage")))

    def main_fields(self):
        """The fields that people see."""
        return [field for field in self.visible_fields() if field.name != "homepage"]

    def problems(self):
        return errors_of(self)


def consent_to(label: str | Promise) -> forms.BooleanField:
    """The field without which nothing is taken in; its label says what the sender agrees to."""
    return forms.BooleanField(label=label, error_messages=missing(_("Confirm that you have the right to share this.")))


WRITTEN_HERE = _(
    "I have the right to share this. It harms nobody who is named in it. "
    "Everybody may reuse what I write here under the licence CC BY 4.0."
)


class SenderForm(FormKeyForm):
    """Who contributes; none of it is published without the wish to be named."""

    name = forms.CharField(
        max_length=120,
        label=_("Your name"),
        error_messages=missing(_("Enter your name.")),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = AddressField(
        label=_("Your e-mail address"),
        help_text=_("Only moderators see it. We use it for this contribution and for nothing else."),
        error_messages=missing(_("Enter your e-mail address.")),
    )
    organization = forms.CharField(
        max_length=200,
        required=False,
        label=_("Your organization"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    wants_credit = forms.BooleanField(
        required=False, label=_("Name me and my organization as the contributors on the public page.")
    )
    note = forms.CharField(
        required=False,
        max_length=2000,
        label=_("Message to the moderators"),
        help_text=_("It is not published."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    consent = consent_to(
        _(
            "I have the right to share this. It harms nobody who is named in it. "
            "Everybody may reuse my summary under the licence CC BY 4.0."
        )
    )

    def sender(self) -> Sender:
        return Sender(*(self.cleaned_data.get(name, default) for name, default in Sender._field_defaults.items()))


class NetworkSenderForm(SenderForm):
    """Who contributes a network, whose page names no contributor."""

    wants_credit = None
    consent = consent_to(WRITTEN_HERE)


class CorrectorForm(SenderForm):
    """Who suggests a correction, and how they know."""

    wants_credit = None
    note = forms.CharField(
        max_length=2000,
        label=_("How do you know?"),
        help_text=_("Name a source, or say what you had to do with it. Only moderators read this."),
        error_messages=missing(_("Say how you know: name a source, or say what you had to do with it.")),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    consent = consent_to(WRITTEN_HERE)
    field_order = ["note"]


class ReporterForm(FormKeyForm):
    """Who reports a problem; nobody has to say so."""

    name = forms.CharField(
        max_length=120,
        required=False,
        label=_("Your name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = AddressField(
        required=False,
        label=_("Your e-mail address"),
        help_text=_("If you wish to hear what came of it. Only moderators see it."),
    )
    sender = SenderForm.sender


class VersionForm(forms.Form):
    """What was on the screen when a button was pressed."""

    state = forms.ChoiceField(choices=Contribution.State.choices, widget=forms.HiddenInput)
    revision = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    record = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    @property
    def version(self) -> Version:
        return Version(**{name: self.cleaned_data[name] for name in Version._fields})

    def main_fields(self):
        return self.visible_fields()

    def problems(self):
        return errors_of(self)


class NoteForm(VersionForm, TidyForm):
    """A contributor's word to the moderators, beside what was on the screen."""

    public_note = forms.CharField(
        max_length=5000,
        label=_("Your answer"),
        error_messages=missing(_("Enter your answer.")),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


def sender_form_for(intent: str, kind: str = Kind.RESOURCE) -> type[FormKeyForm]:
    """The form that asks who sends something."""
    new = SenderForm if kind == Kind.RESOURCE else NetworkSenderForm
    return {Intent.CORRECTION: CorrectorForm, Intent.PROBLEM: ReporterForm}.get(intent, new)
