"""How firmly commitments are made: how many were agreed, announced by one side, stated as an intention."""

from typing import NamedTuple

from django.utils.translation import ngettext
from pyroaring import BitMap

from commitments.choices import Basis
from commitments.public.lists.catalogue import Catalogue


class Firmness(NamedTuple):
    """How many commitments there are on one basis."""

    basis: Basis
    n: int

    @property
    def words(self) -> str:
        """What follows their number."""
        match self.basis:
            case Basis.AGREED:
                return ngettext("engagement convenu", "engagements convenus", self.n)
            case Basis.ANNOUNCED:
                return ngettext("annoncé par une partie", "annoncés par une partie", self.n)
            case _:
                return ngettext("déclaré comme intention", "déclarés comme intentions", self.n)


def firmness(held: Catalogue, among: BitMap) -> list[Firmness]:
    """Return how many of the commitments `among` are on each basis, the firmest first; none is left out."""
    counts = held.sizes("basis", among)
    return [Firmness(basis, counts.get(basis, 0)) for basis in Basis.undertaken()]
