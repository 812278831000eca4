"""Lists: rows without a value come last in both directions, on every database; impossible queries are refused."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db.models import BooleanField, Expression, ExpressionWrapper, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest

LARGEST = 2**63 - 1
"""The largest number that either database takes."""


class DeskChangeList(ChangeList):
    """A list sorted by any column: rows without a value in it come last, up or down."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: list[str | None] | None = None) -> QuerySet:
        """Return the rows. Raises IncorrectLookupParameters for what would only fail while they are read."""
        try:
            found = super().get_queryset(request, exclude_parameters)
            _sql, values = found.query.sql_with_params()
        except EmptyResultSet:  # raised while the SQL is compiled: `found` is set by then
            return found
        except (ValueError, OverflowError) as error:  # for example a year beyond the calendar
            raise IncorrectLookupParameters(error) from error
        if any(isinstance(value, int) and abs(value) > LARGEST for value in values):
            raise IncorrectLookupParameters("a number that no database holds")
        return found

    def get_ordering(self, request: HttpRequest, queryset: QuerySet) -> list[str | Expression]:
        """Return the ordering, which says where NULL goes, since databases disagree on it."""
        found: list[str | Expression] = []
        for part in super().get_ordering(request, queryset):
            if isinstance(part, str) and may_be_null(self.model, part.lstrip("-")):
                missing = Q(**{f"{part.lstrip('-')}__isnull": True})
                found.append(ExpressionWrapper(missing, BooleanField()).asc())
            found.append(part)
        return found


def may_be_null(model: Any, path: str) -> bool:
    """Return whether the field that `path` leads to from `model` may be null; False for what is no field."""
    try:
        for name in path.split(LOOKUP_SEP):
            field = model._meta.get_field(model._meta.pk.name if name == "pk" else name)
            if field.null:
                return True
            model = field.related_model
    except FieldDoesNotExist:
        pass  # computed: the query gives it a value
    return False
