"""The search of the list of commitments, as an operation of the API."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field, create_model

from commitments.data import narrowing
from commitments.data.api.operations import REFUSALS, leading_to, page, place_after
from commitments.data.api.resources import RESOURCES, links
from commitments.data.api.schemas import BASIS, DAYS, LIMIT, NO_NUL, RECORDS, Fields, page_schema, stated
from commitments.data.tables import Row
from commitments.models import Commitment
from commitments.public.lists.catalogue import catalogue
from commitments.public.lists.filters import LONGEST_QUERY
from commitments.public.lists.listing import SHOWN, found
from commitments.public.lists.search_excerpts import Excerpt as Passage, excerpt, found_in
from commitments.public.lists.table_rows import restore_rows
from commitments.public.serving import revision_of
from commitments.public.time.requested_reading import read
from commitments.reading import Reading
from commitments.rules.search.analysis import Term

router = Router()

TOLD = ("reference", "basis", "title_fr", "title_en", "status")


COMMITMENT = RECORDS["commitments"].model_fields


class Mark(Schema):
    """Where a word that was looked for stands in a text."""

    start: int = Field(description="Its first character, counted in code points from 0.")
    end: int = Field(description="The one after its last.")


class Excerpt(Schema):
    """A passage that a search found: plain text, and where in it the words stand."""

    text: str = Field(description="As it is written, with “…” where more stands before or after it.")
    language: str = Field(description="Its language, as BCP 47 has it.")
    marks: list[Mark] = Field(description="The words found, in their order.")


HIT: Fields = {
    "reference": (str, ...),
    "basis": (COMMITMENT["basis"].annotation, ...),
    "title_fr": (str, ...),
    "title_en": (str | None, ...),
    "status": (COMMITMENT["status"].annotation, ...),
    "rank": stated(int, "0 for the best: in the title, then the statement, then what hangs from it.", ...),
    "excerpt": stated(Excerpt | None, "Where the words that the French title lacks stand; null: it has them all.", ...),
    "links": (dict[str, str], ...),
}
Hit = create_model("Hit", __base__=Schema, __doc__="A commitment that a search found.", **HIT)

ASKED: Fields = {
    "q": stated(
        str,
        "Words to look for, in French or English, endings and accents aside; or a reference.",
        ...,
        min_length=1,
        max_length=LONGEST_QUERY,
        pattern=NO_NUL,
        examples=["formation militaire"],
    ),
    "basis": BASIS,
    **DAYS,
    "limit": LIMIT,
    "after": stated(
        str | None,
        "Begin after the hit of this rank and reference, joined by `~`.",
        pattern=r"^[0-9]~[A-Za-z0-9][A-Za-z0-9_-]*$",
    ),
}
Asked: Any = create_model("SearchAsked", __base__=Schema, **ASKED)

Hits = page_schema("search", Hit)


@router.get(
    "/search",
    response={200: Hits, **REFUSALS},
    url_name="search",
    operation_id="search",
    summary="Search the commitments",
    tags=["search"],
    openapi_extra=leading_to(RESOURCES["commitments"]),
)
def search(request: HttpRequest, asked: Asked = Query(...)) -> HttpResponse:  # noqa: B008
    """Find commitments by words, the best first: the search of the list of the site."""
    reading = read(request.GET)
    narrowing.refuse_unknown(request.GET, list(Asked.model_fields))
    sets = catalogue(reading, revision_of(request))
    hits = found(asked.q, reading)
    among = narrowing.on_basis(asked.basis, sets)
    tiers = [tier & among for tier in hits.tiers] if hits else []
    first, _mark, reference = (asked.after or "0~").partition("~")
    place = place_after(reference, reading)
    keys: list[tuple[int, int]] = []
    for rank, tier in enumerate(tiers):
        if rank >= int(first):
            more = sets.orders["title"][0].after(tier, place if rank == int(first) else 0, asked.limit + 1 - len(keys))
            keys += [(rank, key) for key in more]
    items = told(keys, reading, hits.terms if hits else [], request)
    last = (
        f"{items[asked.limit - 1]['rank']}~{items[asked.limit - 1]['reference']}" if len(items) > asked.limit else None
    )
    return page(request, reading, items[: asked.limit], sum(map(len, tiers)), last)


def told(keys: list[tuple[int, int]], reading: Reading, terms: list[Term], request: HttpRequest) -> list[Row]:
    """Return the API's representation of each commitment found, in the order of `keys`: (rank, key)."""
    rows: Any = Commitment.objects.published(reading).held(reading).with_status(reading)
    if reading.is_past:
        rows = rows.with_timeliness(reading)
    else:
        rows = rows.select_related("words").only(*SHOWN, "statement_fr", "statement_en", "words__texts")
    by_key = {row.pk: row for row in rows.filter(pk__in=[key for _rank, key in keys])}
    for row in by_key.values():
        row.leading_parties = []
    restore_rows(list(by_key.values()), reading)
    items = []
    for rank, key in keys:
        if key not in by_key:
            continue
        row = by_key[key]
        passage = excerpt(row, terms, found_in(row.wording("title", "fr"), terms)) if terms else None
        item: Row = {name: getattr(row, name) or None for name in TOLD}
        item |= {"rank": rank, "excerpt": passage and plainly(passage)}
        item["links"] = links(RESOURCES["commitments"], item, request.build_absolute_uri)
        items.append(item)
    return items


def plainly(passage: Passage) -> Row:
    """Return the API's representation of an excerpt."""
    marks = [{"start": place.start, "end": place.end} for place in passage.places]
    return {"text": passage.text, "language": passage.language, "marks": marks}
