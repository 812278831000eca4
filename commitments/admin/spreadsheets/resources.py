"""What every noun's spreadsheet does: finds the record of a row, says what changes, checks it, saves it signed."""

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext as _
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from import_export.results import RowResult

from commitments.admin import permissions
from commitments.admin.spreadsheets.columns import Column, IdentifierWidget, KeyWidget
from commitments.choices import ReviewState
from commitments.models.base import Record, trial
from commitments.rules.review import publication
from commitments.rules.spreadsheets.cells import same
from commitments.rules.time import days

EMPTY = "–"


def shown(value: Any) -> str:
    """Return a cell's value as the report shows it."""
    if value is None or value == "":
        return EMPTY
    return value if isinstance(value, str) else _localized(value, get_language())


@lru_cache(maxsize=10_000)
def _localized(value: Any, language: str | None) -> str:
    """Return `value` formatted in the language of the page; cached, since a file has few distinct days."""
    return str(formats.localize(value))


class Loader(BaseInstanceLoader):
    """Finds the records of many rows at once."""

    def __init__(self, resource: "DeskResource", *, lock: bool) -> None:
        super().__init__(resource)
        self.lock = lock
        self.found: dict[Any, models.Model] = {}

    def load(self, rows: Iterable[dict[str, Any]]) -> None:
        """Fetch what `rows` name: their records, and the records that their cells name."""
        rows = list(rows)
        for column in self.resource.fields.values():
            if isinstance(column.widget, KeyWidget):
                column.widget.prefetch(row.get(column.column_name) for row in rows)
        keys = {key for row in rows if (key := self.resource.key_of(row)) is not None}
        queryset = self.resource.get_queryset().filter(**{f"{self.resource.key}__in": keys})
        if self.lock:
            queryset = queryset.select_for_update(of=("self",))
        else:
            queryset = queryset.prefetch_related(*self.resource.remarked)
        self.found = {getattr(record, self.resource.key): record for record in queryset}

    def get_instance(self, row: dict[str, Any]) -> Any:
        """Return the record of `row`; None if it is new."""
        record = self.found.get(self.resource.key_of(row))
        if record is not None:
            self.resource.dress(record)
        return record


class DeskResource(Resource):
    """The spreadsheet of one noun; `by` imports, `reason` is kept in the history of what is saved."""

    prefetched: tuple[str, ...] = ()
    remarked: tuple[str, ...] = ()
    """The related rows that remarks mention, fetched for a check only."""

    class Meta:
        clean_model_instances = False  # `validate_instance` does it, without a query for each constraint and key
        skip_diff = True  # `skip_row` compares, without a deep copy of each record
        store_instance = True
        use_transactions = False

    def __init_subclass__(cls, **kwargs: object) -> None:
        """Let each column hold the attribute of its name."""
        super().__init_subclass__(**kwargs)
        for name, column in cls.fields.items():
            column.attribute = name

    def __init__(self, *, by: Any = None, reason: str = "", propose: bool = False) -> None:
        super().__init__()
        self.by, self.reason, self.propose = by, reason, propose
        fields = {field.name: field for field in self.model._meta.concrete_fields}
        self.typed = {name: fields[name] for name in self.fields if name in fields}
        # A new record fills these, and their cells may never be emptied; no word in a yes-or-no column means no.
        words = {name: field for name, field in self.typed.items() if not isinstance(field, models.BooleanField)}
        self.required = [name for name, field in words.items() if field.editable and not field.blank]
        self.related = [name for name, field in self.typed.items() if field.is_relation]
        self.key = self.model.natural_key_fields[0]

    # What the library asks for again at each row

    @cached_property
    def columns(self) -> list[Column]:
        """The columns, in order."""
        return list(self.fields.values())

    @cached_property
    def titles(self) -> dict[str, str]:
        """The title of each column, in the language of the page that made the resource."""
        return {column.attribute: column.title for column in self.columns}

    def get_import_fields(self) -> list[Column]:
        """Return the columns: all are read."""
        return self.columns

    # The format

    @property
    def model(self) -> type[Record]:
        """The model."""
        return self._meta.model

    def describe(self, column: Column) -> str:
        """Return the template's description of a column."""
        parts = []
        if column.attribute in self.required:
            parts.append(_("Obligatoire."))
        if column.attribute in self.typed and column.attribute != "uid":
            parts.append(str(self.typed[column.attribute].help_text))
        parts += [str(column.note), column.widget.hint()]
        return " ".join(part for part in parts if part)

    def title_of(self, name: str) -> str:
        """Return the title of the column called `name`; "" for what is no column."""
        return self.titles.get(name, "")

    # Records

    def get_queryset(self) -> models.QuerySet:
        """Return the records with what their cells show."""
        queryset = self.model._default_manager.order_by("pk")
        return queryset.select_related(*self.related).prefetch_related(*self.prefetched)

    def init_instance(self, row: Any = None) -> Any:
        """Return a new record."""
        instance = self.model()
        self.dress(instance)
        return instance

    def dress(self, instance: Any) -> None:
        """Set the attributes of `instance` that columns read from its related rows."""

    def get_import_id_fields(self) -> list[str]:
        """Return the name of the column that says which record a row is about."""
        return [self.key]

    def key_of(self, row: dict[str, Any]) -> Any:
        """Return the key in `row`; None if there is none that can be read."""
        column = self.fields[self.key]
        try:
            return (column.clean(row) if column.column_name in row else None) or None
        except ValueError:
            return None

    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        """Remember the record's values before the row is applied to it."""
        instance.said = {} if new else {column.attribute: column.export(instance) for column in self.columns}
        if new and isinstance(self.fields[self.key].widget, IdentifierWidget):
            if self.key_of(row) is not None:
                message = _("Aucun enregistrement n’a cet identifiant : laissez la case vide pour en créer un.")
                raise ValidationError({self.key: message})
            if not str(row.get(self.key) or "").strip():
                row.pop(self.key, None)  # the record keeps the one that it was just given

    def changes(self, instance: Any) -> list[tuple[Column, str, str]]:
        """Return what the row changes: the column, its old value, its new value."""
        found = []
        for column in self.columns:
            old, new = instance.said.get(column.attribute), column.export(instance)
            is_made_up = instance.pk is None and column.attribute == "uid"
            if not same(old or "", new or "") and not is_made_up:
                found.append((column, shown(old), shown(new)))
        return found

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """Whether the row changes nothing of a record on file."""
        instance.changed = self.changes(instance)
        return instance.pk is not None and not import_validation_errors and not instance.changed

    # Rules

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """Refuse what the rules would, each reason under its column. Raises ValidationError."""
        errors: dict[str, list[Any]] = {}
        for name, found in (import_validation_errors or {}).items():
            errors.setdefault(name, []).extend(found)
        for name, message in self._objections(instance, set(errors)):
            errors.setdefault(name, []).append(ValidationError(message))
        if errors:
            raise ValidationError(errors)

    def _objections(self, instance: Any, refused: set[str]) -> Iterator[tuple[str, str]]:
        if instance.pk is not None and not instance.is_draft:
            message = _(
                "Cet enregistrement n’est plus un brouillon (%(state)s) : il se modifie à sa page, pas par import."
            )
            yield NON_FIELD_ERRORS, message % {"state": instance.get_state_display()}
            return
        act = "add" if instance.pk is None else "change"
        if not self.by.has_perm(f"{self.model._meta.app_label}.{act}_{self.model._meta.model_name}"):
            made, changed = _("Vous n’avez pas le droit d’en créer."), _("Vous n’avez pas le droit d’en modifier.")
            yield NON_FIELD_ERRORS, made if act == "add" else changed
            return
        empty = [
            name for name in self.required if name not in refused and getattr(instance, name, None) in (None, "", ())
        ]
        for name in empty:
            yield name, _("Cette case est obligatoire.")
        yield from self._field_objections(instance, refused | set(empty))
        yield from self._gone_objections(instance, refused | set(empty))
        to_come = days.day_to_come(instance)
        if to_come and any(column.attribute == to_come[0] for column, _old, _new in instance.changed):
            yield to_come
        if not refused and not empty:
            yield from self.objections(instance)

    def _field_objections(self, instance: Any, passed_over: set[str]) -> Iterator[tuple[str, str]]:
        """Yield the objections of the model's own fields."""
        for name, field in self.typed.items():
            value = getattr(instance, field.attname)
            if name in passed_over or field.is_relation or value in (None, ""):
                continue
            limit = field.max_length
            if isinstance(field, models.TextField) and limit and len(value) > limit:
                message = _("Ce texte a %(length)d caractères, %(limit)d au plus sont gardés.")
                yield name, message % {"length": len(value), "limit": limit}
                continue
            try:
                field.clean(value, instance)
            except ValidationError as error:
                yield from ((name, message) for message in error.messages)

    def _gone_objections(self, instance: Any, passed_over: set[str]) -> Iterator[tuple[str, str]]:
        """Yield the cells that attach the record to a withdrawn or declined one, which desk forms refuse as well."""
        for column in [column for column, _old, _new in instance.changed if column.attribute in self.related]:
            held = None if column.attribute in passed_over else getattr(instance, column.attribute)
            if held is None or permissions.may_gain(held):
                continue
            message = (
                _("« %s » a été retiré : plus rien ne s’y rattache.")
                if held.state == ReviewState.WITHDRAWN
                else _("« %s » a été écarté : plus rien ne s’y rattache.")
            )
            yield column.attribute, message % column.export(instance)

    def broken(self, name: str, model: Any = None) -> tuple[str, str]:
        """Return the error message of the constraint called `name`, of the noun's own or another `model`.

        The constraint itself is not run: it would cost a query for each row, the most expensive of all.
        """
        constraints = (model or self.model)._meta.constraints
        messages = {constraint.name: constraint.violation_error_message for constraint in constraints}
        return NON_FIELD_ERRORS, str(messages[name])

    def objections(self, instance: Any) -> Iterator[tuple[str, str]]:
        """Yield the objections of the noun's own rules, each with the column that it concerns."""
        return iter(())

    def unproposable(self, instance: Any) -> list[str]:
        """Return the objections to proposing a new record for review: none, except for assessments and notes."""
        return []

    def remarks(self, instance: Any, number: int) -> list[list[Any]]:
        """Return the remarks to show before row `number` is imported: a column's title, then a `Remark`."""
        return []

    # Saving

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        """Save, signed; then its related rows; then propose it, or sign an assessment in review again, as forms do."""
        with trial():
            self.sign(instance)
            instance.save()
            self.save_related(instance)
            if is_create and self.propose:
                publication.propose(instance, by=self.by, remark=self.reason)
            elif not is_create:
                publication.amend(instance, by=self.by)

    def save_related(self, instance: Any) -> None:
        """Save the values of columns that concern related rows."""

    def sign(self, record: Any) -> None:
        """Record, in the history row of the next save of `record`, who imported it and from which file."""
        record._history_user = self.by
        record._change_reason = self.reason

    # Reading a result

    def refusals(self, result: RowResult) -> list[list[str]]:
        """Return why a row was refused: the column's title ("" for the row as a whole), and the reason."""
        if result.errors:
            raise result.errors[0].error
        error = result.validation_error
        if error is None:
            return []
        found = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        return [[self.title_of(name), capfirst(message)] for name, messages in found.items() for message in messages]
