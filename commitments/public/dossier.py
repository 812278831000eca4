"""What the page of a commitment shows: its judgements in their order, its steps, and all of it as known on the day."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from commitments.choices import Basis, Status, Timeliness, UndertakingRole, Visibility
from commitments.models import Instrument, Meeting
from commitments.models.base import Record
from commitments.public.vocabulary import MEANINGS
from commitments.reading import Reading
from commitments.rules import schedule
from commitments.rules.rewind import rewind, rewind_undertakings


class Entry(NamedTuple):
    """A line of the dated history: a judgement, or the fact that one was withdrawn."""

    assessment: Any
    is_withdrawn: bool
    is_current: bool


class Step(NamedTuple):
    """A milestone as it stands on the day read: `met_on` is None where it was not met, or not known to be."""

    milestone: Any
    timeliness: Timeliness
    met_on: date | None


class Judged(NamedTuple):
    """The judgements that are about one party only."""

    party: Any
    entries: list[Entry]


def cited(records: Iterable[Any]) -> list[Record]:
    """Return the public citations of `records`, which were prefetched, and their sources."""
    citations = [citation for record in records for citation in record.public_citations]
    return [*citations, *(citation.source for citation in citations)]


def steps(milestones: Iterable[Any], reading: Reading) -> list[Step]:
    """Return where each milestone stands for `reading`, in the order of their last days."""
    found = []
    for milestone in milestones:
        met_on = milestone.met_on
        recorded = milestone.met_recorded_at
        known = reading.known_before is None or (recorded is not None and recorded < reading.known_before)
        if met_on is not None and (met_on > reading.day or not known):
            met_on = None
        where = schedule.timeliness(due_on=milestone.due_on, met_on=met_on, day=reading.day)
        found.append(Step(milestone, where, met_on))
    return sorted(found, key=lambda step: (step.milestone.due_on or date.max, step.milestone.pk))


def history(standing: Iterable[Any], withdrawn: Iterable[Any]) -> list[Entry]:
    """Return the judgements and withdrawals of one series, the latest first; the first not superseded is in force."""
    entries = []
    in_force = True
    for assessment in standing:
        is_current = in_force and not assessment.is_superseded
        in_force = in_force and not is_current
        entries.append(Entry(assessment, is_withdrawn=False, is_current=is_current))
    entries += [Entry(assessment, is_withdrawn=True, is_current=False) for assessment in withdrawn]
    return sorted(entries, key=lambda entry: entry.assessment.as_of, reverse=True)


def by_party(commitment: Any) -> list[Judged]:
    """Return the judgements about one party each, party by party."""
    parties = {
        assessment.party_id: assessment.party
        for assessment in [*commitment.public_assessments, *commitment.withdrawn_assessments]
        if assessment.party_id
    }
    return [
        Judged(
            party,
            history(
                [item for item in commitment.public_assessments if item.party_id == key],
                [item for item in commitment.withdrawn_assessments if item.party_id == key],
            ),
        )
        for key, party in sorted(parties.items(), key=lambda pair: pair[1].code)
    ]


def public_instrument(instrument: Instrument, reading: Reading) -> dict[str, Any]:
    """Return `instrument` and its meeting under these names, each only where it is public itself."""
    shown = Instrument.objects.published(reading).filter(pk=instrument.pk).exists()
    meeting = None
    if shown and instrument.meeting_id:
        meeting = Meeting.objects.published(reading).filter(pk=instrument.meeting_id).first()
    rewind(reading, [instrument], [meeting] if meeting else [])
    return {"instrument": instrument if shown else None, "meeting": meeting}


def dossier(commitment: Any, reading: Reading) -> dict[str, Any]:
    """Return the context of the page of `commitment`, a row of `for_detail(reading)`."""
    judgements = [*commitment.public_assessments, *commitment.withdrawn_assessments]
    evidenced = [commitment, *commitment.public_assessments, *commitment.public_milestones, *commitment.public_notes]
    rewind(
        reading,
        evidenced,
        commitment.withdrawn_assessments,
        commitment.public_discrepancies,
        cited(evidenced),
    )
    # What the records of that day referred to then.
    parties = [assessment.party for assessment in judgements if assessment.party_id]
    rewind(reading, [commitment.sector], parties)
    known = rewind_undertakings(reading, [commitment])
    undertakings = commitment.public_undertakings if known is None else known.get(commitment.pk, [])
    entries = history(
        [item for item in commitment.public_assessments if item.party_id is None],
        [item for item in commitment.withdrawn_assessments if item.party_id is None],
    )
    current = next((entry.assessment for entry in entries if entry.is_current), None)
    return {
        "basis_meaning": MEANINGS[Basis(commitment.basis)],
        "undertaking": [item.party for item in undertakings if item.role == UndertakingRole.UNDERTAKES],
        "benefiting": [item.party for item in undertakings if item.role == UndertakingRole.BENEFITS],
        "current": current,
        "status": current.status if current else Status.NOT_ASSESSED,
        "entries": entries,
        "judged": by_party(commitment),
        "steps": steps(commitment.public_milestones, reading),
        # A note that the past has as internal was not public then, whatever it is today.
        "notes": [note for note in commitment.public_notes if note.visibility == Visibility.PUBLIC],
        **public_instrument(commitment.instrument, reading),
    }
