"""The one list of the types of public pages: every check of pages reads it, and so do the pictures of docs/.

A new page is a line here: `test_addresses` says which address of `commitments/public/urls.py` has none. The pages are
those of the seed articles with `tests.specimens` beside them. Imports nothing of ours, so that scripts may read it too.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Page(NamedTuple):
    """A type of page, or one of its states: a word for its picture, the name of its address, the address itself.

    A page that `is_framed` is shown inside another site: it has no navigation of ours, and no search engine reads it.
    """

    word: str
    name: str
    path: str
    status: int = 200
    is_html: bool = True
    has_languages: bool = True
    is_framed: bool = False


PAGES = [
    Page("accueil", "home", "/"),
    Page("accueil-passe", "home", "/?as_of=2025-04-10&known_on=2026-11-01"),
    Page("liste", "commitments", "/engagements/"),
    Page("liste-filtree", "commitments", "/engagements/?q=l%27arm%C3%A9e&party=RU&status=not_assessed&sort=-title"),
    Page("liste-passee", "commitments", "/engagements/?as_of=2026-11-20&page=2&sort=-title"),
    Page("liste-attendus", "commitments", "/engagements/?basis=expected"),
    Page("liste-envisages", "commitments", "/engagements/?basis=envisaged"),
    Page("liste-vide", "commitments", "/engagements/?q=introuvable"),
    Page("liste-refusee", "commitments", "/engagements/?status=inconnu", status=400),
    Page("liste-sans-page", "commitments", "/engagements/?page=99", status=404),
    Page("recherche", "search", "/recherche/?q=Diop"),
    Page("recherche-vide", "search", "/recherche/?q=embasade"),
    Page("recherche-passee", "search", "/recherche/?q=force&as_of=2025-06-01"),
    Page("engagement", "commitment", "/engagements/AES-RU-2025-04/"),
    Page("engagement-passe", "commitment", "/engagements/AES-RU-2025-04/?as_of=2025-04-03"),
    Page("engagement-exemple", "commitment", "/engagements/EX-AB-2025-01/"),
    Page("engagement-retire", "commitment", "/engagements/EX-AB-2025-02/", status=410),
    Page("sources", "sources", "/sources/"),
    Page("source", "source", "/sources/A004/"),
    Page("source-exemple", "source", "/sources/EX1/"),
    Page("rencontre", "meeting", "/rencontres/moscou-2025-04/"),
    Page("divergences", "discrepancies", "/divergences/"),
    Page("divergence", "discrepancy", "/divergences/AES-RU-D01/"),
    Page("divergence-tranchee", "discrepancy", "/divergences/EX-AB-D01/"),
    Page("instrument", "instrument", "/instruments/relations-session-2025-04-03/"),
    Page("secteurs", "sectors", "/secteurs/"),
    Page("secteur", "sector", "/secteurs/securite/"),
    Page("parties", "parties", "/parties/"),
    Page("partie", "party", "/parties/AES/"),
    Page("matrice", "matrix", "/matrice/"),
    Page("chronologie", "chronology", "/chronologie/"),
    Page("comparer", "comparison", "/comparer/?from=2025-11-21"),
    Page("corrections", "corrections", "/corrections/"),
    Page("corrections-engagement", "commitment-corrections", "/engagements/EX-AB-2025-01/corrections/"),
    Page("methode", "method", "/methode/"),
    Page("cadre", "commitment_frame", "/engagements/AES-RU-2025-04/integrer/", is_framed=True),
    Page("cadre-liste", "commitments_frame", "/integrer/engagements/", is_framed=True),
    Page("a-propos", "about", "/a-propos/"),
    Page("donnees", "data", "/donnees/"),
    Page("api", "api", "/api/"),
    Page("jour-refuse", "home", "/?as_of=hier", status=400),
    Page("introuvable", "", "/nulle-part/", status=404),
    Page("carte", "card", "/carte.png", is_html=False),
    Page("carte-engagement", "commitment_card", "/engagements/AES-RU-2025-04/carte.png", is_html=False),
    Page("robots", "robots", "/robots.txt", is_html=False, has_languages=False),
    Page("plans", "sitemap_index", "/sitemap.xml", is_html=False, has_languages=False),
    Page("plan", "sitemap", "/plan-du-site/pages.xml", is_html=False, has_languages=False),
    Page("plan-engagements", "sitemap", "/plan-du-site/engagements.xml", is_html=False, has_languages=False),
]

HTML = [page for page in PAGES if page.is_html]
"""What a reader looks at; the others are files."""

LANGUAGES = {"fr": "", "en": "/en"}
"""The languages, with what an address begins with in each."""


def in_each_language(pages: Iterable[Page]) -> Iterator[tuple[Page, str, str]]:
    """Yield each of `pages` with each language that it has, and its address in it."""
    for page in pages:
        for language, prefix in LANGUAGES.items():
            if page.has_languages or not prefix:
                yield page, language, prefix + page.path
