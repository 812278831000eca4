"""Tags for what a search finds: the words looked for, marked."""

from django import template
from django.utils.safestring import SafeString

from commitments.public.search.excerpts import excerpt_html, marked
from commitments.public.search.hits import Hit
from commitments.templatetags.public import in_its_language

register = template.Library()


@register.simple_tag
def marked_title(hit: Hit) -> str:
    """Return the title of what was found, in its language, with the words looked for marked."""
    return in_its_language(hit.title.language, marked(hit.title.text, hit.places))


@register.simple_tag
def marked_excerpt(hit: Hit) -> SafeString:
    """Return the passage that says why it was found, with the words looked for marked; "" for none."""
    return excerpt_html(hit.excerpt)
