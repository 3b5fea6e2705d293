"""A phase with its resources."""

from django.db.models import Count
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from contributions.models import Resource
from phases.models import Phase
from resourcecenter.core.pagecache import public, remembered

SHELF = 3
"""How many resources of a kind a phase page shows; the rest is a link away."""


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
    return [
        {
            "kind": kind,
            "count": counts.get(kind, 0),
            "resources": Resource.objects.for_cards()
            .filter(phases=phase, kind=kind)
            .order_by("-featured", "-added_at", "-pk")[:SHELF],
        }
        for kind in Resource.Kind
    ]
