"""The files of a contribution: new ones, checked for what they are, and those that came before."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contributions.models import ContributionFile
from resourcecenter.core import uploads
from resourcecenter.core.middleware import MAX_BODY_BYTES

MAX_FILES = 5

MAX_BYTES_IN_ALL = MAX_BODY_BYTES - settings.DATA_UPLOAD_MAX_MEMORY_SIZE
"""How much may come at once; the rest of the body is what is typed."""

TOO_LARGE = _("“{name}” is too large: {size} MB. Choose a file of at most %(megabytes)d MB, or give a link instead.")
TOO_LARGE_IN_ALL = _(
    "These files are too large to be sent at once: {size} MB. Choose files of %(megabytes)d MB in all, press Preview, "
    "which keeps them, and then choose the others."
)
"""What a script says as soon as such files are chosen; it puts the name and the size in."""


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Each of the chosen files is checked, not only the last. Source: Django's documentation, after CVE-2023-31047."""

    widget = SeveralFilesInput

    def clean(self, data, initial=None):
        return [super(SeveralFilesField, self).clean(upload, initial) for upload in data or ()]


class UploadForm(forms.Form):
    """New files, and which of those that are here already are to go. ``here``: ContributionFiles."""

    file = SeveralFilesField(required=False, allow_empty_file=True, label=_("Files"))  # an empty one is told by name
    remove = forms.MultipleChoiceField(
        required=False, label=_("Files that are here already"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, here=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.accepted_files: list[ContributionFile] = []
        self.show(here)
        limits = {"megabytes": uploads.MAX_BYTES // 1024**2, "count": MAX_FILES}
        self.fields["file"].widget.attrs |= {
            "accept": uploads.accept_attribute(),
            "data-max-bytes": uploads.MAX_BYTES,
            "data-max-bytes-in-all": MAX_BYTES_IN_ALL,
            "data-too-large": TOO_LARGE % limits,
            "data-too-large-in-all": TOO_LARGE_IN_ALL % {"megabytes": MAX_BYTES_IN_ALL // 1024**2},
        }
        self.fields["file"].help_text = _(
            "At most %(count)d files, each of at most %(megabytes)d MB. Accepted are %(types)s."
        ) % {**limits, "types": uploads.accepted_in_words()}

    def show(self, here) -> None:
        """Take ``here`` for the files that are here already; what was new is among them now."""
        self.here = list(here)
        self.accepted_files = []
        self.fields["remove"].choices = [(str(file.pk), file.name) for file in self.here]

    def clean_file(self):
        """Take the good ones in even where another is wrong, so that they need not be chosen again."""
        errors = []
        for upload in self.cleaned_data["file"]:
            try:
                self.accepted_files.append(_checked(upload))
            except ValidationError as error:
                errors += [m if upload.name in m else f"{upload.name}: {m}" for m in error.messages]
        if errors:
            raise ValidationError(errors)

    def clean(self):
        cleaned = super().clean()
        if len(self.kept) + len(self.accepted_files) > MAX_FILES:
            self.accepted_files = []
            message = _("At most %(count)d files can come with one contribution. Remove some, or send a link.")
            self.add_error("file", message % {"count": MAX_FILES})
        return cleaned

    @property
    def has_errors(self) -> bool:
        return self.is_bound and "file" in self.errors

    @property
    def kept(self) -> list[ContributionFile]:
        """The files that were here already and stay."""
        gone = set(self.data.getlist("remove")) if self.is_bound else ()
        return [file for file in self.here if str(file.pk) not in gone]

    def problems(self):
        for message in self.errors.get("file", []):
            yield {"id": self["file"].id_for_label, "label": self["file"].label, "message": message}


def _checked(upload) -> ContributionFile:
    """Return an unsaved file. Raises ValidationError."""
    accepted = uploads.check_upload(upload)
    return ContributionFile(
        file=accepted.content,
        name=accepted.name,
        media_type=accepted.media_type,
        size=accepted.size,
        sha256=accepted.sha256,
    )
