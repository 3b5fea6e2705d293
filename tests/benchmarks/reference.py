"""PyPI's bm25s as the reference: what an ordinary, careful BM25 makes of the same documents and queries."""

from collections.abc import Iterable

import bm25s

from tests.benchmarks.collection import Collection, Document

try:
    from Stemmer import Stemmer
except ImportError:
    Stemmer = None

STEMMED = Stemmer is not None


class Reference:
    """An index of documents, title and text in one, as bm25s makes it by default with English stop words."""

    def __init__(self, documents: Iterable[Document]):
        self.stemmer = Stemmer("english") if STEMMED else None
        self.ids, texts = [], []
        for document in documents:
            self.ids.append(document.id)
            texts.append(f"{document.title} {document.text}")
        self.bm25 = bm25s.BM25()
        self.bm25.index(self._tokens(texts, return_ids=True), show_progress=False)

    def rankings(self, collection: Collection, depth: int) -> dict[str, list[str]]:
        """Return for each query the ids of the best ``depth`` that have any of its words."""
        return {query: self._ranking(text, depth) for query, text in collection.queries.items()}

    def _ranking(self, text, depth):
        tokens = self._tokens([text], return_ids=False)
        found, scores = self.bm25.retrieve(tokens, k=min(depth, len(self.ids)), show_progress=False)
        return [self.ids[place] for place, score in zip(found[0], scores[0], strict=True) if score > 0]

    def _tokens(self, texts, *, return_ids):
        return bm25s.tokenize(texts, stopwords="en", stemmer=self.stemmer, return_ids=return_ids, show_progress=False)
