"""The form for a lost private link."""

from django.utils.translation import gettext_lazy as _

from .record import TidyForm, errors_of
from .sender import AddressField


class LostLinkForm(TidyForm):
    email = AddressField(label=_("The address from which you contributed"))

    def problems(self):
        return errors_of(self)
