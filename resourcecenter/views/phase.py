"""A phase with its resources."""

from django.db.models import Count
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from contributions.models import Resource
from phases.models import Phase
from resourcecenter.core.pagecache import public, remembered

SHELF = 3
"""How many resources of a kind a phase page shows; the rest is a link away."""

HANDOUT = 40
"""How many of a kind are named when it is printed."""


@public
@require_safe
def phase_detail(request, slug):
    """A phase: its guidance, then its tools, guidance and stories on three shelves."""
    phase = get_object_or_404(Phase.objects.for_page(), slug=slug)
    phases = list(Phase.objects.all())
    place = phases.index(phase)
    context = {
        "phase": phase,
        "phases": phases,
        "previous": phases[place - 1] if place else None,
        "next": phases[place + 1] if place + 1 < len(phases) else None,
        "shelves": _shelves(phase, generation=request.generation),
    }
    return render(request, "site/phase_detail.html", context)


def _shelves(phase, *, generation):
    counts = remembered(
        f"shelves:{phase.pk}",
        lambda: dict(phase.resources.order_by().values_list("kind").annotate(Count("pk"))),
        generation=generation,
    )
    return [_shelf(phase, kind, counts.get(kind, 0)) for kind in Resource.Kind]


def _shelf(phase, kind, count):
    chosen = {"phases": phase, "kind": kind}
    best_first = ["-featured", "-added_at", "-pk"]
    return {
        "kind": kind,
        "count": count,
        "resources": Resource.objects.for_cards().filter(**chosen).order_by(*best_first)[:SHELF],
        "printed": Resource.objects.filter(**chosen).order_by(*best_first).only("title", "slug")[:HANDOUT],
    }
