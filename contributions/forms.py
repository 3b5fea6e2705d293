"""The forms that take contributions in; the form that took a payload in also applies it."""

import uuid

from django import forms
from django.conf.locale import LANG_INFO
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from markdownx.widgets import MarkdownxWidget

from catalogue.models import Network, Topic
from contributions.licences import LICENCES, STATEMENTS
from contributions.models import Contribution, ContributionFile, Resource
from contributions.models.contribution import Sender, Version
from phases.models import Phase
from resourcecenter.core import uploads
from resourcecenter.core.public import free_slug
from resourcecenter.core.text import many_lines, one_line

LANGUAGES = sorted(
    ((code, info["name"]) for code, info in LANG_INFO.items() if "name" in info), key=lambda language: language[1]
)


class TidyForm(forms.Form):
    """Frees what was typed of control, bidirectional and zero-width characters before anything reads it."""

    required_css_class = "required"

    def __init__(self, data=None, *args, **kwargs):
        super().__init__(data, *args, **kwargs)
        if isinstance(data, QueryDict):
            self.data = data.copy()
            for name, field in self.fields.items():
                tidy = many_lines if isinstance(field.widget, forms.Textarea) else one_line
                typed = self.data.getlist(self.add_prefix(name))
                self.data.setlist(self.add_prefix(name), [tidy(value) for value in typed])


class ResourceForm(TidyForm, forms.ModelForm):
    """A tool, a piece of guidance or a story."""

    tags = forms.ModelMultipleChoiceField(
        Topic.objects.for_tags(),
        to_field_name="slug",
        required=False,
        label=_("Topics"),
        help_text=_("Choose the few that fit best, four at most as a rule."),
        widget=forms.CheckboxSelectMultiple,
    )
    phases = forms.ModelMultipleChoiceField(
        Phase.objects.all(),
        to_field_name="slug",
        label=_("Phases"),
        help_text=_("In which phases of a network does it help?"),
        widget=forms.CheckboxSelectMultiple,
    )
    network = forms.ModelChoiceField(
        Network.objects.only("slug", "name"),
        to_field_name="slug",
        required=False,
        empty_label=_("None of these"),
        label=_("Network"),
        help_text=_("If it comes from a network of the catalogue, which one?"),
    )
    countries = forms.MultipleChoiceField(
        choices=countries,
        required=False,
        label=_("Countries"),
        help_text=_("Where it was made or used. Leave empty if it is for anywhere."),
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(choices=LANGUAGES, initial="en", label=_("Language"))
    licence = forms.ChoiceField(
        choices=[
            ("", _("I do not know")),
            *((key, licence.label) for key, licence in LICENCES.items()),
            *STATEMENTS.items(),
        ],
        required=False,
        label=_("Licence"),
        help_text=_("What may others do with it? We recommend CC BY 4.0. A file can be shared only under a licence."),
    )

    class Meta:
        model = Resource
        fields = [
            "kind", "title", "summary", "body", "url", "phases", "tags", "network", "countries",
            "language", "authors", "publisher", "date", "licence",
        ]  # fmt: skip
        widgets = {
            "kind": forms.RadioSelect,
            "summary": forms.Textarea(attrs={"rows": 4}),
            "body": MarkdownxWidget(attrs={"rows": 12}),
        }
        help_texts = {
            "kind": _("A tool is for use, guidance is for reading, a story tells what happened."),
            "body": _(
                "The whole story or text, if it is to be read here. You can use Markdown: **bold**, *italic*, "
                "## heading, - list, [link](https://example.org)."
            ),
            "url": _("Where it can be found, if it is on the web. It begins with https:// or http://."),
            "authors": _("People or organizations, with semicolons between."),
            "date": _("A year, a month or a day: 2009, 2009-06 or 2009-06-15."),
        }

    def __init__(self, *args, has_files=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_files = has_files
        self.fields["kind"].choices = [(value, capfirst(label)) for value, label in Resource.Kind.choices]
        self.fields["language"].choices = LANGUAGES

    def clean(self):
        cleaned = super().clean()
        if not (self.has_files or cleaned.get("url") or cleaned.get("body") or "url" in self.errors):
            self.add_error("url", _("Give a link, choose a file or write the text: visitors need something to open."))
        if (
            self.has_files
            and cleaned.get("licence", "") in {"", "All rights reserved"}
            and "licence" not in self.errors
        ):
            self.add_error("licence", _("Choose the licence under which the file may be shared, or send a link only."))
        return cleaned

    def words(self, name: str) -> str:
        """What was chosen or typed in a field, for reading."""
        field, value = self.fields[name], self.cleaned_data.get(name, self[name].value())
        # The choices of a model field are all of its records, and a record says itself how it reads.
        labels = {} if isinstance(field, forms.ModelChoiceField) else dict(getattr(field, "choices", ()))
        items = value if isinstance(value, (list, QuerySet)) else [value]
        return ", ".join(str(labels.get(item, item)) for item in items if item)

    def preview(self) -> Resource:
        """The record as it would look, unsaved; fields with errors as they were typed or empty."""
        self.errors  # noqa: B018 (reading them fills the instance)
        return self.instance

    def payload(self) -> dict:
        """What was accepted, as JSON, in the shape in which this form takes it in again."""
        return {name: _plain(self.cleaned_data[name]) for name in self.fields}

    def save(self, commit=True):
        if not self.instance.pk:
            self.instance.slug = free_slug(Resource, self.instance.title)
        return super().save(commit)


class UploadForm(forms.Form):
    """One file, checked for what it is."""

    file = forms.FileField(
        required=False,
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": uploads.accept_attribute()}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _("%(types)s, at most %(megabytes)d MB.") % {
            "types": uploads.accepted_in_words(),
            "megabytes": uploads.MAX_BYTES // 1024**2,
        }

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if not upload:
            return None
        accepted = uploads.check_upload(upload)
        return ContributionFile(
            file=accepted.content,
            name=accepted.name,
            media_type=accepted.media_type,
            size=accepted.size,
            sha256=accepted.sha256,
        )

    @property
    def accepted_files(self) -> list[ContributionFile]:
        file = self.cleaned_data.get("file") if self.is_valid() else None
        return [file] if file else []


class SenderForm(TidyForm):
    """Who contributes; none of it is published without the wish to be named."""

    name = forms.CharField(max_length=120, label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        max_length=Contribution._meta.get_field("contributor_email").max_length,
        label=_("Your e-mail address"),
        # The outbox joins receivers by commas: a quoted comma would mail a stranger.
        validators=[RegexValidator(r'[",]', _("Enter an address without quotes and commas."), inverse_match=True)],
        help_text=_("Only moderators see it. We write to you about this contribution and about nothing else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    organization = forms.CharField(
        max_length=200,
        required=False,
        label=_("Your organization"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    wants_credit = forms.BooleanField(
        required=False, label=_("Name me and my organization as the contributors on the public page.")
    )
    consent = forms.BooleanField(
        label=_("I may share this, nobody named in it is harmed by it, and the summary may be reused under CC BY 4.0."),
        error_messages={"required": _("Please confirm that you may share this.")},
    )
    form_key = forms.UUIDField(
        initial=uuid.uuid4,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(["required", "invalid"], _("The form was incomplete. Please send it once more.")),
    )

    def clean(self):
        if "form_key" in self.errors:
            self.renew_key()
        return super().clean()

    def renew_key(self) -> None:
        """Let the form as it is drawn next be one of its own."""
        self.data[self.add_prefix("form_key")] = str(uuid.uuid4())

    def sender(self) -> Sender:
        cleaned = self.cleaned_data
        return Sender(cleaned["name"], cleaned["email"], cleaned["organization"], cleaned["wants_credit"])


class VersionForm(forms.Form):
    """What was on the screen when a button was pressed."""

    state = forms.ChoiceField(choices=Contribution.State.choices, widget=forms.HiddenInput)
    revision = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    @property
    def version(self) -> Version:
        return Version(self.cleaned_data["state"], self.cleaned_data["revision"])


FORMS = {Contribution.Kind.RESOURCE: ResourceForm}


def form_for(kind: str) -> type[ResourceForm]:
    """The form of a kind of contribution. Raises KeyError for a kind without one."""
    return FORMS[kind]


def _plain(value):
    if hasattr(value, "slug"):
        return value.slug
    if isinstance(value, str) or value is None:
        return value or ""
    return [_plain(item) for item in value]
