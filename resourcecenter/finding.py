from typing import NamedTuple

from django.utils.text import capfirst

from catalogue.models import Network
from contributions.models import Resource


class Found(NamedTuple):
    kind: str
    record: object
    label: str
    url: str
    title: str
    summary: str
    key: int
    added_at: object
    changed_at: object
    licence: str = ""


def records(hits):
    out = {}
    for kind, model in {"resource": Resource, "network": Network}.items():
        found = model.objects.for_cards().in_bulk([h[1] for h in hits if h[0] == kind])
        out |= {
            (kind, k): Found(
                kind,
                r,
                str(capfirst(r.get_kind_display())),
                r.get_absolute_url(),
                str(r),
                r.summary,
                k,
                r.added_at,
                r.changed_at,
                getattr(r, "licence", ""),
            )
            for k, r in found.items()
        }
    return {(h[0], h[1]): out[h[0], h[1]] for h in hits if (h[0], h[1]) in out}
