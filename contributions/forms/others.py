"""The forms of records that are only corrected here; new ones are made by curators."""

from django import forms
from django.utils.translation import gettext_lazy as _
from markdownx.widgets import MarkdownxWidget

from catalogue.models import Organization, Topic
from phases.models import GlossaryTerm, KeyQuestion, Page, Phase, Practice

from .record import RecordForm, Section, TidyForm, missing, rows_of


class OrganizationForm(RecordForm):
    TITLE = "name"
    SECTIONS = [Section(_("The organization"), ["name", "acronym", "former_name", "kind", "country", "website"])]

    class Meta:
        model = Organization
        fields = ["name", "acronym", "former_name", "kind", "country", "website"]
        error_messages = {
            "name": missing(_("Enter the name of the organization.")),
            "kind": missing(_("Choose what kind of organization it is.")),
        }


class PracticeForm(TidyForm, forms.ModelForm):
    class Meta:
        model = Practice
        fields = ["title", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        error_messages = {
            "title": missing(_("Enter the title of the practice, or empty this row.")),
            "text": missing(_("Describe the practice, or empty this row.")),
        }


class KeyQuestionForm(TidyForm, forms.ModelForm):
    class Meta:
        model = KeyQuestion
        fields = ["text"]
        error_messages = {"text": missing(_("Enter the key question, or empty this row."))}


class PhaseForm(RecordForm):
    TITLE = "name"
    ROWS = {
        "practices": rows_of(PracticeForm, label=_("Practices"), adding=_("Add a practice")),
        "key_questions": rows_of(KeyQuestionForm, label=_("Key questions"), adding=_("Add a question")),
    }
    SECTIONS = [
        Section(_("What it is"), ["name", "summary", "purpose", "who_leads", "guidance"]),
        Section(_("What it takes"), ["practices", "key_questions", "outputs", "pitfalls"]),
    ]

    class Meta:
        model = Phase
        fields = ["name", "summary", "purpose", "who_leads", "guidance", "outputs", "pitfalls"]
        widgets = {"guidance": MarkdownxWidget(attrs={"rows": 12})}
        error_messages = {
            "name": missing(_("Enter the name of the phase.")),
            "summary": missing(_("Enter a summary of the phase.")),
            "purpose": missing(_("Enter what the phase is for.")),
        }


class TopicForm(RecordForm):
    TITLE = "name"
    SECTIONS = [Section(_("The topic"), ["name", "definition", "synonyms"])]

    class Meta:
        model = Topic
        fields = ["name", "definition", "synonyms"]
        error_messages = {"name": missing(_("Enter the name of the topic."))}


class PageForm(RecordForm):
    SECTIONS = [Section(_("The page"), ["title", "summary", "body"])]

    class Meta:
        model = Page
        fields = ["title", "summary", "body"]
        widgets = {"body": MarkdownxWidget(attrs={"rows": 16})}
        error_messages = {
            "title": missing(_("Enter the title of the page.")),
            "summary": missing(_("Enter a summary of the page.")),
            "body": missing(_("Enter the text of the page.")),
        }


class TermForm(RecordForm):
    TITLE = "term"
    SECTIONS = [Section(_("The term"), ["term", "definition"])]

    class Meta:
        model = GlossaryTerm
        fields = ["term", "definition"]
        error_messages = {
            "term": missing(_("Enter the term.")),
            "definition": missing(_("Enter what the term means.")),
        }
