"""Topics to choose, the sectors apart."""

from django.utils.translation import gettext_lazy as _

from catalogue.models import Topic
from catalogue.topics import TopicsField

from .pick import Pick

NAMES = {Topic.Group.TOPIC: _("Topics"), Topic.Group.SECTOR: _("Sectors")}


class TopicsToPick(Pick, TopicsField):
    """Any number of topics."""

    groups = NAMES.values()
    finding, found = _("Find a topic by its name"), _("Topics found:")

    def group_of(self, value):
        return NAMES[value.instance.group]
