"""What the forms of all kinds of record have in common: tidy text, rows, and a payload of plain JSON."""

import hashlib
import json
from operator import itemgetter
from typing import NamedTuple

from django import forms
from django.db.models import QuerySet
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz

from resourcecenter.core.public import free_slug
from resourcecenter.core.text import many_lines, one_line

MAX_ROWS = 100

NOT_KNOWN = gettext_lazy("Unknown")

TOO_LONG = gettext_lazy("Use at most %(limit_value)d characters here. You have %(show_value)d.")

REWORDED_RATIO = 70
"""From this likeness on (0 to 100) a line is taken for another wording of an old one."""


class Section(NamedTuple):
    """A part of a form with a heading.

    ``names`` are of fields and of rows, or "files", where the upload is drawn; ``aside`` is a template with advice.
    """

    title: str | Promise
    names: list[str]
    intro: str | Promise = ""
    aside: str = ""


def tidy(field: forms.Field, text: str) -> str:
    """Return what a field takes of a text: without control, bidirectional and zero-width characters."""
    return (many_lines if isinstance(field.widget, forms.Textarea) else one_line)(text)


class TidyForm(forms.Form):
    """Frees what was typed of control, bidirectional and zero-width characters before anything reads it.

    Choices of a model begin with a capital here, and say in words that nothing is chosen.
    """

    required_css_class = "required"

    def __init__(self, data=None, *args, **kwargs):
        super().__init__(data, *args, **kwargs)
        for field in self.fields.values():
            field.error_messages.setdefault("max_length", TOO_LONG)
            if type(field) in {forms.TypedChoiceField, forms.TypedMultipleChoiceField}:
                field.choices = [(value, capfirst(label) if value else NOT_KNOWN) for value, label in field.choices]
        if isinstance(data, QueryDict):
            self.data = data.copy()
            for name, field in self.fields.items():
                typed = self.data.getlist(self.add_prefix(name))
                self.data.setlist(self.add_prefix(name), [tidy(field, value) for value in typed])


class Rows(BaseFormSet):
    """Rows that repeat: an empty one counts for nothing, so that emptying a row removes it."""

    label = adding = ""

    def clean(self):
        """Name the second of two rows that say the same: the tables hold each only once."""
        seen = set()
        for form in self.filled:
            line = tuple(plain(value) for value in form.cleaned_data.values())
            if line in seen:
                form.add_error(next(iter(form.fields)), _("This stands here twice. Empty one of the two rows."))
            seen.add(line)

    def initial_form_count(self):
        return 0 if self.is_bound else super().initial_form_count()

    def with_one_more(self) -> None:
        """Let the rows as they are drawn next have an empty one at the end."""
        self.data, number = self.data.copy(), self.total_form_count()
        self.data[f"{self.prefix}-TOTAL_FORMS"] = min(number + 1, MAX_ROWS)
        begin = {name: field.initial for name, field in self.form.base_fields.items() if field.initial is not None}
        self.data.update({f"{self.prefix}-{number}-{name}": value for name, value in begin.items()})
        self.__dict__.pop("forms", None)
        self.__dict__.pop("management_form", None)

    @property
    def filled(self) -> list[forms.Form]:
        """The forms of the rows that hold something, in their order; of valid rows only."""
        return [form for form in self.forms if form.has_changed() and form.is_valid()]


def rows_of(form: type[forms.Form], *, label: str | Promise, adding: str | Promise, empty: int = 1) -> type[Rows]:
    """Return the class of rows of ``form``; ``adding`` reads on the button, ``empty`` rows wait to be filled in."""
    rows = formset_factory(form, formset=Rows, extra=empty, max_num=MAX_ROWS, absolute_max=MAX_ROWS)
    rows.label, rows.adding = label, adding
    return rows


class PayloadForm(TidyForm):
    """A form whose accepted values travel as JSON, in the shape in which it takes them in again."""

    SECTIONS: list[Section] = []
    ROWS: dict[str, type[Rows]] = {}
    TITLE = "title"
    takes_files = False

    def __init__(self, data=None, *, initial=None, has_files=False, **kwargs):
        super().__init__(data, initial=initial, **kwargs)
        self.has_files = has_files
        # A row counts as filled by what was sent, not by what it began with.
        begin = initial if initial and data is None else {}
        self.rows = {name: rows(data, prefix=name, initial=begin.get(name)) for name, rows in self.ROWS.items()}

    @classmethod
    def of(cls, payload: dict, **kwargs):
        """Return the form filled with a payload, bound, to be validated again."""
        flat = {name: value for name, value in payload.items() if name not in cls.ROWS}
        for prefix in cls.ROWS:
            lines = payload.get(prefix, [])
            flat |= {f"{prefix}-TOTAL_FORMS": len(lines), f"{prefix}-INITIAL_FORMS": 0}
            flat |= {f"{prefix}-{n}-{name}": value for n, line in enumerate(lines) for name, value in line.items()}
        return cls(flat, **kwargs)

    def is_valid(self):
        # All of them, so that every error shows at once.
        return all([super().is_valid(), *(rows.is_valid() for rows in self.rows.values())])

    def payload(self) -> dict:
        """What was accepted, as JSON."""
        fields = {name: _plain_of(field, self.cleaned_data.get(name)) for name, field in self.fields.items()}
        return fields | {
            prefix: [{name: plain(form.cleaned_data.get(name)) for name in form.fields} for form in rows.filled]
            for prefix, rows in self.rows.items()
        }

    def typed(self) -> dict:
        """What was typed, right or wrong, in the shape in which the form takes it as initial values."""
        fields = {name: self[name].value() for name in self.fields}
        return fields | {
            prefix: [{name: form[name].value() for name in form.fields} for form in rows if form.has_changed()]
            for prefix, rows in self.rows.items()
        }

    def title(self) -> str:
        return self.cleaned_data[self.TITLE]

    def sections(self) -> list[dict]:
        """The parts of the form as they are drawn: each field as a BoundField, rows as Rows, "files" as it is."""
        return [
            {**section._asdict(), "parts": [self._part(name) for name in section.names]} for section in self.SECTIONS
        ]

    def _part(self, name):
        return self.rows[name] if name in self.rows else self[name] if name in self.fields else name

    def words(self, name: str) -> str:
        """What was chosen or typed in a field or in rows, for reading."""
        if name in self.rows:
            return "\n".join(
                ", ".join(filter(None, (_words(form, column) for column in form.fields)))
                for form in self.rows[name].filled
            )
        return _words(self, name)

    def facts(self) -> dict[str, tuple[str, str]]:
        """Every field and rows by name: its label and its words."""
        self.is_valid()
        labels = {name: self[name].label for name in self.fields} | {n: rows.label for n, rows in self.rows.items()}
        return {name: (label, self.words(name)) for name, label in labels.items()}

    def looks(self, **kwargs) -> str:
        """What it would look like as HTML; nothing where nothing is published."""
        return ""

    def problems(self):
        """Each error with the id of the field that can mend it; of the whole form, where no single field can."""
        yield from errors_of(self)
        for rows in self.rows.values():
            for message in rows.non_form_errors():
                yield {"id": f"rows-{rows.prefix}", "label": rows.label, "message": message}
            for number, form in enumerate(rows, 1):
                first = form[next(iter(form.fields))].id_for_label
                for problem in errors_of(form):
                    where = first if problem["id"] == "form" else problem["id"]
                    yield {**problem, "id": where, "label": f"{rows.label} {number}: {problem['label']}".rstrip(": ")}


class RecordForm(PayloadForm, forms.ModelForm):
    """A public record as a form."""

    PREVIEW = "contributions/plain_body.html"
    READS: list[str] = []
    """What ``line_of`` reads beyond the row itself, as names for prefetch_related."""

    @classmethod
    def with_payloads(cls, records: QuerySet) -> QuerySet:
        """Records with all that ``payload_of`` reads, in as many queries however many they are."""
        several = [name for name, field in cls.base_fields.items() if isinstance(field, forms.ModelMultipleChoiceField)]
        return records.prefetch_related(*several, *cls.ROWS, *cls.READS)

    @classmethod
    def payload_of(cls, record) -> dict:
        """The payload that would make the record as it is; what a correction begins with and is compared to."""
        fields = {name: _plain_of(field, _value(record, name)) for name, field in cls.base_fields.items()}
        # As the form would give them back, so that what nobody touched is no change.
        fields |= {name: tidy(cls.base_fields[name], text) for name, text in fields.items() if isinstance(text, str)}
        return fields | {
            prefix: [cls.line_of(prefix, line) for line in getattr(record, prefix).all()] for prefix in cls.ROWS
        }

    @classmethod
    def line_of(cls, prefix: str, line) -> dict:
        """One row of a record as its form would give it."""
        values = {
            name: (field, plain(getattr(line, name))) for name, field in cls.ROWS[prefix].form.base_fields.items()
        }
        return {n: tidy(field, value) if isinstance(value, str) else value for n, (field, value) in values.items()}

    def looks(self, *, attachments=(), heading: str = "h2", sub: str = "h3") -> str:
        """The record as its page will show it, as HTML; nothing is saved. ``heading`` and ``sub`` are its levels."""
        context = {"attachments": attachments, "heading": heading, "sub": sub, **self.preview()}
        return render_to_string(self.PREVIEW, context)

    def preview(self) -> dict:
        """The context in which the template ``PREVIEW`` draws the record as it would be."""
        facts = self.facts().values()
        return {"record": self.instance, "facts": facts}

    def save(self, commit=True):
        if not self.instance.pk:
            self.instance.slug = free_slug(type(self.instance), self.cleaned_data[self.TITLE])
        record = super().save(commit)
        for prefix in self.rows:
            self.save_rows(prefix)
        return record

    def save_rows(self, prefix: str) -> None:
        """Make the rows of the record what the form says, changing those that are alike rather than replacing them."""
        old = list(getattr(self.instance, prefix).all())
        pairs = _paired(old, self.lines(prefix))
        kept = {before.pk for before, _line in pairs if before}
        for line in old:
            if line.pk not in kept:
                line.delete()
        for position, (before, line) in enumerate(pairs):
            if hasattr(line, "position"):
                line.position = position
            if before is None:
                line.save()
            elif changed := [n for n in self._columns(prefix, line) if getattr(before, n) != getattr(line, n)]:
                for name in changed:
                    setattr(before, name, getattr(line, name))
                before.save()

    def lines(self, prefix: str) -> list:
        """The unsaved rows that the form describes."""
        lines = [form.save(commit=False) for form in self.rows[prefix].filled]
        for line in lines:
            setattr(line, self.instance._meta.model_name, self.instance)
        return lines

    def _columns(self, prefix, line):
        columns = [*self.ROWS[prefix].form.base_fields]
        return [*columns, "position"] if hasattr(line, "position") else columns


def missing(message: str | Promise) -> dict[str, str | Promise]:
    """The ``error_messages`` of a field that must be filled in: a whole sentence, as no label stands beside it."""
    return {"required": message}


def errors_of(form):
    """Each error of a form with the id of the field that can mend it, and its label where the message needs one."""
    for name, messages in form.errors.as_data().items():
        field = form[name] if name in form.fields else None
        where = (field.id_for_label or field.auto_id) if field else "form"
        for error, message in zip(messages, form.errors[name], strict=True):
            label = field.label if field and error.code != "required" else ""
            yield {"id": where, "label": label, "message": message}


def fingerprint(payload: dict) -> str:
    """A short mark of a payload, to tell whether the record behind it has changed."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()[:16]


def plain(value):
    """A cleaned value as JSON: records by their address, dates as they were printed, countries by code."""
    if hasattr(value, "slug"):
        return value.slug
    if hasattr(value, "code"):
        return value.code or ""
    if value is None or isinstance(value, (str, bool, int)):
        return "" if value is None else value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return [plain(item) for item in value]


def _value(record, name):
    value = getattr(record, name)
    return value.all() if hasattr(value, "all") else value


def _plain_of(field, value):
    """As ``plain``; of several choices always in the same order, of a few in that of the choices."""
    if isinstance(field, forms.TypedMultipleChoiceField):
        return [key for key, _label in field.choices if key in (value or [])]
    several = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)
    return sorted(plain(value)) if isinstance(field, several) and value else plain(value)


def _words(form, name):
    field = form.fields[name]
    value = form.cleaned_data.get(name, form[name].value()) if hasattr(form, "cleaned_data") else form[name].value()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    # The choices of a model field are all of its records, and a record says itself how it reads.
    labels = {} if isinstance(field, forms.ModelChoiceField) else dict(getattr(field, "choices", ()))
    items = value if isinstance(value, (list, QuerySet)) else [value]
    separator = "\n" if isinstance(field.widget, forms.Textarea) else ", "
    return separator.join(str(labels.get(item, item)) for item in items if item not in {None, ""})


def _paired(old, new):
    """Pair each new line with the old one that reads the same, else with the one that reads most alike, or None.

    Something else may point at a line, so one that was only reworded must stay the same row, and none become another.
    """
    left, pairs = list(old), {}
    for number, line in enumerate(new):
        if same := next((before for before in left if str(before) == str(line)), None):
            pairs[number] = same
            left.remove(same)
    rest = [(number, line) for number, line in enumerate(new) if number not in pairs]
    likeness = sorted(
        ((fuzz.WRatio(str(before), str(line)), number, before) for number, line in rest for before in left),
        key=itemgetter(0),
        reverse=True,
    )
    for ratio, number, before in likeness:
        if ratio >= REWORDED_RATIO and number not in pairs and before in left:
            pairs[number] = before
            left.remove(before)
    return [(pairs.get(number), line) for number, line in enumerate(new)]
