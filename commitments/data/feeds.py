"""The feeds of changes: of everything, of a sector, of a party, of a commitment; each as Atom and as JSON Feed."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views import View

from commitments.choices import DiscrepancyOutcome, Status
from commitments.data import atom, jsonfeed, stream
from commitments.data.changes import Change, Texts, tell, urn
from commitments.models import Commitment, Party, Sector
from commitments.models.wording import Wording
from commitments.public.serving import state_of
from commitments.public.sharing.citing import site
from commitments.public.views import PagedMixin
from commitments.reading import Reading
from commitments.rules.time.rewind import rewind
from commitments.templatetags.public import with_days
from commitments.typography import in_full, language

PAGE_SIZE = 50
"""Entries on a page: fixed, never the reader's choice."""

KEPT = 64
"""How many pages of changes are cached as rows: each is rendered in two formats and two languages."""

MOST_DIGITS = 10
"""A page number has fewer digits than this."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries last changed."""

WHERE = 120
"""How many characters a title has of where a search looked."""

UNSIGNED = (stream.CORRECTED, stream.MET)
"""The acts that the public pages show without a name."""

BLANK = re.compile(r"\n\s*\n")
"""What a template leaves for an empty block."""

WRITERS: dict[str, tuple[Callable[[Any], bytes], str]] = {
    "atom": (atom.write, atom.CONTENT_TYPE),
    "json": (jsonfeed.write, jsonfeed.CONTENT_TYPE),
}
"""The writer of each format and its content type, by the ending of its address."""


class Entry(NamedTuple):
    """A change as an entry of a feed; its address and those within `html` are whole."""

    change: Change
    title: str
    url: str
    author: str
    html: str


class Feed(NamedTuple):
    """A page of a feed. `next` and `previous` are its neighbours (RFC 5005), None if there is none."""

    id: str
    title: str
    language: str
    author: str
    rights: str
    home: str
    address: str
    first: str
    next: str | None
    previous: str | None
    updated: datetime
    entries: list[Entry]


class FeedView(PagedMixin, View):
    """The feed of all changes, the latest first, a page at a time."""

    def subject(self) -> tuple[stream.Whose, str, str]:
        """Return what the feed is about, its title, and the address of the page that it follows. Raises Http404."""
        return None, _("tous les changements"), reverse("home")

    def get(self, request: HttpRequest, ending: str, **kwargs: object) -> HttpResponse:
        """Answer with a page of the feed, in the format that the address ends with."""
        of, title, home = self.subject()
        number, rows, has_next = self.page_without_count(of)
        changes = tell(rows, self.reading)

        def at(number: int) -> str:
            return self.in_full(request.path, page=number if number > 1 else None)

        write, content_type = WRITERS[ending]
        feed = Feed(
            id=urn(f"feed {with_days(request.path_info, self.reading)}"),
            title=f"{site()}, {title}",
            language=language(),
            author=site(),
            rights=_("Les textes cités restent la propriété de leurs éditeurs."),
            home=self.in_full(home),
            address=at(number),
            first=at(1),
            next=at(number + 1) if has_next else None,
            previous=at(number - 1) if number > 1 else None,
            updated=max((change.updated for change in changes), default=NEVER),
            entries=[self.entry(change) for change in changes],
        )
        return HttpResponse(write(feed), content_type=content_type)

    def page_without_count(self, of: stream.Whose) -> tuple[int, list[stream.Row], bool]:
        """Return the page asked for, its changes as rows, and whether there are more: a count would double the cost.

        Raises Refusal (404) if there is no such page.
        """
        wanted = self.wanted_page()
        number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < MOST_DIGITS else 0
        found = rows_of(state_of(self.request), self.reading, of, number) if number else []
        if not found and number != 1:
            raise self.missing_page(Paginator(stream.latest(self.reading, of), PAGE_SIZE))
        return number, found[:PAGE_SIZE], len(found) > PAGE_SIZE

    def in_full(self, path: str, **parameters: object) -> str:
        """Return `path`, with the days read, as an address in full."""
        return self.request.build_absolute_uri(with_days(path, self.reading, **parameters))

    def entry(self, change: Change) -> Entry:
        """Return `change` as an entry of a feed, in the active language."""
        address = self.in_full(change.subject.url or reverse("home"))
        context = {
            "change": change,
            "address": address,
            "before": label(change.before),
            "after": label(change.after),
            "status": label(change.status),
            "outcome": DiscrepancyOutcome(change.outcome).label if change.outcome else "",
            "party": getattr(change.record, "party", None),
            "reason": chosen(change.reason),
            "text": chosen(change.text),
            "is_markdown": bool(getattr(change.record, "markdown_fields", ())),
            "record": change.record,
            "signer": None if change.act in UNSIGNED else change.by or _("le bureau"),
            "reading": self.reading,
            "site": self.request.build_absolute_uri("/").rstrip("/"),
        }
        html = render_to_string("data/_change.html", context)
        return Entry(change, title_of(change), address, change.by or _("le bureau"), BLANK.sub("\n", html).strip())


@lru_cache(maxsize=KEPT)
def rows_of(_state: tuple[str, date], reading: Reading, of: stream.Whose, number: int) -> list[stream.Row]:
    """Return the changes of a page, and one more if there is a next one; cached for each revision."""
    return list(stream.latest(reading, of)[(number - 1) * PAGE_SIZE : number * PAGE_SIZE + 1])


class SectorFeedView(FeedView):
    """The feed of what changes in the commitments of a sector."""

    def subject(self) -> tuple[stream.Whose, str, str]:
        sector = get_object_or_404(Sector.objects.published(self.reading), slug=self.kwargs["slug"])
        rewind(self.reading, sector)
        title = _("secteur %(name)s") % {"name": sector.wording("name")}
        return sector, title, reverse("sector", args=[sector.slug])


class PartyFeedView(FeedView):
    """The feed of what changes in the commitments that a party has a role in, or is judged apart in."""

    def subject(self) -> tuple[stream.Whose, str, str]:
        party = get_object_or_404(Party.objects.with_page(self.reading), code=self.kwargs["code"])
        rewind(self.reading, party)
        return party, str(party.wording("name")), reverse("party", args=[party.code])


class CommitmentFeedView(FeedView):
    """The feed of what changes in a commitment.

    The feed of a withdrawn commitment stays, with its withdrawal as the one entry left: followers learn why it is gone,
    which no feed reader shows for a 410.
    """

    def subject(self) -> tuple[stream.Whose, str, str]:
        commitment = commitment_of(self.kwargs["reference"], self.reading)
        title = _("engagement %(reference)s") % {"reference": commitment.reference}
        if commitment.is_gone:
            return commitment, title, commitment.get_absolute_url()
        rewind(self.reading, commitment)
        return commitment, f"{title}, {commitment.wording('title')}", commitment.get_absolute_url()


def commitment_of(reference: str, reading: Reading) -> Any:
    """Return the commitment that is public for `reading`, or was and `is_gone`. Raises Http404 for any other."""
    for rows, is_gone in (
        (Commitment.objects.published(reading).held(reading), False),
        (Commitment.objects.withdrawn(reading).held(reading), True),
    ):
        found = rows.filter(reference=reference).first()
        if found is not None:
            found.is_gone = is_gone
            return found
    raise Http404


def label(status: str) -> str:
    """Return the label of a status; "" for none."""
    return str(Status(status).label) if status else ""


def chosen(texts: Texts) -> Wording | None:
    """Return a text in the active language, or else in the one that it has; None if it has none."""
    code = language() if language() in texts else next(iter(texts), None)
    return Wording(texts[code], code) if code else None


def title_of(change: Change) -> str:
    """Return the title of a change: what was done, to what.

    For an assessment, from which status to which; for a search, where it looked, and the status where it changed.
    """
    acts = {
        stream.PUBLISHED: _("Publication"),
        stream.NOTED: _("Note de suivi"),
        stream.CITED: _("Passage ajouté"),
        stream.ASSESSED: _("Évaluation"),
        stream.SUPERSEDED: _("Remplacement"),
        stream.MET: _("Jalon réalisé"),
        stream.SETTLED: _("Versions dites compatibles")
        if change.outcome == DiscrepancyOutcome.COMPATIBLE
        else _("Divergence tranchée"),
        stream.CORRECTED: _("Correction"),
        stream.WITHDRAWN: _("Retrait"),
    }
    subject = change.subject
    about = f"{subject.kind}, {subject.title}" if subject.title.text else subject.kind
    if change.act not in (stream.ASSESSED, stream.SUPERSEDED, stream.SEARCHED):
        return _("%(act)s : %(about)s") % {"act": acts[change.act], "about": about}
    party = change.record.party
    what = f"{change.commitment}, {subject.title}" + (f" ({party.wording('name')})" if party else "")
    reached = change.after if change.act == stream.SEARCHED else change.status
    moved = f"{label(change.before)} → {label(reached)}" if change.before else label(reached)
    words = {"about": what, "status": moved}
    if change.act == stream.SEARCHED:
        where = Truncator(change.record.wording("searched_where").text.rstrip(" .")).chars(WHERE)
        words |= {"day": in_full(change.record.searched_on), "where": where, "nothing": change.record.found_nothing}
        if change.moves:
            return _("Recherche du %(day)s (%(where)s) : %(nothing)s. %(status)s. %(about)s") % words
        return _("Recherche du %(day)s (%(where)s) : %(nothing)s. %(about)s") % words
    words |= {"act": acts[change.act], "day": in_full(change.record.as_of)}
    return _("%(act)s au %(day)s : %(status)s. %(about)s") % words
