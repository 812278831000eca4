"""The API as a whole: its description, its errors, its addresses."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import ValidationError

from commitments.data import narrowing, problems
from commitments.data.api import following, searching
from commitments.data.api.examples import EXAMPLES
from commitments.data.api.operations import answer, router
from commitments.data.api.resources import RESOURCES
from commitments.data.api.schemas import Refused
from commitments.public.time.requested_reading import Problem, Refusal, printable

ABOUT = """Read-only, open to any page of any site, no key. It answers with what the public pages show, from the same
data: no more, no less.

- **Days.** `as_of` reads what had taken place by a past day, `known_on` what this site knew at the end of one.
- **Pages.** `limit` sets the size of a page; `next`, also in the `Link` header, is the address of the rest. `after`
  names the last record seen, so that what is added meanwhile neither repeats nor hides any.
- **Fields.** `fields=title_fr,status` leaves the others out.
- **Caching.** Every answer has an `ETag`; sent back in `If-None-Match`, it returns 304 until something changes.
- **Errors** are `application/problem+json` (RFC 9457) and name each parameter that is wrong.
- **Texts** are as they were written: `_fr` in French, `_en` in English. `null` stands for what no source states.
"""


def name_examples(parameters: list[dict[str, Any]]) -> None:
    """Make each parameter's `examples`, a list as JSON Schema has it, a map of named ones, as OpenAPI 3.1 wants it.

    The library copies the schema's list as it is (django-ninja issue 1636), and generators of clients then refuse the
    whole description. A test says when it no longer does, and this can go.
    """
    for parameter in parameters:
        listed = parameter.get("examples")
        if isinstance(listed, list):
            parameter["examples"] = {f"example{place}": {"value": one} for place, one in enumerate(listed, start=1)}


class API(NinjaAPI):
    """An API that describes its errors as problem details."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """Return the description (OpenAPI 3.1) with examples; each refusal is an `application/problem+json`."""
        found = super().get_openapi_schema(**kwargs)
        for methods in found["paths"].values():
            for operation in methods.values():
                name_examples(operation["parameters"])
                example = EXAMPLES.get(operation["operationId"])
                if example:
                    operation["responses"][200]["content"]["application/json"]["example"] = example["answer"]
                for status, response in operation["responses"].items():
                    if int(status) >= HTTPStatus.BAD_REQUEST:
                        response["content"] = {problems.MEDIA_TYPE: response["content"].pop("application/json")}
        return found


api = API(
    title="Commitments tracker",
    version="1",
    description=ABOUT,
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api-v1",
    openapi_extra={"info": {"license": {"name": "See /donnees/"}}},
)
for part in (router, searching.router, following.router):
    api.add_router("", part)

DESCRIPTION = "openapi-json"
"""The name of the address of the description."""

START = {"changes": "changes", "search": "search", **{name: f"list_{name}" for name in RESOURCES}}
"""The lists, with the names of their addresses."""


@api.get(
    "/",
    response={200: dict[str, str], 400: Refused, 405: Refused},
    url_name="api-root",
    operation_id="start",
    summary="Where everything is",
    tags=["start"],
)
def start(request: HttpRequest) -> HttpResponse:
    """Return the addresses of the lists, of the description (`openapi`) and of its page (`about`)."""
    narrowing.refuse_unknown(request.GET, [])
    found = {name: reverse(f"api-v1:{address}") for name, address in START.items()}
    found |= {"openapi": reverse(f"api-v1:{DESCRIPTION}"), "about": reverse("api")}
    return answer({name: request.build_absolute_uri(path) for name, path in found.items()})


@api.exception_handler(Refusal)
def refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    """Answer if the address cannot be read, or names a withdrawn record."""
    return problems.of_refusal(error, instance=problems.instance(request))


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer an address where nothing is."""
    return problems.not_found(request, error)


@api.exception_handler(ValidationError)
def wrong(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer if a parameter does not have the type that the description gives."""
    found = []
    for item in error.errors:
        name = str(item["loc"][-1])
        found.append(Problem(name, printable(request.GET.get(name, "")), item["msg"]))
    detail = gettext("Des paramètres de l’adresse n’ont pas été compris : « errors » les nomme.")
    return problems.problem(400, "", detail, errors=problems.errors_of(found), instance=problems.instance(request))


def for_machines(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return `view` in English; it answers HEAD as GET, and OPTIONS, and refuses other methods with a problem."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method == "OPTIONS":
            return problems.allowed()
        if request.method not in problems.METHODS:
            return problems.not_allowed(request)
        request.method = "GET"
        with translation.override("en"):
            return view(request, *args, **kwargs)

    return answered


def takes_nothing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return `view`, one of the library's own, refusing every parameter, which it would ignore."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            narrowing.refuse_unknown(request.GET, [])
        except Refusal as refusal:
            return refused(request, refusal)
        return view(request, *args, **kwargs)

    return answered


def addresses() -> tuple[list[URLPattern], str, str]:
    """Return the addresses of the API, as `path` takes them."""
    patterns, app, namespace = api.urls
    # The library's own root, which answers 404, comes last: ours has its name.
    views: list[Any] = [item for item in patterns[:-1] if isinstance(item, URLPattern)]
    answers = [takes_nothing(item.callback) if item.name == DESCRIPTION else item.callback for item in views]
    found = [
        path(str(item.pattern), for_machines(view), name=item.name) for item, view in zip(views, answers, strict=True)
    ]
    return found, app, namespace
