"""What the sources say for and against a record: their passages by role, and how many independent voices there are."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import ngettext

from commitments.choices import CitationRole, SourceKind, Status
from commitments.models import Citation
from commitments.rules.judging import evidence
from commitments.rules.sourcing import independence


class Said(NamedTuple):
    """The passages with one role for a record, and the independent voices among those verified."""

    role: CitationRole
    citations: list[Citation]
    voices: list[independence.Voice]

    @property
    def kinds(self) -> list[str]:
        """How many voices there are of each kind of source, in words."""
        counts = {kind: sum(voice.kind == kind for voice in self.voices) for kind in SourceKind}
        return [counted(kind, n) for kind, n in counts.items() if n]

    @property
    def unnamed(self) -> int:
        """How many voices have no known publisher."""
        return sum(not voice.is_named for voice in self.voices)


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


def next_statuses(status: str) -> list[Status]:
    """Return the statuses further than `status` that only a concrete action carries, in their order."""
    reached = Status(status).pam_level or 0
    return [word for word in Status.needing_action() if (word.pam_level or 0) > reached]


def demands(status: Status) -> list[str]:
    """Return the codes of the objections that the rules of evidence have to `status` without any evidence."""
    asked = evidence.judgement_objections(status=status, as_of=None, searched_on=None, searched_where="", passages=[])
    return [objection.code for objection in asked]
