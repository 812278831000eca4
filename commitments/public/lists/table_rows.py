"""The rows of tables of commitments, and their cells."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from html import escape

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from commitments.choices import Basis, Status, Timeliness, UndertakingRole
from commitments.deadlines import Deadline
from commitments.models import Commitment
from commitments.models.wording import Wording
from commitments.public.lists.apart import CONCERNED
from commitments.public.lists.last_searches import show_searches
from commitments.public.search.excerpts import excerpt, excerpt_html, found_in, marked
from commitments.reading import Reading
from commitments.rules.search.analysis import Term
from commitments.rules.time.rewind import rewind, rewind_undertakings
from commitments.templatetags.public import day, in_its_language, who, with_days
from commitments.typography import language

KINDS = {"title": "name", "parties": "parties", "sector": "sector", "made_on": "date", "status": "mark", "due": "mark"}
"""The columns of a row, each with the class of its cells."""

PLACE = "REFERENCE"
"""Placeholder for the reference in a URL that is reversed once for all rows."""


class Drawer:
    """Draws rows of the table of commitments in one language, without the cost of a template for each.

    What many rows have in common is drawn once. `labels` has the heading of each cell by column name, for the table
    shown as cards.
    """

    def __init__(self, labels: Mapping[str, str], reading: Reading, terms: list[Term]) -> None:
        self.terms = terms
        self.language = language()
        address = with_days(reverse("commitment", args=[PLACE]), reading)
        self.before, _place, self.after = escape(address).partition(PLACE)
        self.starts = {name: f'<td class="{kind}" data-label="{escape(labels[name])}">' for name, kind in KINDS.items()}
        self.starts["concerned"] = f'<td class="{KINDS["parties"]}" data-label="{escape(str(CONCERNED))}">'
        self.starts["title"] = f'<th scope="row" class="{KINDS["title"]}">'
        self._made: dict[Hashable, str] = {}

    def row(self, item: Commitment) -> str:
        """Return the row of a commitment, one of a `Listing`, as HTML."""
        title, excerpted = item.wording("title"), ""
        shown = self._text(title)
        if self.terms:
            places = found_in(title, self.terms)
            shown = in_its_language(title.language, marked(title.text, places))
            excerpted = excerpt_html(excerpt(item, "commitment", self.terms, places))
        due = item.timeliness, item.next_deadline
        named = tuple((held.role, held.party, held.according_to) for held in item.leading_parties)
        parties = "parties" if Basis(item.basis).is_undertaken else "concerned"
        cells = (
            self._cell(parties, named, lambda: who(item.leading_parties)),
            self._cell("sector", item.sector, lambda: self._text(item.sector.wording("name"))),
            self._cell("made_on", item.made_on, lambda: _day(item.made_on, self.language)),
            self._cell("status", (item.status, item.status_as_of, item.last_search), lambda: self._standing(item)),
            self._cell("due", due, lambda: _due(*due, self.language)),
        )
        return (
            f'<tr>\n{self.starts["title"]}\n<a href="{self.before}{item.reference}{self.after}">{shown}</a> '
            f'<span class="small">{item.reference}{self._basis(item)}</span>{excerpted}</th>\n{"".join(cells)}</tr>\n'
        )

    def _cell(self, name: str, value: Hashable, drawn: Callable[[], str]) -> str:
        found = self._made.get((name, value))
        if found is None:
            found = self._made[name, value] = f"{self.starts[name]}{drawn()}</td>\n"
        return found

    def _text(self, text: Wording) -> str:
        if text.language == self.language:
            return escape(text.text)
        return in_its_language(text.language, text.text)

    def _standing(self, item: Commitment) -> str:
        if item.last_search is None:
            return _status(item.status, item.status_as_of, self.language)
        context = {"status": Status(item.status), "judged_on": item.status_as_of, "search": item.last_search}
        return f"<div>{render_to_string('public/_standing.html', context)}</div>"

    def _basis(self, item: Commitment) -> str:
        return "" if item.basis == Basis.AGREED else f" · {escape(str(Basis(item.basis).label))}"


def drawn(commitments: Iterable[Commitment], labels: dict[str, str], reading: Reading, terms: list[Term]) -> SafeString:
    """Return the rows of `commitments` (of a `Listing`), with the words of `terms` marked in the texts."""
    drawer = Drawer(labels, reading, terms)
    return mark_safe("".join(drawer.row(item) for item in commitments))  # noqa: S308 - each text is escaped above


@lru_cache(maxsize=4096)
def _day(value: date, language: str) -> str:
    return day(value)


@lru_cache(maxsize=4096)
def _status(status: str, judged_on: date | None, language: str) -> SafeString:
    return render_to_string("public/_status.html", {"status": Status(status), "judged_on": judged_on})


@lru_cache(maxsize=2048)
def _due(timeliness: str, deadline: Deadline | None, language: str) -> SafeString:
    return render_to_string("public/_timeliness.html", {"timeliness": Timeliness(timeliness), "deadline": deadline})


def restore_rows(commitments: list[Commitment], reading: Reading) -> None:
    """Give rows of `for_table` what a list shows with them, and rewind all to what was known on the day read."""
    show_searches(commitments, reading)
    rewind(reading, commitments)
    rewind(reading, [commitment.sector for commitment in commitments])  # the sectors of that day
    rewind_undertakings(reading, commitments)
    if reading.known_before is not None:
        for commitment in commitments:
            known = commitment.public_undertakings
            commitment.leading_parties = [item for item in known if item.role in UndertakingRole.leading()]
