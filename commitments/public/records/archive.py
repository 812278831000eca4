"""What the page of a source shows: its cited passages in context, and the records that each one supports."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _, gettext_lazy

from commitments.choices import Visibility
from commitments.models import TARGETS, Citation, Meeting, Record, Source
from commitments.public.records.passages import windows
from commitments.reading import Reading
from commitments.rules.text.passages import Span, spans
from commitments.rules.time.rewind import rewind, rewind_attached
from commitments.typography import in_full

NOTE_ON = {
    "commitment": gettext_lazy("Note de suivi sur l’engagement"),
    "instrument": gettext_lazy("Note de suivi sur l’instrument"),
    "meeting": gettext_lazy("Note de suivi sur la rencontre"),
}
"""A note in words, by what it is on."""


class Supported(NamedTuple):
    """The record that a passage is attached to: what it is, its title, its address (None if it has no page)."""

    kind: str
    record: Record
    field: str
    url: str | None


def archive(source: Source, reading: Reading) -> dict[str, Any]:
    """Return the context of the page of `source`, a public one for `reading`.

    The full text is shown only if `text_is_public` is set today and was then: a publisher's refusal applies to past
    readings too.
    """
    allowed_today = source.text_is_public
    citations = _citations(source, reading)
    rewind(reading, source)
    meetings = public_meetings(citations, reading)
    for citation in citations:
        citation.supported = supported(citation, meetings)  # type: ignore[attr-defined]
        citation.source = source
    placed = spans(citations, len(source.text))
    lost = {id(citation) for span in placed for citation in span.citations}
    return {
        "windows": windows(source.text, placed, whole=allowed_today and source.text_is_public),
        "is_whole": allowed_today and source.text_is_public and bool(source.text),
        "passage_count": len(placed),
        "passages": [*placed, *(citation for citation in citations if id(citation) not in lost)],
    }


def one_page(context: dict[str, Any], passages: list[Span | Citation]) -> dict[str, object]:
    """Return `context` (from `archive`) reduced to a page that shows only these `passages`.

    The windows are those of the whole list, so that no more of the text shows on several pages than on one.
    """
    numbers = {passage.number for passage in passages if isinstance(passage, Span)}
    shown = []
    for window in context["windows"]:
        window.spans = [span for span in window.spans if span.number in numbers]
        if window.spans or context["is_whole"]:
            shown.append(window)
    unplaced = [passage for passage in passages if not isinstance(passage, Span)]
    return {**context, "windows": shown, "unplaced": unplaced}


def _citations(source: Source, reading: Reading) -> list[Citation]:
    """Return the citations public for `reading` whose record had taken place, worded as on `known_on`."""
    public = Citation.objects.published(reading).held(reading).filter(source=source).with_targets()
    return sorted(as_known(list(public.order_by()), reading), key=_place)


def _place(citation: Citation) -> tuple[object, ...]:
    """Return the place of a passage on the page: that in the text, then by what it is cited for.

    It does not depend on primary keys, so that a tracker loaded anew from its files shows the same page.
    """
    named = with_parent(citation)[-1]
    cited_for = (TARGETS.index(citation.target_name), getattr(named, "reference", ""), citation.uid.hex)
    return (citation.start is None, citation.start or 0, *cited_for)


def as_known(found: list[Citation], reading: Reading, *others: Record | Iterable[Record]) -> list[Citation]:
    """Return the public citations of `found`, loaded with their targets, worded as on `known_on`.

    `others` are rewound with them.
    """
    cited = [record for citation in found for record in with_parent(citation)]
    kept = rewind_attached(reading, found, cited, *others)
    # A citation of a note that was internal then is no evidence for today's either.
    return [item for item in kept if getattr(item.note, "visibility", Visibility.PUBLIC) == Visibility.PUBLIC]


def _target(citation: Citation) -> Any:
    target = citation.target
    if target is None:
        raise ValueError(f"Citation {citation.uid} has no target.")
    return target


def with_parent(citation: Citation) -> list[Record]:
    """Return the record that `citation` is attached to, and the one that it belongs to."""
    target = _target(citation)
    name = {"claim": "discrepancy", "note": "target"}.get(citation.target_name, "commitment")
    parent = getattr(target, name, None)
    return [target, parent] if parent else [target]


def public_meetings(citations: list[Citation], reading: Reading) -> set[int]:
    """Return the keys of the public meetings that the instruments quoted by `citations` come out of."""
    wanted = {citation.instrument.meeting_id for citation in citations if citation.instrument}
    return set(Meeting.objects.published(reading).filter(pk__in=wanted - {None}).values_list("pk", flat=True))


def supported(citation: Citation, meetings: set[int]) -> Supported:
    """Return the record that `citation` is attached to; `meetings` are the keys of those that have a page."""
    target = _target(citation)
    match citation.target_name:
        case "commitment":
            kind = _("Engagement") if target.is_undertaken else target.get_basis_display()
            return Supported(kind, target, "title", target.get_absolute_url())
        case "assessment":
            # Two may give one status as of one day: the day of publication tells them apart.
            told = {"status": target.get_status_display(), "day": in_full(target.published_at.date())}
            kind = _("Évaluation « %(status)s » publiée le %(day)s") % told
            return Supported(kind, target.commitment, "title", target.get_absolute_url())
        case "milestone":
            return Supported(_("Jalon"), target, "title", target.get_absolute_url())
        case "note":
            return Supported(str(NOTE_ON[target.target_name]), target.target, "title", target.get_absolute_url())
        case "claim":
            url = target.discrepancy.get_absolute_url()
            return Supported(_("Divergence"), target.discrepancy, "question", url)
        case "meeting":
            return Supported(_("Rencontre"), target, "title", target.get_absolute_url())
        case _:
            url = target.meeting.get_absolute_url() if target.meeting_id in meetings else None
            return Supported(_("Instrument"), target, "title", url)
