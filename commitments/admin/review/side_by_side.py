"""What an editor compares: the assessment in force and the one proposed, two versions of a proposal, the passages."""

from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from commitments.admin import wording
from commitments.admin.review.public_text import rendered
from commitments.choices import GONE
from commitments.models import TARGETS, Assessment, Citation, Claim, Commitment, Countersigned, Discrepancy, Undertaking
from commitments.models.base import Record, Reviewed
from commitments.rules.judging import evidence, judgement_in_force
from commitments.rules.review.thread import Remark
from commitments.rules.text import differences
from commitments.rules.text.differences import Piece

AROUND = 200
"""How many characters of the archived text are shown on each side of a passage."""

OF_REVIEW = {field.name for field in Countersigned._meta.get_fields()}
"""The fields that the acts write, and nobody types."""


class Row(NamedTuple):
    """One field in two versions, in words; two versions of one text are cut into changed and unchanged pieces.

    `old_html` and `new_html` are the two as the public pages show them, if they are written in Markdown.
    """

    label: str
    old: str
    new: str
    language: str
    pieces: list[Piece]
    old_html: str = ""
    new_html: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether the two differ."""
        return self.old != self.new


class Comparison(NamedTuple):
    """A table of two versions, row by row; `current` is the assessment in force, None if there is none."""

    rows: list[Row]
    current: Assessment | None
    quotations: list[Citation]
    takes_over: bool


class Passage(NamedTuple):
    """A passage with the words of its source around it, and what publishing does to it."""

    citation: Citation
    before: str
    quotation: str
    after: str
    mark: str
    becomes_public: bool
    source_becomes_public: bool
    attached_to: str


class PartChange(NamedTuple):
    """A passage, a party or a version of a discrepancy added, changed or removed: its kind, and the words."""

    kind: str
    what: str
    pieces: list[Piece]


def row(field: Any, old: str, new: str) -> Row:
    """Return the row of one field; its pieces are empty unless it holds free text, in two versions."""
    is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
    both = is_text and old not in ("", wording.EMPTY) and new not in ("", wording.EMPTY) and old != new
    pieces = differences.compare(old, new) if both else []
    shown = pieces if differences.is_version(pieces) else []
    html = rendered(field, old), rendered(field, new)
    return Row(wording.label_of(field), old, new, wording.language_aside(field.name), shown, *html)


def with_current(proposal: Assessment) -> Comparison:
    """Return the assessment proposed beside the one in force for the same commitment and party."""
    current = judgement_in_force.in_force(proposal.commitment, proposal.party)
    rows = []
    for name in Assessment.public_fields:
        if name == "party":
            continue
        field: Any = proposal._meta.get_field(name)
        old = wording.in_words(field, getattr(current, name)) if current else ""
        new = wording.in_words(field, getattr(proposal, name))
        if {old, new} - {"", wording.EMPTY}:
            rows.append(row(field, old, new))
    quoted = [each for each in evidence.attached(current) if each.is_published] if current else []
    return Comparison(rows, current, quoted, judgement_in_force.becomes_current(proposal))


def since(record: Reviewed, sent_back: Remark) -> tuple[list[Row], list[PartChange]]:
    """Return what changed in `record`, and in what is attached to it, since it was sent back."""
    history = record.history
    then, now = history.filter(history_id=sent_back.version).first(), history.order_by("-history_id").first()
    fields = [change for change in wording.changes(then, now) if change.name not in OF_REVIEW]
    rows = [row(record._meta.get_field(change.name), change.old, change.new) for change in fields]
    return rows, [change for part in _parts_of(record) for change in _part_changes(*part, sent_back)]


def _parts_of(record: Reviewed) -> list[tuple[type[Record], Q]]:
    """Return the models whose rows are parts of `record`, each with the condition that selects them."""
    match record:
        case Discrepancy():
            claims = Claim.history.filter(discrepancy_id=record.pk).order_by().values("id")
            return [(Claim, Q(discrepancy_id=record.pk)), (Citation, Q(claim_id__in=claims))]
        case Commitment():
            return [(Undertaking, Q(commitment_id=record.pk)), (Citation, Q(commitment_id=record.pk))]
        case _:
            name = {"followupnote": "note"}.get(str(record._meta.model_name), record._meta.model_name)
            is_target = name in TARGETS
            return [(Citation, Q(**{f"{name}_id": record.pk}))] if is_target else []


def _part_changes(model: type[Record], condition: Q, sent_back: Remark) -> list[PartChange]:
    later = model.history.filter(condition, history_date__gt=sent_back.when)
    found = []
    for key in sorted(set(later.order_by().values_list("id", flat=True))):
        rows = model.history.filter(id=key)
        now = rows.order_by("-history_date", "-history_id").first()
        then = rows.filter(history_date__lte=sent_back.when).order_by("-history_date", "-history_id").first()
        old, new = _words(then), _words(now)
        if old != new:
            what = _("ajouté") if not old else _("retiré") if not new else _("modifié")
            pieces = differences.compare(old, new)
            found.append(PartChange(str(capfirst(model._meta.verbose_name)), what, pieces))
    return found


def _words(row: Any) -> str:
    """Return the text of a history row of a part; "" if the part did not exist."""
    if row is None or row.history_type == "-":
        return ""
    if row.instance_type is Citation:
        more = [row.get_role_display(), row.get_evidence_kind_display()]
        return f"«\u00a0{row.exact}\u00a0» ({', '.join(str(word) for word in more if word)})"
    if row.instance_type is Claim:
        return row.value_fr + (f" ({_('valeur retenue')})" if row.is_adopted else "")
    return str(row.instance)


def passages(record: Reviewed) -> list[Passage]:
    """Return the passages that `record` rests on, in the order of their sources, each in its context."""
    condition = Q(pk=record.pk) if isinstance(record, Citation) else _attached(record)
    if condition is None:
        return []
    citations = Citation.objects.filter(condition).select_related("source").with_targets()
    return [_passage(citation) for citation in citations.exclude(state__in=GONE)]


def _attached(record: Reviewed) -> Q | None:
    parts = _parts_of(record)
    if isinstance(record, Discrepancy):
        return Q(claim__discrepancy=record)
    return next((condition for model, condition in parts if model is Citation), None)


def _passage(citation: Citation) -> Passage:
    before, quotation, after = in_context(citation.source.text, citation.start, citation.end)
    return Passage(
        citation=citation,
        before=before,
        quotation=quotation or citation.exact,
        after=after,
        mark=wording.verification_mark(citation),
        becomes_public=citation.is_draft,
        source_becomes_public=citation.source.is_draft,
        attached_to=str(citation.target),
    )


def in_context(text: str, start: int | None, end: int | None, around: int = AROUND) -> tuple[str, str, str]:
    """Return (before, passage, after): the passage at these offsets with the whole words around it.

    An ellipsis marks where the text continues; all three are empty if the passage was not located.
    """
    if start is None or end is None or not 0 <= start < end <= len(text):
        return "", "", ""
    low, high = max(0, start - around), min(len(text), end + around)
    before, after = text[low:start], text[end:high]
    if low > 0:
        before = "… " + _from_a_word(before)
    if high < len(text):
        after = _from_a_word(after[::-1])[::-1] + " …"
    return before, text[start:end], after


def _from_a_word(text: str) -> str:
    """Return `text` without its first, cut word; all of it if that leaves nothing."""
    rest = text.split(maxsplit=1)[1:]
    return rest[0] if rest else text
