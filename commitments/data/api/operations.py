"""The answers of the API: lists of records, and one record."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from commitments.choices import Visibility
from commitments.data import narrowing
from commitments.data.api.resources import RESOURCES, Resource, records
from commitments.data.api.schemas import ASKED, ASKED_OF_ONE, NAME, PAGES, RECORDS, Refused
from commitments.data.problems import Missing
from commitments.data.tables import Row
from commitments.data.writing import json_text
from commitments.models import Commitment, FollowUpNote
from commitments.public.lists.catalogue import catalogue
from commitments.public.serving import revision_of
from commitments.public.time.requested_reading import Refusal, read
from commitments.reading import Reading
from commitments.rules.time.corrections import WITHDRAWABLE, withdrawn

router = Router()

REFUSALS = {400: Refused, 404: Refused, 405: Refused, 410: Refused}


def answer(body: object, **headers: str) -> HttpResponse:
    """Return `body` as JSON."""
    return HttpResponse(json_text(body), content_type="application/json", headers=headers)


def page(request: HttpRequest, reading: Reading, items: list[Row], count: int, after: str | None) -> HttpResponse:
    """Return the answer with some records; the next ones are those after `after`, None if these are the last."""
    next_one = None
    if after is not None:
        asked = [(name, value) for name, value in request.GET.items() if name != "after"]
        next_one = request.build_absolute_uri(f"{request.path}?{urlencode([*asked, ('after', after)])}")
    body = {
        "items": items,
        "count": count,
        "next": next_one,
        "reading": {"as_of": reading.as_of, "known_on": reading.known_on},
        "revision": revision_of(request).number,
    }
    return answer(body, **({"Link": f'<{next_one}>; rel="next"'} if next_one else {}))


def part(resource: Resource, request: HttpRequest, reading: Reading, after: str | None, limit: int) -> tuple[Any, int]:
    """Return the query of the first records after `after`, one more than `limit`, and how many there are in all."""
    table = resource.table
    found: Any = table.rows(reading)  # type: ignore[misc]
    if resource.name == "commitments":
        sets = catalogue(reading, revision_of(request))
        matching = narrowing.commitments(request.GET, sets)
        matching = sets.all if matching is None else matching
        keys = sets.orders["title"][0].after(matching, place_after(after, reading), limit + 1)
        return found.filter(pk__in=keys).order_by("reference"), len(matching)
    found = narrowing.narrowed(table, found, request.GET, reading)
    count = found.count()
    name = resource.key if resource.is_by_name else "pk"
    if after is not None:
        found = found.filter(**{f"{name}__gt": after if resource.is_by_name else place_of(table.model, after)})
    return found.order_by(name)[: limit + 1], count


def place_after(reference: str | None, reading: Reading) -> int:
    """Return how many commitments of `reading` come up to and including `reference`; none if it is blank."""
    known = Commitment.objects.published(reading).held(reading)
    return known.filter(reference__lte=reference).count() if reference else 0


def place_of(model: Any, uid: object) -> int:
    """Return the position of the last record of a page in the ordering. Raises Missing if it was never public."""
    rows = model.objects.filter(uid=uid)
    if hasattr(model, "published_at"):
        rows = rows.filter(published_at__isnull=False)
    if model is FollowUpNote:
        rows = rows.filter(visibility=Visibility.PUBLIC)
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise Missing(f"after: no record has, or had, the identifier {uid}.")
    return found


def listing(resource: Resource) -> Callable[..., HttpResponse]:
    """Return the operation that lists the records of `resource`."""
    Asked: Any = ASKED[resource.name]
    known = list(Asked.model_fields)

    def operation(request: HttpRequest, asked: Asked = Query(...)) -> HttpResponse:  # noqa: B008
        reading = read(request.GET)
        narrowing.refuse_unknown(request.GET, known)
        among, count = part(resource, request, reading, asked.after and str(asked.after), asked.limit)
        found = records(resource, reading, among, asked.fields, request.build_absolute_uri)
        last = found[asked.limit - 1][resource.key] if len(found) > asked.limit else None
        return page(request, reading, found[: asked.limit], count, last)

    return operation


def single(resource: Resource) -> Callable[..., HttpResponse]:
    """Return the operation that answers with one record of `resource`."""
    Asked: Any = ASKED_OF_ONE[resource.name]
    known = list(Asked.model_fields)
    is_uid = resource.table.described[resource.key].kind == "uuid"
    kind: Any = UUID if is_uid else str
    where: Any = Path(..., description=f"Its `{resource.key}`.", **({} if is_uid else {"pattern": NAME}))

    def operation(
        request: HttpRequest,
        key: kind = where,
        asked: Asked = Query(...),  # noqa: B008
    ) -> HttpResponse:
        reading = read(request.GET)
        narrowing.refuse_unknown(request.GET, known)
        among = resource.table.rows(reading).filter(**{resource.key: key})  # type: ignore[misc]
        found = records(resource, reading, among, asked.fields, request.build_absolute_uri)
        if not found:
            refuse_gone(resource, reading, key)
            raise Missing(f"No public {resource.singular} has the {resource.key} {key}.")
        return answer(found[0])

    return operation


def refuse_gone(resource: Resource, reading: Reading, key: object) -> None:
    """Raise Refusal (410) if the record that `key` names was public and is withdrawn."""
    if resource.table.model not in WITHDRAWABLE:
        return
    gone = withdrawn(resource.table.model, reading).filter(**{resource.key: key}).first()
    if gone is not None:
        gone.reference = str(key)
        raise Refusal("public/withdrawn.html", 410, gone=gone)


def leading_to(resource: Resource) -> dict[str, object]:
    """Return what an operation that lists records of `resource` adds to its description: a link to the first one."""
    name = f"get_{resource.singular}"
    link = {"operationId": name, "parameters": {"key": f"$response.body#/items/0/{resource.key}"}}
    return {"responses": {200: {"links": {name: link}}}}


for _name, _resource in RESOURCES.items():
    router.get(
        f"/{_name}",
        response={200: PAGES[_name], **REFUSALS},
        url_name=f"list_{_name}",
        operation_id=f"list_{_name}",
        summary=f"List {_name}",
        description=RECORDS[_name].__doc__,
        tags=[_name],
        openapi_extra=leading_to(_resource),
    )(listing(_resource))
    router.get(
        f"/{_name}/{{key}}",
        response={200: RECORDS[_name], **REFUSALS},
        url_name=f"get_{_resource.singular}",
        operation_id=f"get_{_resource.singular}",
        summary=f"One of the {_name}",
        tags=[_name],
    )(single(_resource))
