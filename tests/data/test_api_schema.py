"""The API against its own description, which OpenAPI allows: schemathesis tries what it allows and what it does not.

What a generator makes of it, and whether that works, `tests.client` tries.
"""

from datetime import date

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings as trying, strategies as st
from ninja import NinjaAPI
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

from commitments.data.api.resources import RESOURCES
from commitments.data.api.site import api
from tracker.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# A day to come is refused, as on the pages; no description can say which day is today.
schemathesis.openapi.format("date", st.dates(max_value=date(2026, 11, 21)).map(str))

TRIED = trying(deadline=None, suppress_health_check=list(HealthCheck))


def uncompressed(environ, start_response):
    """The site without gzip, which what calls it in its own process does not unpack."""
    environ.pop("HTTP_ACCEPT_ENCODING", None)
    return application(environ, start_response)


@pytest.fixture
def schema(full_site, settings):
    """The description as served; requests are answered in the test's own transaction: no connection is closed."""
    settings.ALLOWED_HOSTS = ["localhost"]
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", uncompressed)
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.slow
def test_the_description_is_openapi_3_1(client):
    description = client.get("/api/v1/openapi.json").json()

    assert description["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(description).iter_errors()] == []


def test_the_library_still_lists_the_examples_of_parameters():
    """Fails once django-ninja issue 1636 is mended there: `name_examples` of `data/api/site.py` can then go."""
    described = NinjaAPI.get_openapi_schema(api)["paths"]["/api/v1/search"]["get"]

    assert described["parameters"][0]["examples"] == ["formation militaire"]


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_answers_as_described(schema, mode):
    tried = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode == GenerationMode.NEGATIVE and operation.label == "GET /api/v1/":
            continue  # it takes nothing: there is nothing to be wrong in

        @trying(TRIED, max_examples=15)
        @given(case=operation.as_strategy(generation_mode=mode))
        def try_it(case):
            case.call_and_validate(checks=CHECKS.get_all())

        try_it()
        tried.append(operation.label)

    assert len(tried) == 2 * len(RESOURCES) + (3 if mode == GenerationMode.POSITIVE else 2)


@pytest.mark.slow
def test_what_one_operation_names_the_others_know(schema):
    machine = schema.as_state_machine()

    machine.run(settings=trying(TRIED, max_examples=10, stateful_step_count=6))
