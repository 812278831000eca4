"""What the page of a commitment shows: its assessments in order, its steps, all as known on the day read."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from commitments.choices import Basis, DiscrepancyOutcome, Status, Timeliness, UndertakingRole
from commitments.models import (
    Assessment,
    Commitment,
    Discrepancy,
    FollowUpNote,
    Instrument,
    Meeting,
    Milestone,
    Party,
    Search,
    Undertaking,
)
from commitments.models.base import Record
from commitments.public.records.evidence import Said, next_statuses, said, told_of
from commitments.public.records.story import story
from commitments.public.records.vocabulary import MEANINGS
from commitments.querysets.follow_up import day_met, in_force, outcome, status_of, superseded, timeliness
from commitments.reading import Reading
from commitments.rules.time import schedule
from commitments.rules.time.rewind import rewind, rewind_attached, rewind_claims, rewind_undertakings


class Entry(NamedTuple):
    """An assessment of a series, with its evidence; whether it is the one in force, or another replaced it."""

    assessment: Assessment
    is_current: bool
    is_superseded: bool
    said: dict[str, Said]


class Step(NamedTuple):
    """A milestone as it was on the day read: `met_on` is None if it was not met, or not known to be."""

    milestone: Any
    timeliness: Timeliness
    met_on: date | None


class Part(NamedTuple):
    """What is public of the implementation of a commitment, for all its parties together or for one of them (`party`).

    The assessment in force, the status that follows, the assessments in order, the searches that found nothing.
    """

    party: Party | None
    current: Assessment | None
    status: Status
    entries: list[Entry]
    searches: list[Search]

    @property
    def last_search(self) -> Search | None:
        """The search made last; None if there is none."""
        return next(iter(self.searches), None)


class Verdict(NamedTuple):
    """Where a commitment stands: for all its parties together, and for each that was looked at apart."""

    whole: Part
    apart: list[Part]


def cited(records: Iterable[Record]) -> list[Record]:
    """Return the public citations of `records`, which were prefetched, and their sources."""
    citations = [citation for record in records for citation in record.public_citations]
    return [*citations, *(citation.source for citation in citations)]


def steps(milestones: Iterable[Milestone], reading: Reading) -> list[Step]:
    """Return the state of each milestone for `reading`, in the order of their last days."""
    found = []
    for milestone in milestones:
        met_on = day_met(milestone.met_on, milestone.met_recorded_at, reading)
        found.append(Step(milestone, timeliness([(milestone.due_on, met_on)], reading.day), met_on))
    return sorted(found, key=lambda step: (step.milestone.due_on or date.max, step.milestone.pk))


def recurrence(commitment: Commitment, stages: Iterable[Step]) -> str | None:
    """Return how often the steps that a rule gave come back, "" if there are no words for it; None if it gave none."""
    if not commitment.recurrence or not any(step.milestone.from_recurrence for step in stages):
        return None
    words = schedule.in_words(commitment.recurrence)
    return "" if words == commitment.recurrence else words


def history(judgements: Iterable[Any]) -> list[Entry]:
    """Return the public assessments of one series, the latest first."""
    judgements = list(judgements)
    current, gone = in_force(judgements).values(), superseded(judgements)
    return [Entry(item, item in current, item.pk in gone, said(item.public_citations)) for item in judgements]


def verdict(commitment: Any) -> Verdict:
    """Return where `commitment`, a row of `for_detail`, stands by its public assessments and searches."""
    judged: dict[Any, list[Assessment]] = defaultdict(list)
    sought: dict[Any, list[Search]] = defaultdict(list)
    for assessment in commitment.public_assessments:
        judged[assessment.party].append(assessment)
    for search in commitment.public_searches:
        sought[search.party].append(search)

    def part(party: Party | None) -> Part:
        entries = history(judged[party])
        current = next((entry.assessment for entry in entries if entry.is_current), None)
        return Part(party, current, status_of(current, sought[party]), entries, sought[party])

    named = sorted((judged.keys() | sought.keys()) - {None}, key=lambda party: party.code)
    return Verdict(part(None), [part(party) for party in named])


def roles(commitment: Any) -> list[tuple[str, list[Undertaking], bool]]:
    """Return the roles that parties have in `commitment`, a row of `for_detail`.

    Each with its heading, who has it, and whether it is one that the record is named with.
    """
    held = {role: [item for item in commitment.public_undertakings if item.role == role] for role in UndertakingRole}
    leading = UndertakingRole.leading()
    return [
        (role.heading(len(found), commitment.basis), found, role in leading) for role, found in held.items() if found
    ]


def public_meeting(record: Instrument | Discrepancy, reading: Reading) -> Meeting | None:
    """Return the meeting that `record` comes out of, if it is public itself."""
    meeting = Meeting.objects.published(reading).filter(pk=record.meeting_id).first() if record.meeting_id else None
    rewind(reading, [meeting] if meeting else [])
    return meeting


def public_instrument(instrument: Instrument, reading: Reading) -> dict[str, Any]:
    """Return `instrument` and its meeting under these names, each only if it is public itself."""
    shown = Instrument.objects.published(reading).filter(pk=instrument.pk).exists()
    rewind(reading, instrument)
    meeting = public_meeting(instrument, reading) if shown else None
    return {"instrument": instrument if shown else None, "meeting": meeting}


def notes_on(record: Any, reading: Reading) -> list[FollowUpNote]:
    """Return the `public_notes` on `record`, worded as on `known_on`, with their quotations.

    Those that were on another record then, or internal, are left out, whatever they are today.
    """
    return rewind_attached(reading, record.public_notes, cited(record.public_notes))


def restore_discrepancies(discrepancies: list[Any], reading: Reading) -> None:
    """Rewind discrepancies and their claims to `known_on`; set `outcome`, and `adopted`, the claim adopted by then."""
    rewind(reading, discrepancies)
    rewind_claims(reading, discrepancies)
    for item in discrepancies:
        item.outcome = outcome(item, reading)
        adopted = (claim for claim in item.public_claims if claim.is_adopted)
        item.adopted = next(adopted, None) if item.outcome == DiscrepancyOutcome.ADOPTED else None


def disputed(commitment: Any, reading: Reading) -> list[Discrepancy]:
    """Return the questions on which sources disagree about `commitment`, with their claims and who makes each."""
    found = list(
        Discrepancy.objects.published(reading).for_detail(reading).filter(commitments=commitment).order_by("reference")
    )
    restore_discrepancies(found, reading)
    claims = [claim for item in found for claim in item.public_claims]
    rewind(reading, cited(claims))
    for claim in claims:
        claim.given_by = list(dict.fromkeys(citation.source.cited_as for citation in claim.public_citations))
    return found


def dossier(commitment: Any, reading: Reading) -> dict[str, object]:
    """Return the context of the page of `commitment`, a row of `for_detail(reading)`."""
    judgements = [*commitment.public_assessments, *commitment.withdrawn_assessments]
    searches = [*commitment.public_searches, *commitment.withdrawn_searches]
    evidenced = [commitment, *commitment.public_assessments, *commitment.public_milestones]
    replaced = [assessment.supersedes for assessment in judgements if assessment.supersedes_id]
    rewind(reading, evidenced, commitment.withdrawn_assessments, searches, replaced, cited(evidenced))
    # What the records referred to on that day.
    rewind(reading, commitment.sector, [item.party for item in (*judgements, *searches) if item.party_id])
    rewind(reading, [search.milestone for search in searches if search.milestone_id])
    rewind_undertakings(reading, [commitment])
    found = verdict(commitment)
    stages = steps(commitment.public_milestones, reading)
    # Of the steps as they were known, like the list of them: the row's own are of today's dates.
    ahead = (step.milestone.deadline for step in stages if step.met_on is None and step.milestone.deadline)
    questions = disputed(commitment, reading)
    return {
        **found._asdict(),
        "searches": [search for part in (found.whole, *found.apart) for search in part.searches],
        "basis_meaning": MEANINGS[Basis(commitment.basis)],
        "roles": roles(commitment),
        "said": said(commitment.public_citations),
        "told": told_of(commitment.basis, commitment.public_citations, questions),
        "next_statuses": next_statuses(found.whole.status),
        "story": story(commitment, stages),
        "steps": stages,
        "recurrence": recurrence(commitment, stages),
        "timeliness": timeliness([(step.milestone.due_on, step.met_on) for step in stages], reading.day),
        "next_deadline": next(ahead, None),
        "notes": notes_on(commitment, reading),
        "disputed": questions,
        **public_instrument(commitment.instrument, reading),
    }
