"""The two formats: CSV in UTF-8 and XLSX. What comes in is taken for hostile, and nothing in it is ever evaluated."""

import csv
import io
import re
import zipfile
from datetime import date, datetime
from itertools import islice
from pathlib import PurePosixPath

import openpyxl
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from import_export.formats import base_formats
from import_export.tmp_storages import BaseStorage
from tablib import Dataset

from resourcecenter.core.files import private_storage, stored_name
from resourcecenter.core.uploads import check_upload

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_ROWS = 2_000  # new networks with long lists; more would outlast the half minute that the server gives a request
MAX_COLUMNS = 100
MAX_XLSX_CELL_CHARS = 32_767  # Source: Excel specifications and limits; openpyxl cuts off the rest without a word
UPLOADS = "imports"
UPLOADS_KEPT_S = 24 * 60 * 60

RISKY = re.compile(r"'*\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet may take for a formula, the wide forms of East Asia included. Source: OWASP, CSV Injection."""
DEFUSED = re.compile(r"'+\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T", re.IGNORECASE)


def defuse(text: str) -> str:
    """Return ``text`` so that a spreadsheet never runs it: with an apostrophe before what could be a formula."""
    return f"'{text}" if RISKY.match(text) else text


def restore(text: str) -> str:
    """Undo ``defuse``."""
    return text[1:] if DEFUSED.match(text) else text


class Csv(base_formats.CSV):
    """With a mark at the start by which Excel knows UTF-8; reads what any spreadsheet puts between the cells."""

    def create_dataset(self, in_stream: bytes) -> Dataset:
        try:
            text = in_stream.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValidationError(_("This file is not in UTF-8. Save it as “CSV UTF-8” and send it again.")) from error
        first_line = text.partition("\n")[0]
        delimiter = max(",;\t", key=first_line.count)
        try:
            return _dataset(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise ValidationError(_("This file cannot be read as CSV. Save it anew and send it again.")) from error

    def export_data(self, dataset, **kwargs) -> bytes:
        return super().export_data(_defused(dataset), quoting=csv.QUOTE_ALL).encode("utf-8-sig")


class Xlsx(base_formats.XLSX):
    """The first sheet of a workbook; of formulas, what they last came to."""

    def create_dataset(self, in_stream: bytes) -> Dataset:
        try:
            _refuse_bombs(in_stream)
            book = openpyxl.load_workbook(io.BytesIO(in_stream), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of its size is not believed
            return _dataset(sheet.iter_rows(values_only=True))
        except ValidationError:
            raise
        except Exception as error:  # whatever a damaged file makes of openpyxl, which promises nothing
            raise ValidationError(
                _("This file cannot be read as XLSX. Save it anew in its program and send that.")
            ) from error

    def export_data(self, dataset, **kwargs) -> bytes:
        """Raises ValueError, worded for people, for a text that is too long for a cell."""
        dataset = _defused(dataset)
        if any(len(text) > MAX_XLSX_CELL_CHARS for row in dataset for text in row):
            raise ValueError(_("One of the texts is too long for a cell of Excel. Export the table as CSV."))
        return super().export_data(dataset, column_width=30)


FORMATS = {".csv": Csv, ".xlsx": Xlsx}


def check_table(upload: UploadedFile) -> None:
    """Pass a file that may be read as a table. Raises ValidationError, worded for the person who sent it."""
    if PurePosixPath(upload.name).suffix.lower() not in FORMATS:
        raise ValidationError(_("Send a table as CSV or XLSX."))
    if upload.size > MAX_BYTES:
        raise ValidationError(
            _("This file is larger than %(limit)s MB. Send the table in parts.") % {"limit": MAX_BYTES // 1024**2}
        )
    check_upload(upload)


class UploadedTable(BaseStorage):
    """An upload between its dry run and its import: in the private storage, which all processes share.

    It is removed once it is imported or found wrong; one that nobody confirms, by the first upload a day later.
    """

    def save(self, data: bytes) -> None:
        _remove_forgotten()
        self.name = stored_name().rpartition("/")[2]
        private_storage().save(self._path, ContentFile(data))

    def read(self) -> bytes:
        with private_storage().open(self._path) as file:
            return file.read()

    def remove(self) -> None:
        private_storage().delete(self._path)

    def exists(self) -> bool:
        return private_storage().exists(self._path)

    @property
    def _path(self):
        return f"{UPLOADS}/{self.name}"


def _remove_forgotten():
    storage = private_storage()
    try:
        _folders, names = storage.listdir(UPLOADS)
    except FileNotFoundError:  # before the first upload
        return
    for name in names:
        path = f"{UPLOADS}/{name}"
        if (timezone.now() - storage.get_modified_time(path)).total_seconds() > UPLOADS_KEPT_S:
            storage.delete(path)


def _refuse_bombs(content):
    """``check_upload`` has passed the archive; what openpyxl makes of its parts takes many times their size."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if sum(entry.file_size for entry in package.infolist()) > MAX_UNPACKED_BYTES:
            raise ValidationError(
                _("This file unpacks to more than %(limit)s MB. Send the table in parts, or as CSV.")
                % {"limit": MAX_UNPACKED_BYTES // 1024**2}
            )
        # No spreadsheet writes one; entities that it declares could unfold without end.
        if any(DOCTYPE.search(package.read(entry)) for entry in package.infolist()):
            raise zipfile.BadZipFile


def _dataset(rows):
    """The rows as texts, all as wide as the first, which names the columns. Raises ValidationError."""
    rows = [_texts(row) for row in islice(rows, MAX_ROWS + 2)]
    if len(rows) > MAX_ROWS + 1:
        raise ValidationError(
            _("This table has more than %(limit)s rows. Send it in parts.") % {"limit": number_format(MAX_ROWS)}
        )
    if not any(rows[1:]):
        raise ValidationError(_("This table has no rows. The first row names the columns, each further one an entry."))
    width = len(rows[0])
    if width > MAX_COLUMNS:
        raise ValidationError(_("This table has more than %(limit)s columns.") % {"limit": MAX_COLUMNS})
    for number, row in enumerate(rows, start=1):
        if len(row) > width:
            raise ValidationError(_("Row %(number)s goes on beyond the last named column.") % {"number": number})
    headers = [name.strip().lower() for name in rows[0]]
    return Dataset(*(row + [""] * (width - len(row)) for row in rows[1:]), headers=headers)


def _texts(row):
    """The cells of a row as they read; empty ones at the end are no cells."""
    texts = [restore(_text(value)) for value in row]
    while texts and not texts[-1].strip():
        texts.pop()
    return texts


def _text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        value = value.date() if value.time() == datetime.min.time() else value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def _defused(dataset):
    return Dataset(*([defuse(text) for text in row] for row in dataset), headers=dataset.headers)
