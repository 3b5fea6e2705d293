"""The learning questions of all networks, with what the networks made of them."""

from collections import defaultdict

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.seen.asked import asked
from catalogue.seen.questions import LEVELS, MAX_NETWORKS_OF_ONE, NOT_RECORDED, questions, shelves
from contributions.models import Resource
from phases.models import Level
from resourcecenter.core.limits import SEARCH, limited_when_asked
from resourcecenter.core.listing import Link
from resourcecenter.core.pagecache import public

OUTPUTS = 5
"""Of each network, as many resources and as many deliverables are shown; its own page has all."""


@public
@require_safe
@limited_when_asked(SEARCH)
def learning_questions(request):
    """What networks set out to learn, by topic, each with the outputs of its network."""
    found = asked(request, question_level=LEVELS)
    level, text = found.own.get("question_level", ""), found.listing.text
    narrowed = found.networks() if found.listing.is_narrowed else None
    matching = questions(narrowed, level=level, text=text)
    topics = found.listing.asked.chosen.get("topic", [])
    shelved = shelves(matching, topics=topics)
    resources = _resources({network.pk for shelf in shelved for network in shelf.networks})
    context = {
        "current": "questions",
        "here": _("Learning questions"),
        "asked": found,
        "total": matching.count(),
        "network_total": matching.order_by().values("network").distinct().count(),
        "levels": [Link(label, found.address(question_level=v), is_current=v == level) for v, label in _levels()],
        "shelves": [
            (
                shelf,
                found.listing.asked.choosing("topic", shelf.topic.slug).url if shelf.topic else "",
                [(network, network.deliverables.all()[:OUTPUTS], resources[network.pk]) for network in shelf.networks],
            )
            for shelf in shelved
        ],
        "is_one_topic": bool(topics),
        "most": MAX_NETWORKS_OF_ONE,
    }
    return render(request, "site/learning_questions.html", context)


def _levels():
    named = [(value, capfirst(label)) for value, label in Level.choices]
    return [("", _("All levels")), *named, (NOT_RECORDED, _("Not recorded"))]


def _resources(networks):
    """The latest resources of each network, by its key."""
    place = Window(RowNumber(), partition_by=F("network"), order_by=["-added_at", "-pk"])
    latest = Resource.objects.filter(network__in=networks).annotate(place=place).filter(place__lte=OUTPUTS)
    shelf = defaultdict(list)
    for resource in latest.order_by("place"):
        shelf[resource.network_id].append(resource)
    return shelf
