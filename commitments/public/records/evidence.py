"""What the sources say for and against a record: their passages by role, how many sources, and who says what."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext as _, ngettext

from commitments.choices import Basis, CitationRole, DiscrepancyOutcome, SourceKind, Status
from commitments.models import Citation, Search
from commitments.rules.judging import evidence
from commitments.rules.sourcing import independence


class Said(NamedTuple):
    """The passages with one role for a record, and the distinct voices among those verified."""

    role: CitationRole
    citations: list[Citation]
    voices: list[independence.Voice]

    @property
    def kinds(self) -> list[str]:
        """How many voices there are of each kind of source, in words."""
        return kinds(self.voices)


def kinds(voices: Iterable[independence.Voice]) -> list[str]:
    """Return how many of `voices` there are of each kind of source, in words."""
    counts = Counter(voice.kind for voice in voices)
    # A number stays with its word at the end of a line.
    return [counted(kind, counts[kind]).replace(" ", "\u00a0", 1) for kind in SourceKind if counts[kind]]


def counted(kind: SourceKind, n: int) -> str:
    """Return `n` sources of `kind` in words."""
    match kind:
        case SourceKind.OFFICIAL:
            return ngettext("%(n)d texte officiel", "%(n)d textes officiels", n) % {"n": n}
        case SourceKind.AGENCY:
            return ngettext("%(n)d dépêche d’agence", "%(n)d dépêches d’agence", n) % {"n": n}
        case _:
            return ngettext("%(n)d article de presse", "%(n)d articles de presse", n) % {"n": n}


def said(citations: Iterable[Citation]) -> dict[str, Said]:
    """Return the public passages of a record by role; a role that no passage has is present, empty."""
    by_role: dict[str, list[Citation]] = {role.value: [] for role in CitationRole}
    for citation in citations:
        by_role[citation.role].append(citation)
    return {
        role: Said(CitationRole(role), found, independence.voices(item for item in found if item.is_verified))
        for role, found in by_role.items()
    }


def told_of(basis: str, citations: Iterable[Citation], disputed: Iterable[Any]) -> list[str]:
    """Return who says how much of a commitment, sentence by sentence: who reports it, who only speaks of its subject.

    `basis` is the commitment’s, `citations` its public passages, `disputed` the discrepancies about it, each with
    its `outcome`. A passage supports what it states on the commitment’s own basis (codebook, “Quotations”). A source
    counts for the most that one of its passages does; one that contradicts is told last.
    """
    found = [citation for citation in citations if citation.is_verified]
    by_role = said(found)
    reporting, against = by_role[CitationRole.SUPPORTS], by_role[CitationRole.CONTRADICTS]
    says_more = {citation.source_id for role in (reporting, against) for citation in role.citations}
    every = independence.voices(found)
    mentioning = [voice for voice in every if not says_more & {source.pk for source in voice.sources}]
    return [
        *_reported(basis, reporting.voices),
        *_mentioned(mentioning, others=bool(reporting.voices)),
        *_contradicted(against.voices, list(disputed)),
    ]


def _reported(basis: str, voices: list[independence.Voice]) -> Iterator[str]:
    n, of = len(voices), {"n": len(voices), "list": ", ".join(kinds(voices))}
    if not n:
        yield _("Aucune source dont un passage ait été retrouvé ne le rapporte.")
        return
    yield _on_basis(basis, n) % of
    unnamed = sum(not voice.is_named for voice in voices)
    if unnamed and n == 1:
        yield _("Son éditeur n’est pas indiqué.")
    elif unnamed:
        yield ngettext(
            "L’éditeur de l’une d’elles n’est pas indiqué.",
            "Les éditeurs de %(n)d d’entre elles ne sont pas indiqués.",
            unnamed,
        ) % {"n": unnamed}


def _on_basis(basis: str, n: int) -> str:
    """Return the sentence, still without numbers, that `n` sources report a commitment as what it counts as."""
    match basis:
        case Basis.AGREED:
            return ngettext(
                "Une source rapporte que l’engagement est convenu, ou qu’un texte commun le contient (%(list)s).",
                "%(n)d sources rapportent que l’engagement est convenu, ou qu’un texte commun le contient (%(list)s).",
                n,
            )
        case Basis.ANNOUNCED:
            return ngettext(
                "Une source le rapporte comme annoncé (%(list)s).",
                "%(n)d sources le rapportent comme annoncé (%(list)s).",
                n,
            )
        case Basis.INTENTION:
            return ngettext(
                "Une source le rapporte comme une intention (%(list)s).",
                "%(n)d sources le rapportent comme une intention (%(list)s).",
                n,
            )
        case Basis.EXPECTED:
            return ngettext("Une source le dit attendu (%(list)s).", "%(n)d sources le disent attendu (%(list)s).", n)
        case _:
            return ngettext("Une source le dit envisagé (%(list)s).", "%(n)d sources le disent envisagé (%(list)s).", n)


def _mentioned(voices: list[independence.Voice], *, others: bool) -> Iterator[str]:
    n, of = len(voices), {"n": len(voices), "list": ", ".join(kinds(voices))}
    if n and others:
        yield (
            ngettext(
                "Une autre source parle du sujet sans le confirmer (%(list)s).",
                "%(n)d autres sources parlent du sujet sans le confirmer (%(list)s).",
                n,
            )
            % of
        )
    elif n:
        yield (
            ngettext(
                "Une source ne fait qu’évoquer le sujet (%(list)s).",
                "%(n)d sources ne font qu’évoquer le sujet (%(list)s).",
                n,
            )
            % of
        )


def _contradicted(voices: list[independence.Voice], disputed: list[Any]) -> Iterator[str]:
    if voices:
        of = {"n": len(voices), "list": ", ".join(kinds(voices))}
        yield (
            ngettext(
                "Une source contredit ce que cette fiche en dit (%(list)s).",
                "%(n)d sources contredisent ce que cette fiche en dit (%(list)s).",
                len(voices),
            )
            % of
        )
    differing = [item.outcome for item in disputed if item.outcome != DiscrepancyOutcome.COMPATIBLE]
    questions, still_open = len(differing), differing.count(DiscrepancyOutcome.OPEN)
    if questions:
        yield _differing(questions, still_open) % {"n": questions, "open": still_open}
    if not questions and not voices:
        yield _("Aucune source citée ici ne le contredit.")


def _differing(questions: int, still_open: int) -> str:
    """Return the sentence, still without numbers, that sources disagree on `questions`, and how many are still open."""
    if not still_open:
        return ngettext("Les sources divergent sur un point.", "Les sources divergent sur %(n)d points.", questions)
    if still_open == questions:
        return ngettext(
            "Les sources divergent sur un point, qui reste ouvert.",
            "Les sources divergent sur %(n)d points, tous ouverts.",
            questions,
        )
    return ngettext(
        "Les sources divergent sur %(n)d points, dont un reste ouvert.",
        "Les sources divergent sur %(n)d points, dont %(open)d restent ouverts.",
        still_open,
    )


def next_statuses(status: str) -> list[Status]:
    """Return the statuses further than `status` that only a concrete action carries, in their order."""
    reached = Status(status).pam_level or 0
    return [word for word in Status.needing_action() if (word.pam_level or 0) > reached]


def demands(status: Status) -> list[str]:
    """Return the codes of the objections that the rules have to a commitment's having `status` without any evidence.

    A judgement gives it, or a search.
    """
    asked = (
        evidence.judgement_objections(status=status, as_of=None, passages=[])
        if status in Status.judged()
        else evidence.search_objections(Search())
    )
    return [objection.code for objection in asked if objection.code != "no_commitment"]
