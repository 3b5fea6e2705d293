"""Cells: how a value of a record is written into a table, and read from it.

Each class is a widget of django-import-export: ``render`` gives the text of a value, ``clean`` the value of a text or a
ValidationError worded for the person who wrote it, and ``how`` says how to write it.
"""

import re
from functools import cached_property

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries
from django_countries.fields import CountryField
from import_export.widgets import Widget
from taggit.managers import TaggableManager

from resourcecenter.core.fields import ChoiceListField
from resourcecenter.core.search import fold
from resourcecenter.core.text import many_lines, one_line

YES_NO = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}


class Cell(Widget):
    """A date, a number or the like, as Python writes it."""

    how = ""
    is_list = False

    def __init__(self, field=None):
        super().__init__()
        self.field = field

    def clean(self, value, row=None, **kwargs):
        text = one_line(value)
        return self.field.to_python(text) if text else None

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


class Day(Cell):
    how = gettext_lazy("A day such as 2009-06-15.")


class Text(Cell):
    """Freed of what cannot be seen; in one line unless the field has many."""

    @cached_property
    def _tidy(self):
        return many_lines if isinstance(self.field, models.TextField) else one_line

    def clean(self, value, row=None, **kwargs):
        text = self._tidy(value)
        # Of a text of many lines, the model itself does not mind the length.
        if self.field.max_length and len(text) > self.field.max_length:
            raise ValidationError(
                _("This has %(length)s characters; %(limit)s are the most.")
                % {"length": len(text), "limit": self.field.max_length}
            )
        return text

    def render(self, value, obj=None, **kwargs):
        return self._tidy(value or "")


class YesNo(Cell):
    @property
    def how(self):
        return _("yes, no, or empty if it is not known.") if self.field.null else _("yes or no.")

    def clean(self, value, row=None, **kwargs):
        text = one_line(value).lower()
        if text and text not in YES_NO:
            raise ValidationError(_("Write yes or no."))
        return YES_NO.get(text)

    def render(self, value, obj=None, **kwargs):
        return {True: "yes", False: "no"}.get(value, "")


class Choice(Cell):
    """One of a few values; how a value reads is understood too."""

    @property
    def how(self):
        return _("One of: %(values)s.") % {"values": ", ".join(self._values)}

    @cached_property
    def _values(self):
        return [value for value, _label in self.field.flatchoices]

    @cached_property
    def _by_words(self):
        return {str(words).lower(): value for value, label in self.field.flatchoices for words in (value, label)}

    def clean(self, value, row=None, **kwargs):
        return _one_of(self._by_words, one_line(value)) if value.strip() else ""

    def render(self, value, obj=None, **kwargs):
        return value or ""


class ChoiceList(Cell):
    @property
    def how(self):
        return _("Any of: %(values)s. Commas between.") % {"values": ", ".join(self.field.choices_of.values)}

    def clean(self, value, row=None, **kwargs):
        by_words = {words.lower(): choice.value for choice in self.field.choices_of for words in (choice, choice.label)}
        chosen = {_one_of(by_words, item) for item in _items(value)}
        return [choice for choice in self.field.choices_of.values if choice in chosen]

    def render(self, value, obj=None, **kwargs):
        return ", ".join(value or [])


class Countries(Cell):
    """One country or several, by code or by name."""

    @property
    def how(self):
        several = _("Codes or names of countries, with commas between: KE, PE.")
        return several if self.field.multiple else _("The code or name of a country: KE.")

    @cached_property
    def _by_words(self):
        return {words.lower(): code for code, name in countries for words in (code, name)}

    def clean(self, value, row=None, **kwargs):
        # A name may hold a comma itself.
        items = [one_line(value)] if one_line(value).lower() in self._by_words else _items(value)
        codes = sorted({_one_of(self._by_words, item) for item in items})
        if self.field.multiple:
            return codes
        if len(codes) > 1:
            raise ValidationError(_("Write one country."))
        return codes[0] if codes else ""

    def render(self, value, obj=None, **kwargs):
        several = (value or []) if self.field.multiple else [value]
        return ", ".join(sorted(getattr(country, "code", country) or "" for country in several))


class Reference(Cell):
    """Another record, by its slug or its name."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    @property
    def how(self):
        return _("Slug or name of an entry that is there, or stands above in the table.")

    @cached_property
    def _known(self):
        records = list(self.model.objects.only("slug", "name"))
        return {fold(record.name): record for record in records} | {record.slug: record for record in records}

    def find(self, text):
        """Return the record that ``text`` names. Raises ValidationError."""
        key = fold(text)
        # A row above may have made it since.
        record = self._known.get(key) or self.model.objects.filter(slug=key).first()
        if record is None:
            raise ValidationError(
                _("No %(kind)s is called “%(text)s”.") % {"kind": self.model._meta.verbose_name, "text": text}
            )
        return record

    def clean(self, value, row=None, **kwargs):
        text = one_line(value)
        return self.find(text) if text else None

    def render(self, value, obj=None, **kwargs):
        return value.slug if value else ""


class References(Reference):
    """Other records, in no order."""

    is_list = True

    @property
    def how(self):
        return _("Slugs or names, with commas between.")

    def clean(self, value, row=None, **kwargs):
        return list({self.find(item): None for item in _items(value)})

    def render(self, value, obj=None, **kwargs):
        records = value.all() if isinstance(value, models.Manager) else value or []
        return ", ".join(sorted(record.slug for record in records))

    def save(self, name, lists):
        """Make ``lists``, pairs of a saved record and its new list, what the records have."""
        for record, value in lists:
            getattr(record, name).set(value)


class Topics(References):
    """Topics, written for all rows at once: taggit's own way takes six statements for each."""

    def __init__(self, field):
        super().__init__(field.related_model)
        self.through = field.through

    @property
    def how(self):
        return _("Slugs, names or synonyms, with commas between.")

    @cached_property
    def _known(self):
        return self.model.objects.by_words()

    def save(self, name, lists):
        self.through.objects.filter(content_object__in=[record for record, _topics in lists]).delete()
        self.through.objects.bulk_create(
            self.through(content_object=record, tag=topic) for record, topics in lists for topic in topics
        )


class Lines(Cell):
    """The rows that belong to a record, each a line of its parts with "|" between; the last ones may be left out."""

    is_list = True

    def __init__(self, model, parts):
        super().__init__()
        self.model = model
        self.parts = {name: cell_for(model._meta.get_field(name)) for name in parts}
        self._relations = [field.name for field in model._meta.fields if field.is_relation]
        self._checked = set()

    @property
    def how(self):
        names = " | ".join(str(self.model._meta.get_field(name).verbose_name) for name in self.parts)
        return _("One a line: %(parts)s. What is at the end may be left out.") % {"parts": names}

    def clean(self, value, row=None, **kwargs):
        lines, problems = [], []
        for number, text in enumerate(self.split(value), start=1):
            try:
                lines.append(self.read(text))
            except ValidationError as error:
                problems += [_("Line %(number)s: %(problem)s") % {"number": number, "problem": p} for p in _said(error)]
        if problems:
            raise ValidationError(problems)
        return lines

    def split(self, text):
        return [line for line in map(one_line, many_lines(text).split("\n")) if line]

    def read(self, text):
        """Return a line as an unsaved row that is valid in itself. Raises ValidationError."""
        texts = _parts(text)
        if len(texts) > len(self.parts):
            raise ValidationError(_(r"There are too many parts. Write \| for a | within a text."))
        line = self.model()
        for (name, cell), part in zip(self.parts.items(), texts, strict=False):
            setattr(line, name, cell.clean(part))
        line.clean_fields(exclude=self._relations)
        self._check_constraints(line)
        return line

    def _check_constraints(self, line):
        """Each check asks the database three times, so of lines alike in all but their words the first is asked."""
        values = [getattr(line, name) for name in self.parts]
        likeness = tuple(bool(value) if isinstance(value, str) else value for value in values)
        if likeness not in self._checked:
            line.validate_constraints(exclude=self._relations)
            self._checked.add(likeness)

    def write(self, line):
        """Return the text of a row."""
        texts = [_escaped(cell.render(getattr(line, name))) for name, cell in self.parts.items()]
        while len(texts) > 1 and not texts[-1]:
            texts.pop()
        return " | ".join(texts).strip()

    def render(self, value, obj=None, **kwargs):
        lines = value.all() if isinstance(value, models.Manager) else value or []
        return "\n".join(map(self.write, lines))

    def save(self, name, lists):
        """Make ``lists``, pairs of a saved record and its new lines, what the records have, in this order.

        A row that others may point at stays the row it is.
        """
        gone, new = [], []
        for record, lines in lists:
            more_gone, more_new = self._merge(record, name, lines)
            gone += more_gone
            new += more_new
        self.model.objects.filter(pk__in=gone).delete()
        self.model.objects.bulk_create(new)

    def _merge(self, record, name, lines):
        """Save the rows that change; return the keys of those to delete, and the rows to create."""
        old = list(getattr(record, name).all())
        pairs = self._by_first_part(old, lines) if hasattr(self.model, "position") else self._as_they_stand(old, lines)
        kept = {row.pk for row, _line in pairs if row}
        owner, new = record._meta.get_field(name).field.name, []
        for position, (row, line) in enumerate(pairs):
            line.position = position  # means nothing to rows that are read in the order in which they were made
            setattr(line, owner, record)
            if row is None:
                new.append(line)
            elif self.write(row) != self.write(line) or getattr(row, "position", position) != position:
                line.pk = row.pk
                line.save()
        return [row.pk for row in old if row.pk not in kept], new

    def _by_first_part(self, old, lines):
        """Each line with the row that has the same title or text, as other records may point at that."""
        first = next(iter(self.parts))
        left, pairs = list(old), []
        for line in lines:
            row = next((row for row in left if getattr(row, first) == getattr(line, first)), None)
            if row:
                left.remove(row)
            pairs.append((row, line))
        return pairs

    def _as_they_stand(self, old, lines):
        """Rows that are read in the order in which they were made: those before the first change stay."""
        texts = [self.write(line) for line in lines]
        same = 0
        while same < min(len(old), len(lines)) and self.write(old[same]) == texts[same]:
            same += 1
        return [(old[number] if number < same else None, line) for number, line in enumerate(lines)]


def cell_for(field) -> Cell:
    """Return how a model's field is written in a table."""
    if isinstance(field, CountryField):
        return Countries(field)
    if isinstance(field, ChoiceListField):
        return ChoiceList(field)
    if isinstance(field, TaggableManager):
        return Topics(field)
    if field.is_relation:
        return References(field.related_model) if field.many_to_many else Reference(field.related_model)
    if field.choices:
        return Choice(field)
    for kind, cell in CELLS.items():
        if isinstance(field, kind):
            return cell(field)
    return Cell(field)


CELLS = {
    models.BooleanField: YesNo,
    models.DateField: Day,
    models.CharField: Text,
    models.TextField: Text,
}


def _items(text):
    return [item for item in map(one_line, re.split(r"[,;\n]", text)) if item]


def _one_of(by_words, text):
    if text.lower() not in by_words:
        raise ValidationError(_("“%(text)s” is not one of the choices.") % {"text": text})
    return by_words[text.lower()]


def _escaped(text):
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _parts(text):
    r"""Split at each "|" that no backslash precedes: r"a \| b | c" gives ["a | b", "c"]."""
    parts = re.findall(r"((?:[^\\|]|\\.|\\$)*)(?:\||$)", text)
    if not text.endswith("|"):
        parts.pop()  # the empty match at the very end
    return [re.sub(r"\\([\\|])", r"\1", part).strip() for part in parts]


def _said(error):
    """What a ValidationError says, each sentence after the name of its field."""
    if not hasattr(error, "error_dict"):
        return error.messages
    named = error.message_dict.items()
    return [text if name == NON_FIELD_ERRORS else f"{name}: {text}" for name, texts in named for text in texts]
