"""Fills a scratch database with made-up commitments and all that belongs to them, in bulk and always alike.

Their lengths are those of the seed articles' commitments; three sectors dominate, so do one organisation of states and
one basis. The same number, day and seed make the same records, and a greater number begins with the smaller.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import translation

from bench.synthetic.context import Context
from bench.synthetic.rows import DRAFT, IN_REVIEW, PUBLISHED, WITHDRAWN, Desk
from bench.synthetic.words import FIELDS, REASONS, Writer
from commitments.choices import Basis, CitationRole, EvidenceKind, ReviewState, Status, UndertakingRole, Visibility
from commitments.models import Assessment, Citation, Commitment, FollowUpNote, Milestone, Party, Search, Undertaking
from commitments.models.base import Record, nouns
from commitments.rules import revision

MOST = 500_000
"""The highest number of commitments that references allow."""

CHUNK = 1000
"""How many commitments are in memory at a time, with what belongs to them."""

PREFIXES = ("AA", "BB", "CC", "DD", "EE", "FF", "GG", "HH", "JJ", "KK", "LL", "MM")
ANNOUNCEMENT, ACTION, AGREEMENT = range(3)
JUDGED = {
    Status.LIMITED: 45,
    Status.SUBSTANTIAL: 25,
    Status.COMPLETE: 15,
    Status.NOT_STARTED: 10,
    Status.ABANDONED: 5,
}
BASES = {Basis.AGREED: 50, Basis.ANNOUNCED: 20, Basis.INTENTION: 22, Basis.EXPECTED: 5, Basis.ENVISAGED: 3}
STATES = {PUBLISHED: 94, DRAFT: 3, IN_REVIEW: 1, WITHDRAWN: 2}


class NotEmpty(Exception):
    """The database is not empty: its records would be mixed with made-up ones."""


def is_empty() -> bool:
    """Whether there are no records of any kind, and no accounts."""
    return not any(model._base_manager.exists() for model in [*nouns(), get_user_model()])


def fill(count: int, *, today: date, seed: int = 1) -> Iterator[int]:
    """Make `count` commitments, read on the day `today`; yield how many are made, after each thousand.

    All in one transaction, as bulk inserts that leave no edit history: a past `known_on` shows these records as they
    are now. The revision of the public data is raised once. Raises NotEmpty if anything is on file already, and
    ValueError if `count` is below 1 or above MOST.
    """
    if not 1 <= count <= MOST:
        raise ValueError(f"{count} is not between 1 and {MOST}.")
    with transaction.atomic(), translation.override("fr"):
        if not is_empty():
            raise NotEmpty
        desk = Desk(Random(seed), today)  # noqa: S311 - chance for measuring, not for secrets
        writer = Writer(Random(seed + 1))  # noqa: S311
        maker = Maker(desk, Context(desk, writer), writer)
        for first in range(0, count, CHUNK):
            maker.make(min(CHUNK, count - first))
            yield min(first + CHUNK, count)
        desk.finish()
        revision.advance()


class Maker:
    """Makes commitments with the records that belong to them."""

    def __init__(self, desk: Desk, context: Context, writer: Writer) -> None:
        self.desk, self.context, self.writer = desk, context, writer
        self.rng = desk.rng
        self.numbers: Counter[str] = Counter()

    def make(self, count: int) -> None:
        """Make `count` commitments."""
        is_first = not self.numbers
        commitments = [self._commitment() for _number in range(count)]
        self.desk.insert(commitments)
        for makers in (self._undertakings, self._assessments, self._searches, self._milestones, self._notes):
            made = [row for commitment in commitments for row in makers(commitment)]
            self.desk.insert(row for row in made if not isinstance(row, Assessment) or row.supersedes is None)
            corrections = [row for row in made if isinstance(row, Assessment) and row.supersedes is not None]
            for correction in corrections:
                correction.supersedes = correction.supersedes  # its key is known by now
            self.desk.insert(corrections)
            self.desk.insert(citation for row in made for citation in self._citations(row))
        self.desk.insert(self._quoted(commitment) for commitment in commitments)
        if is_first:
            notes = list(self._notes_beside())
            self.desk.insert(notes)
            self.desk.insert(citation for note in notes for citation in self._citations(note))
            self.context.discrepancies([commitment for commitment in commitments if commitment.is_published])

    def _chosen(self, weights: dict[Any, int]) -> Any:
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def _commitment(self) -> Commitment:
        desk, rng = self.desk, self.rng
        made_on = desk.past_day()
        series = f"SYN-{rng.choice(PREFIXES)}-{made_on.year}"
        self.numbers[series] += 1
        index = self.writer.field()
        who = self._who()
        words = self.writer.promise(
            FIELDS[index], (who.name_fr, who.name_en), self.context.passage(AGREEMENT).source.reference, made_on
        )
        recurs = desk.chance(0.06)
        state = self._chosen(STATES)
        commitment = Commitment(
            reference=f"{series}-{self.numbers[series]:04}",
            basis=self._chosen(BASES),
            sector=self.context.sectors[index],
            instrument=rng.choice(self.context.instruments),
            made_on=made_on,
            criterion_fr=f"Une source rapporte l’ouverture du site de {self.writer.place()}."
            if desk.chance(0.4)
            else "",
            recurrence="FREQ=YEARLY" if recurs else "",
            recurrence_start=date(made_on.year, 12, 31) if recurs else None,
            assigned_to=rng.choice(desk.analysts) if desk.chance(0.3) else None,
            **words,
            **desk.signed(state, made_on),
        )
        commitment.who = who  # type: ignore[attr-defined]
        return commitment

    def _who(self) -> Party:
        """Return a party that undertakes: more often than not the first."""
        return self.context.parties[0] if self.desk.chance(0.55) else self.rng.choice(self.context.parties)

    def _undertakings(self, commitment: Any) -> Iterator[Record]:
        others = self.rng.sample(self.context.parties, 4)
        pairs = {(commitment.who, UndertakingRole.UNDERTAKES), (others[0], UndertakingRole.BENEFITS)}
        if self.desk.chance(0.4):
            pairs.add((others[1], UndertakingRole.UNDERTAKES))
        if self.desk.chance(0.3):
            pairs.add((others[2], UndertakingRole.BENEFITS))
        if not commitment.is_undertaken:
            pairs = {(party, UndertakingRole.CONCERNED) for party, _role in pairs}
        for party, role in sorted(pairs, key=lambda pair: (pair[0].code, pair[1])):
            yield Undertaking(commitment=commitment, party=party, role=role)

    def _quoted(self, commitment: Commitment) -> Citation:
        """Return the citation that the commitment itself rests on."""
        state = ReviewState(commitment.state)
        state = DRAFT if state == IN_REVIEW else state
        return self.desk.citation(self.context.passage(AGREEMENT), state, commitment.made_on, commitment=commitment)

    def _assessments(self, commitment: Any) -> Iterator[Record]:
        """Yield assessments: none, or several in succession; superseded, withdrawn, proposed, or about one party."""
        desk = self.desk
        if commitment.state != PUBLISHED or desk.chance(0.45):
            return
        judgement = None
        for _judgement in range(self.rng.choices((1, 2, 3), (70, 22, 8))[0]):
            judgement = self._assessment(commitment, PUBLISHED)
            yield judgement
        if desk.chance(0.06):
            yield self._assessment(
                commitment,
                PUBLISHED,
                supersedes=judgement,
                supersession_reason="Une date avait été mal lue.",
                as_of=judgement.as_of if judgement else None,
            )
        if desk.chance(0.08):
            yield self._assessment(commitment, PUBLISHED, party=commitment.who)
        if desk.chance(0.05):
            yield self._assessment(commitment, WITHDRAWN)
        if desk.chance(0.05):
            yield self._assessment(commitment, self.rng.choice((DRAFT, IN_REVIEW)))

    def _assessment(self, commitment: Commitment, state: ReviewState, **fields: object) -> Assessment:
        as_of = self.desk.between(commitment.made_on, self.desk.today)
        status = self._chosen(JUDGED)
        french, english = self.writer.said(REASONS, as_of, 4)
        defaults = {
            "uid": self.desk.uid(),
            "status": status,
            "as_of": as_of,
            "rationale_fr": french,
            "rationale_en": english,
        }
        return Assessment(commitment=commitment, **defaults | fields | self.desk.signed(state, as_of))

    def _searches(self, commitment: Any) -> Iterator[Record]:
        """Yield searches that found nothing: for all parties or one, withdrawn, proposed."""
        desk = self.desk
        if commitment.state != PUBLISHED:
            return
        for _search in range(self.rng.choices((0, 1, 2), (80, 15, 5))[0]):
            searched_on = desk.between(commitment.made_on, desk.today)
            yield Search(
                uid=desk.uid(),
                commitment=commitment,
                party=commitment.who if desk.chance(0.1) else None,
                searched_on=searched_on,
                searched_where_fr="Presse en ligne et sites officiels des parties",
                searched_where_en="Online press and the parties’ official sites",
                **desk.signed(self._chosen(STATES), searched_on),
            )

    def _milestones(self, commitment: Commitment) -> Iterator[Record]:
        """Yield milestones: met, missed, to come, without a day; one for each year of a recurrence."""
        desk, today = self.desk, self.desk.today
        state = ReviewState(commitment.state)
        if state in (WITHDRAWN, IN_REVIEW):
            return
        if commitment.recurrence_start is not None:
            for year in range(commitment.recurrence_start.year, today.year + 1):
                first, more = date(year, 1, 1), {"from_recurrence": True, "due_precision": "year"}
                met_on = desk.between(commitment.made_on, today) if desk.chance(0.7) and year < today.year else None
                yield self._milestone(commitment, state, first, date(year, 12, 31), met_on, **more)
        elif desk.chance(0.4):
            for _step in range(self.rng.choice((1, 1, 2))):
                due_on = commitment.made_on + timedelta(days=self.rng.randint(60, 1500))
                met_on = desk.between(commitment.made_on, today) if desk.chance(0.5) else None
                due = (None, "") if desk.chance(0.05) else (due_on, "day")
                yield self._milestone(commitment, state, None, due[0], met_on, due_precision=due[1])

    def _milestone(
        self,
        commitment: Commitment,
        state: ReviewState,
        first: date | None,
        due: date | None,
        met: date | None,
        **more: object,
    ) -> Milestone:
        place = self.writer.place()
        recorded = datetime.combine(met, time(18), tzinfo=UTC) if met else None
        return Milestone(
            uid=self.desk.uid(),
            commitment=commitment,
            title_fr=f"Étape de {place}",
            title_en=f"{place} step",
            due_from=first,
            due_on=due,
            met_on=met,
            met_recorded_at=min(recorded, self.desk.now) if recorded else None,
            **more,
            **self.desk.signed(state, commitment.made_on),
        )

    def _notes(self, commitment: Commitment) -> Iterator[Record]:
        """Yield notes: for the public, or for the desk alone."""
        for _note in range(self.rng.choices((0, 1, 2), (80, 14, 6))[0]):
            yield self._note(commitment, commitment.made_on)

    def _notes_beside(self) -> Iterator[FollowUpNote]:
        """Yield notes on meetings and instruments; most of these have one."""
        for meeting in self.context.meetings:
            if self.desk.chance(0.6):
                yield self._note(meeting, meeting.starts_on)
        for instrument in self.context.instruments:
            if self.desk.chance(0.6):
                yield self._note(instrument, instrument.issued_on)

    def _note(self, noted: Any, since: Any) -> FollowUpNote:
        """Return a note on a commitment, an instrument or a meeting, of a day from `since` on."""
        dated = self.desk.between(since, self.desk.today)
        is_public = noted.state == PUBLISHED and self.desk.chance(0.5)
        french, english = self.writer.said(REASONS, dated, 3)
        return FollowUpNote(
            uid=self.desk.uid(),
            visibility=Visibility.PUBLIC if is_public else Visibility.INTERNAL,
            dated=dated,
            body_fr=french,
            body_en=english,
            **{noted._meta.model_name: noted},
            **self.desk.signed(PUBLISHED if is_public else DRAFT, dated),
        )

    def _citations(self, row: Any) -> Iterator[Citation]:
        """Yield the citations that an assessment, a milestone or a note rests on."""
        desk, context = self.desk, self.context
        if isinstance(row, Undertaking | Search):
            return
        state = DRAFT if row.state == IN_REVIEW else ReviewState(row.state)
        if isinstance(row, Assessment):
            evidence = {"assessment": row, "evidence_kind": EvidenceKind.CONCRETE_ACTION}
            yield desk.citation(context.passage(ACTION), state, row.as_of, **evidence)
            if desk.chance(0.3):
                evidence = {"assessment": row, "evidence_kind": EvidenceKind.ANNOUNCEMENT}
                role = self.rng.choice(list(CitationRole))
                yield desk.citation(context.passage(ANNOUNCEMENT), state, row.as_of, role=role, **evidence)
        if isinstance(row, Milestone) and (row.met_on or not row.from_recurrence):
            yield desk.citation(context.passage(ACTION), state, row.commitment.made_on, milestone=row)
        if isinstance(row, FollowUpNote) and state == PUBLISHED and desk.chance(0.3):
            yield desk.citation(context.passage(ANNOUNCEMENT), state, row.dated, note=row)
