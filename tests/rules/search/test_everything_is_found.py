"""Search: every word of what is public leads to its record, so that no page can say that it occurs nowhere."""

from collections import defaultdict

import pytest

from commitments.models import (
    Assessment,
    Citation,
    Claim,
    Commitment,
    Discrepancy,
    FollowUpNote,
    Instrument,
    Meeting,
    Milestone,
    Party,
    Search,
    Sector,
    Source,
)
from commitments.models.wording import language_of
from commitments.rules.search import analysis
from tests.public.conftest import on
from tests.rules.search.queries import LATER, Finder, identity

OF_SOURCES = ("title", "publisher", "author")
"""The texts of a source that are in its own language."""

SHORTEST = 3
"""Letters of the shortest word asked."""


@pytest.mark.slow
@pytest.mark.one_database
def test_every_word_that_is_public_leads_to_its_record(seed_articles):
    leads = _leads()
    with on(LATER):
        found_by = Finder()

    unfound = []
    for word, records in sorted(leads.items()):
        found = found_by(word)
        unfound += [(word, *record) for record in sorted(records) if record[1] not in found.get(record[0], ())]

    assert unfound == []
    assert len(leads) > 1_500
    assert {kind for records in leads.values() for kind, _name in records} == {
        *("commitment", "source", "discrepancy", "meeting", "instrument", "party", "sector", "note", "search")
    }


def _leads():
    """Return each word of what is public, as printed and without its accents, with the records that it leads to."""
    leads = defaultdict(set)
    for text, records in _texts():
        identities = {identity(record) for record in records}
        for word in analysis.words(text):
            if len(word.folded) >= SHORTEST and word.folded not in analysis.COMMON:
                leads[text[word.start : word.end].casefold()] |= identities
                leads[word.folded] |= identities
    return leads


def _texts():
    """Yield each public text with the records that are found by it."""
    for model in (Commitment, Discrepancy, Meeting, Instrument, Source, Party, Sector):
        for record in model.objects.published():
            yield from ((text, [record]) for text in _wordings(record))
    for source in Source.objects.published():
        yield from ((getattr(source, name), [source]) for name in OF_SOURCES)
    for claim in Claim.objects.published():
        yield from ((text, [claim.discrepancy]) for text in _wordings(claim))
    for model in (Assessment, Milestone):
        for part in model.objects.published():
            yield from ((text, [part.commitment]) for text in _wordings(part))
    for search in Search.objects.published():
        yield from ((text, [search, search.commitment]) for text in _wordings(search))
    for note in FollowUpNote.objects.published():
        yield from ((text, [note, note.target]) for text in _wordings(note))
    for citation in Citation.objects.published().with_targets():
        quoting = _quoting(citation.target)
        yield citation.exact, [citation.source, *quoting]
        yield from ((text, quoting) for text in (citation.source.title, citation.source.publisher))
    yield from _names()


def _names():
    """Yield each name with the records that what it names concerns."""
    for sector in Sector.objects.published():
        yield from ((name, _commitments(sector=sector)) for name in _wordings(sector))
    for party in Party.objects.published():
        concerned = [
            *_commitments(undertakings__party=party),
            *Meeting.objects.published().filter(participants=party),
            *Instrument.objects.published().filter(issuers=party),
        ]
        yield from ((name, concerned) for name in _wordings(party))
    for instrument in Instrument.objects.published():
        yield from ((text, _commitments(instrument=instrument)) for text in (instrument.title_fr, instrument.title_en))
    for meeting in Meeting.objects.published():
        concerned = [
            *_commitments(instrument__meeting=meeting),
            *Discrepancy.objects.published().filter(meeting=meeting),
            *Instrument.objects.published().filter(meeting=meeting),
        ]
        names = (meeting.title_fr, meeting.title_en, meeting.place_fr, meeting.place_en)
        yield from ((name, concerned) for name in names)


def _wordings(record):
    """Return the public texts of `record` that the desk writes in two languages."""
    return [getattr(record, name) for name in record.public_fields if language_of(name)]


def _quoting(target):
    """Return the records that are found by a quotation attached to `target`."""
    match target:
        case Assessment() | Milestone():
            return [target.commitment]
        case FollowUpNote():
            return [target, target.target]
        case Claim():
            return [target.discrepancy]
        case _:
            return [target]


def _commitments(**conditions):
    return list(Commitment.objects.published().filter(**conditions))
