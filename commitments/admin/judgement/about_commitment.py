"""The form of what is said about one commitment: what it may refer to is that commitment's own."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise, cached_property

from commitments.admin.unsaved.concurrency import DeskForm
from commitments.models import Commitment
from commitments.rules.keys import a_key


class AboutCommitmentForm(DeskForm):
    """A record about one commitment."""

    @cached_property
    def commitment(self) -> Commitment | None:
        """The commitment that it is about, from the form, the URL or the record; None while unknown."""
        if self.is_bound and "commitment" in self.fields:
            key = self.data.get(self.add_prefix("commitment"))
        else:
            key = self.initial.get("commitment") or self.instance.commitment_id
        number = a_key(key)
        return Commitment.objects.filter(pk=number).first() if number is not None else None

    def offer(self, name: str, rows: QuerySet, condition: Q, *, refusal: str | Promise) -> None:
        """Offer in the field `name` those of `rows` that are this commitment's and meet `condition`.

        What was chosen before is offered too. Any other choice is refused with `refusal`.
        """
        field: Any = self.fields[name]
        offered = condition & Q(commitment=self.commitment) if self.commitment is not None else Q(pk=None)
        field.queryset = rows.filter(offered | Q(pk=getattr(self.instance, f"{name}_id")))
        field.widget.can_add_related = False
        field.error_messages["invalid_choice"] = refusal
