"""A public record as a row of a table."""

from collections import defaultdict
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.resources import ModelResource

from resourcecenter.core import pagecache
from resourcecenter.core.public import free_slug

from .cells import cell_for


class Column(NamedTuple):
    """What the import page says of a column."""

    name: str
    label: str
    how: str
    must_be_filled: bool


class Change(NamedTuple):
    """What a row makes of one value, as texts of the table."""

    column: str
    before: str
    after: str


class Table(ModelResource):
    """Rows of one kind of record, found by their slugs; a row whose slug is not known makes a new record.

    Only what differs is written, so a column that is left out, or a row that says what is so, leaves a record as it is.
    A subclass names its columns in ``Meta.fields``, the slug first, and the ``relations`` that these read.
    """

    relations = ()
    name_field = "name"

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        return Field(attribute=field_name, column_name=field_name, widget=cell_for(django_field), readonly=readonly)

    @classmethod
    def columns(cls) -> list[Column]:
        """Return the columns in their order, in words."""
        return [cls._column(name, cls.fields[name].widget) for name in cls._meta.fields]

    @classmethod
    def _column(cls, name, cell):
        field = cls._meta.model._meta.get_field(name)
        if field.one_to_many:
            return Column(name, capfirst(field.related_model._meta.verbose_name_plural), str(cell.how), False)
        how = " ".join(filter(None, [str(field.help_text), str(cell.how)]))
        has_default = field.has_default() or field.many_to_many
        return Column(name, capfirst(field.verbose_name), how, not (field.blank or has_default or name == "slug"))

    # --- Out ------------------------------------------------------------------------------------

    def filter_export(self, queryset, **kwargs):
        return queryset.prefetch_related(*self.relations)

    # --- In -------------------------------------------------------------------------------------

    def before_import(self, dataset, **kwargs):
        """Read the records that the rows name; from here until the end, other writers wait."""
        pagecache.raise_generation()
        self._row_of, self._new_lists = {}, defaultdict(list)
        try:
            self._check_columns(dataset.headers)
        except ValidationError:
            dataset.wipe()  # rows of columns that nobody knows would only repeat the mistake
            raise
        slugs = {slug.strip() for slug in dataset["slug"]} - {""}
        found = self._meta.model.objects.filter(slug__in=slugs).prefetch_related(*self.relations)
        self._found = {record.slug: record for record in found}

    def _check_columns(self, names):
        if "slug" not in names:
            raise ValidationError(_("There is no column “slug”. It may be empty: then each row is a new entry."))
        for name in names:
            if name not in self._meta.fields:
                raise ValidationError(
                    _("There is no column “%(name)s”. These are: %(names)s.")
                    % {"name": name, "names": ", ".join(self._meta.fields)}
                )
            if names.count(name) > 1:
                raise ValidationError(_("The column “%(name)s” is there twice.") % {"name": name})

    def before_import_row(self, row, row_number, **kwargs):
        slug = row["slug"].strip()
        if slug and slug in self._row_of:
            message = _("Row %(number)s has this slug already.") % {"number": self._row_of[slug] + 1}
            raise ValidationError({"slug": message})
        self._row_of[slug] = row_number

    def get_instance(self, instance_loader, row):
        return self._found.get(row["slug"].strip())

    def init_instance(self, row=None):
        model = self._meta.model
        return model(slug=free_slug(model, row["slug"].strip() or row.get(self.name_field, "")))

    def after_init_instance(self, instance, new, row, **kwargs):
        self._before = {name: "" if new else self.fields[name].export(instance) for name in row}
        self._changes, self._lists = [], {}

    def import_instance(self, instance, row, **kwargs):
        """Take over what the row says otherwise than the record; an empty cell of a new one leaves the default."""
        errors = {}
        for name in row:
            try:
                if name != "slug" and row[name] != self._before[name]:
                    self._take(instance, name, row[name])
            except ValidationError as error:
                errors[name] = error
        if errors:
            raise ValidationError(errors)

    def _take(self, instance, name, text):
        cell = self.fields[name].widget
        value = cell.clean(text, instance=instance)
        after = cell.render(value)
        if after == self._before[name]:
            return
        self._changes.append(Change(name, self._before[name], after))
        if cell.is_list:
            self._lists[name] = value
        else:
            setattr(instance, name, value)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        is_blank = not any(text.strip() for text in row.values())
        is_same = instance.pk and not self._changes and not import_validation_errors
        return is_blank or is_same

    def save_m2m(self, instance, row, **kwargs):
        for name, value in self._lists.items():
            self._new_lists[name].append((instance, value))

    def after_import_row(self, row, row_result, **kwargs):
        row_result.diff = self._changes

    def after_import(self, dataset, result, *, dry_run=True, **kwargs):
        """Write the lists of all rows at once. They are known to be right, and no row reads another's.

        The library leaves ``dry_run`` out where there was no row.
        """
        if dry_run or result.has_errors() or result.has_validation_errors():
            return
        for name, lists in self._new_lists.items():
            self.fields[name].widget.save(name, lists)

    class Meta:
        import_id_fields = ["slug"]
        clean_model_instances = True
        use_transactions = True
        skip_diff = True  # the changes are known; a copy of each record to compare with would cost more than the import
