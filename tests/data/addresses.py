"""The addresses of the machines' side, beside `tests.public.addresses`: the same checks read both lists."""

from tests.public.addresses import Page

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

MACHINES = [*FEEDS, *CALENDARS]


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
