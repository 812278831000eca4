"""Ties a citation's outcome to its source's archived text, and describes in words what is wrong with one."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.choices import GONE, Verification
from commitments.models import Citation, Source
from commitments.rules.text import quotes


def verify(citation: Citation) -> bool:
    """Set the outcome of looking `citation` up in its source's text, on the instance only; return whether it changed.

    The day of verification changes only when the outcome or the place does, so it says since when they hold.
    """
    place = quotes.locate(citation.source.text, citation.exact, citation.prefix, citation.suffix)
    before, now = (citation.verification, citation.start, citation.end), (place.outcome, place.start, place.end)
    citation.verification, citation.start, citation.end = now
    if citation.verified_at is None or before != now:
        citation.verified_at = timezone.now()
    return before != now


def recheck(source: Source) -> list[Citation]:
    """Look every citation of `source` up again and save those whose outcome or place changed; return these.

    Their history carries the signer and the reason of the source's edit too.
    """
    changed = []
    for citation in Citation.objects.filter(source=source):
        citation.source = source
        if verify(citation):
            for mark in ("_history_user", "_change_reason"):
                if hasattr(source, mark):
                    setattr(citation, mark, getattr(source, mark))
            citation.save()
            changed.append(citation)
    return changed


def lost(rows: Iterable[Citation], text: str) -> list[Citation]:
    """Return those of `rows`, citations of one source, that are verified now and would not be if `text` were its text.

    Withdrawn and declined citations are ignored.
    """
    standing = [row for row in rows if row.is_verified and row.state not in GONE]
    return [
        row
        for row in standing
        if quotes.locate(text, row.exact, row.prefix, row.suffix).outcome != Verification.VERIFIED
    ]


def objections(source: Source, exact: str, prefix: str = "", suffix: str = "") -> dict[str, ValidationError]:
    """Return the objections to quoting these words from `source`, by field; empty if they are verified.

    There are none for a source without an archived text: its quotations are marked as such.
    """
    place = quotes.locate(source.text, exact, prefix, suffix)
    if place.outcome in (Verification.VERIFIED, Verification.NO_ARCHIVE):
        return {}
    if place.outcome == Verification.AMBIGUOUS:
        message = _(
            "Ce passage figure à %(count)d endroits de %(source)s. Indiquez les mots qui le précèdent ou qui le "
            "suivent (« juste avant », « juste après »), ou citez-en davantage."
        ) % {"count": place.occurrences, "source": source.reference}
        return {"exact": ValidationError(message, code="ambiguous")}
    if place.occurrences:
        message = _(
            "Le passage figure dans %(source)s, mais pas avec ces mots juste avant et juste après : corrigez-les ou "
            "effacez-les."
        ) % {"source": source.reference}
        return {"prefix" if prefix else "suffix": ValidationError(message, code="context_not_found")}
    return {"exact": ValidationError(_not_found(source, exact), code="not_found")}


def _not_found(source: Source, exact: str) -> str:
    where = quotes.divergence(source.text, exact)
    if where is None:
        return _(
            "Ce passage ne figure pas dans le texte archivé de %(source)s. Copiez-le tel quel depuis ce texte."
        ) % {"source": source.reference}
    found, typed, archived = where
    return _(
        "Ce passage ne figure pas tel quel dans %(source)s. Après « %(found)s », la citation dit « %(typed)s » et le "
        "texte archivé « %(archived)s »."
    ) % {"source": source.reference, "found": found, "typed": typed or "…", "archived": archived or "…"}
