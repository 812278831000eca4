"""The form controls of the desk: short text areas, and related records that are picked, not deleted in passing."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from commitments.rules.keys import a_key, that_are_keys


class MarkdownArea(AdminTextareaWidget):
    """A text area for Markdown; with script, a button shows below it what the public will read."""

    class Media:
        js = ["commitments/desk/preview.js"]
        css = {"all": ["commitments/desk/preview.css"]}

    def get_context(self, name: str, value: object, attrs: dict[str, object] | None) -> dict[str, Any]:
        """Return the widget's context, with the address that renders what is typed."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-preview": reverse("admin:commitments_assessment_preview"),
            "data-preview-label": _("Aperçu"),
            "data-preview-empty": _("Rien à montrer."),
            "data-preview-silent": _("L’aperçu ne répond pas."),
        }
        return context


class _OfKeys:
    """An autocomplete of related records that drops values naming none when it is shown again.

    The field refuses such a value; Django would look it up once more to show it beside the refusal, and fail.
    """

    def optgroups(self, name: str, value: Iterable[object], attr: dict[str, object] | None = None) -> list[Any]:
        """Return the options that are selected."""
        return super().optgroups(name, that_are_keys(map(str, value)), attr)  # type: ignore[misc]


class PickOne(_OfKeys, AutocompleteSelect):
    """The choice of one related record."""


class PickSeveral(_OfKeys, AutocompleteSelectMultiple):
    """The choice of several related records."""


class RecordsField(forms.ModelMultipleChoiceField):
    """Several related records, by their keys. A number that no database can store is refused like any other text."""

    def _check_values(self, value: Iterable[object]) -> models.QuerySet:
        for key in value:
            if a_key(key) is None:
                raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": key})
        return super()._check_values(value)  # type: ignore[misc]


class DeskWidgets:
    """The fields of a page or of its rows."""

    view_on_site = False

    formfield_overrides: ClassVar[Mapping[type[models.Field], Mapping[str, Any]]] = {
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
        models.URLField: {"assume_scheme": "https"},
    }

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        """Return the form field; a related record may be picked, added or looked at, not edited or deleted here."""
        if db_field.name in getattr(db_field.model, "markdown_fields", ()):
            kwargs["widget"] = MarkdownArea(attrs={"rows": 6})
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_change_related = field.widget.can_delete_related = False
        return field

    def formfield_for_foreignkey(self: Any, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field of one related record."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", PickOne(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self: Any, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field of several related records."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", PickSeveral(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_manytomany(db_field, request, **{"form_class": RecordsField} | kwargs)  # type: ignore[misc]
