"""The licences that the forms offer, by SPDX identifier. Source: SPDX License List 3.27."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _


class Licence(NamedTuple):
    label: str
    url: str
    may: str


_CC = "https://creativecommons.org/licenses/"
_ADAPT = _("You may copy and adapt it if you name the authors.")
_ADAPT_ALIKE = _("You may copy and adapt it if you name the authors and share what you make under the same licence.")
_NOT_FOR_PROFIT = _("You may copy and adapt it, not for profit, if you name the authors.")
_NOT_FOR_PROFIT_ALIKE = _(
    "You may copy and adapt it, not for profit, if you name the authors and share what you make under the same licence."
)
_COPY = _("You may copy it unchanged if you name the authors.")
_COPY_NOT_FOR_PROFIT = _("You may copy it unchanged, not for profit, if you name the authors.")

LICENCES = {
    "CC-BY-4.0": Licence("CC BY 4.0", f"{_CC}by/4.0/", _ADAPT),
    "CC-BY-SA-4.0": Licence("CC BY-SA 4.0", f"{_CC}by-sa/4.0/", _ADAPT_ALIKE),
    "CC-BY-NC-4.0": Licence("CC BY-NC 4.0", f"{_CC}by-nc/4.0/", _NOT_FOR_PROFIT),
    "CC-BY-NC-SA-4.0": Licence("CC BY-NC-SA 4.0", f"{_CC}by-nc-sa/4.0/", _NOT_FOR_PROFIT_ALIKE),
    "CC-BY-NC-SA-3.0": Licence("CC BY-NC-SA 3.0", f"{_CC}by-nc-sa/3.0/", _NOT_FOR_PROFIT_ALIKE),
    "CC-BY-ND-4.0": Licence("CC BY-ND 4.0", f"{_CC}by-nd/4.0/", _COPY),
    "CC-BY-NC-ND-4.0": Licence("CC BY-NC-ND 4.0", f"{_CC}by-nc-nd/4.0/", _COPY_NOT_FOR_PROFIT),
    "CC0-1.0": Licence(
        "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/", _("You may use it in any way.")
    ),
}

STATEMENTS = {
    "Public domain": _("Public domain, such as works of the US federal government"),
    "All rights reserved": _("All rights reserved: link only"),
}
