"""The addresses of the machines' side, beside `tests.public.addresses`: the same checks read both lists."""

from tests.public.addresses import Page

CITED = "0b9a0730-1ea7-5d82-808c-340c2af5d64a"
"""A citation of the seed articles."""

LINKED = [
    Page("catalogue", "catalog", "/data/catalog.jsonld", is_html=False, has_languages=False),
    Page(
        "annotation",
        "citation_annotation",
        f"/api/v1/citations/{CITED}/annotation",
        is_html=False,
        has_languages=False,
    ),
    Page("contact", "security", "/.well-known/security.txt", status=404, has_languages=False),
]

MACHINES = [*LINKED]


def linked(record):
    """Return the address of what is linked data, and of what crawlers read, of `record` (the fixture)."""
    quoted = record.commitment.citations.get(source=record.source)
    words = ("pages", "engagements", "sources", "rencontres", "instruments", "divergences", "secteurs", "parties")
    return [
        "/data/catalog.jsonld",
        f"/api/v1/citations/{quoted.uid}/annotation",
        "/robots.txt",
        "/sitemap.xml",
        *(f"/plan-du-site/{word}.xml" for word in words),
    ]
