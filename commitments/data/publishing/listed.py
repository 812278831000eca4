"""The rows of the published list, as the site draws them, with its facets and its orders."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _, ngettext, override

from commitments.choices import Basis
from commitments.data.publishing.scripts import AT_ONCE, both, gaps, script
from commitments.data.writing import json_text
from commitments.models import Commitment
from commitments.public.lists import apart, filters
from commitments.public.lists.catalogue import FACETS, Catalogue
from commitments.public.lists.listing import MOST_OPTIONS, Listing
from commitments.public.lists.table_rows import Drawer
from commitments.public.lists.tables import CommitmentTable
from commitments.public.views import PAGE_SIZE

HEAD, CELL = "</th>\n", "</td>\n"

COUNTED = ("<strong>%(n)s</strong> engagement.", "<strong>%(n)s</strong> engagements.")


def rows_file(language: str) -> str:
    """Return the file of the rows of the list in `language`."""
    return f"recherche/lignes-{language}.js"


def rows(held: Catalogue, language: str) -> Iterator[str]:
    """Yield, in pieces, the script with the rows of the list in `language`, its facets and its orders."""
    with override(language):
        head = _head(held)
    yield from script("rows", head, "rows", _drawn(held, language), "[]")


def _head(held: Catalogue) -> dict[str, object]:
    numbers = _numbers(held)
    listing = Listing(QueryDict(), held)
    facets = {}
    for name in FACETS:
        field: Any = listing.filter.fields[name]
        facets[name] = {
            "label": str(field.label),
            "empty": str(field.empty_label),
            "values": [
                [value, str(label), gaps(numbers[key] for key in held.sets[name].get(value, ()))]
                for value, label in field.choices
            ],
        }
    orders = {
        name: [numbers[key] for part in parts for key in part.page(held.all, 0, len(held.all))]
        for name, parts in held.orders.items()
        if name != "title"  # the rows' own
    }
    [*_dated, undated] = held.orders["due"]
    return {
        "references": [item.reference for item in _all(held, listing)],
        "reference": filters.REFERENCE.pattern,
        "words": str(listing.filter.fields["q"].label),
        "apart": {
            basis.value: {
                "counted": both(partial(apart.name, basis)),
                "sentence": both(partial(apart.sentence, basis)),
                "heading": str(apart.WORDS[basis].heading),
                "parties": str(apart.CONCERNED),
                "caption": str(apart.WORDS[basis].caption),
            }
            for basis in Basis.not_undertaken()
        },
        "facets": facets,
        "orders": orders,
        "undated": len(undated.page(held.all, 0, len(held.all))),
        "page_size": PAGE_SIZE,
        "most_options": MOST_OPTIONS,
        "none_is_singular": ngettext(*COUNTED, 0) == ngettext(*COUNTED, 1),
        "strings": _strings(),
    }


def _drawn(held: Catalogue, language: str) -> Iterator[str]:
    """Yield each row as JSON: its cells; after the first column, a cell seen before is replaced by its number."""
    listing = Listing(QueryDict(), held)
    with override(language):
        labels = {column.name: str(column.header) for column in CommitmentTable(listing).columns}
        drawer = Drawer(labels, held.reading, [])
        drawer.before, drawer.after = "", "/index.html"  # beside the list, by its reference
    known: dict[str, int] = {}
    for item in _all(held, listing):
        with override(language):
            title, _, rest = drawer.row(item).removeprefix("<tr>\n").partition(HEAD)
            [*cells, _end] = rest.split(CELL)
        row: list[str | int] = [title]
        for cell in cells:
            row.append(known.get(cell, cell))
            known.setdefault(cell, len(known))
        yield json_text(row)


def _all(held: Catalogue, listing: Listing) -> Iterator[Commitment]:
    """Yield every row, what is no commitment too, in the order of their references."""
    listing.matching = held.all
    for start in range(0, len(held.all), AT_ONCE):
        yield from listing[start : start + AT_ONCE]


def _strings() -> dict[str, object]:
    """Return the texts of the list in the active language: those of its own template, with their plurals."""

    return {
        "commitments": both(partial(ngettext, *COUNTED)),
        "see_commitments": _("Voir les engagements"),
        "apart": _("Sur tout le site, comptées à part, car ce ne sont pas des engagements :"),
        "applied": _("%(label)s : %(value)s"),
        "remove": _("retirer"),
        "this_filter": _("ce filtre :"),
        "nothing": _("Aucun engagement ne correspond."),
        "everywhere": _("Chercher dans tout ce que ce site publie"),
        "relax": _("En retirant un filtre :"),
        "relaxed": both(
            partial(
                ngettext,
                "sans « %(label)s : <em>%(value)s</em> », %(n)s engagement",
                "sans « %(label)s : <em>%(value)s</em> », %(n)s engagements",
            )
        ),
        "relax_more": _("Retirez plusieurs filtres, cherchez un mot plus court, ou choisissez un autre fondement."),
        "refused": _("Un filtre n’a pas été compris : rien n’est listé tant qu’il n’est pas corrigé."),
        "pages": _("Pages de la liste"),
        "previous": _("Page précédente"),
        "next": _("Page suivante"),
        "page": _("Page %(number)s sur %(total)s"),
    }


def _numbers(held: Catalogue) -> dict[int, int]:
    """Return the number of each row: its place in the order of the references."""
    return {key: number for number, key in enumerate(held.page(held.all, "title", 0, len(held.all)))}
