"""The calendars, read by other programs: vobject, and khal as a person uses it."""

import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
import vobject
from dateutil.rrule import rrulestr
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, strategies as st

from commitments.rules.review import publication
from commitments.rules.time import schedule
from tests import factories
from tests.data.addresses import CALENDARS
from tests.public.addresses import in_each_language
from tests.public.conftest import content_of, on

pytestmark = pytest.mark.one_database

EVERYTHING = "/calendrier/tout.ics"


def of(commitment):
    return f"/engagements/{commitment.reference}/calendrier.ics"


def read(response):
    """Return the events that vobject reads, by their identifier; the lines are what RFC 5545 asks for."""
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    lines = response.content.split(b"\r\n")
    assert lines.pop() == b""
    assert not any(b"\n" in line or b"\r" in line or len(line) > 75 for line in lines)
    calendar = vobject.readOne(response.content.decode())
    assert calendar.validate(raiseException=False)
    return {event.uid.value: event for event in calendar.contents.get("vevent", [])}


@pytest.fixture
def recurring(editor):
    """A public commitment that recurs each year, with the milestones that the rule made up to the next one."""
    return factories.make_commitment(
        reference="AES-RU-2025-09",
        recurrence="FREQ=YEARLY",
        recurrence_start=date(2025, 12, 31),
        published_by=editor,
    )


@pytest.fixture
def khal(tmp_path):
    """Return a function that runs khal in a home of its own, with one calendar, and returns what it prints."""
    (tmp_path / "vdir").mkdir()
    settings = tmp_path / "khal.conf"
    settings.write_text(
        f"[calendars]\n[[suivi]]\npath = {tmp_path}/vdir\n[locale]\nlocal_timezone = UTC\ndefault_timezone = UTC\n"
        "dateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\ntimeformat = %H:%M\ndatetimeformat = %Y-%m-%d %H:%M\n"
        f"longdatetimeformat = %Y-%m-%d %H:%M\n[sqlite]\npath = {tmp_path}/khal.db\n"
    )

    def run(*arguments):
        environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        command = [Path(sys.executable).with_name("khal"), "--config", str(settings), *arguments]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout  # noqa: S603

    return run


@pytest.mark.one_database
@pytest.mark.slow
def test_every_calendar_is_read_by_another_library(client, full_site):
    for _page, language, path in in_each_language(CALENDARS):
        response = client.get(path)
        events = read(response)

        assert ("retire" in _page.word) == (events == {})
        assert f"NAME;LANGUAGE={language}:" in response.content.decode()


def test_a_milestone_is_a_day_with_its_status_and_its_words(client, record):
    event = read(client.get(EVERYTHING))[str(record.milestone.uid)]

    assert (event.dtstart.value, event.dtend.value) == (date(2026, 6, 30), date(2026, 7, 1))
    assert event.summary.value == "AES-RU-2025-01 – Première livraison"
    assert event.summary.params["LANGUAGE"] == ["fr"]
    assert (event.status.value, event.transp.value, event.sequence.value) == ("TENTATIVE", "TRANSPARENT", "0")
    assert event.url.value == f"http://testserver{record.milestone.get_absolute_url()}"
    for words in ("Échéance dépassée", "Progrès limité", "La Russie a livré dix véhicules le 10 avril."):
        assert words in event.description.value


def test_a_quotation_says_that_the_day_of_its_source_is_deduced(client, record):
    source = record.milestone.citations.get().source
    source.published_on, source.published_on_reading_fr = date(2025, 4, 4), "Le texte dit « hier jeudi 3 avril »."
    source.save()

    event = read(client.get(EVERYTHING))[str(record.milestone.uid)]

    assert f"{source.reference}, Un article, 4 avril 2025 (jour déduit du texte)" in event.description.value


def test_a_milestone_met_is_confirmed_and_says_when(client, record):
    with on("2026-11-22"):
        before = read(client.get(EVERYTHING))[str(record.milestone.uid)]
        record.milestone.met_on = date(2026, 6, 1)
        record.milestone.save()
        event = read(client.get(EVERYTHING))[str(record.milestone.uid)]

    assert event.status.value == "CONFIRMED"
    assert "Réalisé le 1er juin 2026." in event.description.value
    assert int(event.sequence.value) == int(before.sequence.value) + 1
    assert event.last_modified.value > before.last_modified.value
    assert event.dtstart.value == date(2026, 6, 30)


def test_a_search_that_changes_the_status_makes_the_event_anew(client, record, analyst, editor):
    publication.withdraw(record.assessment, by=editor, reason="Erreur.")
    publication.withdraw(record.search, by=editor, reason="Erreur.")
    with on("2026-11-22"):
        before = read(client.get(EVERYTHING))[str(record.milestone.uid)]
        search = factories.make_search(commitment=record.commitment, proposed_by=analyst, published_by=editor)
        sought = read(client.get(EVERYTHING))[str(record.milestone.uid)]
    with on("2026-11-23"):
        publication.withdraw(search, by=editor, reason="Erreur.")
        after = read(client.get(EVERYTHING))[str(record.milestone.uid)]

    assert "Non évalué" in before.description.value
    assert "Aucune preuve disponible" in sought.description.value
    assert "Non évalué" in after.description.value
    assert before.last_modified.value < sought.last_modified.value < after.last_modified.value


def test_a_meeting_ends_after_its_last_day(client, record):
    record.meeting.ends_on = date(2025, 4, 4)
    record.meeting.place_fr = "Moscou"
    record.meeting.save()

    (event,) = [event for event in read(client.get(EVERYTHING)).values() if event.summary.value == "Consultations"]

    assert (event.dtstart.value, event.dtend.value) == (date(2025, 4, 3), date(2025, 4, 5))
    assert event.location.value == "Moscou"
    assert event.uid.value in read(client.get(of(record.commitment)))


def test_identifiers_are_the_same_in_both_languages_and_the_words_are_not(client, record):
    french, english = read(client.get(EVERYTHING)), read(client.get(f"/en{EVERYTHING}"))

    assert french.keys() == english.keys()
    assert english[str(record.milestone.uid)].summary.value == "AES-RU-2025-01 – First delivery"
    assert english[str(record.milestone.uid)].summary.params["LANGUAGE"] == ["en"]


def test_the_same_state_is_the_same_bytes(client, record, recurring):
    for path in (EVERYTHING, of(record.commitment), of(recurring)):
        assert client.get(path).content == client.get(path).content


def test_what_is_withdrawn_is_cancelled_and_tells_only_the_day_and_the_reason(client, record, editor):
    with on("2026-11-22"):
        publication.withdraw(record.milestone, by=editor, reason="Mal daté.")
        response = client.get(of(record.commitment))
    event = read(response)[str(record.milestone.uid)]

    assert event.status.value == "CANCELLED"
    assert event.sequence.value == "1"
    assert event.dtstart.value == date(2026, 11, 22)
    assert event.description.value == "Retiré le 22 novembre 2026. Motif : Mal daté."
    assert "20260630" not in response.content.decode()
    assert "Première livraison" not in response.content.decode()


def test_the_calendar_of_a_withdrawn_commitment_is_empty(client, record, editor):
    publication.withdraw(record.commitment, by=editor, reason="Doublon.")

    response = client.get(of(record.commitment))

    assert read(response) == {}
    assert "Force unifiée" not in response.content.decode()


@pytest.fixture
def dated(editor):
    """A public commitment that recurs on a day that its rule names, with the milestones made up to the next one."""
    return factories.make_commitment(
        reference="AES-RU-2025-10",
        recurrence="FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31",
        recurrence_start=date(2025, 12, 31),
        published_by=editor,
    )


def test_a_deadline_that_names_no_day_is_all_of_its_period_and_says_so(client, record):
    with on("2026-11-22"):
        record.milestone.due_from, record.milestone.due_on = date(2026, 1, 1), date(2026, 12, 31)
        record.milestone.due_precision = "year"
        record.milestone.reading_fr, record.milestone.place_fr = "L’année est une lecture.", "Un pays de l’AES"
        record.milestone.save()
        event = read(client.get(EVERYTHING))[str(record.milestone.uid)]
        english = read(client.get(f"/en{EVERYTHING}"))[str(record.milestone.uid)]

    assert (event.dtstart.value, event.dtend.value) == (date(2026, 1, 1), date(2027, 1, 1))
    assert event.summary.value == "AES-RU-2025-01 – Première livraison (2026, jour non précisé)"
    assert english.summary.value == "AES-RU-2025-01 – First delivery (2026, day not specified)"
    assert event.location.value == "Un pays de l’AES"
    assert "Période\u00a0: 2026, jour non précisé." in event.description.value
    assert "lecture faite ici\u00a0: L’année est une lecture." in event.description.value
    assert "31 décembre" not in event.description.value


def test_a_step_taken_in_a_period_is_shown_on_the_day_that_it_was_taken(client, record):
    with on("2026-11-22"):
        record.milestone.due_from, record.milestone.due_on = date(2026, 1, 1), date(2026, 12, 31)
        record.milestone.due_precision, record.milestone.met_on = "year", date(2026, 6, 1)
        record.milestone.save()
        event = read(client.get(EVERYTHING))[str(record.milestone.uid)]

    assert (event.dtstart.value, event.dtend.value) == (date(2026, 6, 1), date(2026, 6, 2))
    assert event.summary.value == "AES-RU-2025-01 – Première livraison"


def test_what_recurs_on_a_day_begins_after_the_milestones_on_file(client, dated):
    events = read(client.get(of(dated)))
    (series,) = [event for event in events.values() if hasattr(event, "rrule")]

    on_file = [event.dtstart.value for event in events.values() if event is not series]
    assert on_file == [date(2025, 12, 31), date(2026, 12, 31)]
    assert series.dtstart.value == date(2027, 12, 31)
    assert sorted(series.rrule.value.split(";")) == sorted(dated.recurrence.split(";"))
    uid = series.uid.value

    with on("2027-06-01"):
        schedule.extend(dated, by=dated.published_by)
        later = read(client.get(of(dated)))[uid]

    assert later.dtstart.value == date(2028, 12, 31)
    assert int(later.sequence.value) > int(series.sequence.value)


def test_what_recurs_in_periods_is_shown_period_by_period(client, recurring, editor):
    factories.make_milestone(commitment=recurring, due_on=date(2028, 12, 31), published_by=editor)
    events = read(client.get(of(recurring)))

    ahead = [event for event in events.values() if event.dtstart.value >= date(2027, 1, 1)]
    assert not any(hasattr(event, "rrule") for event in events.values())
    assert [(event.dtstart.value, event.dtend.value, event.summary.value[17:]) for event in ahead] == [
        (date(2027, 1, 1), date(2028, 1, 1), "Renforcer la Force unifiée (2027, jour non précisé)"),
        (date(2028, 12, 31), date(2029, 1, 1), "Première livraison"),
        (date(2029, 1, 1), date(2030, 1, 1), "Renforcer la Force unifiée (2029, jour non précisé)"),
    ]
    assert len({event.uid.value for event in events.values()}) == len(events) == 5
    assert not any("lecture" in event.description.value for event in events.values())


def test_what_is_not_on_file_yet_says_whose_reading_the_recurrence_is(client, recurring, dated):
    for commitment in (recurring, dated):
        commitment.recurrence_reading_fr = "L’année est une lecture."
        commitment.save()

        events = read(client.get(of(commitment))).values()

        ahead = [event.description.value for event in events if event.dtstart.value >= date(2027, 1, 1)]
        assert ahead
        assert all("Cette récurrence est une lecture faite ici : L’année est une lecture." in told for told in ahead)


def test_what_was_put_on_file_by_hand_is_not_shown_twice(client, dated, editor):
    factories.make_milestone(commitment=dated, due_on=date(2028, 12, 31), published_by=editor)

    parsed = icalendar.Calendar.from_ical(client.get(of(dated)).content)

    (series,) = [event for event in parsed.events if "RRULE" in event]
    assert [item.dt for item in series["EXDATE"].dts] == [date(2028, 12, 31)]


RULES = st.sampled_from(
    [
        *("FREQ=YEARLY", "FREQ=MONTHLY", "FREQ=WEEKLY", "FREQ=MONTHLY;INTERVAL=6", "FREQ=WEEKLY;INTERVAL=3"),
        *("FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=3,9", "FREQ=YEARLY;COUNT=4"),
        *("FREQ=MONTHLY;COUNT=9", "FREQ=WEEKLY;BYDAY=MO,TH;INTERVAL=2", "FREQ=YEARLY;UNTIL=20350101T000000Z"),
        *("FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    ]
)


@pytest.mark.slow
@given(RULES, st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 3000))
def test_the_rest_of_a_recurrence_is_its_tail(rule, start, days):
    whole = [moment.date() for _number, moment in zip(range(400), schedule.parse_recurrence(rule, start), strict=False)]
    last = start + timedelta(days=days)
    tail = [day for day in whole if day > last]

    series = schedule.beyond(rule, start, last=last)

    if series is None:
        assert tail == []
        return
    moments = rrulestr(series.rule, dtstart=_midnight(series.first))
    rest = [moment.date() for _number, moment in zip(tail, moments, strict=False)]
    assert rest == tail[: len(rest)]
    assert len(rest) == len(tail)


def _midnight(day):
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001


@pytest.mark.one_database
@pytest.mark.slow
def test_khal_takes_the_calendar_and_lists_it(client, record, dated, khal, tmp_path):
    file = tmp_path / "tout.ics"
    file.write_bytes(client.get(EVERYTHING).content)

    khal("import", "--batch", "-a", "suivi", str(file))
    file.write_bytes(client.get(EVERYTHING).content)
    khal("import", "--batch", "-a", "suivi", str(file))

    listed = khal("list", "--format", "{start-date} {title}", "2025-04-01", "2030-01-01").splitlines()
    told = [line for line in listed if "AES" in line or "Consultations" in line]
    assert told == [
        "2025-04-03 Consultations",
        "2025-12-31 AES-RU-2025-10 – Renforcer la Force unifiée\xa0: décembre 2025",
        "2026-06-30 AES-RU-2025-01 – Première livraison",
        "2026-12-31 AES-RU-2025-10 – Renforcer la Force unifiée\xa0: décembre 2026",
        "2027-12-31 AES-RU-2025-10 – Renforcer la Force unifiée",
        "2028-12-31 AES-RU-2025-10 – Renforcer la Force unifiée",
        "2029-12-31 AES-RU-2025-10 – Renforcer la Force unifiée",
    ]


def test_drafts_have_no_place_in_a_calendar(client, record, editor):
    factories.make_meeting(title_fr="Secret")
    factories.make_milestone(commitment=record.commitment, title_fr="Secret")
    draft = factories.make_commitment(title_fr="Secret", recurrence="FREQ=YEARLY", recurrence_start=date(2027, 1, 1))

    for path in (EVERYTHING, of(record.commitment)):
        assert "Secret" not in client.get(path).content.decode()
    assert client.get(of(draft)).status_code == 404
    assert client.get("/engagements/JAMAIS-2025-01/calendrier.ics").status_code == 404


def test_a_calendar_is_read_for_a_past_day(client, record, recurring):
    then = client.get(EVERYTHING, {"known_on": "2026-11-20"})
    before = read(client.get(EVERYTHING, {"as_of": "2025-04-02"}))

    assert read(then) == {}
    assert before == {}


@pytest.mark.one_database
def test_a_calendar_answers_head_and_304_and_refuses_the_rest(client, record):
    for path in (EVERYTHING, of(record.commitment)):
        whole = client.get(path)

        assert client.head(path).content == b""
        assert client.get(path, headers={"if-none-match": whole["ETag"]}).status_code == 304
        assert client.post(path).status_code == 405
        assert client.get(path, {"known_on": "x"}).status_code == 400


@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.parametrize("query", ["", "?known_on=2026-11-21"])
def test_the_queries_do_not_grow_with_the_events(client, record, recurring, editor, query):
    def count():
        with CaptureQueriesContext(connection) as queries:
            found = client.get(EVERYTHING + query)
        return len(queries), len(read(found))

    with on("2026-11-22"):
        publication.withdraw(factories.make_milestone(published_by=editor), by=editor, reason="Essai.")
    with on("2026-11-23"):
        few = count()
        for index in range(10):
            milestone = factories.make_milestone(published_by=editor, due_on=date(2027, 1, index + 1))
            factories.make_meeting(published_by=editor)
            if index % 2:
                publication.withdraw(milestone, by=editor, reason="Essai.")
        many = count()

    assert many[0] <= few[0] <= 40
    assert query or many[1] == few[1] + 20


@pytest.mark.slow
def test_a_past_day_has_the_titles_and_the_rules_of_then(client, record, dated, editor):
    factories.make_milestone(commitment=record.commitment, due_on=date(2027, 3, 1), published_by=editor)
    with on("2026-11-23"):
        record.commitment.title_fr = "Un autre titre"
        record.commitment.save()
        dated.recurrence, dated.recurrence_start = "", None
        dated.save()
    with on("2026-11-24"):
        then, now = (read(client.get(EVERYTHING, asked)) for asked in ({"known_on": "2026-11-22"}, {}))
        told = [content_of(client.get(EVERYTHING, asked)).decode() for asked in ({"known_on": "2026-11-22"}, {})]

    assert "Un autre titre" not in told[0].replace("\r\n ", "")
    assert "Un autre titre" in told[1].replace("\r\n ", "")
    assert any(hasattr(event, "rrule") for event in then.values())
    assert not any(hasattr(event, "rrule") for event in now.values())
