"""manage.py import_article: puts article files on file as drafts, by the rules of the desk's form."""

from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _, ngettext

from commitments.choices import SourceKind
from commitments.models import Source
from commitments.rules.sourcing import intake
from commitments.rules.text import documents


class Command(BaseCommand):
    """Read each file and make its source: one line and one transaction each; a refused file stops no other."""

    help = "Puts article files (.txt, .html, .docx, .pdf) on file as drafts; exits 1 if any was refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the files, who signs, and what is known of all of them."""
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--by", required=True, help="user name of the account that signs the drafts")
        parser.add_argument("--publisher", help="of all the files, whatever they state")
        parser.add_argument("--author", help="of all the files, whatever they state")
        parser.add_argument("--url", help="address of the article, whatever it states; for a single file")
        parser.add_argument("--date", help="day of publication, YYYY-MM-DD, of all the files, whatever they state")
        parser.add_argument("--kind", choices=SourceKind.values, help="of all the files (press by default)")
        parser.add_argument("--reference-prefix", default="A", help="references are this and a number (A by default)")
        parser.add_argument("--allow-twins", action="store_true", help="take a text that is on file already")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and keep nothing")

    def handle(self, *args: object, **options: Any) -> None:
        """Print a line for each file. Raises CommandError for a wrong option, and if a file was refused."""
        User = get_user_model()
        try:
            by = User._default_manager.get_by_natural_key(options["by"])
        except User.DoesNotExist as error:
            raise CommandError(_("Le compte « %s » n’existe pas.") % options["by"]) from error
        given = self._given(options)
        refused = 0
        with transaction.atomic() if options["dry_run"] else nullcontext():
            for number, name in enumerate(options["files"], start=1):
                head = f"[{number}/{len(options['files'])}] {name}"
                try:
                    source, twins = self._take(name, by=by, given=given, options=options)
                except (ValidationError, IntegrityError, OSError) as error:
                    refused += 1
                    self.stderr.write(f"{head} : {_('refusé.')} {_reason(error)}")
                    continue
                self.stdout.write(f"{head} → {source}")
                for twin in twins:
                    self.stdout.write(
                        f"    {_('%(percent)d %% en commun avec') % {'percent': twin.percent}} {twin.name}"
                    )
                self.stdout.flush()
            if options["dry_run"]:
                transaction.set_rollback(True)
        self._conclude(len(options["files"]) - refused, refused, dry_run=options["dry_run"])

    def _given(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the fields that the options state. Raises CommandError for an invalid one."""
        given = {name: options[name] for name in ("publisher", "author", "url", "kind") if options[name] is not None}
        if options["date"] is not None:
            try:
                given["published_on"] = parse_date(options["date"])
            except ValueError:  # well formed, but no such day
                given["published_on"] = None
            if given["published_on"] is None:
                raise CommandError(_("« %s » n’est pas une date : AAAA-MM-JJ.") % options["date"])
        if "url" in given and len(options["files"]) > 1:
            raise CommandError(_("Une adresse est celle d’un seul article : --url ne va qu’avec un seul fichier."))
        return given

    def _take(self, name: str, *, by: Any, given: dict[str, Any], options: dict[str, Any]) -> tuple[Source, list[Any]]:
        path = Path(name)
        documents.check_size(path.stat().st_size)
        document = documents.read(path.read_bytes(), path.name)
        for remark in document.remarks:
            self.stderr.write(f"{name} : {remark}")
        return intake.archive(
            document, by=by, given=given, prefix=options["reference_prefix"], allow_twins=options["allow_twins"]
        )

    def _conclude(self, taken: int, refused: int, *, dry_run: bool) -> None:
        if dry_run:
            self.stdout.write(_("Essai : rien n’a été gardé."))
        message = ngettext("%(count)d article archivé.", "%(count)d articles archivés.", taken)
        self.stdout.write(message % {"count": taken})
        if refused:
            message = ngettext("%(count)d fichier refusé.", "%(count)d fichiers refusés.", refused)
            raise CommandError(message % {"count": refused}, returncode=1)


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return _("Une autre personne vient d’enregistrer la même référence : réessayez.")
