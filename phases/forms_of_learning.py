"""Which form of learning together fits: six questions, and a table of rules that the answers are held against.

Source of the questions and rules: the page "What is a learning network?", which names its own sources.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

Answers = Mapping[str, str]
"""The value chosen for each question, by its name; a question without an answer is left out."""


class Option(NamedTuple):
    value: str
    text: str
    why: str


class Question(NamedTuple):
    name: str
    text: str
    options: tuple[Option, ...]

    def option(self, value: str) -> Option | None:
        return next((option for option in self.options if option.value == value), None)


class Form(NamedTuple):
    """``kind`` is how the catalogue files its networks, ``term`` the address of its glossary entry, if it has one."""

    name: str
    verdict: str
    what: str
    kind: str
    term: str


class Rule(NamedTuple):
    """The form that fits where each question named in ``needs`` has the answer given there."""

    form: str
    needs: Answers


class Change(NamedTuple):
    """Another answer to one question, and the forms that could fit then: several while other questions are open."""

    question: Question
    option: Option
    forms: list[Form]


QUESTIONS = (
    Question(
        "formality",
        _("Who would take part?"),
        (
            Option(
                "organizations",
                _("A few organizations that are chosen and commit themselves"),
                _("A learning network has a limited number of organizations, each represented by named people."),
            ),
            Option(
                "people",
                _("People who join and leave as they like"),
                _("A community of practice is made of individuals and is usually open."),
            ),
        ),
    ),
    Question(
        "agenda",
        _("What would hold it together?"),
        (
            Option(
                "questions",
                _("Open questions that the members need answered, agreed in writing"),
                _("A learning network is bound by a learning agenda that its members draw up and pursue together."),
            ),
            Option(
                "approach",
                _("An approach that research and development organizations want to test and spread in shared cycles"),
                _("This is what learning alliances are for."),
            ),
            Option(
                "practice",
                _("Good practice that is known, and that teams need help to apply"),
                _("This is what improvement collaboratives are for; they take about a year."),
            ),
            Option(
                "interest",
                _("A shared field of interest"),
                _("Communities of practice and membership networks live on a shared interest and need no agenda."),
            ),
        ),
    ),
    Question(
        "outputs",
        _("Whom should the results serve?"),
        (
            Option(
                "industry",
                _("Each organization, the group, and the wider industry"),
                _("The agenda of a learning network brings learning to these three levels."),
            ),
            Option(
                "members",
                _("Those who take part, as each of them chooses"),
                _("In a community of practice the outputs are whatever the members choose."),
            ),
        ),
    ),
    Question(
        "end",
        _("How long would it last?"),
        (
            Option(
                "fixed",
                _("For a set time, with an end date known from the start"),
                _("A learning network, like a collaborative, has an end."),
            ),
            Option(
                "open",
                _("As long as people find it useful"),
                _("A community of practice lasts as long as people find it useful; so do permanent meeting places."),
            ),
        ),
    ),
    Question(
        "deliverables",
        _("What would members owe?"),
        (
            Option(
                "owed",
                _("Products that they agree to deliver, in return for means to take part"),
                _("Members of a learning network receive resources and owe deliverables."),
            ),
            Option(
                "free",
                _("Nothing: they give what they like"),
                _("Taking part in a community of practice is mostly voluntary."),
            ),
        ),
    ),
    Question(
        "facilitation",
        _("Who would facilitate?"),
        (
            Option(
                "paid",
                _("Somebody whose time is paid for"),
                _("In a learning network facilitation is essential and paid for."),
            ),
            Option(
                "voluntary",
                _("Volunteers, or nobody in particular"),
                _("In a community of practice facilitation is helpful and often voluntary."),
            ),
        ),
    ),
)

FORMS = {
    "learning_network": Form(
        _("a learning network"),
        _("A learning network fits"),
        _("A limited group of organizations that pursues a shared agenda for a set time, with facilitation."),
        "learning_network",
        "learning-network",
    ),
    "community_of_practice": Form(
        _("a community of practice"),
        _("A community of practice suits you better"),
        _("A lighter form, for people who need a place to exchange. It asks for less money and leaves more freedom."),
        "community_of_practice",
        "community-of-practice",
    ),
    "learning_alliance": Form(
        _("a learning alliance"),
        _("A learning alliance suits you better"),
        _("For research and development organizations that test and spread an approach through shared cycles."),
        "learning_alliance",
        "learning-alliance",
    ),
    "collaborative": Form(
        _("an improvement collaborative"),
        _("An improvement collaborative suits you better"),
        _("For teams that need help to apply good practice that is known, within about a year."),
        "collaborative",
        "collaborative",
    ),
    "membership_network": Form(
        _("a membership network"),
        _("A membership network suits you better"),
        _("For a sector that needs a permanent meeting place."),
        "other",
        "",
    ),
}

LEARNING_NETWORK = {
    "formality": "organizations",
    "agenda": "questions",
    "outputs": "industry",
    "end": "fixed",
    "deliverables": "owed",
    "facilitation": "paid",
}

RULES = (
    Rule("community_of_practice", {"formality": "people"}),
    Rule("learning_alliance", {"agenda": "approach"}),
    Rule("collaborative", {"agenda": "practice", "end": "fixed"}),
    Rule("membership_network", {"agenda": "interest", "end": "open"}),
    Rule("learning_network", LEARNING_NETWORK),
    Rule("community_of_practice", {}),
)
"""The first rule that holds decides. A learning network takes all six; where one is missing, a lighter form fits."""


def read_answers(parameters: QueryDict) -> tuple[dict[str, str], list[str]]:
    """Return the answers in an address, and what in it was left out, as "name=value".

    Where a question is answered several times, the last answer counts, as in any form.
    """
    answers, left_out = {}, []
    for question in QUESTIONS:
        given = [value for value in parameters.getlist(question.name) if value]
        known = [value for value in given if question.option(value)]
        if known:
            answers[question.name] = known[-1]
        left_out += [f"{question.name}={value}" for value in given if value not in known[-1:]]
    return answers, left_out


def possible_forms(answers: Answers) -> list[Form]:
    """Return the forms that could fit, whatever the open questions are answered; one where they cannot change it."""
    keys = {_decide(full) for full in _completions(answers)}
    return [form for key, form in FORMS.items() if key in keys]


def questions_that_matter(answers: Answers) -> list[Question]:
    """Return the open questions whose answer can change the form, however the others are answered."""
    return [question for question in QUESTIONS if question.name not in answers and _matters(question, answers)]


def changes(answers: Answers) -> list[Change]:
    """Return each other answer to one answered question after which another form could fit."""
    now = possible_forms(answers)
    found = []
    for question in QUESTIONS:
        for option in question.options:
            forms = possible_forms({**answers, question.name: option.value})
            if question.name in answers and forms != now:
                found.append(Change(question, option, forms))
    return found


def _decide(answers):
    return next(rule.form for rule in RULES if rule.needs.items() <= answers.items())


def _completions(answers: Answers) -> Iterator[dict[str, str]]:
    """Every way to answer all questions that keeps the answers given."""
    names = [question.name for question in QUESTIONS]
    values = [[answers[q.name]] if q.name in answers else [option.value for option in q.options] for q in QUESTIONS]
    return (dict(zip(names, full, strict=True)) for full in product(*values))


def _matters(question, answers):
    values = [option.value for option in question.options]
    return any(len({_decide({**full, question.name: value}) for value in values}) > 1 for full in _completions(answers))
