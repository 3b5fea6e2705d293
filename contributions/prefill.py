"""A form that a link has begun: "/contribute/resource/?kind=tool&phases=start"."""

from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from contributions.forms import form_for
from contributions.models.contribution import Kind

from .forms.record import tidy

FIELDS = {
    Kind.RESOURCE: ["kind", "phases", "title", "language", "network", "countries"],
    Kind.NETWORK: ["kind", "name", "countries", "levels", "knowledge_cycle"],
}
"""What a link may fill in; other names mean nothing."""

MAX_VALUES = 20


class Prefill(NamedTuple):
    """Initial values for the form, and what in the link fits none of its fields: pairs of a label and a text."""

    initial: dict
    unknown: list[tuple[str, str]]


NOTHING = Prefill({}, [])


def read(kind: str, query: QueryDict) -> Prefill:
    """Take from the query string of a new form what each of its fields accepts."""
    fields, initial, unknown = form_for(kind)().fields, {}, []
    for name in FIELDS.get(kind, []):
        field = fields[name]
        typed = [text for value in query.getlist(name)[:MAX_VALUES] if (text := tidy(field, value))]
        accepted = [text for text in typed if _fits(field, text)]
        unknown += [(field.label, text[:60]) for text in typed if text not in accepted]
        if accepted:
            initial[name] = accepted if _takes_several(field) else accepted[-1]
    return Prefill(initial, unknown)


def _takes_several(field):
    return isinstance(field, (forms.MultipleChoiceField, forms.ModelMultipleChoiceField))


def _fits(field, text):
    try:
        field.clean([text] if _takes_several(field) else text)
    except ValidationError:
        return False
    return True
