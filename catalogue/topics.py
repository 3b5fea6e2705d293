"""Topics by their addresses, those included that they once had."""

from django import forms

from catalogue.models import FormerAddress, Topic


def current(slugs: list[str]) -> list[str]:
    """The addresses of today for these, each once; what no topic ever had stays as it is."""
    now = dict(FormerAddress.objects.filter(slug__in=slugs).values_list("slug", "topic__slug"))
    return list(dict.fromkeys(now.get(slug, slug) for slug in slugs))


class TopicsField(forms.ModelMultipleChoiceField):
    """Topics to choose; what was sent before two of them were merged still means the one that stayed."""

    def __init__(self, **kwargs):
        super().__init__(Topic.objects.for_tags(), to_field_name="slug", required=False, **kwargs)

    def clean(self, value):
        return super().clean(current([*map(str, value)]) if isinstance(value, (list, tuple)) else value)

    def prepare_value(self, value):
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            return current(value)
        return super().prepare_value(value)
