"""Parties: their list, and the page of one."""

from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from commitments.choices import UndertakingRole
from commitments.models import Commitment, Membership, Party, Source
from commitments.models.wording import Wording
from commitments.public.lists.apart import apart as apart_from
from commitments.public.lists.catalogue import Catalogue
from commitments.public.lists.charts import figures
from commitments.public.lists.deadlines import deadlines
from commitments.public.lists.table_rows import restore_rows
from commitments.public.pages.matrix import parts
from commitments.public.views import NamedView, PagedMixin, PagedView
from commitments.querysets.follow_up import of_parts
from commitments.querysets.past import undertakings
from commitments.reading import Reading
from commitments.rules.time.rewind import rewind
from commitments.typography import in_full


class Role(NamedTuple):
    """A role of a party in a commitment, in words, and on whose word it rests, if not the party's own."""

    label: str | Promise
    according_to: Party | None


class Belonging(NamedTuple):
    """The party at the other end of a membership, the role there, and which source says so, of which day."""

    party: Party
    role: Wording
    source: Source | None
    day: date | None

    @property
    def told(self) -> str:
        """Who says so and of which day, in words; "" if no source is named."""
        if self.source is None:
            return ""
        if self.day is None:
            return _("selon la source %(source)s") % {"source": self.source.cited_as}
        return _("selon la source %(source)s, le %(day)s") % {"source": self.source.cited_as, "day": in_full(self.day)}


class PartyListView(PagedView):
    """The parties of the public commitments, with the figures of what each undertakes."""

    template_name = "public/party_list.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        reading = self.reading
        context = self.page_of(Party.objects.with_page(reading).order_by("code"))
        parties = context.pop("records")
        held = self.catalogue
        rewind(reading, parties)
        rows = [
            (
                party,
                figures(held, held.bound(party.pk) & held.proper),
                held.favoured(party.pk).intersection_cardinality(held.proper),
            )
            for party in parties
        ]
        return super().get_context_data(**context, rows=rows, **kwargs)


class PartyView(PagedMixin, NamedView):
    """A party: what it undertakes and benefits from, with figures and deadlines; how much else concerns it."""

    model = Party
    slug_field = slug_url_kwarg = "code"
    template_name = "public/party.html"

    def get_queryset(self) -> QuerySet:
        return Party.objects.with_page(self.reading)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        reading, party = self.reading, self.object
        proper = Commitment.objects.published(reading).held(reading).undertaken()
        bound = proper.filter(pk__in=_in(party, reading, UndertakingRole.UNDERTAKES))
        held = self.catalogue
        rows = Commitment.objects.for_table(reading).undertaken().filter(concerning(party, reading))
        page = self.page_of(rows.order_by("reference"))
        own = parts(page["records"], reading)
        restore_rows(page["records"], reading)
        roles = roles_in(party, page["records"], held)
        for commitment in page["records"]:
            commitment.roles = roles.get(commitment.pk, [])
            commitment.own = own.get((commitment.pk, party.pk))
        rewind(reading, party)
        return super().get_context_data(
            **figures(held, held.bound(party.pk) & held.proper)._asdict(),
            **deadlines(bound, reading),
            **page,
            **belonging(party, reading),
            benefits=held.favoured(party.pk).intersection_cardinality(held.proper),
            apart=apart_from(held, held.of("party", party.pk)),
            **kwargs,
        )


def concerning(party: Party, reading: Reading) -> Q:
    """Return the condition that `party` has a role in a commitment, or that its part in it was looked at apart.

    That of a member may be in what its organisation undertakes: that is on the pages of both.
    """
    return Q(pk__in=_in(party, reading, *UndertakingRole)) | of_parts(reading, "commitment", party=party)


def _in(party: Party, reading: Reading, *roles: UndertakingRole) -> QuerySet:
    return undertakings(reading).filter(party=party, role__in=roles).values("commitment")


def roles_in(party: Party, commitments: list[Commitment], held: Catalogue) -> dict[int, list[Role]]:
    """Return the roles of `party` in each of `commitments`, by primary key, as known on the day read."""
    return {
        commitment.pk: [
            Role(role.named_on(commitment.basis), held.word_of(role, party.pk, commitment.pk))
            for role in UndertakingRole
            if commitment.pk in held.roles[role].get(party.pk, ())
        ]
        for commitment in commitments
    }


def memberships(reading: Reading) -> QuerySet:
    """Return the memberships that hold on the day read."""
    begun = Q(since__isnull=True) | Q(since__lte=reading.day)
    return Membership.objects.filter(begun, Q(until__isnull=True) | Q(until__gte=reading.day))


def belonging(party: Party, reading: Reading) -> dict[str, list[Belonging]]:
    """Return the public parties that are members of `party` on the day read, and those that it is a member of."""
    public = Party.objects.with_page(reading).values("pk")
    ends = Q(organisation=party, member__in=public) | Q(member=party, organisation__in=public)
    rows = list(memberships(reading).filter(ends).select_related("organisation", "member"))
    rewind(reading, rows)
    named = {row.source_id for row in rows} - {None}
    sources = Source.objects.published(reading).held(reading).named().in_bulk(named)
    rewind(reading, sources.values())
    found: dict[str, list[Belonging]] = {"members": [], "organisations": []}
    for row in rows:
        is_member = row.organisation_id == party.pk
        other = row.member if is_member else row.organisation
        found["members" if is_member else "organisations"].append(_belonging(row, other, sources))
    rewind(reading, [item.party for items in found.values() for item in items])
    return found


def _belonging(row: Membership, other: Party, sources: dict[int, Source]) -> Belonging:
    """Return what is told of a membership: no more than that it is one, if its source is not among the public ones."""
    source = sources.get(row.source_id) if row.source_id else None
    if row.source_id and source is None:
        return Belonging(other, Wording("", ""), None, None)
    return Belonging(other, row.wording("role"), source, row.stated_on)
