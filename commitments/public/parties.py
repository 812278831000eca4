"""Parties: their list, and the page of one."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.views.generic import DetailView

from commitments.choices import UndertakingRole
from commitments.models import Commitment, Membership, Party, Undertaking
from commitments.public.charts import figures, figures_by, made_of
from commitments.public.deadlines import deadlines
from commitments.public.matrix import apart, in_force
from commitments.public.rows import restore_rows
from commitments.public.views import PagedMixin, PagedView
from commitments.reading import Reading
from commitments.rules.rewind import rewind, rewind_undertakings

BOUND = Q(undertakings__role=UndertakingRole.UNDERTAKES)
FAVOURED = Q(undertakings__role=UndertakingRole.BENEFITS)


def public_parties(reading: Reading) -> QuerySet:
    """Return the parties of the public commitments, and those whose part in one is judged apart."""
    named = Party.objects.published(reading).values("pk")
    return Party.objects.filter(Q(pk__in=named) | Q(pk__in=apart(reading).values("party")))


class PartyListView(PagedView):
    """The parties of the public commitments, with the figures of what each undertakes."""

    template_name = "public/party_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reading = self.reading
        context = self.page_of(public_parties(reading).order_by("code"))
        parties = context.pop("records")
        proper = Commitment.objects.published(reading).held(reading).undertaken()
        mine = Q(undertakings__party__in=[party.pk for party in parties])
        counted = figures_by("undertakings__party", proper.filter(BOUND & mine), reading)
        favoured = proper.filter(FAVOURED & mine).order_by().values_list("undertakings__party").annotate(n=Count("pk"))
        benefits = dict(favoured)
        rewind(reading, parties)
        rows = [(party, counted.get(party.pk) or made_of(), benefits.get(party.pk, 0)) for party in parties]
        return super().get_context_data(**context, rows=rows, **kwargs)


class PartyView(PagedMixin, DetailView):
    """A party: what it undertakes and what it benefits from, the figures and deadlines of what it undertakes."""

    model = Party
    slug_field = slug_url_kwarg = "code"
    template_name = "public/party.html"
    context_object_name = "record"

    def get_queryset(self) -> QuerySet:
        return public_parties(self.reading)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reading, party = self.reading, self.object
        proper = Commitment.objects.published(reading).held(reading).undertaken()
        bound, favoured = (proper.filter(pk__in=_in(party, role)) for role in UndertakingRole)
        # A member is judged apart in what its organisation undertakes: it is on the page of both.
        own = Q(pk__in=_in(party, *UndertakingRole)) | Q(pk__in=apart(reading).filter(party=party).values("commitment"))
        rows = Commitment.objects.for_table(reading).undertaken().filter(own)
        page = self.page_of(rows.order_by("reference"))
        judged = in_force(page["records"], reading)
        roles = roles_in(party, page["records"], reading)
        restore_rows(page["records"], reading)
        for commitment in page["records"]:
            commitment.roles = roles.get(commitment.pk, [])
            commitment.own = judged.get((commitment.pk, party.pk))
        related = {"members": members(party, reading), "organisations": organisations(party, reading)}
        rewind(reading, [party, *related["members"], *related["organisations"]])
        return super().get_context_data(
            **figures(bound, reading)._asdict(),
            **deadlines(bound, reading),
            **page,
            **related,
            benefits=favoured.count(),
            **kwargs,
        )


def _in(party: Party, *roles: UndertakingRole) -> QuerySet:
    return Undertaking.objects.filter(party=party, role__in=roles).values("commitment")


def roles_in(party: Party, commitments: list[Any], reading: Reading) -> dict[int, list[str]]:
    """Return the roles of `party`, in words, in each of `commitments`, by its key, as known on the day read."""
    known = rewind_undertakings(reading, commitments)
    if known is None:
        keys = [commitment.pk for commitment in commitments]
        items = list(Undertaking.objects.filter(party=party, commitment__in=keys).order_by("-role"))
    else:
        items = [item for items in known.values() for item in items if item.party_id == party.pk]
    found: dict[int, list[str]] = {}
    for item in items:
        found.setdefault(item.commitment_id, []).append(item.get_role_display())
    return found


def members(party: Party, reading: Reading) -> list[Party]:
    """Return the public parties that are members of `party` on the day read."""
    return list(public_parties(reading).filter(pk__in=_memberships(reading, organisation=party, of="member")))


def organisations(party: Party, reading: Reading) -> list[Party]:
    """Return the public parties that `party` is a member of on the day read."""
    return list(public_parties(reading).filter(pk__in=_memberships(reading, member=party, of="organisation")))


def _memberships(reading: Reading, *, of: str, **whose: Party) -> QuerySet:
    current = Q(since__isnull=True) | Q(since__lte=reading.day)
    current &= Q(until__isnull=True) | Q(until__gte=reading.day)
    return Membership.objects.filter(current, **whose).values(of)
