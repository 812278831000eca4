"""Accounts at the desk: one that signed something is closed, never deleted, so that who did what stays known."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest

admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(UserAdmin):
    """An account; to close it, untick that it is active."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether an account may be deleted: never, since the edit history would forget who made an edit."""
        return False
