"""The rows of a table that a reader asks for: commitments by the filters of their list, other rows by their columns."""

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from pyroaring import BitMap

from commitments.data.tables import TABLES, Table
from commitments.data.values import identifier
from commitments.models import Record
from commitments.public.lists.catalogue import FACETS, Catalogue
from commitments.public.lists.filters import CommitmentFilter
from commitments.public.lists.listing import found
from commitments.public.time.requested_reading import Problem, ReadingForm, printable, problems_of, refuse
from commitments.querysets.past import was
from commitments.reading import Reading

UNDERTAKEN, EVERY = "undertaken", "all"
"""The values of `basis` for commitments proper, which is what no value means too, and for all that is recorded."""

DAYS = tuple(ReadingForm.base_fields)


def allowed(table: Table) -> list[str]:
    """Return the names of the parameters that `table` takes."""
    return [*DAYS, *(["q", *FACETS] if table.name == "commitments" else table.narrowed_by)]


def refuse_unknown(parameters: QueryDict, known: Collection[str]) -> None:
    """Check that all parameters are known. Raises Refusal (400) naming each unknown one."""
    unknown = [name for name in parameters if name not in known]
    if unknown:
        message = _("ce paramètre n’existe pas ici ; ceux qui existent : %(names)s")
        text = message % {"names": ", ".join(known) or "–"}
        refuse([Problem(printable(name), printable(parameters.get(name, "")), text) for name in unknown])


def commitments(parameters: QueryDict, held: Catalogue) -> BitMap | None:
    """Return the keys of the commitments that the filters leave, proper ones if no basis is asked for; None for all.

    Raises Refusal: 404 for a filter that names an unknown record, 400 for any other invalid value.
    """
    asked = parameters.copy()
    basis = asked.get("basis")
    if basis in (UNDERTAKEN, EVERY):
        del asked["basis"]
    form = CommitmentFilter(asked, catalogue=held)
    problems = problems_of(form)
    is_missing = all(item.name in ("sector", "party", "instrument") for item in problems)
    refuse(problems, 404 if is_missing else 400)
    chosen = form.chosen
    words = found(form.cleaned_data["q"], held)
    if basis == EVERY and not (chosen or words):
        return None
    return held.chosen(chosen, words.all if words else None, within=held.all if basis == EVERY else None)


def on_basis(basis: str | None, held: Catalogue) -> BitMap:
    """Return the keys of the commitments on `basis`, a valid one; of proper ones for None."""
    if basis == EVERY:
        return held.all
    return held.proper if basis in (None, UNDERTAKEN) else held.sets["basis"].get(basis, BitMap())


def narrowed(table: Table, rows: QuerySet, parameters: QueryDict, reading: Reading) -> QuerySet:
    """Return those of `rows`, of `table`, whose columns have the values asked for.

    Raises Refusal: 404 if a value names an unknown record, 400 if it is not one that the column can have.
    """
    problems, missing = [], []
    for name in table.narrowed_by:
        value = parameters.get(name)
        if not value:
            continue
        column = table.described[name]
        if column.words and value not in dict(column.words):
            words = ", ".join(word for word, _label in column.words if word)
            problems.append(
                Problem(name, printable(value), _("écrivez l’une de ces valeurs : %(words)s") % {"words": words})
            )
        elif column.kind == "uuid" and identifier(value) is None:
            problems.append(Problem(name, printable(value), _("ce n’est pas un identifiant (UUID)")))
        elif column.refers and not _is_there(TABLES[column.refers], value, reading):
            missing.append(Problem(name, printable(value), _("rien de public ne porte ce nom")))
        else:
            rows = rows.filter(_that_says(rows.model, table.lookups[name], value, reading))
    refuse([*problems, *missing], 400 if problems else 404)
    return rows


def _that_says(model: type[Record], lookup: str, value: str, reading: Reading) -> Q:
    """Return the condition that a row has the value asked for; had it on `known_on`, if there is one."""
    said = Q(**{lookup: value})
    if reading.known_before is None or not hasattr(model, "history"):  # versions are what was known already
        return said
    return was(model, reading, said, otherwise=said)


def _is_there(table: Table, key: str, reading: Reading) -> bool:
    name = table.key[0]
    return table.rows(reading).filter(**{name: key}).exists()  # type: ignore[misc]
