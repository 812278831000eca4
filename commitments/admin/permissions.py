"""Who may edit what at the desk: what is public is closed to those who may not publish, what two sign to all."""

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest

from commitments.choices import GONE, ReviewState
from commitments.models import Assessment, Citation, Claim, Countersigned, Reviewed
from commitments.rules.people import Account


def account_of(request: HttpRequest) -> User:
    """Return the account that is signed in. Raises PermissionDenied if none is: no page of the desk opens then."""
    if isinstance(request.user, AnonymousUser):
        raise PermissionDenied
    return request.user


def reviewed(record: Model | None) -> Reviewed | None:
    """Return the record whose review state governs `record`; None if none does."""
    if isinstance(record, Claim):
        record = record.discrepancy
    return record if isinstance(record, Reviewed) else None


def is_closed(user: Account, record: Model | None) -> bool:
    """Whether `user` may only read `record`.

    A published or withdrawn assessment or search, the evidence of the former, and all withdrawn records are closed to
    everyone; a published record is closed to those who may not publish it.
    """
    held = reviewed(record)
    if held is None or held.pk is None:
        return False
    if isinstance(held, Citation) and isinstance(held.target, Assessment) and not held.target.is_draft:
        return True
    if held.is_draft:
        return False
    if isinstance(held, Countersigned) or held.state in GONE:
        return True
    return not user.has_perm(f"commitments.publish_{held._meta.model_name}")


def may_gain(record: Model | None) -> bool:
    """Whether rows (citations, notes, milestones) may still be attached to `record`."""
    held = reviewed(record)
    if held is None or held.pk is None or held.is_draft:
        return True
    return held.is_published and not isinstance(held, Countersigned)


def may_delete(record: Model | None) -> bool:
    """Whether `record` may be deleted: only a draft; a proposal is sent back first, what was public is withdrawn."""
    held = reviewed(record)
    return held is None or held.pk is None or held.state == ReviewState.DRAFT
