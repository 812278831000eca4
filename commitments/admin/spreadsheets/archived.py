"""What importing a source's text from a spreadsheet would do to records on file, reported before the import."""

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from commitments.models import Source
from commitments.rules.sourcing import citations, intake

MOST_NAMED = 20
"""How many citations of one row are named; the others are counted."""

Remark = tuple[str, list[tuple[str, str]]]
"""A remark on a cell: its text, then the records it mentions, each with its desk address."""


class Texts:
    """The texts of one file, beside those on file.

    Reports identical texts only (ignoring white space, line endings and Unicode form), by digest, so that each text on
    file is read once. Near duplicates, which the form of a new source reports, would mean comparing every row with
    every text.
    """

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}

    @cached_property
    def on_file(self) -> dict[str, list[intake.Twin]]:
        """The sources on file by the form of their text, read when the first row has a text."""
        return intake.by_form()

    def remarks(self, source: Source, number: int) -> list[Remark]:
        """Return the remarks on the new text of `source`, from row `number`."""
        found = self._lost(source)
        if source.text.strip():
            found += self._twins(source, number)
        return found

    def _lost(self, source: Source) -> list[Remark]:
        lost = citations.lost(source.citations.all(), source.text) if source.pk else []
        if not lost:
            return []
        text = ngettext(
            "%(count)d citation ne se retrouverait plus dans ce texte :",
            "%(count)d citations ne se retrouveraient plus dans ce texte :",
            len(lost),
        ) % {"count": len(lost)}
        links = [(str(row), reverse("admin:commitments_citation_change", args=[row.pk])) for row in lost[:MOST_NAMED]]
        remarks: list[Remark] = [(text, links)]
        if len(lost) > MOST_NAMED:
            remarks.append((_("Les autres ne sont pas nommées : %d.") % (len(lost) - MOST_NAMED), []))
        return remarks

    def _twins(self, source: Source, number: int) -> list[Remark]:
        form = intake.form_of(source.text)
        found: list[Remark] = []
        twins: list[Any] = [twin for twin in self.on_file.get(form, []) if twin.pk != source.pk]
        if twins:
            links = [(twin.name, reverse("admin:commitments_source_change", args=[twin.pk])) for twin in twins]
            found.append((_("Ce texte est déjà au dossier :"), links))
        first = self.rows.setdefault(form, number)
        if first != number:
            found.append((_("Ce texte est aussi celui de la ligne %d.") % first, []))
        return found
