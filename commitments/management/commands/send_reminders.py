"""manage.py send_reminders: mails each person at the desk what waits for them. Meant for a daily timer."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from commitments.admin.work_queue import queue
from commitments.rules.people import name_of
from commitments.rules.work_queue import reminders
from commitments.rules.work_queue.sections import SectionPreview
from commitments.rules.work_queue.worklist import worklist

IN_SUBJECT = 3
"""How many sections the subject names."""


class Command(BaseCommand):
    """Mail each person their work queue, in their language, at most once a day."""

    help = "Mails each active staff person their work queue, in their language, at most once a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare whether to send at all."""
        parser.add_argument("--dry-run", action="store_true", help="say who would be mailed what; send nothing")

    def handle(self, *args: object, **options: Any) -> None:
        """Print each e-mail sent. Raises CommandError if no link can be made, or if an e-mail failed.

        A person whose e-mail fails is named with the reason, is not marked as reminded, and does not stop the others.
        """
        if not settings.TRACKER_SITE_URL:
            raise CommandError(
                "TRACKER_SITE_URL is unset, so links in e-mails would lead nowhere. "
                "Set it to the site's address: TRACKER_SITE_URL=https://tracker.example.org"
            )
        failed = []
        for user in reminders.recipients():
            try:
                sent = _remind(user, dry_run=options["dry_run"])
            except Exception as error:  # whatever a mail server, an address or a queue may raise
                self.stderr.write(f"{user.get_username()}: {type(error).__name__}: {error}")
                failed.append(user.get_username())
                continue
            if sent is not None:
                self.stdout.write(f"{sent.to[0]}: {sent.subject}")
        if failed:
            raise CommandError(", ".join(failed), returncode=1)


def _remind(user: User, *, dry_run: bool) -> EmailMessage | None:
    """Mail `user` their queue; return the e-mail, or None if none is due. Nothing is sent or marked if `dry_run`."""
    today = timezone.localdate()
    preference = reminders.preference(user)
    with translation.override(preference.language):
        sections = worklist(user, today=today)
        if not reminders.is_due(user, sections, today=today):
            return None
        email = _email(user, sections)
    if dry_run:
        return email
    if not reminders.claim(user, today=today):
        return None
    try:
        email.send()
    except BaseException:
        reminders.release(user, before=preference.reminded_on)
        raise
    return email


def _email(user: Any, sections: list[SectionPreview]) -> EmailMessage:
    """Return the e-mail to `user` about `sections`, in the active language."""
    total = sum(section.total for section in sections)
    named = [f"{section.heading} : {section.total}" for section in sections[:IN_SUBJECT]]
    if len(sections) > IN_SUBJECT:
        named.append("…")
    subject = ngettext("%(n)d point vous attend au bureau", "%(n)d points vous attendent au bureau", total)
    parts = [
        {
            "section": section,
            "entries": [queue.Entry(entry.line, _absolute(entry.url)) for entry in queue.entries(section.lines)],
            "more": section.total - len(section.lines),
            "url": _absolute(queue.whole(section.key)),
        }
        for section in sections
    ]
    context = {
        "name": name_of(user),
        "parts": parts,
        "desk": _absolute(reverse("admin:index")),
        "preferences": _absolute(reverse("admin:preferences")),
    }
    return EmailMessage(
        f"{subject % {'n': total}} – {' ; '.join(named)}",
        render_to_string("mail/queue.txt", context),
        to=[user.email],
    )


def _absolute(path: str) -> str:
    return f"{settings.TRACKER_SITE_URL}{path}"
