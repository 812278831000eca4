"""Each public page shows what it is for."""

import re
from datetime import date

import pytest

from commitments.models import Party, Undertaking
from commitments.rules.review import publication
from tests import factories
from tests.public.conftest import addresses, frames, text_of


def test_home_counts_commitments_and_expectations_apart(client, record, editor):
    factories.make_commitment(basis="expected", published_by=editor)
    factories.make_commitment(published_by=editor)

    context = client.get("/").context

    assert (context["total"], context["assessed"], context["apart"]) == (2, 1, [("expected", 1)])
    assert {bar.value: bar.n for bar in context["status_bars"] if bar.n} == {"limited": 1, "not_assessed": 1}
    assert {bar.value: bar.n for bar in context["timeliness_bars"] if bar.n} == {"overdue": 1, "no_deadline": 1}


def test_home_lists_deadlines_changes_and_open_questions(client, record, analyst, editor):
    factories.make_milestone(
        commitment=record.commitment, title_fr="Étape proche", due_on=date(2026, 12, 1), published_by=editor
    )
    open_one = factories.make_discrepancy(question_fr="Où donc ?", published_by=editor)
    withdrawn = factories.make_assessment(
        commitment=record.commitment, rationale_fr="Motifs retirés.", proposed_by=analyst, published_by=editor
    )
    publication.withdraw(withdrawn, by=editor, reason="Source démentie.")

    page = client.get("/")

    words = text_of(page)
    assert [item.pk for item in page.context["overdue"]] == [record.milestone.pk]
    assert [item.title_fr for item in page.context["coming"]] == ["Étape proche"]
    assert [item.pk for item in page.context["disputed"]] == [open_one.pk]
    assert "Évaluation du 10 avril 2025 retirée (motif : Source démentie.)" in words
    assert "Une note de suivi est publiée" in words
    assert "Motifs retirés" not in words


def test_home_tells_expectations_apart_from_commitments(client, editor):
    for _number in range(5):
        factories.make_commitment(basis="expected", published_by=editor)
    factories.make_commitment(published_by=editor)

    changes = client.get("/").context["changes"]

    assert {(change.kind, change.n) for change in changes} == {("commitment", 1), ("expected", 5)}


def test_home_without_any_record_says_so(client, db):
    words = text_of(client.get("/"))

    assert "Rien n’a encore été publié." in words
    assert "Aucune échéance connue n’est dépassée." in words


JUDGED = re.compile(
    r'<span class="status status-(?:not_started|limited|substantial|complete|abandoned)">'
    r"<svg.*?</svg> (.*?)</span></span>"
)


@pytest.mark.one_database
def test_a_status_stands_beside_the_day_that_it_judges(client, record, analyst, editor):
    party = Party.objects.get(code="AES")
    factories.make_assessment(commitment=record.commitment, party=party, proposed_by=analyst, published_by=editor)
    pages = ["/", "/engagements/", "/secteurs/securite/", "/parties/AES/", "/matrice/", "/chronologie/"]

    for address in [*pages, *frames(record)]:
        html = client.get(address).content.decode()

        standing = JUDGED.findall(re.sub(r'<figure class="chart">.*?</figure>', "", html, flags=re.DOTALL))
        assert standing, address
        for words in standing:
            assert words.startswith("<span>Progrès limité, "), address
            assert re.sub("<[^>]+>", "", words) == "Progrès limité, au 10 avril 2025", address


def test_list_leaves_expectations_out_until_they_are_asked_for(client, record, editor):
    expected = factories.make_commitment(basis="expected", title_fr="Seulement attendu", published_by=editor)

    default, asked = client.get("/engagements/"), client.get("/engagements/?basis=expected")

    assert record.commitment.reference in text_of(default)
    assert expected.reference not in text_of(default)
    assert "1 attente d’avant rencontre" in text_of(default)
    assert expected.reference in text_of(asked)
    assert record.commitment.reference not in text_of(asked)


@pytest.mark.parametrize(
    "query",
    [
        "sector=energie",
        "party=NE",
        "party=ML",
        "status=not_assessed",
        "timeliness=no_deadline",
        "instrument=feuille-de-route",
        "basis=announced",
        "q=électricité",
        "q=ELECTRICITE+centrale",
    ],
)
def test_list_is_narrowed_by_each_filter(client, record, editor, query):
    other = factories.make_commitment(
        sector=factories.make_sector("energie"),
        instrument=factories.make_instrument(reference="feuille-de-route"),
        undertakes="NE",
        benefits="ML",
        basis="announced",
        statement_fr="Construire une centrale d’électricité.",
        published_by=editor,
    )

    page = client.get(f"/engagements/?{query}")

    assert [row.record.pk for row in page.context["table"].paginated_rows] == [other.pk]


def test_list_without_a_hit_says_what_to_relax(client, record):
    page = client.get("/engagements/?q=introuvable&status=limited")

    words = text_of(page)
    assert "Aucun engagement ne correspond." in words
    assert "Mots cherchés : introuvable" in words
    assert "État d’avancement : Progrès limité" in words
    assert 'href="/engagements/?status=limited"' in page.content.decode()


def test_list_is_ordered_by_status_in_the_order_of_the_vocabulary(client, analyst, editor):
    for status in ("abandoned", "not_started", "complete"):
        factories.make_assessment(status=status, proposed_by=analyst, published_by=editor)

    rising, falling = (
        [row.record.status for row in client.get(f"/engagements/?sort={sort}").context["table"].paginated_rows]
        for sort in ("status", "-status")
    )

    assert rising == ["not_started", "complete", "abandoned"]
    assert falling == rising[::-1]


def test_list_ordered_by_deadline_puts_those_without_one_last(client, record, editor):
    factories.make_commitment(published_by=editor)
    late = factories.make_milestone(due_on=date(2027, 6, 1), published_by=editor).commitment

    for sort, first in (("due", record.commitment), ("-due", late)):
        rows = [row.record for row in client.get(f"/engagements/?sort={sort}").context["table"].paginated_rows]
        assert rows[0].pk == first.pk
        assert rows[-1].next_deadline is None


def test_filters_offer_only_what_public_commitments_have(client, record, editor):
    factories.make_commitment(
        sector=factories.make_sector("secteur-brouillon"),
        undertakes="XX",
        instrument=factories.make_instrument(reference="instrument-brouillon", title_fr="Instrument brouillon"),
    )

    fields = client.get("/engagements/").context["filter"].fields

    assert [label for _value, label in fields["sector"].choices] == ["Securite"]
    assert {str(label) for _value, label in fields["party"].choices} == {
        "Partie RU",
        "Partie AES",
    }
    assert len(fields["instrument"].choices) == 1


def test_commitment_page_shows_the_whole_record(client, record):
    words = text_of(client.get(record.commitment.get_absolute_url()))

    for expected in (
        "AES-RU-2025-01",
        "Les parties conviennent de renforcer la Force unifiée.",
        "Critère de réalisation",
        "La force est déclarée opérationnelle.",
        "Partie RU",
        "Partie AES",
        "Securite",
        "Communiqué conjoint",
        "Consultations",
        "Progrès limité, au 10 avril 2025",
        "Dix véhicules ont été livrés.",
        "Action concrète",
        "Proposée par Awa, publiée par Boubacar le 21 novembre 2026",
        "Première livraison",
        "Échéance dépassée",
        "Suivi en cours.",
        f"« {factories.AGREEMENT} »",
        "Retrouvée mot pour mot dans le texte archivé, le 21 novembre 2026",
        "Quel jour la session s’est-elle tenue ?",
    ):
        assert expected in words


def test_commitment_page_links_each_quotation_to_its_passage(client, record):
    citation = record.commitment.citations.get()

    page = client.get(record.commitment.get_absolute_url()).content.decode()
    source = client.get(record.source.get_absolute_url()).content.decode()

    anchor = f"c-{citation.uid.hex[:8]}"
    assert f'href="/sources/{record.source.reference}/#{anchor}"' in page
    assert f'<span id="{anchor}"><mark>{factories.AGREEMENT}</mark></span>' in source


def test_commitment_page_tells_of_a_superseded_and_of_a_withdrawn_judgement(client, record, analyst, editor):
    better = factories.make_assessment(
        commitment=record.commitment, status="substantial", rationale_fr="Tout est livré.", as_of=date(2025, 6, 1)
    )
    publication.propose(better, by=analyst)
    publication.supersede(record.assessment, better, by=editor, reason="Un lot avait été omis.")
    wrong = factories.make_assessment(
        commitment=record.commitment,
        status="complete",
        rationale_fr="MOTIFS-RETIRES",
        as_of=date(2025, 7, 1),
        exact="Elle annonce d’autres livraisons. La Force unifiée est saluée.",
        proposed_by=analyst,
        published_by=editor,
    )
    publication.withdraw(wrong, by=editor, reason="La source a été démentie.")

    page = client.get(record.commitment.get_absolute_url())

    words = text_of(page)
    assert page.context["whole"].status == "substantial"
    assert "remplacée" in words
    assert (
        "Évaluation au 1er juin 2025, publiée par Boubacar : Progrès important. Elle remplace l’évaluation publiée le"
        in words
    )
    assert "Motif : Un lot avait été omis." in words
    assert "Évaluation au 1er juillet 2025, retirée par Boubacar. Motif : La source a été démentie." in words
    told = words[words.index("Historique de cette fiche") :]
    for hidden in ("MOTIFS-RETIRES", "Réalisé", "Elle annonce d’autres livraisons"):
        assert hidden not in told


def test_a_judgement_that_was_withdrawn_is_not_told_as_if_nobody_had_judged(client, analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    before = text_of(client.get(commitment.get_absolute_url()))
    wrong = factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
    publication.withdraw(wrong, by=editor, reason="La source a été démentie.")

    words = text_of(client.get(commitment.get_absolute_url()))

    assert "Aucune évaluation n’a encore été publiée." in before
    assert "Aucune évaluation n’est en vigueur ; une évaluation a été retirée." in words
    assert "Aucune évaluation n’a encore été publiée." not in words


def test_commitment_page_sets_a_party_apart_and_says_who_worked_alone(client, record, settings, editor):
    settings.TRACKER_SINGLE_PERSON_DESK = True
    factories.make_former_search(
        commitment=record.commitment,
        party=factories.make_party("AES"),
        searched_on=date(2025, 5, 2),
        searched_where_fr="la presse de Bamako",
        proposed_by=editor,
        published_by=editor,
        single_handed=True,
    )

    page = client.get(record.commitment.get_absolute_url())

    words = text_of(page)
    assert page.context["whole"].status == "limited"
    assert "Pour une seule partie : Partie AES" in words
    assert "Recherche faite le 2 mai 2025 ; elle a porté sur : la presse de Bamako" in words
    assert "Proposée et publiée par la même personne, Boubacar, le 21 novembre 2026." in words


def test_source_page_says_what_is_not_stated_and_leads_to_the_records(client, record):
    words = text_of(client.get(record.source.get_absolute_url()))
    of_evidence = text_of(client.get(record.assessment.citations.get().source.get_absolute_url()))

    assert words.count("non indiqué") == 5
    assert "Évaluation « Progrès limité » publiée le 21 novembre 2026 · appuie" in of_evidence
    assert "Adresse non indiquée" in words
    assert record.source.sha256 in words
    assert "Engagement · appuie Renforcer la Force unifiée" in words


def test_a_day_that_is_deduced_is_never_shown_as_stated(client, record):
    day, shown = date(2025, 4, 4), "4 avril 2025"
    record.source.published_on = day
    record.source.save()
    stated = [text_of(client.get(address)) for address in (record.source.get_absolute_url(), "/sources/")]
    record.source.published_on_reading_fr = "Le texte dit « hier jeudi 3 avril »."
    record.source.save()

    page, listed, commitment = (
        text_of(client.get(address))
        for address in (record.source.get_absolute_url(), "/sources/", record.commitment.get_absolute_url())
    )

    assert all(shown in words and "jour déduit du texte" not in words for words in stated)
    assert f"{shown} (jour déduit du texte) Le texte dit « hier jeudi 3 avril »." in page
    assert f"{shown} jour déduit du texte" in listed
    assert f"Un article, {shown} (jour déduit du texte) · Article de presse" in commitment


def test_source_page_shows_the_full_text_only_where_it_is_public(client, editor):
    far = "Très loin de là. " * 40
    source = factories.make_source(text=f"FIN-CACHEE. {far}{factories.TEXT}", published_by=editor)
    factories.make_citation(meeting=factories.make_meeting(published_by=editor), source=source, published_by=editor)

    closed = text_of(client.get(source.get_absolute_url()))
    source.text_is_public = True
    source.save()
    opened = text_of(client.get(source.get_absolute_url()))

    assert "FIN-CACHEE" not in closed
    assert factories.AGREEMENT in closed
    assert "FIN-CACHEE" in opened


def test_source_page_keeps_a_citation_that_no_longer_holds(client, record):
    record.source.text = "Un texte corrigé, où le passage n’est plus."
    record.source.save()

    words = text_of(client.get(record.source.get_absolute_url()))

    assert "Citations sans place dans le texte archivé" in words
    assert "Introuvable dans le texte archivé" in words


def test_sources_list_counts_public_citations(client, record):
    factories.make_citation(commitment=record.commitment, source=record.source, exact="Le 3 avril")

    page = client.get("/sources/")

    counts = {source.pk: source.citation_count for source in page.context["records"]}
    assert counts[record.source.pk] == 1


def test_meeting_page_shows_instruments_commitments_and_questions(client, record):
    words = text_of(client.get(record.meeting.get_absolute_url()))

    for expected in ("Communiqué conjoint", "AES-RU-2025-01", "Progrès limité", "Quel jour la session"):
        assert expected in words


@pytest.mark.slow
def test_every_page_is_in_both_languages_with_a_switch_that_keeps_page_and_query(client, record):
    for address in addresses(record):
        french, english = client.get(address), client.get(f"/en{address}")

        assert (french.status_code, english.status_code) == (200, 200), address
        assert '<html lang="fr">' in french.content.decode()
        assert '<html lang="en">' in english.content.decode()
        assert f'href="/en{address}"' in french.content.decode().replace("&amp;", "&")
        assert f'href="{address}"' in english.content.decode().replace("&amp;", "&")


def test_text_without_translation_is_marked_as_french(client, record):
    record.commitment.title_en = ""
    record.commitment.save()

    page = client.get(f"/en{record.commitment.get_absolute_url()}").content.decode()

    assert '<h1><span lang="fr">Renforcer la Force unifiée</span></h1>' in page
    assert '<blockquote lang="fr">' in page


def test_an_instrument_and_a_meeting_that_are_not_public_are_not_named(client, record):
    draft = factories.make_instrument(title_fr="INSTRUMENT-BROUILLON")
    record.commitment.instrument = draft
    record.commitment.save()

    page = client.get(record.commitment.get_absolute_url())

    assert "INSTRUMENT-BROUILLON" not in page.content.decode()


def test_a_withdrawn_record_says_when_and_why_and_nothing_else(client, record, editor):
    publication.withdraw(record.commitment, by=editor, reason="Doublon.")

    page = client.get(record.commitment.get_absolute_url())

    assert page.status_code == 410
    assert "Cette fiche a été publique, puis retirée le 21 novembre 2026. Motif du retrait : Doublon." in text_of(page)
    assert "Force unifiée" not in text_of(page)


def test_parties_are_listed_by_role(client, record):
    Undertaking.objects.create(commitment=record.commitment, party=factories.make_party("ML"), role="benefits")

    context = client.get(record.commitment.get_absolute_url()).context

    roles = [(heading, [item.party.code for item in held], leads) for heading, held, leads in context["roles"]]
    assert roles == [("S’engage", ["RU"], True), ("Bénéficient", ["AES", "ML"], False)]


def test_search_for_a_reference_finds_that_commitment(client, editor):
    wanted = factories.make_commitment(published_by=editor, reference="AES-RU-2025-04")
    factories.make_commitment(published_by=editor, reference="AES-RU-2025-31", statement_fr="Voir AES-RU-2025-04.")

    for typed in ("AES-RU-2025-04", " aes-ru-2025-04 ", "aes-ru-2025-0"):
        rows = client.get("/engagements/", {"q": typed}).context["table"].rows

        assert [row.record for row in rows] == [wanted]


def test_panel_says_who_was_judged_apart(client, analyst, editor):
    assessment = factories.make_assessment(party=factories.make_party("ML"), proposed_by=analyst, published_by=editor)

    text = client.get(assessment.commitment.get_absolute_url()).content.decode()

    panel = text[: text.index("h-sources") if "h-sources" in text else len(text)]
    assert "pour l’ensemble des parties" in panel
    assert "Partie ML" in panel


def test_the_site_says_who_publishes_it_and_how_to_reach_them(client, db, settings):
    settings.TRACKER_PUBLISHER = "L’Observatoire & associés"
    settings.TRACKER_CONTACT = "mailto:contact@example.org"
    settings.TRACKER_SECURITY_CONTACT = "https://example.org/securite"

    page = client.get("/a-propos/")

    html = page.content.decode()
    assert "Publié par L’Observatoire & associés" in text_of(page)
    assert '<a href="mailto:contact@example.org">contact@example.org</a>' in html
    assert '<a href="https://example.org/securite">https://example.org/securite</a>' in html
    assert "Écrivez à cette adresse" in html


def test_a_site_that_names_no_publisher_and_no_contact_says_so(client, db):
    words = text_of(client.get("/a-propos/"))

    assert "Ce site n’indique pas qui le publie." in words
    assert "Ce site n’indique aucune adresse de contact." in words
    assert "Ce site n’indique aucun moyen de signaler une erreur." in words
    assert "Signaler une faille de sécurité" not in words
