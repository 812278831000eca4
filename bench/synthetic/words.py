"""The words of made-up records: pieces in French and English, combined at random from a fixed seed.

No country, place or person here exists, so that no page made of them can be taken for a fact.
"""

from datetime import date
from functools import lru_cache
from random import Random
from typing import NamedTuple

from commitments import typography

in_full = lru_cache(maxsize=10_000)(typography.in_full)
"""Days in French words, cached: the same few thousand recur."""

ACTIONS = (
    ("la formation", "the training"),
    ("l’équipement", "the equipping"),
    ("la réhabilitation", "the rehabilitation"),
    ("la construction", "the construction"),
    ("la modernisation", "the modernisation"),
    ("le financement", "the funding"),
    ("la mise en service", "the commissioning"),
    ("l’extension", "the extension"),
    ("l’entretien", "the maintenance"),
    ("le renforcement", "the strengthening"),
    ("la création", "the creation"),
    ("la coordination", "the coordination"),
    ("l’évaluation", "the evaluation"),
    ("le suivi", "the monitoring"),
)


class Field(NamedTuple):
    """A sector: its slug and names, how often it comes, and what its commitments are about."""

    slug: str
    name_fr: str
    name_en: str
    weight: int
    objects: tuple[tuple[str, str], ...]


FIELDS = (
    Field(
        "securite",
        "Sécurité et défense",
        "Security and defence",
        34,
        (
            ("des unités de l’armée", "of army units"),
            ("des gardes-frontières", "of border guards"),
            ("des instructeurs militaires", "of military instructors"),
            ("du centre d’alerte avancée", "of the early warning centre"),
            ("des patrouilles fluviales", "of river patrols"),
            ("des équipes de déminage", "of mine clearance teams"),
            ("des postes de contrôle", "of checkpoints"),
            ("de la force conjointe", "of the joint force"),
            ("des casernes", "of barracks"),
            ("des services de secours", "of rescue services"),
        ),
    ),
    Field(
        "diplomatie",
        "Diplomatie et institutions",
        "Diplomacy and institutions",
        25,
        (
            ("des consultations politiques", "of political consultations"),
            ("du secrétariat de l’Union", "of the Union’s secretariat"),
            ("des consulats", "of consulates"),
            ("du comité de suivi", "of the follow-up committee"),
            ("de la commission mixte", "of the joint commission"),
            ("des échanges parlementaires", "of parliamentary exchanges"),
            ("des accords de coopération", "of cooperation agreements"),
            ("du corps des observateurs", "of the corps of observers"),
        ),
    ),
    Field(
        "economie",
        "Économie, commerce et développement",
        "Economy, trade and development",
        18,
        (
            ("des marchés ruraux", "of rural markets"),
            ("des coopératives de producteurs", "of producers’ cooperatives"),
            ("de la filière coton", "of the cotton sector"),
            ("des entrepôts frigorifiques", "of cold stores"),
            ("des œuvres sociales", "of social works"),
            ("de la main-d’œuvre locale", "of the local workforce"),
            ("des petites entreprises", "of small businesses"),
            ("des zones franches", "of free zones"),
        ),
    ),
    Field(
        "energie",
        "Énergie",
        "Energy",
        5,
        (
            ("de la centrale solaire", "of the solar plant"),
            ("du barrage", "of the dam"),
            ("des lignes à haute tension", "of high-voltage lines"),
            ("des stations de pompage", "of pumping stations"),
        ),
    ),
    Field(
        "education",
        "Enseignement supérieur",
        "Higher education",
        4,
        (
            ("des bourses universitaires", "of university grants"),
            ("des laboratoires", "of laboratories"),
            ("des bibliothèques", "of libraries"),
            ("des écoles d’ingénieurs", "of engineering schools"),
        ),
    ),
    Field(
        "transport",
        "Transports et logistique",
        "Transport and logistics",
        4,
        (
            ("de la route nationale", "of the national road"),
            ("du chemin de fer", "of the railway"),
            ("de l’aéroport", "of the airport"),
            ("des ponts", "of bridges"),
        ),
    ),
    Field(
        "technologie",
        "Sciences, technologies et télécommunications",
        "Science, technology and telecommunications",
        4,
        (
            ("du câble de fibre optique", "of the fibre-optic cable"),
            ("du centre de données", "of the data centre"),
            ("des relais téléphoniques", "of telephone masts"),
            ("de la station météorologique", "of the weather station"),
        ),
    ),
    Field(
        "medias",
        "Médias",
        "Media",
        2,
        (
            ("des studios de radio", "of radio studios"),
            ("des archives sonores", "of sound archives"),
            ("des imprimeries", "of printing houses"),
        ),
    ),
    Field(
        "finance",
        "Finance, banque et investissement",
        "Finance, banking and investment",
        2,
        (
            ("de la banque de développement", "of the development bank"),
            ("du fonds de garantie", "of the guarantee fund"),
            ("des systèmes de paiement", "of payment systems"),
        ),
    ),
    Field(
        "langues",
        "Langues",
        "Languages",
        2,
        (
            ("des cours de langue", "of language courses"),
            ("des dictionnaires", "of dictionaries"),
            ("des interprètes", "of interpreters"),
        ),
    ),
)

PURPOSES = (
    ("au bénéfice des populations riveraines", "for the benefit of the people living there"),
    ("avec l’appui technique de l’Union", "with the technical support of the Union"),
    ("dans le cadre du programme conjoint", "under the joint programme"),
    ("sur la base d’un plan d’action commun", "on the basis of a common action plan"),
    ("en vue de réduire les délais d’intervention", "in order to shorten response times"),
    ("par la fourniture d’équipements et de conseils", "by supplying equipment and advice"),
    ("grâce à des investissements partagés", "through shared investment"),
    ("sous le contrôle du comité de suivi", "under the control of the follow-up committee"),
)

DETAILS = (
    ("Une première tranche est prévue dans la région de {place}.", "A first phase is planned in the {place} region."),
    ("Le texte ne donne pas d’échéance.", "The text gives no deadline."),
    ("Une réunion annuelle en fera le bilan à {place}.", "A yearly meeting in {place} will take stock of it."),
    ("Le coût n’est pas précisé.", "The cost is not stated."),
    (
        "Une autre source rapporte que {number} personnes sont concernées.",
        "Another source reports that {number} people are concerned.",
    ),
)

REASONS = (
    (
        "La source rapporte, au {day}, que {number} agents ont été affectés à {place}.",
        "The source reports that, as of {day}, {number} staff had been posted to {place}.",
    ),
    (
        "Les travaux ont commencé à {place} ; la source n’en donne pas le terme.",
        "Work has begun in {place}; the source does not say when it will end.",
    ),
    (
        "Du matériel a été remis à {place} le {day}, selon la source citée.",
        "Equipment was handed over in {place} on {day}, according to the source quoted.",
    ),
    (
        "Rien n’indique que {number} autres sites aient été pourvus.",
        "Nothing shows that {number} other sites have been equipped.",
    ),
)

REPORTED = (
    "Le {day}, la délégation a annoncé {action} {object} à {place}, {purpose}.",
    "À {place}, {number} personnes ont pris part à {action} {object}, a constaté notre correspondant le {day}.",
    "Les parties sont convenues d’assurer {action} {object} dans la région de {place}, {purpose}.",
)
"""The sentences of an archived text: an announcement, an action, an agreement, in the order of `making.Passage`."""

SYLLABLES = ("ba", "bo", "da", "dou", "fa", "ga", "go", "ka", "ko", "la", "lou", "ma", "mi", "na", "nou", "pa", "ri")
ENDINGS = ("ba", "dara", "dougou", "gou", "kala", "lo", "ma", "na", "ra", "ri", "sso", "ta")


class Writer:
    """Puts sentences together; the same seed always writes the same."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def place(self) -> str:
        """Return the name of a place: one of several thousand, so that a name is rarer than any other word."""
        middle = "".join(self.rng.choices(SYLLABLES, k=self.rng.choice((1, 2))))
        return (self.rng.choice(SYLLABLES) + middle + self.rng.choice(ENDINGS)).capitalize()

    def field(self) -> int:
        """Return the index of a sector, the first three far more often than the others."""
        return self.rng.choices(range(len(FIELDS)), [field.weight for field in FIELDS])[0]

    def both(self, pieces: tuple[tuple[str, str], ...], day: date) -> tuple[str, str]:
        """Return one of `pieces` in French and in English, its blanks filled in alike."""
        french, english = self.rng.choice(pieces)
        place, number = self.place(), self.rng.randint(12, 900)
        return (
            french.format(place=place, number=number, day=in_full(day)),
            english.format(place=place, number=number, day=day.isoformat()),
        )

    def promise(self, field: Field, who: tuple[str, str], source: str, day: date) -> dict[str, str]:
        """Return the title and statement of a commitment of `who` (in French, in English), as `source` reports it."""
        action, english_action = self.rng.choice(ACTIONS)
        thing, english_thing = self.rng.choice(field.objects)
        purpose, english_purpose = self.rng.choice(PURPOSES)
        place = self.place()
        bare = action.partition(" ")[2] if " " in action[:3] else action.partition("’")[2]
        title = f"{bare[0].upper()}{bare[1:]} {thing} à {place}"
        english_title = f"{english_action[4:].capitalize()} {english_thing} in {place}"
        detail, english_detail = self.both(DETAILS, day) if self.rng.random() < 0.4 else ("", "")
        return {
            "title_fr": title,
            "title_en": english_title if self.rng.random() < 0.85 else "",
            "statement_fr": (
                f"Selon {source}, {who[0]} s’engage à assurer {action} {thing} à {place}, {purpose}. {detail}".strip()
            ),
            "statement_en": (
                f"According to {source}, {who[1]} undertakes to ensure {english_action} {english_thing} in {place}, "
                f"{english_purpose}. {english_detail}".strip()
                if self.rng.random() < 0.6
                else ""
            ),
        }

    def said(self, pieces: tuple[tuple[str, str], ...], day: date, most: int) -> tuple[str, str]:
        """Return one to `most` sentences of `pieces`, in French and perhaps in English."""
        found = [self.both(pieces, day) for _sentence in range(self.rng.randint(1, most))]
        english = " ".join(line for _french, line in found) if self.rng.random() < 0.5 else ""
        return " ".join(line for line, _english in found), english

    def reported(self, kind: int, day: date) -> str:
        """Return a sentence of an archived text, of the kind at this index in `REPORTED`."""
        field = FIELDS[self.field()]
        return REPORTED[kind].format(
            day=in_full(day),
            action=self.rng.choice(ACTIONS)[0],
            object=self.rng.choice(field.objects)[0],
            purpose=self.rng.choice(PURPOSES)[0],
            place=self.place(),
            number=self.rng.randint(12, 900),
        )
