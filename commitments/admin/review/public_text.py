"""What the public will read of a record once it is published, for the confirmation page."""

from typing import Any

from django.utils.translation import gettext as _

from commitments.admin.wording import EMPTY, Line, in_words, label_of, language_aside
from commitments.choices import Visibility
from commitments.models import Commitment, Discrepancy, FollowUpNote, Source
from commitments.rules.text import markdown
from commitments.rules.time import schedule

APART = {"uid", "exact", "verification", "text_is_public", "sha256"}
"""The keys and public fields that the page shows in another way, or not at all."""


def rendered(field: Any, text: str) -> str:
    """Return the text of `field` as HTML, the same as on the public pages; "" if it is no Markdown."""
    return markdown.html(text) if field.name in field.model.markdown_fields and text not in ("", EMPTY) else ""


def public_lines(record: Any) -> list[Line]:
    """Return the public fields of `record` that are filled, with its parties or claims, in words."""
    lines = []
    signed = ["settled_by"] if isinstance(record, Discrepancy) else []
    for name in (*record.natural_key_fields, *record.attached_by, *record.public_fields, *signed):
        value = None if name in APART else getattr(record, name)
        if value not in (None, ""):
            field = record._meta.get_field(name)
            words = schedule.in_words(value) if name == "recurrence" else in_words(field, value)
            lines.append(Line(label_of(field), words, language_aside(name), rendered(field, words)))
    match record:
        case Commitment():
            for held in record.undertakings.select_related("party", "according_to"):
                names = {"party": held.party, "other": held.according_to}
                told = _("%(party)s (selon : %(other)s)") % names if held.according_to else str(held.party)
                lines.append(Line(held.get_role_display(), told))
        case Discrepancy():
            for claim in record.claims.all():
                label = _("Version retenue") if claim.is_adopted else _("Version")
                lines.append(Line(label, str(claim.wording("value"))))
        case Source():
            whole = _("public, en entier") if record.text_is_public else _("non ; seuls les passages cités le sont")
            lines.append(Line(_("Texte archivé public"), whole))
        case FollowUpNote() if record.visibility == Visibility.INTERNAL:
            lines.append(Line(_("Attention"), _("note interne : même publiée, elle reste au bureau.")))
    return lines
