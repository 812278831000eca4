"""manage.py reindex: rebuilds the word index from the public records."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from commitments.rules.act import act, changed
from commitments.rules.search import word_index


class Command(BaseCommand):
    """Rebuild the word index from the public records, for a database whose rows were written by other means."""

    help = "Refait l’index des mots que la recherche publique consulte, et relève la révision du public."

    def handle(self, *args: object, **options: Any) -> None:
        """Index all public commitments, raise the revision, and say how many commitments there are."""
        with act(public=True):
            n = word_index.rebuild()
            changed()
        said = ngettext("%(n)d engagement public indexé.", "%(n)d engagements publics indexés.", n)
        self.stdout.write(said % {"n": n})
