"""manage.py send_reminders mails each person their queue, in their language, at most once a day."""

import threading
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection

from commitments.models import DeskPreference
from commitments.rules.review import publication
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(settings):
    settings.TRACKER_SITE_URL = "https://tracker.example.org"


@pytest.fixture
def waiting(analyst, editor):
    """A proposal for the editor, another sent back to the analyst."""
    factories.make_assessment(proposed_by=analyst)
    returned = factories.make_assessment(proposed_by=analyst)
    publication.send_back(returned, by=editor, reason="Quel jour ?")
    return returned


def send(**options):
    out = StringIO()
    call_command("send_reminders", stdout=out, **options)
    return out.getvalue()


def mails():
    return {message.to[0].split("@")[0]: message for message in mail.outbox}


def test_each_person_gets_their_own_queue_with_links(waiting):
    send()

    assert set(mails()) == {"awa", "boubacar"}
    subject, body = mails()["awa"].subject, mails()["awa"].body
    assert subject == "1 point vous attend au bureau – Renvoyé vers vous : 1"
    assert "Quel jour ?" in body
    assert f"https://tracker.example.org/admin/commitments/assessment/{waiting.pk}/change/" in body
    assert "https://tracker.example.org/admin/preferences/" in body
    assert "À relire : 1" in mails()["boubacar"].body
    assert "&#" not in body


def test_the_mail_is_in_the_language_of_the_person_and_so_are_its_links(waiting, analyst):
    DeskPreference.objects.create(user=analyst, language="en")

    send()

    assert "https://tracker.example.org/en/admin/preferences/" in mails()["awa"].body
    assert "November" in mails()["awa"].body
    assert "novembre" in mails()["boubacar"].body


def test_a_long_section_says_how_many_more_and_where(analyst):
    for _number in range(10):
        factories.make_discrepancy()

    send()

    body = mails()["awa"].body
    assert body.count("AES-RU-D") == 8
    assert "2 autres : https://tracker.example.org/admin/file/discrepancies/" in body


def test_what_waits_for_review_leads_to_its_own_page(analyst, editor):
    for _number in range(10):
        publication.propose(factories.make_meeting(), by=analyst)

    send()

    assert "2 autres : https://tracker.example.org/admin/relecture/" in mails()["boubacar"].body


@pytest.mark.slow
def test_once_a_day_and_again_the_next(waiting, analyst):
    send()
    send()
    assert len(mail.outbox) == 2
    assert DeskPreference.objects.get(user=analyst).reminded_on == date(2026, 11, 21)

    with time_machine.travel("2026-11-22T06:00:00Z", tick=False):
        send()

    assert len(mail.outbox) == 4


def test_nobody_is_mailed_without_a_queue_an_address_or_a_wish(waiting, analyst, editor):
    factories.make_user("rien")
    analyst.email = ""
    analyst.save()
    DeskPreference.objects.create(user=editor, wants_reminders=False)
    for number, fields in enumerate([{"is_active": False}, {"is_staff": False}]):
        account = factories.make_user(f"clos{number}", group="Editors")
        for name, value in fields.items():
            setattr(account, name, value)
        account.save()

    send()

    assert mail.outbox == []
    assert not DeskPreference.objects.exclude(reminded_on=None).exists()


@pytest.mark.slow
def test_mere_news_is_no_reason_for_a_mail(analyst, editor):
    declined = factories.make_assessment(proposed_by=analyst)
    publication.decline(declined, by=editor, reason="Hors sujet.")

    send()

    assert mail.outbox == []


def test_a_dry_run_says_who_would_be_mailed_and_does_nothing(waiting):
    out = send(dry_run=True)

    assert "awa@example.org: 1 point vous attend" in out
    assert mail.outbox == []
    assert not DeskPreference.objects.exists()


def test_it_refuses_without_the_address_of_the_site(waiting, settings):
    settings.TRACKER_SITE_URL = ""

    with pytest.raises(CommandError, match="TRACKER_SITE_URL=https://"):
        send()


class FailingFor(EmailBackend):
    """Sends to everybody but one."""

    name = "awa"

    def send_messages(self, messages):
        if any(self.name in message.to[0] for message in messages):
            raise ConnectionRefusedError("no route")
        return super().send_messages(messages)


def test_a_mail_that_fails_is_named_not_marked_and_keeps_nobody_waiting(waiting, analyst, capsys, settings):
    settings.EMAIL_BACKEND = f"{__name__}.FailingFor"
    yesterday = date(2026, 11, 21) - timedelta(days=1)
    DeskPreference.objects.create(user=analyst, reminded_on=yesterday)

    with pytest.raises(CommandError, match="awa") as raised:
        send()

    assert raised.value.returncode == 1
    assert "boubacar" not in str(raised.value)
    assert "awa: ConnectionRefusedError: no route" in capsys.readouterr().err
    assert set(mails()) == {"boubacar"}
    assert DeskPreference.objects.get(user=analyst).reminded_on == yesterday


def test_an_address_that_would_break_the_mail_is_named(waiting, analyst, capsys):
    analyst.email = "awa@example.org\nBcc: tous@example.org"
    analyst.save()

    with pytest.raises(CommandError, match="awa"):
        send()

    assert set(mails()) == {"boubacar"}
    assert DeskPreference.objects.filter(user=analyst, reminded_on=None).exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_one_mail():
    analyst = factories.make_user("awa", group="Analysts")
    factories.make_discrepancy()
    gate, faults = threading.Barrier(2), []

    def run():
        try:
            gate.wait(timeout=20)
            send()
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert faults == []
    assert [message.to for message in mail.outbox] == [[analyst.email]]
