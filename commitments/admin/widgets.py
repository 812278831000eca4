"""How the desk types: short text areas, and related records that are picked, not deleted in passing."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


class MarkdownArea(AdminTextareaWidget):
    """A text area for Markdown; with script, a button shows below it what the public will read."""

    class Media:
        js = ["commitments/desk/preview.js"]
        css = {"all": ["commitments/desk/preview.css"]}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return the widget's context, with the address that renders what is typed."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-preview": reverse("admin:commitments_assessment_preview"),
            "data-preview-label": _("Aperçu"),
            "data-preview-empty": _("Rien à montrer."),
            "data-preview-silent": _("L’aperçu ne répond pas."),
        }
        return context


class DeskWidgets:
    """The fields of a page or of its rows."""

    view_on_site: Any = False

    markdown_fields: Sequence[str] = ()
    """The texts that are written in Markdown."""

    formfield_overrides: Any = {
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
        models.URLField: {"assume_scheme": "https"},
    }

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form field; a related record may be picked, added or looked at, not edited or deleted here."""
        if db_field.name in self.markdown_fields:
            kwargs["widget"] = MarkdownArea(attrs={"rows": 6})
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_change_related = field.widget.can_delete_related = False
        return field
