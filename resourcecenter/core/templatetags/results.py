"""What templates of lists need."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def thousands(number):
    """Return 10000 as "10,000", as the language writes it."""
    return number_format(number, force_grouping=True)
