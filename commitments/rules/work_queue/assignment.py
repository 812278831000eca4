"""Who follows a commitment at the desk. This is internal to the desk: nothing public depends on it."""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from commitments.choices import GONE
from commitments.models import Commitment
from commitments.rules import revision
from commitments.rules.act import perform
from commitments.rules.judging.evidence import Objection
from commitments.rules.people import Account, name_of
from commitments.rules.review import publication


def may_choose(by: Account) -> bool:
    """Return whether `by` may choose who follows any commitment, and not only take one or give it back."""
    return by.has_perm("commitments.change_commitment") and by.has_perm("commitments.publish_commitment")


def may_take_or_give_back(commitment: Commitment, *, by: User) -> bool:
    """Return whether `by` may take `commitment`, which nobody follows, or give back one that they follow."""
    to = None if commitment.assigned_to_id == by.pk else by
    return not _objections(commitment, to=to, by=by)


def assign(commitment: Commitment, *, to: User | None, by: User) -> None:
    """Make `to`, or nobody if None, the follower of `commitment`, published or not. Its history says who decided it.

    Whoever may change and publish commitments chooses anyone who works at the desk; whoever may only change them takes
    one that nobody follows, or somebody whose account is closed, or gives back their own. Raises Refused for anything
    else. Does nothing if `to` already follows it.
    """
    perform(lambda: _assign(commitment, to, by), public=revision.is_seen(commitment))


def _assign(commitment: Commitment, to: User | None, by: User) -> None:
    stored = Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)
    publication.refuse(_objections(stored, to=to, by=by))
    if stored.assigned_to_id != (to and to.pk):
        stored.assigned_to = to
        stored._history_user = by
        stored.save()
    commitment.assigned_to = stored.assigned_to


def _objections(commitment: Commitment, *, to: User | None, by: User) -> list[Objection]:
    """Return the objections to `by` giving `commitment` to `to`."""
    if not by.has_perm("commitments.change_commitment"):
        return [_objection("forbidden", _("Votre compte ne modifie pas les engagements."))]
    if commitment.state in GONE and to is not None:
        message = _("Cet engagement ne se suit plus : %s.") % commitment.get_state_display()
        return [_objection("ended", message)]
    if to is not None and not (to.is_active and to.is_staff):
        return [_objection("absent", _("%s ne travaille pas, ou plus, au bureau.") % name_of(to))]
    if may_choose(by):
        return []
    if to is not None and to != by:
        return [_objection("to_another", _("Vous ne pouvez attribuer un engagement qu’à vous-même."))]
    follower = commitment.assigned_to
    if follower is not None and follower.is_active and follower != by:
        message = _("%s suit déjà cet engagement : demandez à un éditeur de vous l’attribuer.")
        return [_objection("taken", message % name_of(follower))]
    return []


def _objection(code: str, message: str) -> Objection:
    return Objection(code, message, "assigned_to")
