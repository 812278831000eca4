"""Each page's description in linked data: the nodes of the records that it shows, and its place in the site.

Each function is given the context of a page, which has all that is needed: no queries are made here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from commitments.choices import CitationRole, UndertakingRole
from commitments.data import distributions, linked, publisher
from commitments.data.origin import Origin
from commitments.models import Citation, Record, Source
from commitments.public.sharing import citing
from commitments.typography import language

Page = Mapping[str, Any]
"""The context of a page, as its template reads it."""


def of(name: str, page: Page, origin: Origin) -> list[linked.Node]:
    """Return the nodes of the page at the address called `name`; none if it has no description."""
    make = PAGES.get(name)
    return make(page, origin) if make else []


def home(page: Page, origin: Origin) -> list[linked.Node]:
    """Return the site, and what can be downloaded from it."""
    data = linked.dataset(
        origin,
        distributions.page(),
        origin.id("catalog"),
        distributions.foremost(),
        name=citing.site(),
        description=publisher.description(),
    )
    return [linked.website(origin, citing.site(), language()), data]


def commitment(page: Page, origin: Origin) -> list[linked.Node]:
    """Return a commitment and the assessment in force."""
    record, current = page["record"], page["whole"].current
    quoted = _sources(page["said"][CitationRole.SUPPORTS].citations)
    bound = [item for item in record.public_undertakings if item.role == UndertakingRole.UNDERTAKES]
    authors = {item.pk: item for item in (role.according_to or role.party for role in bound)}.values()
    nodes = [
        _trail(origin, (_("Engagements"), "commitments"), record),
        linked.claim(origin, record, authors, quoted, page["instrument"]) | linked.disputed(origin, page["disputed"]),
    ]
    if current is not None:
        nodes.append(linked.claim_review(origin, record, current, _sources(current.public_citations)))
    return nodes


def meeting(page: Page, origin: Origin) -> list[linked.Node]:
    """Return a meeting."""
    record = page["record"]
    event = linked.event(origin, record, record.participants.all()) | linked.disputed(origin, page["discrepancies"])
    return [_trail(origin, record), event]


def instrument(page: Page, origin: Origin) -> list[linked.Node]:
    """Return the place of the text in the site: under the meeting that it came out of, if that is public."""
    above = [page["meeting"]] if page["meeting"] else []
    return [_trail(origin, *above, page["record"])]


def source(page: Page, origin: Origin) -> list[linked.Node]:
    """Return an article or a document on file."""
    record = page["record"]
    return [_trail(origin, (_("Sources"), "sources"), record), linked.source(origin, record)]


def party(page: Page, origin: Origin) -> list[linked.Node]:
    """Return a party, with its members or what it is a member of."""
    record = page["record"]
    whole = linked.party_in_full(origin, record, page["members"], page["organisations"])
    return [_trail(origin, (_("Parties"), "parties"), record), whole]


PAGES: dict[str, Callable[[Page, Origin], list[linked.Node]]] = {
    "home": home,
    "commitments": lambda page, origin: [_trail(origin, (_("Engagements"), "commitments"))],
    "commitment": commitment,
    "meeting": meeting,
    "instrument": instrument,
    "source": source,
    "party": party,
    "discrepancy": lambda page, origin: [_trail(origin, (_("Divergences"), "discrepancies"), page["record"])],
    "sector": lambda page, origin: [_trail(origin, (_("Secteurs"), "sectors"), page["record"])],
}
"""The pages that have a description, by the names of their addresses."""


def _trail(origin: Origin, *below: Record | tuple[str, str]) -> linked.Node:
    """Return the trail from the first page down `below`: records, and lists by their name and that of their address."""
    steps = [(_("Accueil"), origin.page("home"))]
    for step in below:
        if isinstance(step, tuple):
            steps.append((step[0], origin.page(step[1])))
        else:
            steps.append((_name(step), origin.page_of(step)))
    return linked.trail(steps)


def _name(record: Record) -> str:
    """Return the name of `record` on its page."""
    if isinstance(record, Source):
        return str(record.label)
    field = next(name for name in ("title", "question", "name") if hasattr(record, f"{name}_fr"))
    return str(record.wording(field))


def _sources(citations: list[Citation]) -> list[Source]:
    return [citation.source for citation in citations]
