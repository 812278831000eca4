"""User accounts: deactivated, never deleted, so that the record of who did what survives."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _, gettext_lazy
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from commitments.admin.ordering import DeskChangeList
from commitments.admin.people import second_factor
from commitments.admin.unsaved.attempts import attempt
from commitments.admin.unsaved.concurrency import add_refusal
from commitments.admin.widgets import RecordsField

admin.site.unregister([User, StaticDevice, TOTPDevice])  # the devices' own pages show their secrets


ROLES = {"Analysts": gettext_lazy("Analystes"), "Editors": gettext_lazy("Éditeurs")}
"""The desk's groups as people call them."""


class RoleFilter(admin.SimpleListFilter):
    """Narrows the list to one group."""

    title = gettext_lazy("rôle")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Return the groups, those of the desk in its words."""
        names = Group.objects.order_by("name").values_list("name", flat=True)
        return [(name, str(ROLES.get(name, name))) for name in names]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        """Return the accounts of the group asked for."""
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


class RefusableForm:
    """A form that says, on a second pass, why its save was refused: `refusal`, which the admin sets."""

    refusal: ValidationError | None = None

    def full_clean(self) -> None:
        """Validate; then repeat the refusal."""
        super().full_clean()  # type: ignore[misc]
        if self.is_bound and self.refusal is not None:  # type: ignore[attr-defined]
            add_refusal(self, self.refusal)  # type: ignore[arg-type]


@admin.register(User)
class AccountAdmin(UserAdmin):
    """An account. To close it, untick “active”; its permissions come from its groups."""

    list_display = ("username", "first_name", "last_name", "is_staff", "has_second_factor")
    list_filter = (RoleFilter, "is_active", "is_staff", "is_superuser")
    filter_horizontal = ()  # two checkboxes read more easily than Django's dual list box, which breaks an ARIA rule
    readonly_fields = ("second_factor_state", "last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Return the accounts, with whether each has a second factor."""
        devices = TOTPDevice.objects.filter(user=models.OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).annotate(with_second_factor=models.Exists(devices))

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[DeskChangeList]:
        """Return the change list class."""
        return DeskChangeList

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Return the fieldsets, those of an account on file with its second factor."""
        # Permissions come from groups. Any granted to an account directly are shown only so that they can be removed.
        hidden = () if obj is not None and obj.user_permissions.exists() else ("user_permissions",)
        fieldsets = [
            (title, options | {"fields": tuple(name for name in options["fields"] if name not in hidden)})
            for title, options in super().get_fieldsets(request, obj)
        ]
        if obj is not None:
            fieldsets.insert(1, (gettext_lazy("Second facteur"), {"fields": ("second_factor_state",)}))
        return fieldsets

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: object) -> Any:
        """Return the form class; on a second pass it knows why the first was refused."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (RefusableForm, form), {"refusal": getattr(request, "refusal", None)})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Show or save a new account; a database that gives up twice is told of, and what was typed is kept."""
        save = partial(super().add_view, request, form_url, extra_context)
        again = partial(self._add_view, request, form_url, extra_context)  # type: ignore[attr-defined]
        return self._tried(request, save, again)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show or save an account likewise; a new one is tried as a whole, by `add_view`."""
        show = partial(self._changeform_view, request, object_id, form_url, extra_context)  # type: ignore[attr-defined]
        if hasattr(request, "refusal"):
            return show()
        save = partial(super().changeform_view, request, object_id, form_url, extra_context)
        return save() if object_id is None else self._tried(request, save, show)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Show or save a password likewise; a password is never shown again, though."""
        save = partial(super().user_change_password, request, id, form_url)
        return self._tried(request, save, partial(self._say, request))

    def _tried(
        self, request: HttpRequest, save: Callable[[], HttpResponse], again: Callable[[], HttpResponse]
    ) -> HttpResponse:
        """Return the answer of `save`, one act; if the database gives up twice, that of `again`, told why."""
        if request.method != "POST":
            return save()
        try:
            return attempt(save, request=request)
        except ValidationError as error:
            request.refusal = error  # type: ignore[attr-defined]
            return again()

    def _say(self, request: Any) -> HttpResponse:
        """Say above the page why nothing was saved."""
        self.message_user(request, " ".join(request.refusal.messages), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: object) -> Any:
        """Return the field of the groups as checkboxes, labelled as people name them."""
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple
        field: Any = super().formfield_for_manytomany(db_field, request, **{"form_class": RecordsField} | kwargs)
        if db_field.name == "groups":
            field.label_from_instance = lambda group: ROLES.get(group.name, group.name)
        return field

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Return False: deleting an account would erase it from the edit history."""
        return False

    # The second factor

    @admin.display(description=gettext_lazy("second facteur"), boolean=True)
    def has_second_factor(self, account: Any) -> bool:
        """Show whether the account has a second factor."""
        return account.with_second_factor

    @admin.display(description=gettext_lazy("état"))
    def second_factor_state(self, account: User) -> str:
        """Show since when the account has a second factor, with a link to remove it."""
        device = second_factor.device_of(account)
        if device is None:
            return _("Aucun : la personne l’active elle-même.")
        return format_html(
            '{} <a href="{}">{}</a>',
            _("Activé le %s.") % formats.localize(timezone.localtime(device.created_at)),
            reverse("admin:auth_user_second_factor", args=[account.pk]),
            _("Retirer…"),
        )

    def get_urls(self) -> list[URLPattern]:
        """Return the URLs of accounts, plus the page that removes a second factor."""
        view = self.admin_site.admin_view(self.second_factor_view)
        return [path("<id>/second-facteur/", view, name="auth_user_second_factor"), *super().get_urls()]

    def second_factor_view(self, request: HttpRequest, id: str) -> HttpResponse:
        """Confirm, then remove the second factor of somebody who has lost it. People remove their own with a code.

        Raises Http404 if there is no such account, PermissionDenied to those who may not change accounts.
        """
        account = self.get_object(request, unquote(id))
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        if account is None:
            raise Http404
        if account == request.user:
            return HttpResponseRedirect(reverse("admin:second_factor"))
        if request.method == "POST":
            return self._tried(request, partial(self._remove, request, account), partial(self._say, request))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Retirer un second facteur"),
            "account": account,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/second_factor_remove.html", context)

    def _remove(self, request: HttpRequest, account: User) -> HttpResponse:
        """Remove the second factor of `account`, say so, and go back to its page."""
        second_factor.remove(account)
        self.log_change(request, account, _("Second facteur retiré."))
        self.message_user(request, _("Second facteur retiré : %s.") % account, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:auth_user_change", args=[account.pk]))
