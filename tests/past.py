"""On in every test: a page for a past day may not show a record that was not read back, or was to another day.

While a request is answered that asks what was known on a day (`Reading.known_before`), whatever the database gives of a
record with a history is today's. Reading one of its words then fails, until `rewind` has given it those of the day, or
of one of the two days that a comparison asks for.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.apps import apps
from django.core.signals import request_finished, request_started
from django.db.models import Field, Model
from django.db.models.query_utils import DeferredAttribute
from django.utils import timezone
from django.utils.dateparse import parse_date

from commitments.models.base import Record, Reviewed
from commitments.public.time.comparing import ComparisonForm
from commitments.reading import Reading

_is_past: ContextVar[bool | None] = ContextVar("a past day is read", default=None)
"""Whether the request being answered has asked what was known on a past day; None outside of requests."""

_asked: ContextVar[set[date] | None] = ContextVar("the days asked for", default=None)
"""The days that the request being answered asks for; None outside of requests."""

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

OF_TODAY = "_of_today"

KEYS = {"id", "reference", "slug", "code", "uid", "position"}

KEPT = KEYS | {field.name for field in Reviewed._meta.get_fields()} | {"text_is_public"}
"""What is read of today: keys; the dates and signatures of review, by which querysets know a past day; what a publisher
refuses today, which applies to past days too."""


class NotReadBack(BaseException):
    """A record's words of today, on a page for a past day. Nothing may swallow it: an `if` of a template would."""


class Watched(DeferredAttribute):
    """A field that is not read of a record of today on a page for a past day."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is not None and OF_TODAY in instance.__dict__ and _is_past.get():
            asked = _asked.get()
            if instance.known_on is None or (asked is not None and instance.known_on not in asked):
                _is_past.set(None)
                name, day = f"{type(instance).__name__}.{self.field.attname}", instance.known_on
                raise NotReadBack(f"{name} was read back to {day or 'no day'}: call rewind() with the page's reading")
        return super().__get__(instance, cls)

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


def forget() -> None:
    """Have no request be under way in this thread."""
    _is_past.set(None)
    _asked.set(None)


def watched() -> Iterator[tuple[type[Model], Field]]:
    """Yield the fields whose values of a past day are in the edit history, each with its model."""
    for model in apps.get_app_config("commitments").get_models():
        if issubclass(model, Record) and hasattr(model, "history"):
            for field in model._meta.concrete_fields:
                if field.name not in KEPT and not field.is_relation and not field.name.endswith("_at"):
                    yield model, field


def asked_for(path: str, query: str) -> set[date]:
    """Return the days that an address asks for what was known on; of a comparison, also those that it fills in."""
    days = {name: value for name, value in parse_qsl(query) if name != "as_of" and DAY.fullmatch(value)}
    found = set()
    for day in [*days.values(), *DAY.findall(path)]:
        with suppress(ValueError):  # a day that the calendar lacks: the page refuses it
            found.add(date.fromisoformat(day))
    if path.endswith("/comparer/"):
        with suppress(ValueError):
            known = parse_date(days.get("known_on", "")) or timezone.localdate()
            form = ComparisonForm(days, latest=known)
            if form.is_valid():
                found |= {form.cleaned_data["from"], form.cleaned_data["to"]}
    return found


@contextmanager
def guarded() -> Iterator[None]:
    """Watch the records of pages for past days within the block."""
    known_before, from_db = Reading.known_before.fget, Record.from_db.__func__

    def noticed(reading: Reading) -> Any:
        before = known_before(reading)
        if before is not None and _is_past.get() is not None:
            _is_past.set(True)
        return before

    def marked(cls: type[Model], *args: Any) -> Model:
        record = from_db(cls, *args)
        if _is_past.get():
            record.__dict__[OF_TODAY] = True
        return record

    def begin(environ: dict[str, Any], **kwargs: Any) -> None:
        _is_past.set(False)
        _asked.set(asked_for(environ["PATH_INFO"], environ["QUERY_STRING"]))

    def end(**kwargs: Any) -> None:
        _is_past.set(None)

    request_started.connect(begin)
    request_finished.connect(end)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reading, "known_before", property(noticed))
        patch.setattr(Record, "from_db", classmethod(marked))
        for model, field in watched():
            patch.setattr(model, field.attname, Watched(field))
        yield
    request_started.disconnect(begin)
    request_finished.disconnect(end)
