"""Topics given as words."""

from taggit.managers import _TaggableManager

from resourcecenter.core.search import fold
from resourcecenter.core.text import one_line


def words(text: str) -> str:
    """What two ways of writing a topic have in common: neither case, nor accents, nor spaces around tell them apart."""
    return fold(one_line(text))


class TopicManager(_TaggableManager):
    """The topics of a record. Words mean the topic that has them, however they are written; else a new one."""

    def _to_tag_model_instances(self, tags, tag_kwargs):
        known = self.through.tag_model().objects.by_words() if any(isinstance(tag, str) for tag in tags) else {}
        found = [known.get(words(tag), tag) if isinstance(tag, str) else tag for tag in tags]
        return super()._to_tag_model_instances(found, tag_kwargs)
