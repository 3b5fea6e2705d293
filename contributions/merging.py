"""Merging topics: what carried one of them carries the one that stays, and their addresses lead to it."""

from collections.abc import Sequence

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from catalogue.models import FormerAddress, TaggedNetwork, Topic
from catalogue.tagging import words
from contributions.models import TaggedResource
from resourcecenter.core.history import change

TAGGED = [TaggedNetwork, TaggedResource]


class CannotMerge(Exception):  # noqa: N818 (named for what happened)
    """These topics cannot become one; the message says why, for the person who wanted it."""


def uses(topics: Sequence[Topic]) -> dict[Topic, int]:
    """How many networks and resources carry each of the topics."""
    tagged = [key for model in TAGGED for key in model.objects.filter(tag__in=topics).values_list("tag", flat=True)]
    return {topic: tagged.count(topic.pk) for topic in topics}


def merge(topics: Sequence[Topic], *, into: Topic, by=None) -> Topic:
    """Make ``topics`` one with ``into``, in one change; return it. Their names and synonyms become its synonyms.

    Raises CannotMerge, nothing written, if one of them is gone by now or is itself the one that stays; ValidationError
    if all the words together do not fit.
    """
    if not topics or into in topics:
        raise CannotMerge(_("A topic cannot be merged into itself. Choose another one that stays."))
    names = get_text_list([topic.name for topic in topics], _("and"))
    reason = _("Merged into “%(topic)s”: %(names)s.") % {"topic": into.name, "names": names}
    with change(reason, by=by):  # others who merge wait here, so that what is read now stays true
        stays, *merged = _as_they_stand([into, *topics])
        _take_words(stays, merged)
        for model in TAGGED:
            _retag(model, merged, stays)
        _keep_addresses(merged, stays)
        for topic in merged:
            topic.delete()
    return stays


def _as_they_stand(topics):
    here = Topic.objects.in_bulk([topic.pk for topic in topics])
    if gone := [topic.name for topic in topics if topic.pk not in here]:
        raise CannotMerge(
            _("Nothing was merged: %(names)s is no longer here. Somebody may have merged or retired it just now.")
            % {"names": get_text_list(gone, _("and"))}
        )
    return [here[topic.pk] for topic in topics]


def _take_words(stays, merged):
    new = [word for topic in merged for word in (topic.name, *topic.synonym_list)]
    each = {words(stays.name): ""}
    for word in (*stays.synonym_list, *new):
        each.setdefault(words(word), word)
    stays.synonyms = ", ".join(filter(None, each.values()))
    stays.full_clean()
    stays.save()


def _retag(model, merged, stays):
    """The tags of the merged topics go with them; whatever had one and not yet the other gets it."""
    has = model.objects.filter(tag=stays).values("content_object")
    lacking = model.objects.filter(tag__in=merged).exclude(content_object__in=has)
    keys = lacking.order_by("content_object").values_list("content_object", flat=True).distinct()
    model.objects.bulk_create([model(tag=stays, content_object_id=key) for key in keys], batch_size=500)


def _keep_addresses(merged, stays):
    FormerAddress.objects.filter(topic__in=merged).update(topic=stays)
    FormerAddress.objects.bulk_create([FormerAddress(slug=topic.slug, topic=stays) for topic in merged])
