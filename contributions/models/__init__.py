"""Resources, which are public, and contributions, which wait for a decision."""

from .contribution import Contribution, ContributionFile, Draft, LostLink
from .event import Event, Reason
from .resource import Attachment, FileText, Resource, ResourceSource, TaggedResource

__all__ = [
    "Attachment",
    "Contribution",
    "ContributionFile",
    "Draft",
    "Event",
    "FileText",
    "LostLink",
    "Reason",
    "Resource",
    "ResourceSource",
    "TaggedResource",
]
