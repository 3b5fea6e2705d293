"""The forms on the doorstep: a code, a new account, a new password."""

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from contributions.forms.record import TidyForm, missing
from contributions.forms.sender import AddressField

from . import joining
from .models import Invitation


class CodeInput(forms.TextInput):
    def __init__(self):
        super().__init__({"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"})


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=CodeInput,
        help_text=_("The six digits that your app shows now. If you cannot use your app, one of your recovery codes."),
        error_messages=missing(_("Enter the code that your app shows.")),
    )


class SetUpForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=200)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=CodeInput,
        help_text=_("Six digits. The app shows new ones every half minute."),
        error_messages=missing(_("Enter the code that your app shows.")),
    )


class JoinForm(UserCreationForm):
    class Meta:
        model = get_user_model()
        fields = ["username"]
        labels = {"username": _("Name for the log-in")}
        help_texts = {"username": _("Colleagues see it beside what you decide. Letters, digits and @ . + - _ only.")}


class PasswordWishForm(TidyForm):
    email = AddressField(
        label=_("The e-mail address of your account"),
        error_messages=missing(_("Enter the e-mail address of your account.")),
    )


class InvitationForm(forms.ModelForm):
    email = AddressField(label=_("E-mail address"), error_messages=missing(_("Enter the e-mail address to invite.")))
    roles = forms.ModelMultipleChoiceField(
        Group.objects.order_by("name"),
        widget=forms.CheckboxSelectMultiple,
        label=_("Roles"),
        help_text=_("A moderator decides on contributions, a curator edits what is public."),
        error_messages=missing(_("Choose at least one role.")),
    )

    class Meta:
        model = Invitation
        fields = ["email", "roles"]

    def clean_email(self):
        email = self.cleaned_data["email"]
        if joining.has_account(email):
            raise forms.ValidationError(_("An account with this e-mail address is there already."))
        return email
