"""Who may edit what at the desk: public records are closed to those who may not publish, public assessments to all."""

from typing import Any

from commitments.choices import GONE, ReviewState
from commitments.models import Assessment, Citation, Claim
from commitments.models.base import Reviewed


def reviewed(record: Any) -> Reviewed | None:
    """Return the record whose review state governs `record`; None if none does."""
    if isinstance(record, Claim):
        record = record.discrepancy
    return record if isinstance(record, Reviewed) else None


def is_closed(user: Any, record: Any) -> bool:
    """Whether `user` may only read `record`.

    A published or withdrawn assessment, its evidence, and all withdrawn records are closed to everyone; a published
    record is closed to those who may not publish it.
    """
    held = reviewed(record)
    if held is None or held.pk is None:
        return False
    if isinstance(held, Citation) and isinstance(held.target, Assessment) and not held.target.is_draft:
        return True
    if held.is_draft:
        return False
    if isinstance(held, Assessment) or held.state in GONE:
        return True
    return not user.has_perm(f"commitments.publish_{held._meta.model_name}")


def may_gain(record: Any) -> bool:
    """Whether rows (citations, notes, milestones) may still be attached to `record`."""
    held = reviewed(record)
    if held is None or held.pk is None or held.is_draft:
        return True
    return held.is_published and not isinstance(held, Assessment)


def may_delete(record: Any) -> bool:
    """Whether `record` may be deleted: only a draft; a proposal is sent back first, what was public is withdrawn."""
    held = reviewed(record)
    return held is None or held.pk is None or held.state == ReviewState.DRAFT
