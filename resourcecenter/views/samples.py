"""What the style guide shows: records that are on no shelf, complete or with as little as there may be.

Nothing here is saved. Plain dicts stand where a component wants what only a saved record or a search can give.
"""

from datetime import UTC, date, datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.definition import profile
from catalogue.models import Deliverable, LearningQuestion, Membership, Network, NetworkSource, Organization, Topic
from catalogue.seen.timeline import axis_of, bar
from contributions.chart import chart
from contributions.course import Step
from contributions.forms.record import rows_of
from contributions.models import Contribution, Resource
from contributions.moderation import TRANSITIONS
from contributions.report import Figures, Waits
from phases.forms_of_learning import FORMS, QUESTIONS, changes
from phases.models import Phase
from resourcecenter.core.textdiff import word_diff

TODAY = date(2026, 6, 15)
NAMES = [
    "Network Design",
    "Launch and Learning Agenda",
    "Organizational Learning",
    "Network Learning",
    "Industry Engagement",
    "Close-out and Sustaining Results",
]
PHASES = [
    Phase(number=n, slug=f"phase-{n}", name=name, summary="What the group does now, in one sentence.")
    for n, name in enumerate(NAMES, 1)
]
ICONS = ["tool", "guidance", "story", "network", "search", "out", "file", "check", "differs", "unknown", "note"]
OUR_NAME = Phase(name_inferred=True, name_note="The sources name four of the six.")
TOPICS = [Topic(name=name, slug=name.lower()) for name in ("Facilitation", "Monitoring")]
WAITS = Waits(timedelta(days=4), timedelta(days=11), 86)

TERMS = Resource(
    kind="tool",
    slug="terms-of-reference",
    title="Terms of reference for the facilitator of a learning network",
    summary="What to write when you hire a facilitator: tasks, days, skills, and how the members judge the work.",
    url="https://example.org/terms.pdf",
    format="pdf",
    publisher="Alliance for Learning",
    date="2019-05",
    licence="CC-BY-4.0",
    link_state="ok",
    link_checked_on=date(2026, 5, 3),
)
ALLIANCE = Resource(
    kind="guidance",
    slug="alianzas",
    title="Alianzas de aprendizaje",
    summary="Un enfoque para construir innovación.",
    language="es",
    authors="Lundy, M.; Gottret, M. V.",
    url="https://example.org/alianzas",
    link_state="dead",
    archived_url="https://web.archive.org/example",
    licence="Ask the authors.",
)
STORY = Resource(
    kind="story",
    slug="story",
    title="What we stopped doing",
    summary="Three meetings that nobody missed.",
    body="It is here.",
)

COMPLETE = Network(
    name="Learning Network on Rural Markets",
    acronym="LNRM",
    slug="rural-markets",
    summary="Nine organizations that test, for three years, how small farmers reach buyers.",
    starts="2023-03",
    planned_end="2027",
    countries=["KE", "UG"],
    levels=["organization", "network", "industry"],
    knowledge_cycle=["generation", "capture"],
    facilitated=True,
    resourced=True,
    resourced_how="A grant of two years for each member.",
    website="https://example.org/",
    confirmed_on=date(2026, 2, 1),
    confirmed_by="its facilitator",
)
BARE = Network(name="Remake Learning", slug="remake", kind="other", summary="Schools and museums of one region.")
IN_TIME = [
    COMPLETE,
    Network(
        name="Seed Alliance", slug="seed", starts="2014", ends="2018-06", summary="Seed companies and researchers."
    ),
    Network(name="Water Circle", slug="water", starts="2020", last_active="2022", summary="Utilities of six cities."),
    Network(name="School Labs", slug="labs", starts="2027-01", planned_end="2029", summary="To begin next year."),
    BARE,
]
CARE, FUND = (Organization(name=name, slug=name.lower()) for name in ("Care", "Fund"))
CONTRIBUTION = {"intent": "new", "contributor_email": "ada@example.org", "erased_at": None}


def network_profile(network: Network, *, is_complete: bool) -> dict:
    """All that the components of a network's page take."""
    if not is_complete:
        return profile(network, tags=[], memberships=[], learning_questions=[], deliverables=[], sources=[])
    return profile(
        network,
        tags=TOPICS,
        memberships=[Membership(organization=CARE), Membership(organization=FUND, role="funder")],
        learning_questions=[LearningQuestion(text="What makes a buyer come back?", level="network")],
        deliverables=[
            Deliverable(title=title, level=level, stage=stage, year=2024)
            for title, level, stage in (
                ("Guide to contracts with buyers", "network", "capture"),
                ("Test report of each member", "organization", "generation"),
                ("Note for ministries", "industry", "dissemination"),
            )
        ],
        sources=[
            NetworkSource(url="https://example.org/report", title="Final report", facts="dates", read_on=TODAY),
            NetworkSource(title="A letter of its facilitator"),
        ],
    )


def resource_for_card(resource: Resource, *numbers: int) -> dict:
    """A resource as a card asks for it, in the phases of these numbers."""
    names = (
        *("kind", "get_kind_display", "language", "language_name", "title", "summary", "publisher", "authors", "date"),
        *("slug", "get_absolute_url"),
    )
    return {name: getattr(resource, name) for name in names} | {"phases": {"all": [PHASES[n - 1] for n in numbers]}}


CARDS = [resource_for_card(TERMS, 1, 4), resource_for_card(ALLIANCE, 2), resource_for_card(STORY)]
MARKED = [{"text": "Terms of reference for the "}, {"text": "facilitator", "is_match": True}]


def listing(*, is_complete: bool) -> dict:
    """A list page with everything that may stand on it, or one on which nothing was found."""
    way = {"list": {"url": "?q=facilitator"}, "label": "facilitator", "total": 14}
    asked = {"path": "", "tail": "?q=facilitator", "is_deep": False, "is_cut": True, "unknown": ["colour=blue"]}
    nothing = {"place": "resources", "text": "xylophon", "asked": asked, "is_narrowed": True, "results": {"total": 0}}
    if not is_complete:
        return nothing | {"without_text": {"url": "?"}, "chips": [], "spelling": way, "broader": [way]}
    value = {"value": "tool", "label": "Tool", "count": 1234, "is_chosen": True}
    rest = [value | {"value": f"value-{n}", "label": f"Value {n}", "count": n, "is_chosen": False} for n in range(9)]
    return {
        "place": "resources",
        "text": "facilitator",
        "asked": asked,
        "is_narrowed": True,
        "without_text": {"url": "?kind=tool"},
        "chips": [{"title": "Kind", "label": "Tool", "url": "?q=facilitator"}],
        "has_filters": True,
        "facets": [
            {"name": "kind", "title": "Kind", "values": [value, *rest[:3]], "more": rest[3:], "is_chosen": True}
        ],
        "results": {"total": 180, "pages": 9, "broadened": True, "with_all_words": 12},
        "sorts": [{"label": "Best match", "is_current": True}, {"label": "A to Z", "url": "?sort=title"}],
        "pages": [{"label": n, "url": f"?page={n}", "is_current": n == 2} if n else None for n in (1, 2, 3, 0, 9)],
        "previous": "?page=1",
        "next": "?page=3",
        "spelling": way,
        "broader": [way],
    }


def hits() -> list[dict]:
    """Lines of a result, one of each kind."""
    topic = {"kind": "topic", "label": "Topic", "url": "?", "title": "Facilitation", "summary": "To lead without rank."}
    found = {"title": MARKED, "extract": MARKED}
    records = [{"kind": "resource", "record": CARDS[0]}, {"kind": "network", "record": COMPLETE}]
    return [*({"record": record, "hit": found} for record in records), {"record": topic, "hit": None}]


class SampleRow(forms.Form):
    organization = forms.CharField(label=_("Organization"), required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices, required=False)


SampleRows = rows_of(SampleRow, label=_("Organizations"), adding=_("Add an organization"))


class SampleForm(forms.Form):
    """A field of each sort that the forms of the site have."""

    title = forms.CharField(label=_("Title"), help_text=_("As it stands on its first page."))
    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 4}), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Resource.Kind.choices, widget=forms.RadioSelect)
    phases = forms.MultipleChoiceField(
        label=_("Phases"), choices=[(p.slug, p.name) for p in PHASES], widget=forms.CheckboxSelectMultiple
    )
    countries = forms.MultipleChoiceField(
        label=_("Countries"),
        choices=[(n, f"Country {n}") for n in range(1, 31)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("es", "Spanish")])
    reference = forms.CharField(label=_("Reference"), initial="LN-00042", disabled=True)
    file = forms.FileField(label=_("File"), help_text=_("At most 20 MB."))
    agreed = forms.BooleanField(label=_("I may share this, and others may read it here."))


def form(*, is_complete: bool) -> dict:
    """A form as somebody finds it, or as it comes back with an error at each field; and its rows."""
    fields = SampleForm() if is_complete else SampleForm({"kind": "song"}, {})
    errors = [
        {"id": fields[name].id_for_label, "label": fields[name].label, "message": texts[0]}
        for name, texts in fields.errors.items()
    ]
    return {"form": fields, "errors": errors, "rows": SampleRows(prefix="organizations")}


def verdict(*, is_complete: bool) -> dict:
    """The answer of the decision aid, or that it needs one more."""
    chosen = {question.name: question.options[0].value for question in QUESTIONS}
    return {
        "form": FORMS["learning_network"] if is_complete else None,
        "questions": [(question, question.options[0]) for question in QUESTIONS],
        "matter": QUESTIONS[:1],
        "changes": changes(chosen) if is_complete else [],
        "first_phase": PHASES[0],
    }


def contributions() -> list[dict]:
    """A contribution in each state, a problem that was solved, and one whose sender's data were deleted."""
    states = [CONTRIBUTION | {"state": state} for state in Contribution.State.values]
    solved = CONTRIBUTION | {"state": "approved", "intent": "problem"}
    return [*states, solved, CONTRIBUTION | {"erased_at": TODAY}]


def history() -> list[tuple]:
    """What happened to a contribution, by each kind of person."""
    at = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
    note = {"request_changes": "Which edition is this?\n\nThe link leads to another one."}
    return [
        ({"at": at, "public_note": note.get(name, "")}, TRANSITIONS[name])
        for name in ("submit", "request_changes", "expire")
    ]


def coverage() -> dict:
    """Numbers in rows and columns."""
    cells = [{"column": "Tools", "count": 7, "list_url": "?"}, {"column": "Stories", "count": 0, "form_url": "?"}]
    return {"corner": "Phase", "columns": ["Tools", "Stories"], "rows": [{"label": NAMES[0], "cells": cells}]}


def samples(*, is_complete: bool) -> dict:
    """Everything that the guide hands to components: complete, or as little and as wrong as it can be."""
    network = COMPLETE if is_complete else BARE
    dated = [one for one in IN_TIME if one is not BARE]
    axis = axis_of(dated, today=TODAY)
    months = [(date(2026, month, 1), received, received - 1) for month, received in ((4, 6), (5, 11), (6, 3))]
    return {
        "is_complete": is_complete,
        "phases": PHASES if is_complete else [],
        "current": PHASES[3],
        "our_name": OUR_NAME,
        "resources": [TERMS, ALLIANCE, STORY],
        "cards": CARDS,
        "files": [{"name": "terms.pdf", "get_absolute_url": "?", "media_type": "application/pdf", "size": 2_400_000}],
        "networks": IN_TIME,
        "shelf": {
            "kind": Resource.Kind.TOOL,
            "count": 12,
            "resources": CARDS if is_complete else [],
            "printed": CARDS if is_complete else [],
        },
        "neighbours": [{"record": network, "why": ["Same topic: Monitoring", "Same country: Kenya"]}],
        "profile": network_profile(network, is_complete=is_complete),
        "listing": listing(is_complete=is_complete),
        "hits": hits(),
        "within": {
            "list": {"url": "?", "text": "facilitator" if is_complete else ""},
            "previous": {"url": "?", "title": TERMS.title},
            "next": {"url": "?", "title": STORY.title} if is_complete else None,
        },
        "axis": axis,
        "bars": [bar(one, axis, today=TODAY) for one in dated],
        "statuses": Network.Status.values,
        "icons": ICONS,
        "roles": Membership.Role.choices,
        "verdict": verdict(is_complete=is_complete),
        "contributions": contributions(),
        "history": history(),
        "ahead": [Step("A moderator reads it", is_now=True), Step("The moderator decides", "It is published, or not.")],
        "waits": WAITS if is_complete else None,
        "coverage": coverage(),
        "wanted": [
            {"phase": phase, "kind": Resource.Kind.STORY, "count": phase.number - 1, "form_url": "?"}
            for phase in PHASES[:2]
        ],
        "chart": chart(months),
        "figures": [Figures(20, 12, 3, 1, WAITS), Figures(2, 0, 0, 0, None)],
        "diff": word_diff("Nine organizations test this.", "Ten organizations tested this."),
        **form(is_complete=is_complete),
    }
