"""What every public record was, when, by whom and why, and the way back.

A record's version is its state with all its parts at the end of one change. ``recording`` writes one row for each row
that a change touches, ``versions`` reads them, ``restoring`` puts an earlier state back.
"""

from .recording import History, HistoryRow, Written, change, record_rows, touch, writing
from .restoring import Overtaken, bring_back, preview, restore
from .versions import Difference, Version, changes_since, latest, name_of, part_models, state_at, versions

__all__ = [
    "Difference",
    "History",
    "HistoryRow",
    "Overtaken",
    "Version",
    "Written",
    "bring_back",
    "change",
    "changes_since",
    "latest",
    "name_of",
    "part_models",
    "preview",
    "record_rows",
    "restore",
    "state_at",
    "touch",
    "versions",
    "writing",
]
