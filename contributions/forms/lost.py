"""The form for a lost private link."""

from django.utils.translation import gettext_lazy as _

from .record import TidyForm, errors_of, missing
from .sender import AddressField


class LostLinkForm(TidyForm):
    email = AddressField(
        label=_("The e-mail address that you gave when you contributed"),
        error_messages=missing(_("Enter the e-mail address that you gave when you contributed.")),
    )

    def problems(self):
        return errors_of(self)
