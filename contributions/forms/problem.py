"""The form that reports a problem with something public."""

from django import forms
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from resourcecenter.core.fields import WebAddressField

from .record import PayloadForm, Section, missing


class Problem(models.TextChoices):
    DEAD_LINK = "dead_link", _("a link does not work")
    WRONG_FACT = "wrong_fact", _("something is wrong or out of date")
    RIGHTS = "rights", _("it is ours, and should not be here like this")
    OTHER = "other", _("something else")


class ProblemForm(PayloadForm):
    """What is wrong with a public record. Approving it publishes nothing: a moderator mends, then says so."""

    SECTIONS = [Section(_("What is wrong"), ["problem", "text", "url"])]

    problem = forms.ChoiceField(
        choices=[(value, capfirst(label)) for value, label in Problem.choices],
        widget=forms.RadioSelect,
        label=_("The problem"),
        error_messages=missing(_("Choose what kind of problem it is.")),
    )
    text = forms.CharField(
        max_length=5000,
        label=_("In your words"),
        help_text=_("Which link or sentence it is, and what would be right."),
        error_messages=missing(_("Describe the problem: which link or sentence it is, and what would be right.")),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    url = WebAddressField().formfield(
        required=False, label=_("A web address that helps"), help_text=_("A new place of the link, or a source.")
    )

    def title(self) -> str:
        return str(capfirst(Problem(self.cleaned_data["problem"]).label))
