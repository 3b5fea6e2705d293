"""What the head of a page says twice: to browsers, and to those who show a link to it."""

from html import unescape

from django import template
from django.utils.html import format_html

register = template.Library()


@register.simple_block_tag
def page_title(content):
    """The title of the page, which is ``content``, for browsers and for previews of links."""
    text = unescape(content).strip()
    return format_html('<title>{}</title>\n  <meta property="og:title" content="{}">', text, text)
