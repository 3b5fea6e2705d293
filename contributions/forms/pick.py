"""Long lists to choose from: what is chosen stands first, the others in groups that open."""

from typing import NamedTuple

from django import forms
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHOSEN = _("Chosen")
ELSEWHERE = _("Elsewhere")

FEW = 12
"""A list that is no longer shows at once."""


class Group(NamedTuple):
    """Some of the choices under a name; ``is_open`` says whether they show at once."""

    name: str | Promise
    options: list[BoundWidget]
    is_open: bool


class PickBoundField(BoundField):
    """The field as it is drawn."""

    def groups(self) -> list[Group]:
        """All choices, each once: the chosen ones, then the others by group, at last what no group claims."""
        options = {name: [] for name in (CHOSEN, *self.field.groups, ELSEWHERE)}
        for option in self:
            options[CHOSEN if option.data["selected"] else self.field.group_of(option.data["value"])].append(option)
        return [Group(name, found, name is CHOSEN or len(self) <= FEW) for name, found in options.items() if found]


class Pick:
    """A field that is drawn so. It has ``groups`` (names), tells ``group_of`` a value, and has words to find one."""

    bound_field_class = PickBoundField
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(template_name="contributions/pick_field.html", **kwargs)
