"""What goes wrong, as machines are told of it (RFC 9457)."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.views.generic import View

from commitments.data.problems import ProblemMixin, problem
from commitments.public.time.requested_reading import Refusal

pytestmark = pytest.mark.one_database


def read(response):
    assert response["Content-Type"] == "application/problem+json"
    told = json.loads(response.content)
    assert told["status"] == response.status_code
    return told


def answer(error=None, method="get", path="/x/?a=1"):
    """Return what a view that meets `error` answers."""

    class Refusing(ProblemMixin, View):
        def get(self, request):
            if error:
                raise error
            return HttpResponse("x")

    return Refusing.as_view()(getattr(RequestFactory(), method)(path))


def test_a_problem_without_a_type_is_called_by_its_status():
    assert read(problem(404)) == {"type": "about:blank", "title": "Introuvable", "status": 404}


def test_a_problem_has_what_it_is_given_and_no_empty_member():
    kind = "https://example.org/conflit"

    told = read(problem(409, "Conflit", "Deux fois.", kind=kind, instance="/x", errors=[], n=0))

    assert told == {
        "type": kind,
        "title": "Conflit",
        "status": 409,
        "detail": "Deux fois.",
        "instance": "/x",
        "n": 0,
    }


def test_a_status_that_is_called_nothing_here_has_its_phrase():
    assert read(problem(422))["title"] in ("Unprocessable Entity", "Unprocessable Content")


def test_what_is_not_there_is_a_problem(db):
    told = read(answer(Http404("secret")))

    assert (told["status"], told["instance"]) == (404, "/x/")
    assert "secret" not in json.dumps(told)


def test_a_parameter_that_cannot_be_read_is_named(db):
    told = read(answer(path="/x/?as_of=hier"))

    (error,) = told["errors"]
    assert (told["status"], error["parameter"], error["value"]) == (400, "as_of", "hier")
    assert "YYYY-MM-DD" in error["message"]


def test_a_nul_byte_is_a_problem(db):
    assert read(answer(path="/x/?q=%00"))["errors"][0]["value"] == "␀"


def test_a_page_that_a_list_has_not_is_a_problem(db):
    told = read(answer(Refusal("public/page_missing.html", 404, wanted="9", pages=2)))

    assert told["errors"] == [{"parameter": "page", "value": "9", "message": "the last page is 2"}]


def test_what_is_withdrawn_says_when_and_why_and_no_more(db):
    gone = SimpleNamespace(
        reference="EX-AB-2025-02",
        title_fr="ZYGOMAR",
        withdrawn_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
        withdrawal_reason="Compté deux fois.",
    )

    told = read(answer(Refusal("public/withdrawn.html", 410, gone=gone)))

    assert (told["status"], told["reference"], told["withdrawn_on"]) == (410, "EX-AB-2025-02", "2026-11-20")
    assert told["reason"] == "Compté deux fois."
    assert "ZYGOMAR" not in json.dumps(told)


def test_another_refusal_is_told_by_its_status(db):
    assert read(answer(Refusal("x.html", 400)))["title"] == "Bad request"


def test_nothing_is_written(db):
    response = answer(method="post")

    assert (read(response)["status"], response["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_what_cannot_be_read_at_all_is_a_problem_too(client, db):
    address = "/api/v1/commitments?" + "&".join(f"a{number}=1" for number in range(1500))

    answer = client.get(address)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "address", ["/data/commitments.csv", "/data/catalog.jsonld", "/api/v1/commitments", "/api/v1/"]
)
def test_what_may_be_done_is_answered(client, db, address):
    answer = client.options(address)

    assert answer.status_code == 204
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


def test_a_parameter_that_does_nothing_is_refused(client, record):
    for address in ("/data/tracker-2026-11-21.zip?known_on=2020-01-01", "/data/commitments.csv?sort=-made_on"):
        answer = client.get(address)

        assert answer.status_code == 400, address
        assert answer.json()["errors"][0]["parameter"] in ("known_on", "sort")
