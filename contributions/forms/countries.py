"""Countries to choose, in the regions of the world."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from .pick import ELSEWHERE, Pick

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


REGION_OF = {code: name for name, codes in REGIONS.items() for code in codes.split()}


class CountriesField(Pick, forms.MultipleChoiceField):
    """Any number of countries."""

    groups = REGIONS.keys()
    finding, found = _("Find a country by its name"), _("Countries found:")

    def __init__(self, **kwargs):
        super().__init__(choices=countries, required=False, label=_("Countries"), **kwargs)

    def group_of(self, value):
        return REGION_OF.get(value, ELSEWHERE)
