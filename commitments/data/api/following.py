"""The changes of the public data, as an operation of the API: the content of the feeds, field by field."""

from functools import reduce
from operator import and_
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import override
from ninja import Query, Router, Schema
from pydantic import create_model

from commitments.data import narrowing, stream
from commitments.data.api.operations import REFUSALS, page
from commitments.data.api.schemas import DAYS, LIMIT, NAME, Fields, page_schema, stated
from commitments.data.changes import Change, tell
from commitments.data.feeds import commitment_of
from commitments.data.problems import Missing
from commitments.data.tables import Row
from commitments.models import Citation, Party, Sector
from commitments.models.wording import LANGUAGES
from commitments.public.time.requested_reading import read
from commitments.reading import Reading

router = Router()

CURSOR = (
    r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
    rf"/({'|'.join(stream.ACTS)})/[a-z]+/[A-Za-z0-9_/-]+$"
)
"""What the identifier of a change looks like (`stream.Row.id`)."""

ACTS = "; ".join(f"`{act}`: {meaning}" for act, meaning in stream.ACTS.items())

FIELD: Fields = {"name": (str, ...), "from": (Any, ...), "to": (Any, ...)}
PASSAGE: Fields = {"citation": (str, ...), "source": (str, ...), "exact": (str, ...), "page": (str, ...)}

CHANGE: Fields = {
    "id": stated(str, "Stable for ever: the moment, the act, the noun, the key of the record. Serves as `after`.", ...),
    "act": stated(Literal[tuple(stream.ACTS)], ACTS, ...),
    "noun": stated(str, "What kind of record.", ...),
    "key": stated(str, "Its reference or identifier.", ...),
    "at": stated(str, "When this site did it.", ...),
    "updated": stated(str, "When what is told here was last corrected.", ...),
    "commitment": stated(str | None, "The commitment that it concerns.", ...),
    "party": stated(str | None, "The party whose part alone a judgement or a search is about.", ...),
    "status": stated(str | None, "What the judgement says.", ...),
    "from_status": stated(str | None, "Of a judgement or a search: the status before it.", ...),
    "to_status": stated(str | None, "The status after it: the same one where a search stands beside a judgement.", ...),
    "outcome": stated(str | None, "How a discrepancy was settled: `adopted` or `compatible`.", ...),
    "fields": stated(
        list[create_model("FieldChange", __base__=Schema, **FIELD)],  # type: ignore[misc]
        "What was corrected, with both values.",
        ...,
    ),
    "reason": stated(dict[str, str], "Why, by language.", ...),
    "text": stated(dict[str, str], "What the record says, by language; of a search, where it looked.", ...),
    "evidence": stated(
        list[create_model("Passage", __base__=Schema, **PASSAGE)],  # type: ignore[misc]
        "The passages that were public with it.",
        ...,
    ),
    "by": stated(str | None, "Who signed; null: the desk.", ...),
    "undoes": stated(str | None, "Of a withdrawal, the change that made the record public.", ...),
    "page": stated(str | None, "The page that tells of the record.", ...),
    "page_en": stated(str | None, "The same in English.", ...),
}

ASKED: Fields = {
    **DAYS,
    "commitment": stated(str | None, "Only of this commitment and its parts.", pattern=NAME),
    "sector": stated(str | None, "Only of the commitments of this sector.", pattern=NAME),
    "party": stated(str | None, "Only of the commitments that this party has a part in.", pattern=NAME),
    "limit": LIMIT,
    "after": stated(
        str | None,
        "Begin after the change with this `id`: keep the last one, to have what is new next time.",
        pattern=CURSOR,
    ),
}
Asked: Any = create_model("ChangesAsked", __base__=Schema, **ASKED)

Changes = page_schema("changes", create_model("Change", __base__=Schema, __doc__="A public change.", **CHANGE))


@router.get(
    "/changes",
    response={200: Changes, **REFUSALS},
    url_name="changes",
    operation_id="changes",
    summary="Follow the changes",
    tags=["changes"],
)
def changes(request: HttpRequest, asked: Asked = Query(...)) -> HttpResponse:  # noqa: B008
    """List what was published, assessed, searched for, corrected, replaced and withdrawn, the earliest first."""
    reading = read(request.GET)
    narrowing.refuse_unknown(request.GET, list(Asked.model_fields))
    of = whose(asked, reading)
    try:
        rows = list(stream.since(reading, asked.after or "", of)[: asked.limit + 1])
    except ValueError as error:
        raise Missing(f"after: {asked.after} is the id of no change.") from error
    shown = rows[: asked.limit]
    last = stream.Row(*shown[-1]).id if len(rows) > asked.limit else None
    items = [told(change, request) for change in tell(shown, reading)]
    return page(request, reading, items, stream.since(reading, "", of).count(), last)


def whose(asked: Any, reading: Reading) -> stream.Whose:
    """Return the record whose changes are requested, or the commitments common to several; None for all.

    Raises Missing for one that is not public; a commitment that is withdrawn is followed to its end.
    """
    found: list[Any] = []
    for name, rows in (
        ("sector", Sector.objects.published(reading).filter(slug=asked.sector)),
        ("party", Party.objects.with_page(reading).filter(code=asked.party)),
    ):
        if getattr(asked, name) is not None:
            found.append(rows.first())
            if found[-1] is None:
                raise Missing(f"{name}: nothing public is called {getattr(asked, name)}.")
    if asked.commitment is not None:
        try:
            found.append(commitment_of(asked.commitment, reading))
        except Http404 as error:
            raise Missing(f"commitment: nothing public is called {asked.commitment}.") from error
    if len(found) < 2:
        return found[0] if found else None
    return reduce(and_, (stream.commitments_of(one, reading) for one in found))


def told(change: Change, request: HttpRequest) -> Row:
    """Return a change as the API represents it."""
    pages = {language: change.subjects[language].url for language in LANGUAGES}
    return {
        "id": change.id,
        "act": change.act,
        "noun": change.noun,
        "key": change.key,
        "at": change.moment,
        "updated": change.updated,
        "commitment": change.commitment or None,
        "party": change.party or None,
        "status": change.status or None,
        "from_status": change.before or None,
        "to_status": change.after or None,
        "outcome": change.outcome or None,
        "fields": [{"name": item.name, "from": item.old, "to": item.new} for item in change.fields],
        "reason": change.reason,
        "text": change.text,
        "evidence": [
            {
                "citation": str(item.uid),
                "source": item.source.reference,
                "exact": item.exact,
                "page": request.build_absolute_uri(_page(item)),
            }
            for item in change.evidence
        ],
        "by": change.by or None,
        "undoes": change.undone or None,
        "page": request.build_absolute_uri(pages["fr"]) if pages["fr"] else None,
        "page_en": request.build_absolute_uri(pages["en"]) if pages["en"] else None,
    }


def _page(citation: Citation) -> str:
    with override("fr"):
        return citation.get_absolute_url()
