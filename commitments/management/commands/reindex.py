"""Make the index of words anew from what is public."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from commitments.rules import revision, word_index


class Command(BaseCommand):
    """Make the index of words anew from what is public; for a database whose rows were written behind our back."""

    help = "Refait l’index des mots que la recherche publique consulte, et relève la révision du public."

    def handle(self, *args: Any, **options: Any) -> None:
        """Index all public commitments, raise the revision, and say how many commitments there are."""
        n = word_index.rebuild()
        revision.advance()
        said = ngettext("%(n)d engagement public indexé.", "%(n)d engagements publics indexés.", n)
        self.stdout.write(said % {"n": n})
