"""The scripts that carry data: each sets a value, since a page opened from a disk may read no other file."""

from collections.abc import Callable, Iterable, Iterator

from commitments.data.writing import json_text
from commitments.public.lists.catalogue import Catalogue
from commitments.rules.search.entries import ENTRIES

AT_ONCE = 500
"""How many records are read and drawn at a time."""


def in_order(held: Catalogue) -> dict[str, list[int]]:
    """Return the public records of each kind, by their primary keys, in the order in which results have them."""
    found = {"commitment": held.page(held.all, "title", 0, len(held.all))}
    for kind, entry in ENTRIES.items():
        if kind not in found:
            rows = entry.model.objects.filter(pk__in=held.public[kind]).order_by(*entry.order)
            found[str(kind)] = list(rows.values_list("pk", flat=True))
    return found


def both(counted: Callable[[int], str]) -> list[str]:
    """Return the singular and the plural of a text in the active language."""
    return [counted(1), counted(2)]


def script(name: str, head: dict[str, object], last: str, items: Iterable[str], brackets: str) -> Iterator[str]:
    """Yield the script that sets `publishedData.{name}` to `head` with, under `last`, the items written one by one."""
    yield f"(window.publishedData ??= {{}}).{name} = {json_text(head)[:-1]},{json_text(last)}:{brackets[0]}"
    for number, item in enumerate(items):
        yield f"{',' if number else ''}\n{item}"
    yield f"{brackets[1]}}};\n"


def gaps(numbers: Iterable[int]) -> list[int]:
    """Return `numbers`, sorted, as the distances from one to the next: shorter to write."""
    found = sorted(numbers)
    return [number - before for before, number in zip([-1, *found], found, strict=False)]
