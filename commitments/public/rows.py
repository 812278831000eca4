"""The rows of tables of commitments, and their cells."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from commitments.choices import Basis, UndertakingRole
from commitments.public.found import excerpt, marked
from commitments.reading import Reading
from commitments.rules.rewind import rewind, rewind_undertakings
from commitments.rules.search import Term
from commitments.templatetags.public import day, in_its_language, status_mark, timeliness_mark, with_days

ROW = """<tr>
<td class="name" data-label="{title_label}">
<a href="{url}">{title}</a> <span class="small">{reference}</span>{excerpt}</td>
<td class="parties" data-label="{parties_label}">{parties}</td>
<td class="sector" data-label="{sector_label}">{sector}</td>
<td class="date" data-label="{made_on_label}">{made_on}</td>
<td class="mark" data-label="{status_label}">{status}</td>
<td class="mark" data-label="{due_label}">{due}</td>
</tr>
"""
"""A row. Filled by Python: Django's own templates take fifty times as long over a page of rows."""


def drawn(commitments: Iterable[Any], labels: Mapping[str, str], reading: Reading, terms: list[Term]) -> SafeString:
    """Return the rows of `commitments` (of a `Listing`), with the words of `terms` marked in the texts.

    `labels` heads each cell by the name of its column, where the table is read as cards.
    """
    language = (get_language() or "fr")[:2]
    headed = {f"{name}_label": str(label) for name, label in labels.items()}
    names: dict[Any, str] = {}
    rows = []
    for item in commitments:
        title = item.wording("title")
        basis = "" if item.basis == Basis.AGREED else f" · {item.get_basis_display()}"
        for record in (item.sector, *(role.party for role in item.undertaking_parties)):
            if record not in names:
                names[record] = _name(record.wording("name"))
        row = format_html(
            ROW,
            url=with_days(item.get_absolute_url(), reading),
            title=in_its_language(title.language, marked(title, terms)),
            excerpt=excerpt(item, terms),
            reference=f"{item.reference}{basis}",
            parties=format_html_join(", ", "{}", ((names[role.party],) for role in item.undertaking_parties)),
            sector=names[item.sector],
            made_on=_day(item.made_on, language),
            status=_status(item.status, language),
            due=_due(item.timeliness, item.next_due, language),
            **headed,
        )
        rows.append((row,))
    return format_html_join("", "{}", rows)


def _name(wording: Any) -> str:
    return in_its_language(wording.language, wording.text)


@lru_cache(maxsize=2048)
def _day(value: date, language: str) -> str:
    return day(value)


@lru_cache(maxsize=64)
def _status(status: str, language: str) -> SafeString:
    return render_to_string("public/_status.html", status_mark(status))


@lru_cache(maxsize=2048)
def _due(timeliness: str, due_on: Any, language: str) -> SafeString:
    return render_to_string("public/_timeliness.html", timeliness_mark(timeliness, due_on))


def restore_rows(commitments: list[Any], reading: Reading) -> None:
    """Bring rows of `for_table` back to what was known on the day read."""
    rewind(reading, commitments)
    rewind(reading, [commitment.sector for commitment in commitments])  # the sectors of that day
    undertakings = rewind_undertakings(reading, commitments)
    if undertakings is not None:
        for commitment in commitments:
            known = undertakings.get(commitment.pk, [])
            commitment.undertaking_parties = [item for item in known if item.role == UndertakingRole.UNDERTAKES]
