"""The French word for an English one, where our own texts in both languages show it: sources are quoted in French.

The two words occur in the same texts, as the Dice coefficient of association measures (L. R. Dice, “Measures of the
amount of ecologic association between species”, Ecology 26, 1945), and perhaps resemble each other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz.distance import LCSseq

from commitments.models import Commitment, Discrepancy, Instrument, Meeting, Party, Sector
from commitments.rules.search import analysis
from commitments.rules.search.finding import Sets

MOST_READ = 500
"""How many records of one kind are read."""

READ = (
    (Commitment, "commitment", ("title", "statement", "criterion")),
    (Discrepancy, "discrepancy", ("question", "reason")),
    (Meeting, "meeting", ("title", "place")),
    (Instrument, "instrument", ("title",)),
    (Party, "party", ("name",)),
    (Sector, "sector", ("name",)),
)
"""The texts read: those of one record in both languages say the same."""

ALIKE, ASSOCIATED, CERTAIN, AHEAD = 0.6, 0.5, 0.85, 0.2
"""How alike two words are to be related, and how often together; how often if they are not alike; how far ahead of the
next best a word must be."""

Pair = tuple[str, str]
"""A text in French and in English."""


class Lexicon:
    """The words of texts in both languages, each with the texts that it occurs in."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.english: dict[str, set[int]] = defaultdict(set)
        self.french: dict[str, set[int]] = defaultdict(set)
        self.in_french: list[set[str]] = []
        self._printed: dict[str, Counter[str]] = defaultdict(Counter)
        for number, (french, english) in enumerate(pairs):
            for stem in analysis.stems(english, "en"):
                self.english[stem].add(number)
            mine = set()
            for stem, word in analysis.stemmed(french, "fr"):
                self._printed[stem][word] += 1
                self.french[stem].add(number)
                mine.add(stem)
            self.in_french.append(mine)

    def french_for(self, stem: str) -> str:
        """Return the French word for an English stem; "" if the texts do not show it, or if it is the same."""
        texts = self.english.get(stem, set())
        together = Counter(other for text in texts for other in self.in_french[text])
        scored = sorted(self._scored(stem, together, len(texts)), reverse=True)
        if not scored or (scored[1:] and scored[0][0] - scored[1][0] < AHEAD) or scored[0][1] == stem:
            return ""
        forms = [form for form, _n in self._printed[scored[0][1]].most_common()]
        return next(filter(str.islower, forms), forms[0])

    def words(self) -> dict[str, str]:
        """Return the French word of each English stem that has one."""
        found = {stem: self.french_for(stem) for stem in self.english}
        return {stem: word for stem, word in sorted(found.items()) if word}

    def _scored(self, english: str, together: Counter[str], n: int) -> Iterator[tuple[float, str]]:
        """Yield how well each French stem that may be meant is associated with an English one, and it."""
        for stem, both in together.items():
            associated = 2 * both / (n + len(self.french[stem]))
            alike = LCSseq.normalized_similarity(stem, english)
            if associated >= (ASSOCIATED if alike >= ALIKE else CERTAIN) and (both > 1 or alike >= ALIKE):
                yield associated + (alike / 2 if alike >= ALIKE else 0), stem


def of(public: Sets) -> Lexicon:
    """Return the lexicon of the `public` records."""
    return Lexicon(_pairs(public))


def _pairs(public: Sets) -> Iterator[Pair]:
    for model, kind, names in READ:
        fields = [f"{name}_{code}" for name in names for code in ("fr", "en")]
        rows = model._default_manager.filter(pk__in=list(public[kind][:MOST_READ])).order_by("pk").values_list(*fields)
        for row in rows:
            for french, english in zip(row[::2], row[1::2], strict=True):
                if french and english:
                    yield french, english
