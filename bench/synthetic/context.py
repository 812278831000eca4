"""The records that made-up commitments refer to: parties, meetings, sources and so on; a fixed number of them."""

from datetime import timedelta
from typing import Any

from bench.synthetic.rows import PUBLISHED, Desk, Passage
from bench.synthetic.words import FIELDS, REPORTED, Writer
from commitments.choices import InstrumentKind, PartyKind, SourceKind
from commitments.models import Claim, Commitment, Discrepancy, Instrument, Meeting, Membership, Party, Sector, Source

STATES = 20
MEETINGS = 20
INSTRUMENTS = 40
SOURCES = 300
SENTENCES = 24
DISCREPANCIES = 12
ORGANISATIONS = (
    ("UDR", "Union des Rives", "Union of the Shores", range(5)),
    ("CDP", "Confédération des Plateaux", "Confederation of the Plateaus", range(5, 8)),
    ("LDV", "Ligue des Vallées", "League of the Valleys", range(8, 12)),
)


class Context:
    """The records that commitments refer to, saved, with the passages that may be quoted."""

    def __init__(self, desk: Desk, writer: Writer) -> None:
        self.desk, self.writer = desk, writer
        self.parties = self._parties()
        self.sectors = [
            Sector(slug=field.slug, name_fr=field.name_fr, name_en=field.name_en, position=position)
            for position, field in enumerate(FIELDS, start=1)
        ]
        self.desk.insert(self.sectors)
        self.meetings = [self._meeting(number) for number in range(1, MEETINGS + 1)]
        self.desk.insert(self.meetings)
        self.instruments = [self._instrument(number) for number in range(1, INSTRUMENTS + 1)]
        self.desk.insert(self.instruments)
        self._lists()
        self.passages: tuple[list[Passage], ...] = ([], [], [])
        """Announcements, actions, agreements."""
        for number in range(1, SOURCES + 1):
            self._source(number)

    def passage(self, kind: int) -> Passage:
        """Return one of the passages of a kind."""
        return self.desk.rng.choice(self.passages[kind])

    def _parties(self) -> list[Party]:
        """Make the parties: the organisations first, then states, the first of them members."""
        organisations = [
            Party(code=code, kind=PartyKind.ORGANISATION, name_fr=name, name_en=english)
            for code, name, english, _members in ORGANISATIONS
        ]
        states = []
        for number in range(STATES):
            name = self.writer.place()
            code = f"{name[:2].upper()}{number + 1:02}"
            states.append(
                Party(code=code, kind=PartyKind.STATE, name_fr=f"République de {name}", name_en=f"Republic of {name}")
            )
        self.desk.insert([*organisations, *states])
        self.desk.insert(
            Membership(organisation=organisation, member=states[index])
            for organisation, (_code, _name, _english, members) in zip(organisations, ORGANISATIONS, strict=True)
            for index in members
        )
        return [*organisations, *states]

    def _meeting(self, number: int) -> Meeting:
        day, place = self.desk.past_day(), self.writer.place()
        return Meeting(
            reference=f"session-fictive-{number}",
            title_fr=f"Session de consultations de {place}",
            title_en=f"Session of consultations in {place}",
            place_fr=place,
            starts_on=day,
            ends_on=min(self.desk.today, day + timedelta(days=2)),
            **self.desk.signed(PUBLISHED, day),
        )

    def _instrument(self, number: int) -> Instrument:
        meeting = self.desk.rng.choice(self.meetings)
        kind = self.desk.rng.choice(list(InstrumentKind))
        return Instrument(
            reference=f"instrument-fictif-{number}",
            kind=kind,
            title_fr=f"{kind.label} de {meeting.place_fr} (n° {number})",
            title_en=f"{kind.value.replace('_', ' ').capitalize()} of {meeting.place_fr} (no. {number})",
            meeting=meeting,
            issued_on=meeting.starts_on,
            **self.desk.signed(PUBLISHED, meeting.starts_on),
        )

    def _lists(self) -> None:
        """Set the participants of the meetings and the issuers of the instruments."""
        for field, records in ((Meeting.participants, self.meetings), (Instrument.issuers, self.instruments)):
            through: Any = field.through
            name = through._meta.get_fields()[1].name
            through._default_manager.bulk_create(
                through(**{name: record, "party": party})
                for record in records
                for party in self.desk.rng.sample(self.parties, 3)
            )

    def _source(self, number: int) -> None:
        """Put an article on file, and its sentences among the passages."""
        day = self.desk.past_day()
        kinds = [sentence % len(REPORTED) for sentence in range(SENTENCES)]
        sentences = [self.writer.reported(kind, day) for kind in kinds]
        place = self.writer.place()
        source = Source(
            reference=f"F{number:03}",
            kind=self.desk.rng.choice(list(SourceKind)),
            title=f"Article fictif n° {number}\u00a0: les consultations de {place}",
            publisher=f"Le Journal fictif de {place}",
            published_on=day,
            text="\n\n".join(" ".join(sentences[first : first + 4]) for first in range(0, SENTENCES, 4)),
            **self.desk.signed(PUBLISHED, day),
        )
        self.desk.insert([source])
        for kind, sentence in zip(kinds, sentences, strict=True):
            if source.text.count(sentence) == 1:  # what occurs twice in one text is not quoted
                start = source.text.index(sentence)
                self.passages[kind].append(Passage(source, sentence, start, start + len(sentence)))

    def discrepancies(self, commitments: list[Commitment]) -> None:
        """Make the questions on which sources disagree, each on one of `commitments`; every third is settled."""
        desk = self.desk
        for number, commitment in enumerate(commitments[:DISCREPANCIES], start=1):
            day = commitment.made_on
            signed = desk.signed(PUBLISHED, day)
            settled = {
                "settled_on": signed["published_at"].date(),
                "settled_by": signed["published_by"],
                "settled_at": signed["published_at"],
                "reason_fr": "Deux sources concordent.",
            }
            discrepancy = Discrepancy(
                reference=f"SYN-D{number:02}",
                question_fr=f"Quel jour la session de {self.writer.place()} s’est-elle ouverte ?",
                **signed,
                **(settled if number % 3 == 0 else {}),
            )
            desk.insert([discrepancy])
            discrepancy.commitments.through._default_manager.create(discrepancy=discrepancy, commitment=commitment)
            for position in range(2):
                claim = Claim(
                    uid=desk.uid(),
                    discrepancy=discrepancy,
                    position=position,
                    value_fr=f"Le {position + 3} du mois",
                    is_adopted=number % 3 == 0 and position == 0,
                )
                desk.insert([claim])
                desk.insert([desk.citation(self.passage(2), PUBLISHED, day, claim=claim)])
