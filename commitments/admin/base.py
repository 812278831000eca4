"""What every noun's page shares: edit history to read, no lost update, refusals next to the field."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.db.models.expressions import Combinable
from django.forms import Form, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy
from simple_history.admin import SimpleHistoryAdmin

from commitments.admin import permissions, wording
from commitments.admin.ordering import DeskChangeList
from commitments.admin.unsaved import deleting, restoring, unsaved_form
from commitments.admin.unsaved.attempts import attempt
from commitments.admin.unsaved.concurrency import SEEN, DeskForm
from commitments.admin.widgets import DeskWidgets
from commitments.models import Record, Version
from commitments.rules import revision
from commitments.rules.keys import a_key
from commitments.rules.people import name_of

Pages = Sequence[tuple[str, str, str]]
"""Pages of a noun: the route of each, the method that answers, the end of its address's name."""

LISTINGS = ("_changelist", "autocomplete")

Context = dict[str, Any]
"""What a template is given."""


def fieldset(
    title: str | Promise | None, fields: Sequence[object], *, about: str | Promise = "", css: Sequence[str] = ()
) -> tuple[str | Promise | None, dict[str, object]]:
    """Return a fieldset of a page: its title, its fields, and what to know before they are filled in."""
    return title, {"fields": fields, "description": about, "classes": css}


def english(*fields: str) -> tuple[str | Promise | None, dict[str, object]]:
    """Return the collapsed fieldset of a page's English fields."""
    about = gettext_lazy("Laissés vides, le public anglophone lit le texte français, signalé comme tel.")
    return fieldset(gettext_lazy("En anglais"), fields, about=about, css=["collapse"])


def column(label: Any, show: Callable[[Any], object], *, ordering: str | Combinable | None = None) -> Any:
    """Return a column of a list, headed `label`: what `show` makes of a row. `ordering` sorts by it, if given."""

    def cell(self: object, row: object) -> object:
        return show(row)

    return admin.display(cell, description=label, ordering=ordering)


def as_refusal(error: Exception) -> ValidationError:
    """Turn a refusal raised by a rule or by the database during a save into form errors."""
    if isinstance(error, ValidationError):
        return error
    return ValidationError(
        _("La base a refusé cet enregistrement : une autre personne vient peut-être d’enregistrer le même. Réessayez.")
    )


class RecordAdmin(DeskWidgets, SimpleHistoryAdmin):
    """The page of any record."""

    form: type[ModelForm] = DeskForm
    listing_related: Sequence[str] = ()
    """The related records that the changelist and the autocompletes print, fetched with the rows."""
    unlisted_fields: Sequence[str] = ()
    """Long fields that changelist and autocompletes do not load."""
    locked_once_saved: Sequence[str] = ()
    """Fields that are part of URLs, and no longer change."""
    forms_beside: Sequence[type[Form]] = ()
    """Forms whose fields are on the record's page without belonging to the record."""
    pages: Pages = ()
    """The pages of the noun besides Django's and those of base classes."""

    list_per_page = 50
    object_history_list_template = "simple_history/object_history_list.html"

    def get_urls(self) -> list[URLPattern]:
        """Return the noun's URLs: those of its own pages, then Django's, whose last one takes any route."""
        declared = [page for part in type(self).__mro__ for page in vars(part).get("pages", ())]
        wrap = self.admin_site.admin_view
        own = [path(route, wrap(getattr(self, view)), name=f"{self._info}_{name}") for route, view, name in declared]
        return [*own, *super().get_urls()]

    def render(self, request: HttpRequest, template: str, title: str | Promise, **context: object) -> TemplateResponse:
        """Return a page about this noun, or about one of its records."""
        shared = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, template, shared | context)

    def refuse(self, request: HttpRequest, reasons: Iterable[object]) -> None:
        """Add a message for each of `reasons` why nothing was done."""
        for reason in reasons:
            self.message_user(request, str(reason), messages.ERROR)

    def warn_of(self, request: HttpRequest, text: str, line: str, rows: Iterable[Sequence[object]]) -> None:
        """Add a warning: `text`, and under it the HTML `line` filled in with each of `rows`."""
        items = format_html_join("", f"<li>{line}</li>", rows)
        self.message_user(request, format_html("{}<ul>{}</ul>", text, items), messages.WARNING)

    # Rows

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Return the rows; on lists, with what a list shows of them."""
        queryset = super().get_queryset(request)
        if self.is_listing(request):
            return self.for_listing(queryset)
        return queryset

    def is_listing(self, request: HttpRequest) -> bool:
        """Whether the page is a changelist or an autocomplete."""
        match = request.resolver_match
        return match is not None and (match.url_name or "").endswith(LISTINGS)

    def for_listing(self, queryset: models.QuerySet) -> models.QuerySet:
        """Return `queryset` with what a changelist prints, in a constant number of queries."""
        if self.listing_related:
            queryset = queryset.select_related(*self.listing_related)
        return queryset.defer(*self.unlisted_fields) if self.unlisted_fields else queryset

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[DeskChangeList]:
        """Return the change list class."""
        return DeskChangeList

    def changelist_view(self, request: HttpRequest, extra_context: Context | None = None) -> HttpResponse:
        """Show the list under the noun's name."""
        if any("\x00" in value for name, value in request.GET.items() if name != SEARCH_VAR):
            # No row can contain it and PostgreSQL rejects it: answer as Django does to an unreadable address.
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))

    def get_search_results(self, request: HttpRequest, queryset: models.QuerySet, search_term: str) -> Any:
        """Return the rows found; none for a term that no text can contain."""
        if "\x00" in search_term:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    # Forms

    def get_fieldsets(self, request: HttpRequest, obj: Record | None = None) -> Any:
        """Return the fieldsets, the hidden version in the first."""
        (name, options), *rest = super().get_fieldsets(request, obj)
        if obj is not None and not self.has_change_permission(request, obj):
            return [(name, options), *rest]
        return [(name, {**options, "fields": [*options["fields"], SEEN]}), *rest]

    def get_readonly_fields(self, request: HttpRequest, obj: Record | None = None) -> list[str]:
        """Return the fields that this user may only read on this record: all of them if it is closed."""
        fields = list(super().get_readonly_fields(request, obj))
        if obj is None:
            return fields
        if permissions.is_closed(request.user, obj):
            everything = flatten_fieldsets(super().get_fieldsets(request, obj))
            return [*dict.fromkeys([*everything, *fields])]
        return [*fields, *self.locked_once_saved]

    def get_form(self, request: HttpRequest, obj: Record | None = None, change: bool = False, **kwargs: object) -> Any:
        """Return the form class; on a second pass it repeats why the first was refused."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        row = self.version_to_restore(request, obj) if change else None
        form.held_then = restoring.values(row, form) if row is not None else {}
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, object]:
        """Return the initial values given in the URL, without those that name no record."""
        initial = super().get_changeform_initial_data(request)
        return {name: value for name, value in initial.items() if self._names_something(name, value)}

    def _names_something(self, name: str, value: object) -> bool:
        try:
            field = self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        if not isinstance(field, models.ForeignKey):
            return True
        return a_key(value) is not None

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show or save the form. If a rule refuses the save, nothing is kept and the form says why."""
        save = super().changeform_view
        if request.method != "POST":
            return save(request, object_id, form_url, extra_context)
        obj = self.get_object(request, unquote(object_id)) if object_id is not None else None
        if object_id is not None and obj is None:
            return self._gone(request, unquote(object_id))
        try:
            return attempt(
                lambda: save(request, object_id, form_url, extra_context),
                public=obj is not None and revision.is_seen(obj),
                request=request,
            )
        except (ValidationError, IntegrityError) as error:
            # The whole save was rolled back. The same form is validated again and shows the rule's message; outside any
            # transaction, since it saves nothing and the database may still be busy.
            request.refusal = as_refusal(error)  # type: ignore[attr-defined]
        return self._changeform_view(request, object_id, form_url, extra_context)

    def _gone(self, request: HttpRequest, key: str) -> HttpResponse:
        """Show what was typed for a record that has since been deleted, and offer to create it anew."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        rows = self.model.history.select_related("history_user").filter(history_type="-")
        row = rows.filter(**{self.opts.pk.attname: key}).first() if a_key(key) is not None else None
        lead, button = [_("L’enregistrement que vous modifiiez n’existe plus.")], ""
        if row is not None and row.history_user is not None:
            when = formats.localize(timezone.localtime(row.history_date))
            signed = {"what": row.instance, "who": name_of(row.history_user), "when": when}
            lead = [_("« %(what)s » a été supprimé par %(who)s le %(when)s, pendant que vous le modifiiez.") % signed]
        typed = unsaved_form.of(request)
        lead.append(_("Voici ce que vous aviez tapé ; rien n’en est enregistré."))
        if self.has_add_permission(request):
            lead.append(_("Vous pouvez le reprendre dans un nouvel enregistrement, ou le copier."))
            button = _("Reprendre dans un nouvel enregistrement")
            typed = unsaved_form.as_new(typed, reverse(f"admin:{self._info}_add"))
        site: Any = self.admin_site
        response = site.resume(request, typed, title=_("Supprimé entre-temps"), lead=lead, button=button)
        response.status_code = 404
        return response

    def version_to_restore(self, request: HttpRequest, record: Record | None) -> Version | None:
        """Return the earlier version that this edit starts from; None if it starts from the record as it is."""
        row = restoring.row_of(request, record)
        if row is None or not self.has_change_permission(request, record):
            return None
        return row if restoring.may_restore(request.user, record) else None

    def render_change_form(self, request: HttpRequest, context: Context, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form under the noun's name."""
        noun = capfirst(self.opts.verbose_name)
        context["restored_row"] = self.version_to_restore(request, kwargs.get("obj"))
        context["title"] = _("Ajouter : %s") % self.opts.verbose_name if kwargs.get("add") else noun
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Save the record unless nothing in it changed: an empty edit leaves no trace in the history."""
        if not change or form.has_changed():
            row = self.version_to_restore(request, obj) if change else None
            if row is not None:
                obj._change_reason = restoring.reason(row)
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the inlines, then call `after_save` for checks that involve both them and the record."""
        super().save_related(request, form, formsets, change)
        self.after_save(request, form, change=change)

    def after_save(self, request: HttpRequest, form: ModelForm, *, change: bool) -> None:
        """Do what follows a save, within its transaction; a ValidationError rolls it back and is shown on the form."""

    # Deletion

    def has_delete_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """Whether this user may delete: only drafts."""
        return super().has_delete_permission(request, obj) and (obj is None or permissions.may_delete(obj))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Context | None = None) -> HttpResponse:
        """Confirm, then delete; if a rule refuses, say so on the record's page."""
        obj = self.get_object(request, unquote(object_id))
        refused: list[str] = []
        if obj is not None and not permissions.may_delete(obj) and super().has_delete_permission(request):
            refused = [deleting.why_kept(obj)]
        else:
            delete = super().delete_view
            if request.method != "POST":
                return delete(request, object_id, extra_context)
            try:
                return attempt(
                    lambda: delete(request, object_id, extra_context),
                    public=obj is not None and revision.is_seen(obj),
                    request=request,
                )
            except ValidationError as error:
                refused = error.messages
        self.refuse(request, refused)
        return HttpResponseRedirect(self._page(object_id))

    @admin.action(permissions=["delete"], description=gettext_lazy("Supprimer la sélection"))
    def delete_selected(self, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse | None:
        """Confirm, then delete the selection; refuse all of it, by name, if any part is no draft."""
        from django.contrib.admin.actions import delete_selected

        kept_rows = [why for why in map(deleting.why_kept, queryset) if why]
        if kept_rows:
            self.refuse(request, [" ".join([_("Rien n’a été supprimé."), *kept_rows])])
            return None
        try:
            return attempt(lambda: delete_selected(self, request, queryset), request=request)
        except ValidationError as error:
            self.refuse(request, error.messages)
            return None

    def get_deleted_objects(self, objs: Iterable[Record], request: HttpRequest) -> tuple[Any, ...]:
        """Return what is deleted along with `objs`; nothing is if a record below them must stay on file."""
        stays = deleting.staying(objs)
        if stays:
            return [], {}, set(), stays
        going, *rest = super().get_deleted_objects(objs, request)
        return deleting.spaced(going), *rest

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Delete the rows one by one, so that each leaves its trace and passes the rules."""
        for record in queryset:
            self.delete_model(request, record)

    # Edit history

    def revert_disabled(self, request: HttpRequest, obj: Record | None = None) -> bool:
        """Return True: an earlier version is restored through the form, never saved from its own page."""
        return True

    def history_view_title(self, request: HttpRequest, obj: Record) -> str:
        """Return the title of the edit history."""
        return _("Historique : %s") % obj

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Iterable[Any], foreign_keys_are_objs: bool = True
    ) -> None:
        """Give each history row but the oldest its differences with the one before, in words."""
        rows = list(historical_records)
        for newer, older in pairwise(rows):
            newer.differences = wording.changes(older, newer)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Context | None = None) -> HttpResponse:
        """Show the edits of a record. Raises Http404 for a key that no record has or ever had."""
        if a_key(unquote(object_id)) is None:
            raise Http404
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Context | None = None
    ) -> HttpResponse:
        """Show a record as of one history row, what differs now, and how to restore it."""
        if None in (a_key(version_id), a_key(unquote(object_id))) or request.method not in ("GET", "HEAD"):
            raise Http404
        rows = self.model.history.select_related("history_user")
        row = get_object_or_404(rows, id=unquote(object_id), history_id=version_id)
        if not self.has_view_or_change_permission(request, row.instance):
            raise PermissionDenied
        record = self.get_object(request, unquote(object_id))
        latest = self.model.history.filter(id=row.id).order_by("-history_id").first()
        differences = wording.changes(row, latest) if record is not None else []
        may_restore = (
            bool(differences)
            and self.has_change_permission(request, record)
            and restoring.may_restore(request.user, record)
        )
        context = {
            "subtitle": str(row.instance),
            "row": row,
            "lines": wording.held_lines(row),
            "record": record,
            "differences": differences,
            "restore_url": f"{self._page(object_id)}?{restoring.VERSION}={row.history_id}" if may_restore else "",
            "object_id": object_id,
            **(extra_context or {}),
        }
        return self.render(request, "simple_history/object_history_form.html", _("Version enregistrée"), **context)

    def _page(self, object_id: str) -> str:
        return reverse(f"admin:{self._info}_change", args=[object_id])

    @property
    def _info(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"
