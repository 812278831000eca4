"""What the public will read of a record once it is published, for the confirmation page."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from commitments.admin.wording import EMPTY, Line, in_words
from commitments.choices import Visibility
from commitments.models import Citation, Commitment, Discrepancy, FollowUpNote, Source
from commitments.rules import markdown

FIELDS = {
    "assessment": [
        *("commitment", "party", "status", "as_of", "rationale_fr", "rationale_en", "searched_on"),
        *("searched_where_fr", "searched_where_en", "supersedes", "supersession_reason"),
    ],
    "citation": ["role", "evidence_kind"],
    "commitment": [
        *("reference", "title_fr", "title_en", "statement_fr", "statement_en", "criterion_fr", "criterion_en"),
        *("basis", "sector", "instrument", "made_on", "recurrence", "recurrence_start"),
    ],
    "discrepancy": [
        *("reference", "question_fr", "question_en", "meeting", "settled_on", "settled_by", "reason_fr", "reason_en"),
    ],
    "followupnote": ["commitment", "visibility", "dated", "body_fr", "body_en"],
    "instrument": ["reference", "kind", "title_fr", "title_en", "meeting", "issued_on", "summary_fr", "summary_en"],
    "meeting": [
        *("reference", "title_fr", "title_en", "place_fr", "place_en", "starts_on", "ends_on"),
        *("summary_fr", "summary_en"),
    ],
    "milestone": ["commitment", "title_fr", "title_en", "due_from", "due_on", "met_on"],
    "source": [
        "reference",
        "kind",
        "title",
        "publisher",
        "author",
        "url",
        "language",
        "published_on",
        "published_time",
    ],
}
"""The fields that the public reads, by model."""

MARKDOWN = {"rationale_fr", "rationale_en", "body_fr", "body_en"}
"""The fields among them that are written in Markdown."""


def rendered(name: str, text: str) -> str:
    """Return the text of field `name` as HTML, the same as on the public pages; "" if it is no Markdown."""
    return markdown.html(text) if name in MARKDOWN and text not in ("", EMPTY) else ""


def public_lines(record: Any) -> list[Line]:
    """Return the public fields of `record` that are filled, with its parties or claims, in words."""
    lines = []
    for name in FIELDS[record._meta.model_name]:
        value = getattr(record, name)
        if value not in (None, ""):
            field = record._meta.get_field(name)
            language = "en" if name.endswith("_en") else ""
            words = in_words(field, value)
            lines.append(Line(str(capfirst(field.verbose_name)), words, language, rendered(name, words)))
    match record:
        case Commitment():
            undertakings = record.undertakings.select_related("party")
            lines += [Line(undertaking.get_role_display(), str(undertaking.party)) for undertaking in undertakings]
        case Discrepancy():
            for claim in record.claims.all():
                label = _("Version retenue") if claim.is_adopted else _("Version")
                lines.append(Line(label, str(claim.wording("value"))))
        case Source():
            whole = _("public, en entier") if record.text_is_public else _("non ; seuls les passages cités le sont")
            lines.append(Line(_("Texte archivé public"), whole))
        case FollowUpNote() if record.visibility == Visibility.INTERNAL:
            lines.append(Line(_("Attention"), _("note interne : même publiée, elle reste au bureau.")))
        case Citation():
            lines.append(Line(_("Source"), str(record.source)))
            lines.append(Line(_("Rattachée à"), str(record.target)))
    return lines
