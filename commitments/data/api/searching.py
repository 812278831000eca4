"""The search of all that is public, as an operation of the API."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import override
from ninja import Query, Router, Schema
from pydantic import Field, create_model

from commitments.data import narrowing
from commitments.data.api.operations import REFUSALS, page
from commitments.data.api.resources import RESOURCES
from commitments.data.api.schemas import BASIS, DAYS, LIMIT, NO_NUL, RECORDS, Fields, page_schema, stated
from commitments.data.tables import Row
from commitments.public.lists.catalogue import catalogue
from commitments.public.lists.filters import LONGEST_QUERY
from commitments.public.search.everywhere import Everywhere, Group
from commitments.public.search.excerpts import Excerpt as Passage
from commitments.public.search.hits import Hit as Found, hits, title_of
from commitments.public.serving import revision_of
from commitments.public.time.requested_reading import read
from commitments.rules.search.kinds import RecordKind

router = Router()

NAMES = {resource.singular: name for name, resource in RESOURCES.items()}
"""The resources, by the word for one of their records."""

COMMITMENT: Any = RECORDS["commitments"].model_fields


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
    "kind": stated(RecordKind, "What kind of record it is.", ...),
    "id": stated(str, "What names it in this API: its reference, code, slug, or uid.", ...),
    "reference": stated(str | None, "Its reference, if it has one.", ...),
    "basis": stated(COMMITMENT["basis"].annotation | None, "Of a commitment, on what basis it is stated.", ...),
    "title_fr": stated(str, "Its title, or that of the record that a note or a search is about.", ...),
    "title_en": (str | None, ...),
    "status": stated(COMMITMENT["status"].annotation | None, "Of a commitment, where its implementation stands.", ...),
    "rank": stated(
        int,
        "0 for the best: in the title, then its own text, then its parts; 3 for a commitment that only a name "
        "leads to, that of a party, its sector, its instrument or its meeting.",
        ...,
    ),
    "excerpt": stated(
        Excerpt | None, "Where the words that the French title lacks stand; null if none of its texts has them.", ...
    ),
    "links": stated(dict[str, str], "The record in this API, and the place on the page that shows it.", ...),
}
Hit = create_model("Hit", __base__=Schema, __doc__="A record that a search found.", **HIT)

ASKED: Fields = {
    "q": stated(
        str,
        "Words to look for, in French or English, endings and accents aside; or how a commitment's reference begins.",
        ...,
        min_length=1,
        max_length=LONGEST_QUERY,
        pattern=NO_NUL,
        examples=["formation militaire"],
    ),
    "kind": stated(RecordKind | None, "Only records of this kind."),
    "basis": BASIS,
    **DAYS,
    "limit": LIMIT,
    "after": stated(str | None, "Begin after the hit in this place, counted from 1.", pattern=r"^[1-9][0-9]{0,8}$"),
}
Asked: Any = create_model("SearchAsked", __base__=Schema, **ASKED)

Hits = page_schema("search", Hit)


@router.get(
    "/search",
    response={200: Hits, **REFUSALS},
    url_name="search",
    operation_id="search",
    summary="Search all that is public",
    tags=["search"],
)
def search(request: HttpRequest, asked: Asked = Query(...)) -> HttpResponse:  # noqa: B008
    """Find records by words: kind by kind, in the order of the site's own search, and of each kind the best first.

    Past days are searched by the titles and statements of commitments only.
    """
    reading = read(request.GET)
    narrowing.refuse_unknown(request.GET, list(Asked.model_fields))
    sets = catalogue(reading, revision_of(request))
    everywhere = Everywhere(asked.q, sets)
    wanted = [kind for kind in RecordKind if asked.kind in (None, kind)]
    among = {RecordKind.COMMITMENT: narrowing.on_basis(asked.basis, sets)}
    groups = [Group(kind, kind.label, kind, everywhere.tiers(kind, among.get(kind))) for kind in wanted]
    start = place = int(asked.after or 0)
    items: list[Row] = []
    for group in groups:
        if place < group.n and len(items) < asked.limit:
            found = hits(everywhere, group.kind, everywhere.in_order(group, place, asked.limit - len(items)), "fr")
            items += [told(hit, request) for hit in found]
        place = max(0, place - group.n)
    count, end = sum(group.n for group in groups), start + asked.limit
    return page(request, reading, items, count, str(end) if end < count else None)


def told(hit: Found, request: HttpRequest) -> Row:
    """Return the API's representation of a record found."""
    resource = RESOURCES[NAMES[hit.kind]]
    item: Row = {"kind": hit.kind, "id": str(getattr(hit.record, resource.key))}
    for name in ("reference", "basis", "status"):
        item[name] = getattr(hit.record, name, None) or None
    in_english = title_of(hit.kind, hit.of, "en")
    item |= {"title_fr": hit.title.text, "title_en": in_english.text if in_english.language == "en" else None}
    item |= {"rank": hit.rank, "excerpt": hit.excerpt and plainly(hit.excerpt)}
    links = {"self": reverse(f"api-v1:get_{resource.singular}", args=[item["id"]])}
    for code, name in (("fr", "page"), ("en", "page_en")):
        with override(code):
            links[name] = hit.url
    item["links"] = {name: request.build_absolute_uri(path) for name, path in links.items()}
    return item


def plainly(passage: Passage) -> Row:
    """Return the API's representation of an excerpt."""
    marks = [{"start": place.start, "end": place.end} for place in passage.places]
    return {"text": passage.text, "language": passage.language, "marks": marks}
