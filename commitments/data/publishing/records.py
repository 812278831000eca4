"""The records that the published search finds, as the site draws them."""

from collections.abc import Callable, Iterator
from functools import partial

from django.template.loader import render_to_string
from django.utils.translation import gettext as _, ngettext, override
from pyroaring import BitMap

from commitments.data.publishing.scripts import AT_ONCE, both, gaps, in_order, script
from commitments.data.writing import json_text
from commitments.public.lists import filters
from commitments.public.lists.catalogue import Catalogue
from commitments.public.search.everywhere import REFERRED, Everywhere
from commitments.public.search.hits import hits
from commitments.public.search.views import AT_FIRST
from commitments.public.views import PAGE_SIZE
from commitments.reading import NOW
from commitments.rules.search.entries import ENTRIES

RESULTS = (
    "<strong>%(n)s</strong> résultat pour « %(query)s ».",
    "<strong>%(n)s</strong> résultats pour « %(query)s ».",
)


def records_file(language: str) -> str:
    """Return the file of the records that the search finds, in `language`."""
    return f"recherche/fiches-{language}.js"


def records(held: Catalogue, language: str, linked: Callable[[str], str]) -> Iterator[str]:
    """Yield, in pieces, the script with every record that the search finds, as drawn in `language`.

    `linked` gives the links of a piece of HTML as they are in the copy.
    """
    keys = in_order(held)
    numbers = {key: number for number, key in enumerate(keys["commitment"])}
    search = Everywhere("", held)
    with override(language):
        groups = [
            {"name": name, "label": str(label), "kind": kind, "among": _numbered(among, numbers)}
            for name, label, kind, among in search.kinds()
        ]
        head = {
            "groups": groups,
            "references": {kind: list(_references(kind, of_kind)) for kind, of_kind in keys.items()},
            "reference": filters.REFERENCE.pattern,
            "at_first": AT_FIRST,
            "page_size": PAGE_SIZE,
            "none_is_singular": ngettext(*RESULTS, 0) == ngettext(*RESULTS, 1),
            "strings": _found_strings(),
        }
    drawn = (
        f"{json_text(kind)}:[{','.join(_hits(search, kind, of_kind, language, linked))}]"
        for kind, of_kind in keys.items()
    )
    yield from script("records", head, "drawn", drawn, "{}")


def _numbered(among: BitMap | None, numbers: dict[int, int]) -> list[int] | None:
    return None if among is None else gaps(numbers[key] for key in among)


def _hits(search: Everywhere, kind: str, keys: list[int], language: str, linked: Callable[[str], str]) -> Iterator[str]:
    for start in range(0, len(keys), AT_ONCE):
        with override(language):
            found = hits(search, kind, [(0, key) for key in keys[start : start + AT_ONCE]])
            pieces = [render_to_string("public/_hit.html", {"hit": hit, "reading": NOW}) for hit in found]
        yield from (json_text(linked(piece)) for piece in pieces)


def _references(kind: str, keys: list[int]) -> Iterator[str]:
    """Yield the references of records of `kind`; none if they have none to be quoted by."""
    if ENTRIES[kind].model in REFERRED:
        named = dict(ENTRIES[kind].model.objects.filter(pk__in=keys).values_list("pk", "reference"))
        yield from (named[key] for key in keys)


def _found_strings() -> dict[str, object]:
    """Return the texts of the page of the search in the active language, as its template has them."""
    return {
        "title": _("« %(query)s » : recherche"),
        "results": both(partial(ngettext, *RESULTS)),
        "none": _("Aucun résultat pour « %(query)s »."),
        "everything": _("Tout"),
        "rest": both(partial(ngettext, "Voir ce résultat", "Voir les %(n)s résultats")),
        "unknown": both(
            partial(
                ngettext,
                "Ce mot ne figure dans aucun des textes cherchés : <em>%(words)s</em>.",
                "Ces mots ne figurent dans aucun des textes cherchés : <em>%(words)s</em>.",
            )
        ),
        "common": _("Ces mots sont trop courants pour être cherchés."),
        "near": _("Vouliez-vous dire :"),
        "or": _("ou"),
        "asked": _(" ?"),
        "apart": _("Chacun de ces mots figure sur une fiche au moins, mais aucune ne les réunit tous."),
        "each": _("Un mot à la fois :"),
        "in_french": _("Les sources sont citées en français. Chercher aussi :"),
        "searched": _("La recherche a porté sur :"),
        "sort": _("Trier et filtrer ces engagements"),
        "pages": _("Pages de la liste"),
        "previous": _("Page précédente"),
        "next": _("Page suivante"),
        "page": _("Page %(number)s sur %(total)s"),
    }
