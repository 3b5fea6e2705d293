"""The form in which the owner of the site sets its identity."""

from django import forms
from django.utils.translation import gettext_lazy as _

from . import SiteIdentity, logo


class IdentityForm(forms.ModelForm):
    """A new logo takes the place of the old one."""

    new_logo = forms.FileField(
        label=_("Logo"), required=False, help_text=_("PNG or SVG, at most 16 kB. It takes the place of the mark.")
    )
    without_logo = forms.BooleanField(label=_("Show the mark, not a logo"), required=False)

    class Meta:
        model = SiteIdentity
        fields = ["name", "tagline", "contact_email", "accent_light", "accent_dark", "footer"]

    FIELDS = [*Meta.fields, "new_logo", "without_logo"]

    def clean_new_logo(self):
        upload = self.cleaned_data["new_logo"]
        return logo.read(upload) if upload else None

    def save(self, commit=True):
        if self.cleaned_data["without_logo"]:
            self.instance.logo_type, self.instance.logo = "", b""
        elif self.cleaned_data["new_logo"]:
            self.instance.logo_type, self.instance.logo = self.cleaned_data["new_logo"]
        return super().save(commit=commit)
