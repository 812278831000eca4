"""What the search should find in the seed articles: queries with their hits, near spellings, words in French.

All of it was drawn from the fixtures before the search of all that is public was written, and without its code. For
each query, the forms of each word were chosen by hand as a regular expression: its plural, its feminine, its verbs.
A hit is a public record in whose texts each word of the query, but for stop words, has one of its forms; case and
accents make no difference. The hits were then compared with what Snowball's two stemmers would find, and each
difference was decided by hand. Where a stemmer cuts more than a reader would, it was followed (“formation” finds
“format”, “Russie” finds “russe”, “équipement” finds “equipment”), but not where it misled readers: “armes” finds
“armés” and neither “armée” nor “armed”; “communiqué” and “commune” do not find each other. One guess was taken back
once the search was there: “confédération” does not find “confédérale”, which is another word.
"""

import json
from pathlib import Path
from typing import Any

from commitments.public.lists.catalogue import Catalogue
from commitments.reading import NOW
from commitments.rules.search import analysis, finding
from commitments.rules.search.entries import ENTRIES

QUERIES: list[tuple[str, dict[str, str]]] = list(
    json.loads(Path(__file__).with_suffix(".json").read_text("utf-8")).items()
)
"""A hundred queries, each with what it finds: by kind, the names that `identity` gives to the records, in order."""

LATER = "2026-12-01"
"""A day after everything in the fixtures."""

NEAR = [
    ("embasade", "ambassade"),
    ("lavrof", "Lavrov"),
    ("terorisme", "terrorisme"),
    ("karamako", "Karamoko"),
    ("moscu", "Moscou"),
    ("ukrane", "Ukraine"),
    ("comunique", "communiqué"),
    ("equippement", "équipement"),
    ("telecomunications", "télécommunications"),
    ("nucleere", "nucléaire"),
    ("embasy", "embassy"),
    ("securty", "security"),
]
"""Words that occur nowhere and begin no word, each with one as the records print it that ought to be offered."""

IN_FRENCH = [
    ("nuclear", "nucléaire"),
    ("training", "formations"),
    ("embassy", "ambassade"),
    ("agreement", "accord"),
    ("meeting", "rencontre"),
    ("mining", "miniers"),
    ("languages", "langues"),
    ("security", "sécurité"),
    ("advice", "conseils"),
    ("dispatch", "dépêche"),
]
"""English words, each with the French one that stands in the French of most of our own texts where it occurs."""


def identity(record: Any) -> tuple[str, str]:
    """Return the kind of `record`, and its name in QUERIES."""
    match record._meta.model_name:
        case "commitment":
            return "commitment", record.reference.removeprefix("AES-RU-2025-")
        case "party":
            return "party", record.code
        case "sector":
            return "sector", record.slug
        case "followupnote":
            return "note", f"n-{str(record.uid)[:8]}"
        case "search":
            return "search", f"r-{str(record.uid)[:8]}"
        case kind:
            return kind, record.reference


class Finder:
    """Asks the search of what is public when it is made: by kind, the names that `identity` gives to what is found."""

    def __init__(self) -> None:
        self.held = Catalogue(NOW)
        self.names = {
            kind: {
                record.pk: identity(record)[1] for record in entry.model.objects.filter(pk__in=self.held.public[kind])
            }
            for kind, entry in ENTRIES.items()
        }

    def tiers(self, query: str, kind: str) -> list[set[str]]:
        """Return what is found of one kind, the best first."""
        tiers = finding.find(analysis.terms(query), self.held.public, self.held.concerned).hits[kind].tiers
        return [{self.names[kind][key] for key in tier} for tier in tiers]

    def __call__(self, query: str) -> dict[str, set[str]]:
        """Return what is found of each kind; kinds of which nothing is found are left out."""
        hits = finding.find(analysis.terms(query), self.held.public, self.held.concerned).hits
        return {str(kind): {self.names[kind][key] for key in found.all} for kind, found in hits.items() if found.all}


def answer(query: str) -> finding.Answer:
    """Return what the search finds for `query` among what is public now."""
    held = Catalogue(NOW)
    return finding.find(analysis.terms(query), held.public, held.concerned)


def hits(query: str, kind: str = "commitment") -> finding.Hits:
    """Return what the search finds of one kind for `query` among what is public now."""
    return answer(query).hits.get(kind, finding.Hits([]))
