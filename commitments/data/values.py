"""How machines write and read values that every format of ours has: moments, identifiers."""

from datetime import UTC, datetime
from uuid import UUID


def in_utc(moment: datetime, precision: str = "auto") -> str:
    """Return `moment` as RFC 3339 writes it, in universal time; `precision` is one of `datetime.isoformat`'s."""
    return moment.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def identifier(text: str) -> UUID | None:
    """Return the UUID written in `text`, in its usual form, in any case; None if it is not one."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None
