"""What is worth a look before deciding: each signal with its reason. Machines only sort; a person decides."""

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.forms import CharField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions import duplicates, screening
from contributions.forms import form_for
from contributions.models import Contribution
from contributions.models.contribution import Intent
from contributions.screening import Signal

DUPLICATE, DEAD_LINK = "duplicate", "dead_link"
UNSEEN_IN_TEXT = {"trap", "fast"}
"""What was noticed when the form was filled in, and cannot be read from the text later."""

KINDS = [
    (DUPLICATE, gettext_lazy("like something else")),
    ("spam", gettext_lazy("hints at spam")),
    (DEAD_LINK, gettext_lazy("link does not work")),
    ("unproved", gettext_lazy("address not confirmed")),
    ("correction", gettext_lazy("changes a public entry")),
]


def seen_in(contribution: Contribution) -> list[Signal]:
    """Return what a program sees in a contribution, to be stored with it; what its form told before stays."""
    form = form_for(contribution.kind, contribution.intent).of(contribution.payload)
    kept = [Signal(*stored) for stored in contribution.signals if stored[0] in UNSEEN_IN_TEXT]
    hints = screening.spam_hints(texts_of(form), filled_in_s=None, is_trap_filled=False)
    alike = {duplicate.by for duplicate in duplicates_of(contribution)}
    return [*kept, *hints, *(Signal(DUPLICATE, likeness.value) for likeness in sorted(alike))]


def duplicates_of(contribution: Contribution) -> list[duplicates.Duplicate]:
    """Return what is like a new entry, as long as it is not decided."""
    if contribution.intent != Intent.NEW or not contribution.payload or contribution.decided_at:
        return []
    return duplicates.find(
        contribution.kind,
        title=contribution.title,
        url=contribution.payload.get("url", ""),
        checksums=list(contribution.files.values_list("sha256", flat=True)),
        besides=contribution.form_key,
    )


def texts_of(form) -> dict[str, str]:
    """What was typed, by field and by group of rows; not what was chosen."""
    form.is_valid()
    typed = {name: form.cleaned_data.get(name) for name, field in form.fields.items() if isinstance(field, CharField)}
    typed = {name: "\n".join(value) if isinstance(value, list) else value for name, value in typed.items()}
    return {name: value for name, value in typed.items() if value} | {name: form.words(name) for name in form.rows}


def explained(contribution: Contribution) -> list[str]:
    """Return every signal as a sentence."""
    stored = [_words(Signal(*stored)) for stored in contribution.signals]
    return [*stored, *(words for _code, words in _of_its_state(contribution))]


def badges(contribution: Contribution) -> list[tuple[str, str]]:
    """Return each kind of signal once, as (sentences, name of the kind), for a line of the queue."""
    sentences = {}
    for signal in (Signal(*stored) for stored in contribution.signals):
        sentences.setdefault(_kind(signal.code), []).append(_words(signal))
    for code, words in _of_its_state(contribution):
        sentences.setdefault(code, []).append(words)
    return [(" ".join(sentences[code]), name) for code, name in KINDS if code in sentences]


def with_signal(queryset, kind: str):
    """Narrow contributions to those with a kind of signal; all of them for a kind that does not exist."""
    if kind == "correction":
        return queryset.filter(intent=Intent.CORRECTION)
    if kind == "unproved":
        return queryset.filter(address_proved_at=None)
    codes = [code for code in (DUPLICATE, DEAD_LINK, *screening.REASONS, "links") if _kind(code) == kind]
    wanted = Q()
    for code in codes:
        wanted |= Q(signals_text__contains=f'"{code}"')
    return queryset.alias(signals_text=Cast("signals", TextField())).filter(wanted)


def _kind(code):
    return code if code in {DUPLICATE, DEAD_LINK} else "spam"


def _words(signal):
    if signal.code == DUPLICATE:
        likeness = duplicates.Likeness(signal.detail).label
        return _("There is something with %(likeness)s.") % {"likeness": likeness}
    if signal.code == DEAD_LINK:
        return _("The link does not work: %(reason)s") % {"reason": signal.detail}
    return screening.words(signal)


def _of_its_state(contribution):
    if contribution.intent == Intent.CORRECTION:
        yield "correction", _("It changes a public entry.")
    if not contribution.contributor_email and not contribution.erased_at:
        yield "unproved", _("The sender left no address.")
    elif not contribution.address_proved_at and not contribution.erased_at:
        yield "unproved", _("The sender has not confirmed the address.")
