"""The index of words of what is published: the stems in `rules.search`, with what the script needs to read a query."""

from collections.abc import Iterable, Iterator

from commitments.data.publishing.scripts import AT_ONCE, gaps, in_order, script
from commitments.data.writing import json_text
from commitments.public.lists.catalogue import Catalogue
from commitments.rules.search import analysis, entries, finding, spelling, word_index

WORDS = "recherche/mots.js"
"""The file of the index of words: one for all languages."""


def words(held: Catalogue) -> Iterator[str]:
    """Yield, in pieces, the script with the stems of the public words, each with what it finds of each kind."""
    numbers = {kind: {key: number for number, key in enumerate(keys)} for kind, keys in in_order(held).items()}

    def numbered(kind: str, found: Iterable[int]) -> list[int]:
        return gaps(numbers[kind][key] for key in found)

    head = {
        "common": sorted(analysis.COMMON),
        "ligatures": {chr(letter): plain for letter, plain in analysis.LIGATURES.items()},
        "distinct": analysis.DISTINCT,
        "unspaced": analysis.UNSPACED,
        "longest_token": analysis.LONGEST_TOKEN,
        "most_terms": analysis.MOST_TERMS,
        "most_begun": finding.MOST_BEGUN,
        "near": {"shortest": spelling.SHORTEST, "long": spelling.LONG, "most": spelling.MOST},
        "kinds": list(numbers),
        "concerned": {
            kind: [numbered("commitment", held.concerned[kind].get(key, ())) for key in numbers[kind]]
            for kind in finding.NAMING
        },
        "french": held.lexicon.words(),
    }
    printed = _printed(held)

    def stems() -> Iterator[str]:
        for stem, kinds in word_index.every_stem():
            public = finding.only(kinds, held.public)
            if public:
                found = {kind: [numbered(kind, keys) for keys in mine.values()] for kind, mine in public.items()}
                yield f"{json_text(stem)}:{json_text([found, printed.get(stem)])}"

    yield from script("words", head, "stems", stems(), "{}")


def _printed(held: Catalogue) -> dict[str, str]:
    """Return a word of a public text for each stem, as printed there; in small letters if it is so printed anywhere."""
    found: dict[str, str] = {}
    for kind, keys in in_order(held).items():
        for start in range(0, len(keys), AT_ONCE):
            texts, _indexed = entries.read(kind, keys[start : start + AT_ONCE])
            for text in (text for of_one in texts.values() for text in of_one):
                for stem, word in analysis.stemmed(text.text, text.language):
                    if not found.get(stem, "").islower():
                        found[stem] = word if word.islower() else found.get(stem, word)
    return found
