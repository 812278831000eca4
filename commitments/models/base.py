"""What the nouns share: natural keys, text in two languages, review, history."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from contextvars import ContextVar
from functools import reduce
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy as _
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from commitments.choices import OPEN, ReviewState
from commitments.models.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from commitments.models.citations import Citation


class VersionManager(HistoryManager):
    """Reads the versions of a record. Its class is built once: the library would build one at every save."""

    _made: ClassVar[dict[Any, Any]] = {}

    @classmethod
    def from_queryset(cls, queryset_class: Any, class_name: str | None = None) -> Any:
        """Return the manager class with the methods of `queryset_class`: the same one every time it is asked for."""
        key = (cls, queryset_class, class_name)
        if key not in cls._made:
            cls._made[key] = super().from_queryset(queryset_class, class_name)
        return cls._made[key]


_gathered: ContextVar[list[Version] | None] = ContextVar("versions gathered", default=None)


class Version(models.Model):
    """A row of the edit history, written when its record is saved, or together with others (`in_bulk`).

    For records whose many-to-many lists are tracked it is always written at once: the rows of the lists refer to it.
    """

    history_date: datetime
    tracked_fields: list[models.Field]
    _history_m2m_fields: tuple[models.ManyToManyField, ...]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row, or hold it until the block of `in_bulk` ends."""
        gathered = None if self._history_m2m_fields else _gathered.get()
        if gathered is None:
            super().save(*args, **kwargs)
        else:
            gathered.append(self)


@contextmanager
def in_bulk() -> Iterator[None]:
    """Save many records at less cost: the same saves, through the same rules, each leaving the same history rows.

    The history rows are written when the block ends, many in one statement, and saves set no savepoints of their own.
    So the block must be in a transaction, which is rolled back whole if an error leaves the block; what may fail and be
    caught within it belongs in a `trial`.
    """
    gathered: list[Version] = []
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    kinds: dict[type[Version], list[Version]] = {}
    for version in gathered:
        kinds.setdefault(type(version), []).append(version)
    for kind, versions in kinds.items():
        kind._default_manager.bulk_create(versions)


def is_in_bulk() -> bool:
    """Whether a block of `in_bulk` is under way."""
    return _gathered.get() is not None


@contextmanager
def trial() -> Iterator[None]:
    """Save within `in_bulk` or an act what may fail: an error rolls back the rows saved here, and their history."""
    gathered = _gathered.get()
    held = len(gathered) if gathered is not None else 0
    try:
        with transaction.atomic():
            yield
    except BaseException:
        if gathered is not None:
            del gathered[held:]
        raise


class History(HistoricalRecords):
    """The edit history of a record, kept for fixtures too: loading a row is an edit like any other."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(history_manager=VersionManager, bases=(Version,), **kwargs)

    def post_save(self, instance: models.Model, created: bool, using: str | None = None, **kwargs: object) -> None:
        """Write a history row; a fixture loaded again that changes nothing writes none."""
        if kwargs.pop("raw", False) and not created and not self._changed(instance):
            return
        super().post_save(instance, created, using=using, **kwargs)

    def _changed(self, instance: models.Model) -> bool:
        last = getattr(instance, self.manager_name).order_by("-history_date", "-history_id").values().first()
        return last is None or any(
            last[field.attname] != field.to_python(getattr(instance, field.attname))
            for field in instance._meta.concrete_fields
            if field.attname in last
        )


class Record(models.Model):
    """Any row of the tracker: it has a natural key, and its text in French and perhaps in English."""

    natural_key_fields: tuple[str, ...] = ("reference",)
    history: ClassVar[HistoryManager]
    public_citations: list[Citation]
    """Of `querysets.public_citations`."""

    # Every field is the record's own key, or is named in exactly one of these four. Whatever publishes records or
    # announces changes reads them.

    attached_by: ClassVar[tuple[str, ...]] = ()
    """The fields that say what the record belongs to, and whether it is meant for the public."""

    public_fields: ClassVar[tuple[str, ...]] = ()
    """The fields that the public reads. A change of one is announced as a correction (`rules.time.corrections`)."""

    unannounced_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that the public reads too, but whose change is no correction: set by an act or a rule, order, lists."""

    kept_inside: ClassVar[dict[str, str]] = {}
    """The fields that the public never reads, each with the reason."""

    markdown_fields: ClassVar[tuple[str, ...]] = ()
    """The texts that are written in Markdown."""

    known_on: date | None = None
    """The past day whose values `rules.time.rewind` gave it; None for today's. Tests look at it (tests/past.py)."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save in one transaction with the rules connected to it, which lock what they check."""
        save = super().save
        self.within(self, lambda: save(*args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete in one transaction with the rules connected to it; return Django's counts of what was deleted."""
        delete = super().delete
        return self.within(self, lambda: delete(*args, **kwargs))

    @staticmethod
    def within(record: Record, work: Callable[[], Any]) -> Any:
        """Do `work`, a save or a deletion of `record`. `rules.act`, once the app is ready, makes an act of it."""
        return work()

    @property
    def attachment(self) -> list[Any]:
        """The values of `attached_by` as loaded, records by their keys: for comparing those of two days."""
        return [self.__dict__.get(self._meta.get_field(name).attname) for name in self.attached_by]  # type: ignore[union-attr]

    def is_same(self, other: Record | None) -> bool:
        """Whether every column of `other`, a record of the same model or None, holds what this one's does."""
        names = [field.attname for field in self._meta.concrete_fields]
        return other is not None and all(getattr(self, name) == getattr(other, name) for name in names)

    def natural_key(self) -> tuple[str, ...]:
        """Return the values of `natural_key_fields`, as fixtures write them."""
        return tuple(str(reduce(getattr, path.split("__"), self)) for path in self.natural_key_fields)

    def wording(self, field: str, language: str | None = None) -> Wording:
        """Return `field` in `language` (the active one by default), or in French if there is no such text.

        `field` is the name without its language: "title" reads `title_en`, else `title_fr`.
        """
        language = (language or get_language() or "fr")[:2]
        text = getattr(self, f"{field}_{language}", "")
        return Wording(text, language) if text else Wording(getattr(self, f"{field}_fr"), "fr")


def nouns() -> list[type[Record]]:
    """Return the model of every noun, but neither history models nor counters and indexes."""
    return [model for model in apps.get_app_config("commitments").get_models() if issubclass(model, Record)]


class Identified(Record):
    """A record without a name of its own: it has an identifier, assigned once, for addresses and fixtures."""

    natural_key_fields = ("uid",)

    uid = models.UUIDField(_("identifiant"), default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


def unique_code(
    label: Any, form: str, refusal: Any, *, longest: int, help_text: Any = ""
) -> models.CharField[str, str]:
    """Return the field of the key that a record is given, unique and of one form; `refusal` says which."""
    validators = [RegexValidator(form, refusal)]
    return models.CharField(label, max_length=longest, unique=True, validators=validators, help_text=help_text)


def signature(label: Any) -> models.ForeignKey:
    """Return the field of the account that signed an act; nobody types it, and a signer stays on file."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=label,
    )


def one_of(name: str, field: str, words: list[str], message: Any) -> models.CheckConstraint:
    """Return a check constraint called `name`: `field` must be one of `words`."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": words}), violation_error_message=message)


class Reviewed(Record):
    """A record that is drafted, proposed, published and perhaps withdrawn, with who and when for each act.

    The acts are in `commitments.rules.review.publication`; nothing else moves `state`.
    """

    unannounced_fields: ClassVar[tuple[str, ...]] = (
        "recorded_at",
        "published_by",
        "published_at",
        "withdrawn_by",
        "withdrawn_at",
        "withdrawal_reason",
    )
    kept_inside: ClassVar[dict[str, str]] = {
        "state": "what is public has only one",
        "proposed_by": "review is the desk’s own",
        "proposed_at": "review is the desk’s own",
    }

    state = models.CharField(
        _("état de publication"),
        max_length=10,
        choices=ReviewState.choices,
        default=ReviewState.DRAFT,
        editable=False,
    )
    recorded_at = models.DateTimeField(_("enregistré ici le"), default=timezone.now, editable=False)
    proposed_by = signature(_("proposé par"))
    proposed_at = models.DateTimeField(_("proposé le"), null=True, blank=True, editable=False)
    published_by = signature(_("publié par"))
    published_at = models.DateTimeField(_("publié le"), null=True, blank=True, editable=False)
    withdrawn_by = signature(_("retiré par"))
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True, editable=False)
    withdrawal_reason = models.CharField(_("motif du retrait"), max_length=1000, blank=True, editable=False)

    class Meta:
        abstract = True
        base_manager_name = "objects"  # so that related managers do not bypass the rules with bulk updates either
        default_permissions = ("add", "change", "delete", "view", "publish", "withdraw")
        indexes = [
            # Only of what waits. Nearly all rows are published: SQLite, which has no statistics, would scan all of
            # these rather than the few that another index leads to.
            models.Index(
                name="%(class)s_waiting",
                fields=["state"],
                condition=Q(state__in=[ReviewState.DRAFT, ReviewState.IN_REVIEW]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="%(class)s_published_signed",
                condition=(
                    Q(
                        state__in=[ReviewState.DRAFT, ReviewState.IN_REVIEW, ReviewState.DECLINED],
                        published_at__isnull=True,
                    )
                    | Q(
                        state__in=[ReviewState.PUBLISHED, ReviewState.WITHDRAWN],
                        published_at__isnull=False,
                        published_by__isnull=False,
                    )
                ),
                violation_error_message=_("Ce qui est publié porte qui l’a publié et quand."),
            ),
            models.CheckConstraint(
                name="%(class)s_withdrawn_reasoned",
                condition=(
                    (~Q(state=ReviewState.WITHDRAWN) & Q(withdrawn_at__isnull=True))
                    | (
                        Q(state=ReviewState.WITHDRAWN, withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                        & ~Q(withdrawal_reason="")
                    )
                ),
                violation_error_message=_("Un retrait porte qui l’a fait, quand, et un motif."),
            ),
        ]

    @property
    def is_published(self) -> bool:
        """Whether the record is public now (its parents allowing)."""
        return self.state == ReviewState.PUBLISHED

    @property
    def is_sent_back(self) -> bool:
        """Whether the record is a draft that was proposed once and sent back: `proposed_by` then says to whom."""
        return self.state == ReviewState.DRAFT and self.proposed_by_id is not None

    @property
    def is_draft(self) -> bool:
        """Whether the record may still be edited, proposed or deleted: never public, and not declined."""
        return self.state in OPEN


class Countersigned(Reviewed):
    """A record that one person proposes and another publishes (DESIGN, rule 6), and that never changes once public.

    The acts hold both; where the setting TRACKER_SINGLE_PERSON_DESK lets one person do it all, `single_handed` says so.
    """

    # Who proposed it is public too, since two people sign: all of them in the order of the published columns.
    unannounced_fields = (
        *("single_handed", "recorded_at", "proposed_by", "proposed_at", "published_by", "published_at"),
        *("withdrawn_by", "withdrawn_at", "withdrawal_reason"),
    )
    kept_inside: ClassVar[dict[str, str]] = {"state": Reviewed.kept_inside["state"]}

    single_handed = models.BooleanField(_("proposée et publiée par la même personne"), default=False, editable=False)

    class Meta(Reviewed.Meta):
        abstract = True
        constraints = [
            *Reviewed.Meta.constraints,
            models.CheckConstraint(
                name="%(class)s_two_people",
                condition=Q(published_by__isnull=True)
                | (Q(proposed_by__isnull=False) & (~Q(published_by=F("proposed_by")) | Q(single_handed=True))),
                violation_error_message=_("Qui propose ne publie pas."),
            ),
        ]
