"""What each page says of itself, in a sentence or two, where its address is shared and where search engines list it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _, gettext_lazy

from commitments.public.records.vocabulary import MEANINGS
from commitments.typography import in_full

Page = Mapping[str, Any]
"""The context that a page is rendered with."""

LONGEST = 200
"""The characters of a summary that are shown: what networks and search engines show of a description, at most."""

SITE = gettext_lazy("Ce que des gouvernements ont promis, ce qu’il en est, et le passage de source qui le dit.")
"""What a page says that has nothing of its own to say, such as one that tells of an error."""

LISTS = {
    "sources": gettext_lazy(
        "Les articles, communiqués et documents au dossier : leur date, leur éditeur, et combien de fois chacun est "
        "cité."
    ),
    "discrepancies": gettext_lazy(
        "Les questions sur lesquelles les sources ne s’accordent pas : ce que dit chacune, la version retenue et "
        "pourquoi, ou la question restée ouverte."
    ),
    "sectors": gettext_lazy("Les engagements par domaine de coopération, et où en sont ceux de chaque domaine."),
    "parties": gettext_lazy(
        "Les États et les organisations : ce que chacun promet, ce dont il bénéficie, et ce qu’il en est."
    ),
    "matrix": gettext_lazy(
        "Les engagements évalués pour une seule partie : où en est chacun, pour elle et pour l’ensemble des parties."
    ),
    "chronology": gettext_lazy(
        "Jour après jour : les rencontres, les textes et les déclarations, les jalons, les évaluations et les "
        "échéances."
    ),
    "comparison": gettext_lazy("Deux jours comparés : ce qui a été ajouté, évalué, corrigé ou retiré entre eux."),
    "corrections": gettext_lazy(
        "Chaque correction et chaque retrait de ce qui était public : le jour, le motif, ce qui était écrit avant et "
        "après."
    ),
    "method": gettext_lazy(
        "Comment un texte devient un engagement, ce qui vaut preuve, qui évalue et qui publie, et ce que ce site ne "
        "sait pas."
    ),
    "search": gettext_lazy("Un mot, un nom ou une référence, cherchés dans ce que ce site publie."),
    "about": gettext_lazy("Ce que ce site contient, comment le lire, et qui en répond."),
}
"""By the name of their address, the pages that are about no one record."""


def of(name: str, page: Page) -> str:
    """Return what the page at the address called `name` says of itself."""
    if name in LISTS:
        return str(LISTS[name])
    make = RECORDS.get(name)
    return (make(page) if make else "") or str(SITE)


def home(page: Page) -> str:
    """Return what the first page says: the latest occasion, how firm its promises are, how old the evidence is."""
    occasion, last = page["occasion"], page["last_source"]
    if occasion is None or last is None:
        return ""
    counted = ", ".join(f"{item.n} {item.words}" for item in page["firmness"] if item.n)
    told = {"title": occasion.record.wording("title").text, "counted": counted, "day": in_full(last.published_on)}
    return _("%(title)s : %(counted)s. Dernière source datée au dossier : %(day)s.") % told


def commitments(page: Page) -> str:
    """Return what the list says: under a basis that is no commitment's, what that means."""
    apart = page["listing"].shown_apart
    if apart:
        return str(MEANINGS[apart.basis])
    return _(
        "Chaque engagement avec ses parties, son état et le jour auquel cet état se rapporte, son échéance et ses "
        "sources."
    )


def source(page: Page) -> str:
    """Return what a source's page says."""
    titled = {"title": page["cited"].title}
    return _("%(title)s : les passages qui en sont cités mot pour mot, et les engagements qu’ils concernent.") % titled


def summarised(page: Page) -> str:
    """Return the summary of a meeting or an instrument; without one, what its page has."""
    summary = page["record"].wording("summary").text
    if summary:
        return Truncator(summary).chars(LONGEST)
    titled = {"title": page["cited"].title}
    about = _("%(title)s : les engagements qui en sont issus, où ils en sont, et ce sur quoi les sources divergent.")
    return about % titled


def discrepancy(page: Page) -> str:
    """Return the answers that sources give."""
    values = [claim.wording("value").text for claim in page["record"].public_claims]
    return _("Ce que disent les sources : %(values)s.") % {"values": " / ".join(values)}


def sector(page: Page) -> str:
    """Return what a sector's page says."""
    named = {"name": page["record"].wording("name").text}
    return (
        _("%(name)s : les engagements de ce domaine, où en est chacun, les échéances et les dernières évaluations.")
        % named
    )


def party(page: Page) -> str:
    """Return what a party's page says."""
    named = {"name": page["record"].wording("name").text}
    return _("%(name)s : ce que cette partie promet, ce dont elle bénéficie, et où en est chaque engagement.") % named


def corrected(page: Page) -> str:
    """Return what the page of a commitment's corrections says."""
    named = {"reference": page["record"].reference}
    return (
        _("Ce qui a été corrigé ou retiré de l’engagement %(reference)s : le jour, le motif, l’avant et l’après.")
        % named
    )


RECORDS: dict[str, Callable[[Page], str]] = {
    "home": home,
    "commitments": commitments,
    "source": source,
    "meeting": summarised,
    "instrument": summarised,
    "discrepancy": discrepancy,
    "sector": sector,
    "party": party,
    "commitment-corrections": corrected,
}
"""By the name of their address, the pages whose sentence depends on what they show."""
