"""The page cache: public pages are rendered once for each generation of public content.

``generation`` counts the changes of public content; ``declarations`` is what views say of their pages; ``front``
answers what is kept, before Django begins; ``pages`` keeps it, in the process and in the memory that all processes
share (``shared``), if there is one.
"""

from .declarations import leave_out, no_store_unless_public, personal, public, unlinked
from .generation import (
    ContentGeneration,
    current_generation,
    raise_generation,
    recent_generation,
    release,
    remembered,
    renew_generation,
)

__all__ = [
    "ContentGeneration",
    "current_generation",
    "leave_out",
    "no_store_unless_public",
    "personal",
    "public",
    "raise_generation",
    "recent_generation",
    "release",
    "remembered",
    "renew_generation",
    "unlinked",
]
