"""The tables of the floor, each defined in the module that owns it."""

from .content import LoadedRecord
from .identity import SiteIdentity
from .jobs import JobRun
from .limits import Tries
from .mail.quota import UnprovedMail
from .missed import MissedSearch
from .pagecache import ContentGeneration
from .public import Tombstone
from .search.index import IndexedDocument
from .search.values import IndexedValue
from .search.vocabulary import IndexedWord

__all__ = [
    "ContentGeneration",
    "IndexedDocument",
    "IndexedValue",
    "IndexedWord",
    "JobRun",
    "LoadedRecord",
    "MissedSearch",
    "SiteIdentity",
    "Tombstone",
    "Tries",
    "UnprovedMail",
]
