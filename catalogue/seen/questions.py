"""The learning questions of the networks asked for, under the topics of their networks."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Count, F, Prefetch, QuerySet, Window
from django.db.models.functions import DenseRank

from catalogue.models import LearningQuestion, Network, NetworkQuerySet, TaggedNetwork, Topic
from phases.models import Level
from resourcecenter.core import search

NOT_RECORDED = "none"
LEVELS = [*Level.values, NOT_RECORDED]
"""What the level of a question may be in an address."""

MAX_NETWORKS = 3
"""Under a topic among others, as many networks are shown."""

MAX_NETWORKS_OF_ONE = 100
"""Under a topic that was asked for, as many networks are shown."""


class Shelf(NamedTuple):
    """A topic, or None for networks that have none, with networks and how many networks and questions there are.

    Each network has the questions to show as ``asked``, and its deliverables.
    """

    topic: Topic | None
    networks: list[Network]
    network_count: int
    question_count: int


def questions(networks: NetworkQuerySet | None, *, level: str = "", text: str = "") -> QuerySet:
    """Return the questions of these networks, or of all for None, of a level of LEVELS, with any word of a text."""
    found = (
        LearningQuestion.objects.all() if networks is None else LearningQuestion.objects.filter(network__in=networks)
    )
    if level:
        found = found.filter(level="" if level == NOT_RECORDED else level)
    return found.filter(pk__in=_with_words(found, text)) if text else found


def shelves(found: QuerySet, *, topics: list[str]) -> list[Shelf]:
    """Return a shelf for each topic with questions, or only for the ``topics`` of these slugs, by the alphabet.

    A network with several topics stands on several shelves.
    """
    tagged = TaggedNetwork.objects.filter(tag__group=Topic.Group.TOPIC)
    without = found.exclude(network__in=tagged.values("content_object"))
    tagged = tagged.filter(content_object__in=found.values("network"))
    if topics:
        tagged, without = tagged.filter(tag__slug__in=topics), found.none()
    limit = MAX_NETWORKS_OF_ONE if topics else MAX_NETWORKS
    shown, counts = _first(tagged, limit), _counts(tagged, found)
    loose = list(without.order_by("network__name", "network_id").values_list("network", flat=True).distinct()[:limit])
    networks = _networks({key for keys in shown.values() for key in keys} | set(loose), found)
    shelved = [
        Shelf(topic, [networks[key] for key in shown[topic.pk]], *counts[topic.pk])
        for topic in Topic.objects.filter(pk__in=shown).order_by("name")
    ]
    if loose:
        total = without.order_by().aggregate(networks=Count("network", distinct=True), questions=Count("pk"))
        shelved.append(Shelf(None, [networks[key] for key in loose], total["networks"], total["questions"]))
    return shelved


def _with_words(found, text):
    """Keys of the questions that hold any of the words, told apart as the search does: by neither case nor accent."""
    words = [word for word in search.fold(text).replace('"', " ").split() if not word.startswith("-")]
    rows = found.order_by().values_list("pk", "text")
    return [key for key, question in rows if any(word in search.fold(question) for word in words)]


def _first(tagged, limit):
    """The keys of the first networks of each topic, by the key of the topic."""
    place = Window(DenseRank(), partition_by=F("tag"), order_by=["content_object__name", "content_object"])
    rows = tagged.annotate(place=place).filter(place__lte=limit).order_by("place").values_list("tag", "content_object")
    keys = defaultdict(list)
    for topic, network in rows:
        keys[topic].append(network)
    return keys


def _counts(tagged, found):
    """How many networks and questions each topic has, by the key of the topic."""
    asked = found.order_by().values_list("network").annotate(Count("pk"))
    questions = dict(asked)
    counts = defaultdict(lambda: (0, 0))
    for topic, network in tagged.values_list("tag", "content_object"):
        networks, total = counts[topic]
        counts[topic] = networks + 1, total + questions[network]
    return counts


def _networks(keys, found):
    lines = Prefetch("learning_questions", queryset=found, to_attr="asked")
    return Network.objects.prefetch_related(lines, "deliverables").in_bulk(keys)
