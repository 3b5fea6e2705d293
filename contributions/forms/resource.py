"""The form of a resource."""

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from markdownx.widgets import MarkdownxWidget

from catalogue.models import Network
from contributions.licences import LICENCES, STATEMENTS
from contributions.models import Resource
from phases.models import Phase

from .countries import CountriesField
from .record import RecordForm, Section, missing
from .topics import TopicsToPick

LANGUAGES = sorted(
    ((code, info["name"]) for code, info in LANG_INFO.items() if "name" in info), key=lambda language: language[1]
)

NOTHING_TO_OPEN = _("Give a link, choose a file or write the text: visitors need something to open.")
NO_LICENCE = _("Choose the licence under which the file may be shared, or send a link only.")


class ResourceForm(RecordForm):
    """A tool, a piece of guidance or a story."""

    PREVIEW = "contributions/resource_body.html"
    takes_files = True
    SECTIONS = [
        Section(_("What it is"), ["kind", "title", "summary"], aside="contributions/advice/what.html"),
        Section(
            _("What people can open"),
            ["url", "files", "body"],
            intro=_("Give at least one of these: a link, a file, or the text itself."),
            aside="contributions/advice/story.html",
        ),
        Section(_("Where it belongs"), ["phases", "tags", "network", "countries"]),
        Section(
            _("Who made it, and what others may do with it"),
            ["authors", "publisher", "date", "language", "licence"],
        ),
    ]

    tags = TopicsToPick(label=_("Topics"), help_text=_("Choose the few that fit best, usually not more than four."))
    phases = forms.ModelMultipleChoiceField(
        Phase.objects.all(),
        to_field_name="slug",
        label=_("Phases"),
        help_text=_("In which phases of a network does it help?"),
        error_messages=missing(_("Choose at least one phase.")),
        widget=forms.CheckboxSelectMultiple,
    )
    network = forms.ModelChoiceField(
        Network.objects.only("slug", "name"),
        to_field_name="slug",
        required=False,
        empty_label=_("None of these"),
        label=_("Network"),
        help_text=_("Does it come from a network in our catalogue? Which one?"),
    )
    countries = CountriesField(help_text=_("Where it was made or used. Choose none if it is for any country."))
    language = forms.ChoiceField(
        choices=LANGUAGES,
        initial="en",
        label=_("Language"),
        error_messages=missing(_("Choose the language of the resource.")),
    )
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
            "kind": _("A tool is to be used. Guidance is to be read. A story tells what happened."),
            "title": _("As it stands on the document."),
            "summary": _("What it is, for whom, and what it helps with. Two or three sentences."),
            "body": _(
                "The whole story or text, if people are to read it here. You can use Markdown: **bold**, *italic*, "
                "## heading, - list, [link](https://example.org)."
            ),
            "url": _("The web address where people can open it, for example https://example.org/guide."),
            "authors": _("People or organizations. Put a semicolon between two: Ana Silva; Example Institute."),
            "date": _("When it was published: a year, a month or a day, such as 2009, 2009-06 or 2009-06-15."),
        }
        error_messages = {
            "kind": missing(_("Choose whether it is a tool, guidance or a story.")),
            "title": missing(_("Enter the title of the resource.")),
            "summary": missing(_("Enter a summary: what it is, for whom, and what it helps with.")),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(value, capfirst(label)) for value, label in Resource.Kind.choices]
        self.fields["language"].choices = LANGUAGES

    def clean(self):
        cleaned = super().clean()
        if not (self.has_files or cleaned.get("url") or cleaned.get("body") or "url" in self.errors):
            self.add_error("url", ValidationError(NOTHING_TO_OPEN, code="required"))
        if (
            self.has_files
            and cleaned.get("licence", "") in {"", "All rights reserved"}
            and "licence" not in self.errors
        ):
            self.add_error("licence", ValidationError(NO_LICENCE, code="required"))
        return cleaned

    def preview(self) -> dict:
        self.is_valid()
        chosen = {name: self.cleaned_data.get(name, []) for name in ("phases", "tags")}
        return {"resource": self.instance, **chosen}
