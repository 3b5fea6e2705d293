"""Countries to choose: those that are chosen stand first, the others in the regions of the world."""

from typing import NamedTuple

from django import forms
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_countries import countries

REGIONS = {
    _("Sub-Saharan Africa"): (
        "AO BF BI BJ BW CD CF CG CI CM CV DJ ER ET GA GH GM GN GQ GW IO KE KM LR LS MG ML MR MU MW MZ NA NE NG RE RW "
        "SC SH SL SN SO SS ST SZ TD TF TG TZ UG YT ZA ZM ZW"
    ),
    _("Northern Africa and Western Asia"): (
        "AE AM AZ BH CY DZ EG EH GE IL IQ JO KW LB LY MA OM PS QA SA SD SY TN TR YE"
    ),
    _("Central and Southern Asia"): "AF BD BT IN IR KG KZ LK MV NP PK TJ TM UZ",
    _("Eastern and South-Eastern Asia"): "BN CN HK ID JP KH KP KR LA MM MN MO MY PH SG TH TL TW VN",
    _("Latin America and the Caribbean"): (
        "AG AI AR AW BB BL BO BQ BR BS BV BZ CL CO CR CU CW DM DO EC FK GD GF GP GS GT GY HN HT JM KN KY LC MF MQ MS "
        "MX NI PA PE PR PY SR SV SX TC TT UY VC VE VG VI"
    ),
    _("Oceania"): "AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
    _("Europe and Northern America"): (
        "AD AL AT AX BA BE BG BM BY CA CH CZ DE DK EE ES FI FO FR GB GG GI GL GR HR HU IE IM IS IT JE LI LT LU LV MC "
        "MD ME MK MT NL NO PL PM PT RO RS RU SE SI SJ SK SM UA US VA"
    ),
}
"""ISO codes by region. Source: United Nations, M49 and the regions of the Sustainable Development Goals."""


class Region(NamedTuple):
    """Some of the choices under a name; ``is_open`` says whether they show at once."""

    name: str | Promise
    options: list[BoundWidget]
    is_open: bool = False


class CountriesBoundField(BoundField):
    """The field as it is drawn."""

    def regions(self) -> list[Region]:
        """All choices, each once: the chosen ones, then the others by region, at last what no region claims."""
        left = {option.data["value"]: option for option in self}
        chosen = [left.pop(code) for code, option in [*left.items()] if option.data["selected"]]
        found = [Region(_("Chosen"), chosen, is_open=True)]
        for name, codes in REGIONS.items():
            here = set(codes.split())
            found.append(Region(name, [left.pop(code) for code in [*left] if code in here]))
        found.append(Region(_("Elsewhere"), [*left.values()]))
        return [region for region in found if region.options]


class CountriesField(forms.MultipleChoiceField):
    """Any number of countries."""

    bound_field_class = CountriesBoundField
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        template = "contributions/countries_field.html"
        super().__init__(choices=countries, required=False, label=_("Countries"), template_name=template, **kwargs)
