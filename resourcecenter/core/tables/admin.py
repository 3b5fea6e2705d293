"""The admin pages that export a table and take one in: first a dry run that shows everything, then the import."""

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportMixin
from import_export.forms import ExportForm, ImportForm
from import_export.results import Error, Result

from resourcecenter.core import history
from resourcecenter.core.curating import note

from . import files


class UploadForm(ImportForm):
    """One file, whose name tells its format."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["import_file"].label = _("Table, as CSV or XLSX")
        self.fields["import_file"].widget.attrs["accept"] = ",".join(files.FORMATS)
        self.fields["format"].widget = forms.HiddenInput()
        self.fields["format"].required = False

    @property
    def media(self):
        return forms.Media()  # the scripts of ImportForm choose the format

    def clean_import_file(self):
        upload = self.cleaned_data["import_file"]
        files.check_table(upload)
        return upload

    def clean(self):
        cleaned = super().clean()
        upload = cleaned.get("import_file")
        if upload:
            suffixes = [suffix for suffix in files.FORMATS if upload.name.lower().endswith(suffix)]
            cleaned["format"] = list(files.FORMATS).index(suffixes[0])
        return cleaned


class ConfirmForm(forms.Form):
    """Which upload was looked at and found right."""

    import_file_name = forms.RegexField(r"\A[0-9a-f]{32}\Z", widget=forms.HiddenInput)
    format = forms.TypedChoiceField(
        choices=[(number, suffix) for number, suffix in enumerate(files.FORMATS)], coerce=int, widget=forms.HiddenInput
    )

    def clean_import_file_name(self):
        name = self.cleaned_data["import_file_name"]
        if not files.UploadedTable(name=name).exists():
            raise _gone()
        return name


class TablesAdmin(ImportExportMixin):
    """Beside RecordAdmin: exports to whoever may look, imports from whoever may add and change.

    ``resource_classes`` holds the one Table.
    """

    formats = list(files.FORMATS.values())
    import_form_class = UploadForm
    confirm_form_class = ConfirmForm
    export_form_class = ExportForm
    tmp_storage_class = files.UploadedTable

    def has_import_permission(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request):
        return self.has_view_permission(request)

    # --- Out ------------------------------------------------------------------------------------

    def export_action(self, request):
        if any("\0" in value for value in request.GET.values()):
            return redirect(request.path)
        try:
            response = super().export_action(request)
        except IncorrectLookupParameters:
            return redirect(request.path)
        if response.has_header("Content-Disposition"):
            note(request, self.model, name=str(self.opts.verbose_name_plural), words=gettext("Taken away as a table."))
        return response

    def get_export_filename(self, request, queryset, file_format):
        name = slugify(self.opts.verbose_name_plural)
        return f"{name}-{timezone.localdate()}.{file_format.get_extension()}"

    # --- In -------------------------------------------------------------------------------------

    def get_import_context_data(self, **kwargs):
        return {
            "columns": self.resource_classes[0].columns(),
            "max_megabytes": files.MAX_BYTES // 1024**2,
            "max_rows": files.MAX_ROWS,
        }

    def import_action(self, request, **kwargs):
        """The dry run; only an upload that can be confirmed is kept."""
        response = super().import_action(request, **kwargs)
        name = getattr(request.FILES.get("import_file"), "tmp_storage_name", None)
        if name and "confirm_form" not in response.context_data:
            files.UploadedTable(name=name).remove()
        return response

    def add_data_read_fail_error_to_form(self, form, e):
        if not isinstance(e, ValidationError):
            raise e
        form.add_error("import_file", e)

    def get_import_data_kwargs(self, **kwargs):
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def process_dataset(self, dataset, form, request, **kwargs):
        """Import all rows as one change, or none. A second confirmation waits, and finds the upload gone."""
        with history.change(gettext("Imported from a table."), by=request.user):
            return self._import(dataset, form, request, **kwargs)

    def _import(self, dataset, form, request, **kwargs):
        upload = files.UploadedTable(name=form.cleaned_data["import_file_name"])
        if not upload.exists():
            return _result_of(_gone())
        result = super().process_dataset(dataset, form, request, **kwargs)
        upload.remove()
        return result

    def process_result(self, result, request):
        return self._show_errors(request, result) if _is_wrong(result) else super().process_result(result, request)

    def _show_errors(self, request, result):
        context = {
            **self.admin_site.each_context(request),
            **self.get_import_context_data(),
            "title": _("Import"),
            "opts": self.opts,
            "form": self.import_form_class(self.get_import_formats(), self.resource_classes),
            "result": result,
        }
        return TemplateResponse(request, self.import_template_name, context)


def _is_wrong(result):
    return result.has_errors() or result.has_validation_errors()


def _gone():
    return ValidationError(_("This table was imported already, or lay too long. Send it again if it is still to do."))


def _result_of(error):
    result = Result()
    result.append_base_error(Error(error))
    return result
