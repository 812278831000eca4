"""Pages read for a past day, on each axis."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Source, Undertaking
from commitments.reading import Reading
from commitments.rules.review import publication
from commitments.rules.time.rewind import rewind
from tests import factories
from tests.public.conftest import addresses, make_internal, on, text_of


def test_as_of_the_day_before_shows_the_former_status(client, record, analyst, editor):
    factories.make_assessment(
        commitment=record.commitment,
        status="complete",
        as_of=date(2025, 9, 1),
        rationale_fr="Tout y est.",
        proposed_by=analyst,
        published_by=editor,
    )
    address = record.commitment.get_absolute_url()

    before, after = client.get(f"{address}?as_of=2025-08-31"), client.get(f"{address}?as_of=2025-09-01")

    assert before.context["whole"].status == "limited"
    assert "Tout y est." not in text_of(before)
    assert after.context["whole"].status == "complete"


def test_as_of_before_it_was_made_there_is_no_such_page_and_a_way_to_today(client, record):
    page = client.get(f"{record.commitment.get_absolute_url()}?as_of=2025-04-02")

    assert page.status_code == 404
    assert "Essayer la même adresse aujourd’hui" in text_of(page)


@pytest.mark.slow
def test_known_on_before_publication_hides(client, analyst, editor):
    with on("2026-05-01"):
        commitment = factories.make_commitment(published_by=editor)
    with on("2026-06-01"):
        factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
    address = commitment.get_absolute_url()

    assert client.get(f"{address}?known_on=2026-04-30").status_code == 404
    assert client.get(f"{address}?known_on=2026-05-31").context["whole"].status == "not_assessed"
    assert client.get(f"{address}?known_on=2026-06-01").context["whole"].status == "limited"
    assert commitment.reference not in text_of(client.get("/engagements/?known_on=2026-04-30"))
    assert client.get("/?known_on=2026-04-30").context["total"] == 0


@pytest.mark.slow
def test_known_on_shows_the_texts_as_they_were(client, editor):
    with on("2026-05-01"):
        commitment = factories.make_commitment(
            title_fr="Titre d’alors", statement_fr="Énoncé d’alors.", published_by=editor
        )
        note = factories.make_note(commitment=commitment, body_fr="Note d’alors.", published_by=editor)
    with on("2026-07-01"):
        commitment.title_fr, commitment.statement_fr = "Titre récent", "Énoncé récent."
        commitment.save()
        note.body_fr = "Note récente."
        note.save()
        Undertaking.objects.create(commitment=commitment, party=factories.make_party("ML"), role="undertakes")

    then = text_of(client.get(f"{commitment.get_absolute_url()}?known_on=2026-06-01"))
    now = text_of(client.get(commitment.get_absolute_url()))
    listed = text_of(client.get("/engagements/?known_on=2026-06-01"))

    for words in ("Titre d’alors", "Énoncé d’alors.", "Note d’alors."):
        assert words in then
        assert words not in now
    assert "Titre d’alors" in listed
    assert "Titre récent" not in listed + then


def test_known_on_before_the_withdrawal_shows_the_judgement_in_full(client, analyst, editor):
    with on("2026-05-01"):
        assessment = factories.make_assessment(rationale_fr="Motifs d’alors.", proposed_by=analyst, published_by=editor)
    with on("2026-07-01"):
        publication.withdraw(assessment, by=editor, reason="Source démentie.")
    address = assessment.commitment.get_absolute_url()

    then, now = client.get(f"{address}?known_on=2026-06-30"), client.get(address)

    assert then.context["whole"].status == "limited"
    assert "Motifs d’alors." in text_of(then)
    assert "Source démentie." not in text_of(then)
    assert now.context["whole"].status == "not_assessed"
    assert "Source démentie." in text_of(now)


def test_known_on_a_note_that_was_internal_then_stays_hidden(client, editor):
    with on("2026-11-18"):
        commitment = factories.make_commitment(published_by=editor)
        note = factories.make_note(commitment=commitment, body_fr="NOTE-INTERNE", published_by=editor)
        cited = factories.make_citation(note=note, exact="La Force unifiée est saluée.", published_by=editor)
        make_internal(note)
    with on("2026-11-20"):
        note.visibility, note.body_fr = "public", "Note expurgée."
        note.save()

    address = commitment.get_absolute_url()
    then = text_of(client.get(f"{address}?known_on=2026-11-19"))
    source = text_of(client.get(f"{cited.source.get_absolute_url()}?known_on=2026-11-19"))

    assert "NOTE-INTERNE" not in then
    assert "Note de suivi" not in source
    assert "Note expurgée." in text_of(client.get(address))


def test_known_on_a_passage_of_another_source_then_is_not_told_of_this_one(client, editor):
    with on("2026-11-18"):
        source = factories.make_source(published_by=editor)
        commitment = factories.make_commitment(published_by=editor)
        cited = factories.make_citation(
            commitment=commitment, exact="La Force unifiée est saluée.", published_by=editor
        )
    with on("2026-11-20"):
        cited.source = source
        cited.save()

    address = source.get_absolute_url()

    assert "La Force unifiée est saluée." not in text_of(client.get(f"{address}?known_on=2026-11-19"))
    assert "La Force unifiée est saluée." in text_of(client.get(address))


@pytest.mark.slow
def test_known_on_the_latest_changes_leave_out_a_note_that_was_internal_then(client, editor):
    with on("2026-11-18"):
        commitment = factories.make_commitment(published_by=editor)
        note = factories.make_note(commitment=commitment, published_by=editor)
        make_internal(note)
    with on("2026-11-20"):
        note.visibility = "public"
        note.save()

    def told(query):
        return {change.kind for change in client.get(f"/{query}").context["changes"]}

    assert "note" not in told("?known_on=2026-11-19")
    assert "note" in told("")


def test_known_on_shows_the_sector_of_then_as_it_was_named_then(client, editor):
    with on("2026-05-01"):
        then = factories.make_sector("energie", name_fr="Énergie d’alors")
        commitment = factories.make_commitment(sector=then, published_by=editor)
    with on("2026-07-01"):
        then.name_fr = "Énergie renommée"
        then.save()
        commitment.sector = factories.make_sector("sante")
        commitment.save()

    for address in (commitment.get_absolute_url(), "/engagements/"):
        page = client.get(f"{address}?known_on=2026-06-01").content.decode()
        body = page.split("<tbody")[-1] if address == "/engagements/" else page
        assert "Énergie d’alors" in body
        assert "Énergie renommée" not in body


@pytest.mark.slow
def test_known_on_names_the_parties_as_they_were_named_then(client, analyst, editor):
    with on("2026-05-01"):
        party = factories.make_party("ML", name_fr="Mali d’alors")
        meeting = factories.make_meeting(published_by=editor)
        meeting.participants.add(party)
        instrument = factories.make_instrument(meeting=meeting, published_by=editor)
        instrument.issuers.add(party)
        commitment = factories.make_commitment(undertakes="ML", instrument=instrument, published_by=editor)
        judged = {"commitment": commitment, "party": party, "proposed_by": analyst, "published_by": editor}
        factories.make_assessment(**judged)
    with on("2026-07-01"):
        party.name_fr = "Mali renommé"
        party.save()

    page = commitment.get_absolute_url()
    pages = [page, f"{page}integrer/", meeting.get_absolute_url(), instrument.get_absolute_url()]
    pages += ["/", "/engagements/", "/secteurs/securite/", "/parties/ML/", "/matrice/"]
    for address in pages:
        page = client.get(f"{address}?known_on=2026-06-01").content.decode()
        assert "Mali d’alors" in page, address
        assert "Mali renommé" not in page, address


def test_known_on_an_instrument_comes_out_of_the_meeting_of_then(client, editor):
    with on("2026-05-01"):
        then, now = (factories.make_meeting(published_by=editor) for _ in range(2))
        instrument = factories.make_instrument(meeting=then, published_by=editor)
        factories.make_commitment(instrument=instrument, published_by=editor)
    with on("2026-07-01"):
        instrument.meeting = now
        instrument.save()
    address = instrument.get_absolute_url()

    assert client.get(f"{address}?known_on=2026-06-01").context["meeting"] == then
    assert client.get(address).context["meeting"] == now


def test_the_list_of_sources_counts_the_citations_that_the_page_shows(client, record):
    for day, n in (("2025-04-02", 0), ("2025-04-03", 1)):
        rows = client.get(f"/sources/?as_of={day}").context["records"]
        [listed] = [row.citation_count for row in rows if row.pk == record.source.pk]
        page = client.get(f"{record.source.get_absolute_url()}?as_of={day}")

        assert listed == page.context["passage_count"] == n


def test_rewinding_rows_without_their_text_does_not_read_it(record):
    sources = list(Source.objects.for_list())

    with CaptureQueriesContext(connection) as queries:
        rewind(Reading(known_on=date(2026, 11, 21)), sources)

    assert queries
    assert not any('"text"' in query["sql"] for query in queries)


def test_known_on_a_decision_not_yet_recorded_leaves_the_question_open(client, editor):
    with on("2026-05-01"):
        discrepancy = factories.make_discrepancy(published_by=editor)
    with on("2026-07-01"):
        claim = discrepancy.claims.first()
        claim.is_adopted = True
        claim.save()
        discrepancy.settled_on, discrepancy.settled_by, discrepancy.reason_fr = (
            date(2026, 7, 1),
            editor,
            "Motif récent.",
        )
        discrepancy.save()

    address = discrepancy.get_absolute_url()
    then, now = text_of(client.get(f"{address}?known_on=2026-06-30")), text_of(client.get(address))

    assert "laissée ouverte" in then
    assert "Motif récent." not in then
    assert "Motif récent." in now
    assert "laissée ouverte" in text_of(client.get("/divergences/?known_on=2026-06-30"))


def test_known_on_a_settlement_replaced_since_is_that_of_then(client, editor):
    with on("2026-05-01"):
        adopted = factories.make_discrepancy(settled_on=date(2026, 4, 30), settled_by=editor, published_by=editor)
    with on("2026-07-01"):
        adopted.is_compatible, adopted.reason_fr = True, "Motif récent."
        adopted._history_user = editor
        adopted.save()
        claim = adopted.claims.get(is_adopted=True)
        claim.is_adopted, claim._history_user = False, editor
        claim.save()
    address = adopted.get_absolute_url()

    then, now = text_of(client.get(f"{address}?known_on=2026-06-30")), text_of(client.get(address))

    assert "Valeur retenue : Le 3 avril" in then
    assert "Motif récent." not in then
    assert "ompatibles" not in then
    assert "Versions compatibles : toutes peuvent être vraies" in now
    assert "Motif récent." in now
    home = client.get("/?known_on=2026-06-30")
    assert home.context["disputed"] == []
    assert [(change.kind, change.day) for change in home.context["changes"]] == [
        ("discrepancy", date(2026, 5, 1)),
        ("settled", date(2026, 5, 1)),
    ]
    assert ("compatible", date(2026, 7, 1)) in [(item.kind, item.day) for item in client.get("/").context["changes"]]


def test_a_publisher_s_refusal_holds_for_past_readings_too(client, editor):
    with on("2026-05-01"):
        text = f"FIN-CACHEE. {'Très loin de là. ' * 40}{factories.TEXT}"
        source = factories.make_source(text=text, text_is_public=True, published_by=editor)
        meeting = factories.make_meeting(published_by=editor)
        factories.make_citation(meeting=meeting, source=source, published_by=editor)
    with on("2026-07-01"):
        source.text_is_public = False
        source.save()

    page = client.get(f"{source.get_absolute_url()}?known_on=2026-06-01")

    assert page.status_code == 200
    assert "FIN-CACHEE" not in text_of(page)


def test_a_milestone_met_later_is_not_met_yet(client, record, editor):
    factories.make_milestone(
        commitment=record.commitment, due_on=date(2025, 12, 31), met_on=date(2025, 12, 1), published_by=editor
    )
    address = record.commitment.get_absolute_url()

    before = client.get(f"{address}?as_of=2025-11-30").context["steps"]
    after = client.get(f"{address}?as_of=2025-12-01").context["steps"]

    assert (before[0].timeliness, before[0].met_on) == ("due_soon", None)
    assert (after[0].timeliness, after[0].met_on) == ("met_on_time", date(2025, 12, 1))


@pytest.mark.slow
def test_a_page_read_in_the_past_says_so_and_keeps_its_days_from_link_to_link(client, record):
    for address in addresses(record):
        joint = "&" if "?" in address else "?"
        page = client.get(f"{address}{joint}as_of=2026-11-20&known_on=2026-11-20")
        if page.status_code == 404:  # published on the 21st
            page = client.get(f"{address}{joint}as_of=2026-11-20")
        html = page.content.decode()

        assert 'class="band"' in html, address
        assert "20 novembre 2026" in text_of(page)
        assert "Revenir à aujourd’hui" in text_of(page)
        assert 'href="/engagements/?as_of=2026-11-20' in html


@pytest.mark.slow
def test_the_two_axes_are_worded_apart(client, db):
    as_of, known_on, both, today = (
        text_of(client.get(f"/{query}"))
        for query in ("?as_of=2026-01-02", "?known_on=2026-01-02", "?as_of=2026-01-02&known_on=2026-02-01", "")
    )

    assert "les faits survenus jusqu’au 2 janvier 2026" in as_of
    assert "Elle tient compte de tout ce que ce site sait aujourd’hui" in as_of
    assert "ce que ce site savait et publiait le 2 janvier 2026" in known_on
    assert "les faits survenus jusqu’au 2 janvier 2026" in both
    assert "savait et publiait le 1er février 2026" in both
    assert "à une date passée" not in today
    assert "Faits : un jour plus tôt Faits : un jour plus tard" in both
    assert "La veille Le lendemain" in as_of


def test_today_by_name_wears_no_band(client, db):
    page = client.get("/?as_of=2026-11-21&known_on=2026-11-21")

    assert "à une date passée" not in text_of(page)


def test_a_party_whose_role_was_taken_away_since_has_its_page_and_its_figures_on_the_day_known(client, record):
    with on("2026-11-23"):
        record.commitment.undertakings.get(role="benefits").delete()
    with on("2026-11-24"):
        then = client.get("/parties/AES/?known_on=2026-11-22")
        listed = client.get("/engagements/?known_on=2026-11-22&party=AES")
        now = client.get("/parties/AES/")

    assert then.status_code == listed.status_code == 200
    assert record.commitment.reference in text_of(then)
    assert record.commitment.reference in text_of(listed)
    assert now.status_code == 404
