"""The rows of tables of commitments, and their cells."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from commitments.choices import Basis, UndertakingRole
from commitments.public.found import excerpt, marked
from commitments.reading import Reading
from commitments.rules.rewind import rewind, rewind_undertakings
from commitments.rules.search import Term
from commitments.templatetags.public import day, in_its_language, status_mark, timeliness_mark, with_days


class Line(NamedTuple):
    """A row as its template prints it."""

    url: str
    title: str
    excerpt: SafeString
    reference: str
    basis: str
    parties: SafeString
    sector: str
    made_on: str
    status: SafeString
    due: SafeString


def lines(commitments: Iterable[Any], reading: Reading, terms: list[Term]) -> list[Line]:
    """Return the rows of `commitments` (of `for_table`), with the words of `terms` marked in the texts."""
    language = (get_language() or "fr")[:2]
    found = []
    for item in commitments:
        title = item.wording("title")
        found.append(
            Line(
                url=with_days(item.get_absolute_url(), reading),
                title=in_its_language(title.language, marked(title, terms)),
                excerpt=excerpt(item, terms),
                reference=item.reference,
                basis="" if item.basis == Basis.AGREED else item.get_basis_display(),
                parties=format_html_join(
                    ", ", "{}", ((_name(role.party.wording("name")),) for role in item.undertaking_parties)
                ),
                sector=_name(item.sector.wording("name")),
                made_on=day(item.made_on),
                status=_status(item.status, language),
                due=_due(item.timeliness, item.next_due, language),
            )
        )
    return found


def _name(wording: Any) -> str:
    return in_its_language(wording.language, wording.text)


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
