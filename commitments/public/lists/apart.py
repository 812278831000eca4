"""What is recorded without being a commitment: never counted among commitments, always under its own name."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from pyroaring import BitMap

from commitments.choices import Basis
from commitments.public.lists.catalogue import Catalogue

CONCERNED = gettext_lazy("Parties concernées")
"""What heads the parties of what is no commitment."""


class Words(NamedTuple):
    """What is said of the records on one basis that is no commitment's."""

    name: Callable[[int], str]
    sentence: Callable[[int], str]
    """That so many are no commitments, as HTML."""
    opening: Promise
    """How the story of one of them begins."""
    heading: Promise
    """What heads the column of their titles."""
    caption: Promise
    """What a table of them is called."""
    group: Promise
    """What heads those that a search finds."""
    folder: str
    """The folder of their list, where the site is published as files."""


WORDS = {
    Basis.EXPECTED: Words(
        lambda n: ngettext("%(n)s attente d’avant rencontre", "%(n)s attentes d’avant rencontre", n),
        lambda n: ngettext(
            "<strong>%(n)s</strong> attente d’avant rencontre, qui n’est pas un engagement.",
            "<strong>%(n)s</strong> attentes d’avant rencontre, qui ne sont pas des engagements.",
            n,
        ),
        gettext_lazy("Une source dit que cela est attendu."),
        gettext_lazy("Ce qui est attendu"),
        gettext_lazy("Attentes, une par ligne"),
        gettext_lazy("Attentes d’avant rencontre"),
        "attentes",
    ),
    Basis.ENVISAGED: Words(
        lambda n: ngettext("%(n)s possibilité envisagée", "%(n)s possibilités envisagées", n),
        lambda n: ngettext(
            "<strong>%(n)s</strong> possibilité envisagée par une partie, qui n’est pas un engagement.",
            "<strong>%(n)s</strong> possibilités envisagées par une partie, qui ne sont pas des engagements.",
            n,
        ),
        gettext_lazy("Une partie dit y voir une possibilité."),
        gettext_lazy("Ce qui est envisagé"),
        gettext_lazy("Possibilités envisagées, une par ligne"),
        gettext_lazy("Possibilités envisagées"),
        "possibilites",
    ),
}
"""Of every basis of `Basis.not_undertaken`."""


class Apart(NamedTuple):
    """How many records there are on one basis that is no commitment's."""

    basis: Basis
    n: int

    @property
    def counted(self) -> str:
        """Their number and their name."""
        return name(self.basis, self.n) % {"n": self.n}

    @property
    def sentence(self) -> SafeString:
        """The sentence that heads their list, as HTML, its number set off."""
        return format_html(sentence(self.basis, self.n).replace("%(n)s", "{n}"), n=self.n)

    @property
    def heading(self) -> Promise:
        """What heads the column of their titles."""
        return WORDS[self.basis].heading

    @property
    def caption(self) -> Promise:
        """What a table of them is called."""
        return WORDS[self.basis].caption


def apart(held: Catalogue, among: BitMap | None = None) -> list[Apart]:
    """Return what the catalogue `held` has, or `among` only, that is no commitment; a basis without any is left out."""
    counts = {basis: len(keys if among is None else keys & among) for basis, keys in held.apart.items()}
    return [Apart(basis, n) for basis, n in counts.items() if n]


def name(basis: Basis, n: int) -> str:
    """Return the name of `n` records on `basis`, with a place for the number."""
    return WORDS[basis].name(n)


def sentence(basis: Basis, n: int) -> str:
    """Return the sentence that says that `n` records on `basis` are no commitments, with a place for the number."""
    return WORDS[basis].sentence(n)


def opening(basis: Basis) -> str | Promise:
    """Return the sentence that the story of a record on `basis` begins with."""
    match basis:
        case Basis.AGREED:
            return _("L’engagement est pris.")
        case Basis.ANNOUNCED:
            return _("L’annonce est faite.")
        case Basis.INTENTION:
            return _("L’intention est rapportée.")
        case _:
            return WORDS[basis].opening
