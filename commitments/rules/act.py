"""One act, one event: what a person or a command does at once, in one transaction and, if it is public, in turn.

    @as_act(public=True)            a rule, as a function
    perform(work, public=True)      the desk's requests, and every other function
    with act(public=True):          what cannot be done a second time: a generator, a command's block

An act that the public may see takes the revision's lock before it locks anything else, so that no two of them deadlock,
and what it dates is dated in its turn. Work on drafts takes no lock. An act collects what it changes; at its end the
revision rises once, and every record touched is indexed once. An act within an act is part of it, and a save
outside of any is one by itself. Within an act, what may fail and be caught belongs in a `trial`.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import OperationalError, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save

from commitments.models import Discrepancy, Instrument, Meeting
from commitments.models.base import Record, is_in_bulk, nouns
from commitments.rules import revision
from commitments.rules.search import affected, word_index

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 2
"""How often an act is tried."""

PASSING = {"40001", "40P01", "55P03"}
"""PostgreSQL's error codes that a retry may cure: serialization failure, deadlock, lock timeout."""

BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
"""SQLite's error codes that a retry may cure."""

NAMES = ("first_name", "last_name", "username")
"""The fields of an account that the public reads: they sign what is published."""


class OutOfTurn(OperationalError):
    """Something public was about to change in an act that had not taken its turn: it is run again, in its turn."""


class _Act:
    """The outermost act under way, one per thread like a transaction: what it may do, and what it has changed."""

    def __init__(self, *, in_turn: bool) -> None:
        self.in_turn = in_turn
        self.is_seen = False
        self.touched: set[affected.Place] = set()
        self.done: set[object] = set()
        self.checks: dict[object, Callable[[], None]] = {}


class _Here(threading.local):
    act: _Act | None = None


_here = _Here()


@contextmanager
def act(*, public: bool = False, rises: bool = False) -> Iterator[None]:
    """Run the block as one act; `public` is whether the public may see it.

    `rises` says that the revision is certain to rise: it does so at once, in the statement that takes its lock. Raises
    OutOfTurn for a public act within one that is not.
    """
    if _here.act is not None:
        _check_turn(public=public)
        with transaction.atomic(savepoint=False):
            yield
        return
    under_way = _Act(in_turn=public)
    with transaction.atomic(savepoint=not is_in_bulk()):
        _here.act = under_way
        try:
            if public:
                revision.hold(rises=rises)
            yield
            for check in under_way.checks.values():
                check()
            if under_way.is_seen and not rises:
                revision.advance()
            word_index.refresh(affected.entries_of(under_way.touched))
        finally:
            _here.act = None


def perform(work: Callable[[], T], *, public: bool = False, rises: bool = False) -> T:
    """Do `work` as one act, and return what it returns; see `act`.

    If it is part of no other and the database fails in a way that a retry may cure, all of it is run once more.
    """
    tries = 0
    while _here.act is None:
        try:
            with act(public=public, rises=rises):
                return work()
        except OutOfTurn:
            if public:
                raise
            public = True
        except OperationalError as error:
            tries += 1
            if tries == TRIES or not is_passing(error):
                raise
    with act(public=public, rises=rises):
        return work()


def as_act(*, public: bool = False) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return a decorator that makes each call of a function an act."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def done(*args: P.args, **kwargs: P.kwargs) -> T:
            return perform(lambda: function(*args, **kwargs), public=public)

        return done

    return decorate


def is_passing(error: BaseException) -> bool:
    """Whether a retry may cure `error`: a deadlock, a lock timeout, a busy database."""
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorcode", None) or 0
    return isinstance(error, OutOfTurn) or getattr(cause, "sqlstate", None) in PASSING or code & 0xFF in BUSY


def is_first(what: object) -> bool:
    """Whether `what`, any key, has not been asked about in the act under way: for what an act does once."""
    done = _here.act.done if _here.act is not None else set()
    if what in done:
        return False
    done.add(what)
    return True


def at_end(what: object, check: Callable[[], None]) -> None:
    """Call `check` at the end of the act under way, once for `what`, any key: it raises if the act breaks a rule.

    For a rule on several rows, which the act saves one by one.
    """
    if _here.act is None:
        check()
    else:
        _here.act.checks.setdefault(what, check)


def changed(*records: Record, is_shown: bool = True) -> None:
    """Record that the public data has changed; the words of what `records` affect are indexed again.

    `is_shown` says that they may have become public, or ceased to be.
    """
    with act(public=True):
        if _here.act is not None:
            _here.act.is_seen = True
            _here.act.touched.update(*(affected.touched(record, is_shown=is_shown) for record in records))


# Under every save and every deletion


def connect() -> None:
    """Make an act of every save outside of one, and note what it changes; called once, when the app is ready.

    It comes before the guards are connected: an act takes its turn before they lock what they check.
    """
    Record.within = staticmethod(_saved)  # type: ignore[method-assign]
    for model in nouns():
        for signal in (pre_save, pre_delete):
            signal.connect(_about_to_change, sender=model, dispatch_uid=f"act-before-{model.__name__}")
        for signal in (post_save, post_delete):
            signal.connect(_record_changed, sender=model, dispatch_uid=f"act-after-{model.__name__}")
    for lists in (Meeting.participants, Instrument.issuers, Discrepancy.commitments):
        through = lists.through
        m2m_changed.connect(_list_changed, sender=through, dispatch_uid=f"act-list-{through.__name__}")
    account = get_user_model()
    pre_save.connect(_account_about_to_change, sender=account, dispatch_uid="act-before-account")
    post_save.connect(_account_changed, sender=account, dispatch_uid="act-after-account")


def _saved(record: Record, work: Callable[[], T]) -> T:
    """Save or delete `record` as an act of its own, or as part of the one under way."""
    seen = _here.act is None and revision.is_seen(record)
    key, is_new = record.pk, record._state.adding

    def again() -> T:
        record.pk, record._state.adding = key, is_new  # a first try may have given it a key that was rolled back
        return work()

    return perform(again, public=seen, rises=seen)


def _check_turn(*, public: bool = True) -> None:
    """Refuse a public change in an act that has not taken its turn; outside of any act, as for fixtures, take it."""
    if public and _here.act is None and transaction.get_connection().in_atomic_block:
        revision.hold()
    elif public and _here.act is not None and not _here.act.in_turn:
        raise OutOfTurn("The public sees this change: its act takes its turn first, act(public=True).")


def _about_to_change(sender: type, instance: Record, **kwargs: object) -> None:
    _check_turn(public=revision.is_seen(instance))


def _record_changed(sender: type, instance: Record, **kwargs: object) -> None:
    former = instance.__dict__.pop("on_file", None)
    if revision.is_seen(instance) and not (kwargs.get("raw") and instance.is_same(former)):
        shown = former is None or _state(former) != _state(instance)
        changed(*filter(None, (former, instance)), is_shown=shown)


def _state(record: Record) -> tuple[object, ...]:
    """Return what says whether the public sees a record, and what it belongs to."""
    return (getattr(record, "state", None), *record.attachment)


def _list_changed(sender: type, instance: Record, action: str, reverse: bool, **kwargs: Any) -> None:
    if reverse or revision.is_seen(instance):
        if action.startswith("pre_"):
            _check_turn()
        else:
            others = kwargs["model"]._default_manager.filter(pk__in=kwargs["pk_set"] or ()) if reverse else ()
            changed(instance, *others)


def _account_about_to_change(sender: Any, instance: Any, raw: bool, update_fields: Any = None, **kwargs: Any) -> None:
    """Check whether an account's name may change; a new account signs nothing yet, and signing in changes no name."""
    renamed = instance.pk is not None and (update_fields is None or bool(set(NAMES) & set(update_fields)))
    if renamed and raw:
        on_file = sender._default_manager.filter(pk=instance.pk).values_list(*NAMES).first()
        renamed = on_file is not None and on_file != tuple(getattr(instance, name) for name in NAMES)
    instance.is_renamed = renamed
    _check_turn(public=renamed)


def _account_changed(sender: type, instance: User, created: bool, **kwargs: object) -> None:
    if instance.__dict__.pop("is_renamed", False) and not created:
        changed()
