"""Topics, with the resources and networks that carry them."""

from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from catalogue.models import FormerAddress, Network, TaggedNetwork, Topic
from contributions.models import Resource, TaggedResource
from resourcecenter.core.pagecache import public, remembered

SHOWN = 12


@public
@require_safe
def topic_list(request):
    """The vocabulary, by group, with how much there is under each term."""
    counts = remembered("topics", _counts, generation=request.generation)
    topics = Topic.objects.order_by("name")
    groups = [
        (label, [(topic, *(count.get(topic.pk, 0) for count in counts)) for topic in topics if topic.group == group])
        for group, label in Topic.Group.choices
    ]
    return render(request, "site/topic_list.html", {"groups": groups})


@public
@require_safe
def topic_detail(request, slug):
    """A topic: what it means, and what there is."""
    topic = Topic.objects.filter(slug=slug).first()
    if topic is None:
        former = get_object_or_404(FormerAddress.objects.select_related("topic"), slug=slug)
        return redirect(former.topic, permanent=True)
    resources = Resource.objects.filter(tagged__tag=topic)
    networks = Network.objects.filter(tagged__tag=topic)
    counts = remembered(
        f"topic:{topic.pk}",
        lambda: {"resources": resources.count(), "networks": networks.count()},
        generation=request.generation,
    )
    context = {
        "topic": topic,
        "counts": counts,
        "resources": resources.for_cards()[:SHOWN],
        "networks": networks.for_cards()[:SHOWN],
    }
    return render(request, "site/topic_detail.html", context)


def _counts():
    """How many resources and how many networks carry each topic, by its key."""
    return [
        dict(through.objects.values_list("tag").annotate(Count("pk"))) for through in (TaggedResource, TaggedNetwork)
    ]
