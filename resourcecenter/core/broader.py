"""Ways on where a search finds little: another spelling, or less to look for. Each says how much it finds."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple

from django.utils.translation import gettext as _

from resourcecenter.core import search
from resourcecenter.core.asked import Asked, Collection, Labels

FEW = 3
"""From how few results on another spelling is offered, if it finds more."""
MAX_MENDED = 10
"""A text of more words was rather pasted than mistyped."""
MAX_TRIED = 6
"""How many broader searches are tried; each costs about as much as the page itself."""


class Way(NamedTuple):
    label: str
    list: Asked
    total: int
    is_capped: bool


def other_spelling(collection: Collection, asked: Asked, results: search.Results) -> Way | None:
    """Return the same list in another spelling of words that are not known, if that finds more."""
    if not asked.text or results.with_all_words > FEW or len(results.query.words) > MAX_MENDED:
        return None
    text = search.did_you_mean(asked.text)
    found = _try(collection, text, asked.saying(text)) if text else None
    return found if found and found.total > results.with_all_words else None


def broader(collection: Collection, asked: Asked, results: search.Results, known: Mapping[str, Labels]) -> list[Way]:
    """Return searches for a little less that find something, where nothing has all that is asked for."""
    if results.with_all_words:
        return []
    tries = islice(_fewer(asked, known), MAX_TRIED)
    return [way for label, less in tries if (way := _try(collection, label, less))]


def _fewer(asked, known) -> Iterable[tuple[str, Asked]]:
    for name, value in asked.filters:
        facet = {"facet": known[name].title, "value": known[name].values[value]}
        yield _("Without “%(facet)s: %(value)s”") % facet, asked.without(name, value)
    if len(asked.filters) > 1:
        yield _("Without any filter"), asked.without_filters()
    if '"' in asked.text:
        yield _("Without the quotation marks"), asked.saying(asked.text.replace('"', " ").strip())
    words = asked.text.split()
    for place, word in enumerate(words if len(words) > 1 else []):
        rest = " ".join(words[:place] + words[place + 1 :])
        yield _("Without “%(word)s”") % {"word": word}, asked.saying(rest)


def _try(collection, label, asked) -> Way | None:
    # By title, because by relevance a few are followed by others that have only some of the words.
    found = collection.search(asked.sorted_by(search.Sort.TITLE), per_page=1)
    return Way(label, asked, found.with_all_words, found.is_capped) if found.with_all_words else None
