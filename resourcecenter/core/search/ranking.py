"""The order by relevance: BM25, by how near to what was typed a document has it."""

from collections.abc import Mapping, Sequence
from math import log

from .engine import cursor, engine, fetch, marks
from .terms import Term
from .vocabulary import ANYTHING, documents_with_stems
from .words import fold, root, stem, words_of

READ_AGAIN = 30  # of the best are looked at for the exact words
READ_CHARS = 300  # of their bodies
FEW_TERMS = 4  # of more, the form of one tells little
CALLED_SO = 1.25  # and more, if its title has all the words as they were typed
AS_TYPED, SAME_STEM, SYNONYM = 1.0, 0.8, 0.6  # what a document's score is worth by the form in which it has a term


def ranked(scores: Mapping[int, float], terms: Sequence[Term], weights: Mapping[str, float], *, best: int) -> list[int]:
    """Return the ids of ``scores`` (the less, the better), of which the ``best`` first ones are ranked again."""
    ids = list(scores)
    with cursor() as opened:
        again = engine().scores(opened, ids[:best], weights)
    scores = again or scores
    first = sorted(ids[:best], key=lambda document: (scores.get(document, 0), document))
    if len(terms) > FEW_TERMS:
        return first + ids[best:]
    nearness = _nearness(first[:READ_AGAIN], terms)
    nearest = sorted(first[:READ_AGAIN], key=lambda document: (scores.get(document, 0) * nearness[document], document))
    return nearest + first[READ_AGAIN:] + ids[best:]


def weights(terms: Sequence[Term]) -> dict[str, float]:
    """Return what each stem that is looked for counts: the rarer, the more; less if nobody typed it."""
    typed = [word for term in terms for word in term.words]
    others = [(word, 1) for term in terms for word in term.completions]
    others += [(word, len(words)) for term in terms for words in term.synonyms for word in words]
    stems = {root(word) for word in (*typed, *(word for word, _length in others))}
    documents = documents_with_stems(stems)
    total = documents.pop(ANYTHING, 1)
    rarity = {word: log(1 + (total - number + 0.5) / (number + 0.5)) for word, number in documents.items()}
    rarest = log(1 + (total + 0.5) / 0.5)
    counted = {root(word): SYNONYM * rarity.get(root(word), rarest) / length for word, length in others}
    for word in {root(word) for word in typed}:
        counted[word] = sum(root(other) == word for other in typed) * rarity.get(word, rarest)
    return counted


def _nearness(ids, terms):
    sql = f"""SELECT id, title, tags, summary, substr(body, 1, {READ_CHARS}) FROM core_indexeddocument
        WHERE id IN ({marks(ids)})"""  # noqa: S608 (marks only)
    return {document: _near(title, "\n".join(texts), terms) for document, title, *texts in fetch(sql, ids)}


def _near(title, rest, terms):
    if not terms:
        return AS_TYPED
    in_title, in_rest = set(words_of(fold(title))), set(words_of(fold(rest)))
    words = in_title | in_rest
    stems = {stem(word) for word in words}
    is_called_so = all(in_title.issuperset(map(fold, term.words)) for term in terms)
    return sum(_form(words, stems, term) for term in terms) / len(terms) * (CALLED_SO if is_called_so else 1)


def _form(words, stems, term):
    if words.issuperset(map(fold, term.words)):
        return AS_TYPED
    return SAME_STEM if stems >= term.roots else SYNONYM
