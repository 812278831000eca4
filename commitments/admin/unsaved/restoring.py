"""An earlier version as the start of an edit: who may restore it, and what the form is filled in with."""

from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from commitments.admin import permissions, wording
from commitments.models import Record, Version
from commitments.rules.keys import a_key
from commitments.rules.people import Account

VERSION = "version"
"""The parameter of a record's form that names the history row it is filled in from."""


def may_restore(user: Account, record: Record | None) -> bool:
    """Whether `user` may restore an earlier version of `record`: those who publish it, while it is open."""
    held = permissions.reviewed(record)
    if held is None:
        return True  # a register (parties, sectors): whoever may change it
    return not permissions.is_closed(user, record) and user.has_perm(f"commitments.publish_{held._meta.model_name}")


def row_of(request: HttpRequest, record: Record | None) -> Version | None:
    """Return the history row of `record` that the address names; None if it names none."""
    key = request.GET.get(VERSION, "")
    if record is None or a_key(key) is None:
        return None
    return record.history.select_related("history_user").filter(history_id=key).first()


def values(row: Version, form: type[ModelForm]) -> dict[str, object]:
    """Return the values in `row` of the fields that `form` can change, inlines excepted."""
    names = set(form.base_fields)
    held = {field.name: getattr(row, field.attname) for field in row.tracked_fields if field.name in names}
    for field in row._history_m2m_fields:
        if field.name in names:
            held[field.name] = wording.related_keys(row, field)
    return held


def reason(row: Version) -> str:
    """Return the reason recorded in the history for an edit that starts from `row`."""
    return _("Reprise de la version du %s.") % formats.localize(timezone.localtime(row.history_date))
