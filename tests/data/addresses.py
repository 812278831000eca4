"""The addresses of the machines' side, beside `tests.public.addresses`: the same checks read both lists."""

from tests.public.addresses import Page
from tests.specimens import SEARCH

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

FEEDS = [
    Page(f"{word}-{ending}", name, f"{path}.{ending}", is_html=False)
    for word, name, path in (
        ("flux", "feed", "/flux/tout"),
        ("flux-secteur", "feed_sector", "/flux/secteurs/securite"),
        ("flux-partie", "feed_party", "/flux/parties/RU"),
        ("flux-engagement", "feed_commitment", "/engagements/AES-RU-2025-04/flux"),
        ("flux-engagement-retire", "feed_commitment", "/engagements/EX-AB-2025-02/flux"),
    )
    for ending in ("atom", "json")
]

CALENDARS = [
    Page("calendrier", "calendar", "/calendrier/tout.ics", is_html=False),
    Page("calendrier-engagement", "calendar_commitment", "/engagements/AES-RU-2025-04/calendrier.ics", is_html=False),
    Page("calendrier-retire", "calendar_commitment", "/engagements/EX-AB-2025-02/calendrier.ics", is_html=False),
]

KEYS = {
    "commitments/commitment": "AES-RU-2025-04",
    "assessments/assessment": "4d33a286-0485-5cad-bf86-0c03385a8047",
    "searches/search": SEARCH,
    "milestones/milestone": "88c40241-b2cf-5d29-bd31-a0ba30c4f6fe",
    "notes/note": "97d080af-e4fb-5cca-a3be-e60173bff80b",
    "citations/citation": CITED,
    "sources/source": "A004",
    "meetings/meeting": "moscou-2025-04",
    "instruments/instrument": "relations-session-2025-04-03",
    "parties/party": "RU",
    "sectors/sector": "securite",
    "discrepancies/discrepancy": "AES-RU-D01",
}
"""What the API answers with: lists and one of each, by a key of the seed articles or of the specimens."""

FILES = [
    Page(f"{word}", name, path, status=status, is_html=False, has_languages=False)
    for word, name, path, status in (
        ("api-racine", "api-root", "/api/v1/", 200),
        ("api-description", "openapi-json", "/api/v1/openapi.json", 200),
        ("api-recherche", "search", "/api/v1/search?q=force", 200),
        ("api-changements", "changes", "/api/v1/changes?limit=5", 200),
        ("table", "table", "/data/sectors.csv", 200),
        ("lot", "bundle", "/data/tracker-2020-01-01.zip", 200),
        *((f"api-{word}", f"list_{word.split('/')[0]}", f"/api/v1/{word.split('/')[0]}", 200) for word in KEYS),
        *(
            (
                f"api-un-{word}",
                f"get_{word.split('/')[1]}",
                f"/api/v1/{word.split('/')[0]}/{key}",
                200,
            )
            for word, key in KEYS.items()
        ),
    )
]

MACHINES = [*LINKED, *FEEDS, *CALENDARS, *FILES]


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


def followed(record):
    """Return the address of each feed and calendar that `record` (the fixture) is in."""
    commitment = record.commitment
    feeds = [
        "/flux/tout",
        f"/flux/secteurs/{commitment.sector.slug}",
        "/flux/parties/RU",
        "/flux/parties/AES",
        f"/engagements/{commitment.reference}/flux",
    ]
    return [
        *(f"{path}.{ending}" for path in feeds for ending in ("atom", "json")),
        "/calendrier/tout.ics",
        f"/engagements/{commitment.reference}/calendrier.ics",
    ]


def taken(record):
    """Return the address of each file of data, and of each answer of the API, that tells of `record` (the fixture)."""
    from commitments.data.api.resources import RESOURCES
    from commitments.data.tables import TABLES

    commitment = record.commitment
    return [
        *(f"/data/{name}.{form}" for name in TABLES for form in ("csv", "jsonl")),
        *(f"/api/v1/{name}?limit=100" for name in RESOURCES),
        f"/api/v1/commitments/{commitment.reference}",
        "/api/v1/search?q=renforcer",
        "/api/v1/openapi.json",
        "/api/",
    ]
