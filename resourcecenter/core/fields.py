"""Model fields that several apps use."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

NO_WEB_ADDRESS = _("Enter a whole web address, such as https://example.org/guide.")


class WebAddressField(models.URLField):
    """An http or https address: it is shown as a link to visitors and to staff, so no other scheme may pass."""

    default_validators = [URLValidator(schemes=["http", "https"], message=NO_WEB_ADDRESS)]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 500)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs):
        messages = {"invalid": NO_WEB_ADDRESS}
        return super().formfield(**{"assume_scheme": "https", "error_messages": messages, **kwargs})


class ChoiceListField(models.JSONField):
    """Some of a few choices, as a list in the order of the choices; empty when none is known."""

    def __init__(self, *args, choices_of: type[models.TextChoices] | None = None, **kwargs):
        self.choices_of = choices_of
        super().__init__(*args, **{"default": list, "blank": True, **kwargs})

    def validate(self, value, model_instance):
        if not isinstance(value, list):
            raise ValidationError(_("Give a list of choices."), code="invalid")
        unknown = [item for item in value if item not in self.choices_of.values]
        if unknown:
            raise ValidationError(_("Unknown choice: %(value)s."), params={"value": unknown[0]}, code="invalid_choice")

    def formfield(self, **kwargs):
        return forms.TypedMultipleChoiceField(
            choices=self.choices_of.choices,
            coerce=str,
            widget=forms.CheckboxSelectMultiple,
            required=not self.blank,
            label=capfirst(self.verbose_name),
            help_text=self.help_text,
        )

    def labels(self, value):
        """Return how the chosen ones read, in the order of the choices."""
        return [choice.label for choice in self.choices_of if choice in value]


class LinesField(models.JSONField):
    """A list of short texts, edited as one text with a line for each."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"default": list, "blank": True, **kwargs})

    def formfield(self, **kwargs):
        return LinesFormField(required=not self.blank, label=capfirst(self.verbose_name), help_text=self.help_text)


class LinesFormField(forms.CharField):
    widget = forms.Textarea

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        lines = value if isinstance(value, list) else super().to_python(value).splitlines()
        return [line.strip() for line in lines if line.strip()]
