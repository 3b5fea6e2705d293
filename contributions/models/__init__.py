"""Resources, which are public, and contributions, which wait for a decision."""

from .contribution import Contribution, ContributionFile
from .event import Event
from .resource import Attachment, Resource, ResourceSource, TaggedResource

__all__ = ["Attachment", "Contribution", "ContributionFile", "Event", "Resource", "ResourceSource", "TaggedResource"]
