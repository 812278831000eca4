"""The lists of what was corrected, replaced and withdrawn: what each line says, and what no line ever does."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.models import Undertaking
from commitments.public.time.field_changes import AROUND, SHOWN, excerpt
from commitments.public.views import PAGE_SIZE
from commitments.rules.review import publication
from commitments.rules.text.differences import DELETED, INSERTED, SAME, Piece
from commitments.rules.work_queue import assignment
from tests import factories
from tests.public.conftest import make_internal, on, text_of

MARK = "ZYGOMAR"
CORRECTIONS = "/corrections/"


@pytest.fixture
def published(request):
    with on("2026-11-02"):
        return request.getfixturevalue("record")


def of(commitment):
    return f"{commitment.get_absolute_url()}corrections/"


def edit(record, **fields):
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()


@pytest.mark.slow
def test_nothing_corrected_says_so(client, published):
    for address in (CORRECTIONS, of(published.commitment)):
        assert "Rien de ce qui a été publié n’a été corrigé, remplacé ni retiré." in text_of(client.get(address))


@pytest.mark.slow
def test_a_correction_says_what_the_record_said_and_says(client, published, editor):
    with on("2026-11-05"):
        edit(
            published.commitment,
            statement_fr="Les parties conviennent de renforcer nettement la Force.",
            sector=factories.make_sector("energie"),
            basis="announced",
            made_on=date(2025, 4, 2),
        )

    page = client.get(CORRECTIONS)

    words = text_of(page)
    [line] = page.context["lines"]
    [pieces] = [change.pieces for change in line.changes if change.label == "Énoncé"]
    assert [(piece.kind, piece.text.strip()) for piece in pieces if piece.kind != SAME] == [
        (INSERTED, "nettement"),
        (DELETED, "unifiée"),
    ]
    assert "5 novembre 2026 Correction" in words
    assert "Engagement AES-RU-2025-01 Renforcer la Force unifiée" in words
    assert "Secteur [supprimé : Securite] [ajouté : Energie]" in words
    assert "Fondement [supprimé : Convenu] [ajouté : Annoncé par une partie]" in words
    assert "Exprimé le [supprimé : 3 avril 2025] [ajouté : 2 avril 2025]" in words
    assert {change.label for change in line.changes} == {"Fondement", "Secteur", "Exprimé le", "Énoncé"}


@pytest.mark.slow
def test_what_was_blank_is_completed_and_what_is_blanked_is_corrected(client, published):
    with on("2026-11-05"):
        edit(published.milestone, met_on=date(2026, 5, 30))
    assert "Complément Jalon de l’engagement AES-RU-2025-01" in text_of(client.get(CORRECTIONS))

    with on("2026-11-06"):
        edit(published.milestone, met_on=None)

    assert "6 novembre 2026 Correction Jalon de l’engagement AES-RU-2025-01" in text_of(client.get(CORRECTIONS))


@pytest.mark.slow
def test_that_versions_are_compatible_is_told_in_words(client, published, editor):
    question = factories.make_discrepancy(published_by=editor)
    settled = {"settled_on": date(2026, 11, 4), "settled_by": editor, "reason_fr": "Les deux se peuvent."}

    edit(question, is_compatible=True, **settled)

    words = text_of(client.get(CORRECTIONS))
    assert "Décision [supprimé : Non tranchée, laissée ouverte] [ajouté : Versions compatibles]" in words
    assert "[ajouté : oui]" not in words


@pytest.mark.slow
def test_a_recurrence_is_told_in_words(client, published):
    for day, rule in (("05", "FREQ=YEARLY"), ("06", "FREQ=MONTHLY;INTERVAL=3")):
        with on(f"2026-11-{day}"):
            edit(published.commitment, recurrence=rule, recurrence_start=date(2026, 12, 31))

    for prefix, words in (("", ["chaque année", "chaque trimestre"]), ("/en", ["every year", "every quarter"])):
        [change] = client.get(f"{prefix}{CORRECTIONS}").context["lines"][0].changes
        assert [piece.text for piece in change.pieces] == words


@pytest.mark.slow
def test_each_noun_is_named_with_its_link(client, published, editor):
    with on("2026-11-05"):
        edit(published.note, body_fr="Suivi repris.")
        edit(published.source, title="Un autre article", text_is_public=True)
        edit(published.meeting, place_fr="Moscou")
        edit(published.instrument, summary_fr="Un texte commun.")
        edit(published.discrepancy, question_fr="Quel jour la session a-t-elle eu lieu ?")
        edit(published.discrepancy.claims.first(), value_fr="Le jeudi 3 avril")
        edit(published.commitment.citations.get(), role="context")
        Undertaking.objects.create(commitment=published.commitment, party=factories.make_party("ML"), role="undertakes")

    page = client.get(CORRECTIONS)

    words, html = text_of(page), page.content.decode()
    commitment, reference = published.commitment.get_absolute_url(), published.source.reference
    for kind, address in (
        ("Note de suivi sur l’engagement AES-RU-2025-01 (1er mai 2025)", f"{commitment}#n-"),
        (f"Source {reference} Un autre article", f"/sources/{reference}/"),
        ("Rencontre moscou Consultations", "/rencontres/moscou/"),
        ("Instrument communique Communiqué conjoint", ""),
        ("Divergence AES-RU-D01 Quel jour la session a-t-elle eu lieu ?", "/divergences/AES-RU-D01/"),
        ("Version de la divergence AES-RU-D01", "/divergences/AES-RU-D01/"),
        (f"Citation de la source {reference}, Engagement", f"/sources/{reference}/#c-"),
        ("Parties de l’engagement AES-RU-2025-01", commitment),
    ):
        assert kind in words
        assert f'href="{address}' in html
    assert "Partie [ajouté : Partie ML (S’engage)]" in words
    assert "[supprimé : non] [ajouté : oui]" in words


@pytest.mark.slow
def test_a_replacement_that_leaves_the_status_says_so_once(client, published, analyst, editor):
    with on("2026-11-05"):
        again = factories.make_assessment(commitment=published.commitment, proposed_by=analyst)
        publication.supersede(published.assessment, again, by=editor, reason="Un passage avait été omis.")

    words = text_of(client.get(CORRECTIONS))

    assert "État inchangé : Progrès limité, au 10 avril 2025 Remplacement publié par" in words
    assert "→" not in words


def test_a_replacement_and_a_withdrawal_say_why_and_by_whom(client, published, analyst, editor):
    with on("2026-11-05"):
        better = factories.make_assessment(
            commitment=published.commitment, status="substantial", as_of=date(2025, 6, 1), proposed_by=analyst
        )
        publication.supersede(published.assessment, better, by=editor, reason="Un lot avait été omis.")
    with on("2026-11-06"):
        wrong = factories.make_assessment(
            commitment=published.commitment,
            status="complete",
            as_of=date(2025, 7, 1),
            rationale_fr="MOTIFS-RETIRES",
            proposed_by=analyst,
            published_by=editor,
        )
        publication.withdraw(wrong, by=editor, reason="La source a été démentie.")

    for address in (CORRECTIONS, of(published.commitment)):
        words = text_of(client.get(address))

        assert "Évaluation au 1er juin 2025 de l’engagement AES-RU-2025-01" in words
        assert "Progrès limité, au 10 avril 2025 → remplacé par Progrès important, au 1er juin 2025" in words
        assert "Remplacement publié par Boubacar. Motif : Un lot avait été omis." in words
        assert "Évaluation au 1er juillet 2025 de l’engagement AES-RU-2025-01" in words
        assert "Retrait par Boubacar. Motif : La source a été démentie." in words
        assert "MOTIFS-RETIRES" not in words
        assert "Réalisé" not in words


@pytest.mark.slow
def test_a_judgement_replaced_and_then_withdrawn_says_its_status_no_more(client, published, analyst, editor):
    with on("2026-11-05"):
        better = factories.make_assessment(commitment=published.commitment, status="not_started", proposed_by=analyst)
        publication.supersede(published.assessment, better, by=editor, reason="Motif public.")
    with on("2026-11-06"):
        publication.withdraw(published.assessment, by=editor, reason="Erreur.")

    now, then = (text_of(client.get(f"{CORRECTIONS}{query}")) for query in ("", "?known_on=2026-11-05"))

    assert "évaluation retirée depuis" in now
    assert "Progrès limité" not in now
    assert "Progrès limité, au 10 avril 2025 → remplacé par Non commencé, au 10 avril 2025" in then


@pytest.mark.slow
def test_a_withdrawn_search_says_its_day_and_why_and_nothing_of_what_it_said(client, published, analyst, editor):
    with on("2026-11-05"):
        factories.make_search(commitment=published.commitment, proposed_by=analyst, published_by=editor)
        publication.withdraw(published.search, by=editor, reason="Elle comptait double.")

    for address in (CORRECTIONS, of(published.commitment)):
        page = client.get(address)

        [line] = page.context["lines"]
        assert line.url == published.search.get_absolute_url()
        words = text_of(page)
        assert "Retrait Recherche du 20 avril 2025 sur l’engagement AES-RU-2025-01 Renforcer la Force unifiée" in words
        assert "Retrait par Boubacar. Motif : Elle comptait double." in words
        assert "Sites officiels" not in words
    assert f'id="{line.url.partition("#")[2]}"' in client.get(line.url).content.decode()


def test_of_a_withdrawn_record_only_which_it_was_is_told(client, editor):
    with on("2026-11-02"):
        commitment = factories.make_commitment(reference="AES-RU-2025-07", title_fr=MARK, published_by=editor)
    with on("2026-11-05"):
        edit(commitment, title_fr=f"{MARK} encore")
        publication.withdraw(commitment, by=editor, reason="Doublon.")

    page = client.get(CORRECTIONS)

    assert "Retrait Engagement AES-RU-2025-07 Retrait par le bureau. Motif : Doublon." in text_of(page)
    assert MARK not in page.content.decode()
    assert client.get(of(commitment)).status_code == 410


@pytest.fixture
def planted(published, analyst, editor):
    """Beside public corrections, edits of every kind that must not show; each wears MARK."""
    commitment = published.commitment
    with on("2026-11-03"):
        draft = factories.make_commitment(reference="ZYGOMAR-2025-01", title_fr="Avant")
        edit(draft, title_fr=f"{MARK} brouillon")
        late = factories.make_commitment(reference="AES-RU-2025-09", title_fr=f"{MARK} avant publication")
        internal = factories.make_note(commitment=commitment, body_fr="Note.", published_by=editor)
        factories.make_citation(note=internal, exact="Elle annonce", published_by=editor)
        make_internal(internal)
        factories.make_note(commitment=commitment, visibility="internal", body_fr="Note.")
        search = factories.make_search(commitment=commitment, searched_where_fr="Avant", proposed_by=analyst)
        draft_instrument = factories.make_instrument(reference="zygomar", title_fr=f"{MARK} instrument")
        draft_source = factories.make_source(reference="ZYGOMAR1", title="Avant")
        draft_citation = factories.make_citation(commitment=commitment, source=draft_source)
        discrepancy = factories.make_discrepancy(reference="ZYGOMAR-D01")
    with on("2026-11-04"):
        edit(late, title_fr="Publié")
        publication.publish(late, by=editor)
        for note in commitment.notes.filter(visibility="internal"):
            edit(note, body_fr=f"{MARK} note")
        cited = internal.citations.get()
        edit(cited, role="context")
        edit(search, searched_where_fr=f"{MARK} recherche")
        publication.decline(search, by=editor, reason=f"{MARK} remarque")
        edit(draft_source, title=f"{MARK} source")
        edit(draft_citation, exact="La Force unifiée est saluée.")
        edit(discrepancy, question_fr=f"{MARK} question")
        edit(discrepancy.claims.first(), value_fr=f"{MARK} version")
    with on("2026-11-05"):
        edit(published.source, file_name=f"{MARK}.docx", text=f"{factories.TEXT} {MARK} dans le texte archivé")
        follower = factories.make_user("zygomar", first_name="Zygomar", last_name=MARK)
        assignment.assign(commitment, to=follower, by=editor)
        commitment.refresh_from_db()
        commitment._change_reason, commitment._history_user = f"{MARK} remarque de relecture", follower
        edit(commitment, title_fr="Un titre corrigé", instrument=draft_instrument)
    return published


@pytest.mark.slow
@pytest.mark.parametrize("query", ["", "known_on=2026-11-05", "known_on=2026-11-03", "as_of=2026-11-20", "page=1"])
def test_no_line_has_a_trace_of_what_is_not_public(client, planted, query):
    for prefix in ("", "/en"):
        for address in (CORRECTIONS, of(planted.commitment), planted.commitment.get_absolute_url(), "/methode/"):
            page = client.get(f"{prefix}{address}?{query}")
            html = page.content.decode()

            assert page.status_code == 200
            assert MARK not in html
            assert "zygomar" not in html.lower()
            assert "est saluée" not in html
            assert "Elle annonce" not in text_of(page)


@pytest.mark.slow
def test_what_may_be_told_is(client, planted):
    lines = client.get(CORRECTIONS).context["lines"]

    assert [line.kind for line in lines] == ["Engagement AES-RU-2025-01", f"Source {planted.source.reference}"]
    words = text_of(client.get(CORRECTIONS))
    assert "Un titre corrigé" in words
    assert "Instrument [supprimé : Communiqué conjoint] [ajouté : un texte qui n’est pas public]" in words
    assert "Empreinte SHA-256 du texte" in words


@pytest.mark.slow
@pytest.mark.parametrize("noun", ["instrument", "discrepancy"])
def test_a_meeting_is_named_while_it_is_public_only(client, published, editor, noun):
    with on("2026-11-03"):
        draft = factories.make_meeting(reference="zygomar", title_fr=f"{MARK} rencontre")
        other = factories.make_meeting(title_fr="Une autre session", published_by=editor)
    record = getattr(published, noun)
    for day, meeting in (("04", None), ("05", draft), ("06", other), ("07", draft), ("08", None)):
        with on(f"2026-11-{day}"):
            edit(record, meeting=meeting)

    def told():
        page = client.get(CORRECTIONS)
        for answer in (page, client.get("/flux/tout.atom"), client.get("/api/v1/changes")):
            assert MARK not in answer.content.decode().upper()
        changes = [(line.day.day, change) for line in page.context["lines"] for change in line.changes]
        return [(day, piece.kind, piece.text) for day, change in changes for piece in change.pieces]

    first = (4, DELETED, "Consultations")
    assert told() == [(7, DELETED, "Une autre session"), (6, INSERTED, "Une autre session"), first]

    publication.withdraw(other, by=editor, reason="Doublon.")

    gone = "une rencontre qui n’est pas publique"
    assert told() == [(7, DELETED, gone), (6, INSERTED, gone), first]


@pytest.mark.slow
def test_a_meeting_replaced_is_told_as_replaced_when_it_is_not_public_any_more(client, published, editor):
    with on("2026-11-03"):
        other = factories.make_meeting(title_fr="Une autre session", published_by=editor)
    with on("2026-11-04"):
        edit(published.instrument, meeting=other)
    with on("2026-11-05"):
        publication.withdraw(published.meeting, by=editor, reason="Doublon.")

    def told(query=""):
        line = client.get(f"{CORRECTIONS}{query}").context["lines"][-1]
        changes = client.get(f"/api/v1/changes?limit=100&{query[1:]}").json()["items"]
        fields, *_later = [change["fields"] for change in changes if change["act"] == "corrected"]
        [pieces] = [change.pieces for change in line.changes]
        return line.is_addition, [piece.text for piece in pieces], [(item["from"], item["to"]) for item in fields]

    gone = "une rencontre qui n’est pas publique"
    titles = ["Consultations", "Une autre session"]
    assert told() == (False, [gone, titles[1]], [(None, other.reference)])
    assert told("?known_on=2026-11-04") == (False, titles, [("moscou", other.reference)])

    with on("2026-11-06"):
        edit(published.instrument, meeting=None)
    with on("2026-11-07"):
        publication.withdraw(other, by=editor, reason="Doublon.")

    with on("2026-11-08"):
        assert told() == (False, [gone, gone], [(None, None)])


@pytest.mark.slow
def test_what_a_record_referred_to_before_it_was_public_is_not_told(client, published, editor):
    with on("2026-11-05"):
        draft = factories.make_meeting(reference="zygomar", title_fr=f"{MARK} rencontre")
        edit(published.instrument, title_fr="Un autre titre", meeting=draft)
    with on("2026-11-09"):
        publication.publish(draft, by=editor)

    [line] = client.get(CORRECTIONS).context["lines"]
    changes = client.get("/api/v1/changes?limit=100").json()["items"]

    [fields] = [change["fields"] for change in changes if change["act"] == "corrected"]
    meeting = [change for change in line.changes if change.label == "Rencontre"]
    assert [(piece.kind, piece.text) for piece in meeting[0].pieces] == [(DELETED, "Consultations")]
    assert {field["name"]: field["to"] for field in fields} == {"title_fr": "Un autre titre", "meeting": None}


@pytest.mark.slow
def test_the_list_of_a_draft_answers_as_one_that_never_was(client, planted):
    told, never = (
        client.get(of_)
        for of_ in ("/engagements/ZYGOMAR-2025-01/corrections/", "/engagements/JAMAIS-2025-01/corrections/")
    )

    assert told.status_code == never.status_code == 404
    assert told.content.decode().replace("ZYGOMAR", "") == never.content.decode().replace("JAMAIS", "")


@pytest.mark.slow
def test_a_correction_after_the_day_known_is_not_told_and_names_are_those_of_then(client, published):
    with on("2026-11-05"):
        edit(published.milestone, title_fr="Un jalon corrigé")
    with on("2026-11-09"):
        edit(published.commitment, title_fr="Titre récent")

    then = client.get(f"{CORRECTIONS}?known_on=2026-11-08")

    assert "Un jalon corrigé" in text_of(then)
    assert "Titre récent" not in text_of(then)
    assert then.context["count"] == 1
    assert client.get(f"{CORRECTIONS}?known_on=2026-11-04").context["count"] == 0


def test_the_page_of_a_commitment_leads_to_its_corrections(client, published):
    page = client.get(published.commitment.get_absolute_url())

    assert f'href="{of(published.commitment)}"' in page.content.decode()
    assert "n’a été corrigé, remplacé ni retiré" in text_of(client.get(of(published.commitment)))


@pytest.mark.slow
def test_the_list_goes_on_over_several_pages(client, published):
    for number in range(PAGE_SIZE + 1):
        edit(published.commitment, title_fr=f"Titre {number}")

    first, second = client.get(CORRECTIONS), client.get(f"{CORRECTIONS}?page=2")

    assert (len(first.context["lines"]), len(second.context["lines"])) == (PAGE_SIZE, 1)
    assert f"Titre {PAGE_SIZE}" in text_of(first)
    assert client.get(f"{CORRECTIONS}?page=3").status_code == 404
    assert client.get(f"{of(published.commitment)}?page=2").status_code == 200


@pytest.mark.slow
def test_a_correction_is_in_its_own_language_and_marked_so(client, published):
    with on("2026-11-05"):
        edit(published.commitment, title_en="Another title")

    assert '<dd lang="en">' in client.get(CORRECTIONS).content.decode()
    assert '<dd lang="en">' not in client.get(f"/en{CORRECTIONS}").content.decode()


def test_what_is_corrected_comes_out_escaped(client, published):
    edit(published.commitment, title_fr="<script>alert(1)</script>")

    assert "<script" not in client.get(CORRECTIONS).content.decode()


def test_a_text_written_anew_is_cut(client, published):
    edit(published.commitment, statement_fr="neuf " * 300)

    [line] = client.get(CORRECTIONS).context["lines"]

    new = line.changes[0].pieces[-1]
    assert (new.kind, len(new.text)) == (INSERTED, SHOWN)


def test_what_stayed_the_same_is_cut_between_words():
    long = " ".join(f"mot{number}" for number in range(60))
    pieces = [
        Piece(SAME, f"{long} "),
        Piece(DELETED, "a"),
        Piece(SAME, f" {long} "),
        Piece(INSERTED, "b"),
        Piece(SAME, f" {long}"),
    ]

    first, _old, middle, _new, last = excerpt(pieces)

    assert first.text.startswith(" […] mot")
    assert first.text.endswith("mot59 ")
    assert middle.text.startswith(" mot0 ")
    assert " […] mot" in middle.text
    assert last.text.endswith(" […] ")
    assert all(len(piece.text) <= 2 * AROUND + 5 for piece in (first, middle, last))
    assert excerpt([Piece(SAME, "court "), Piece(INSERTED, "b")]) == [Piece(SAME, "court "), Piece(INSERTED, "b")]


@pytest.mark.one_database
@pytest.mark.slow
def test_the_number_of_queries_does_not_grow_with_the_lines(client, published, analyst, editor):
    def change(number):
        for one in (published.meeting, published.instrument, published.commitment, published.milestone):
            edit(one, title_fr=f"Titre {number}")
        edit(published.commitment, sector=factories.make_sector(f"s{number}"))
        edit(published.note, body_fr=f"Note {number}")
        edit(published.source, title=f"Source {number}")
        edit(published.discrepancy, question_fr=f"Question {number}")
        edit(published.discrepancy.claims.first(), value_fr=f"Version {number}")
        citation = published.commitment.citations.first()
        edit(citation, role="context" if citation.role == "supports" else "supports")
        Undertaking.objects.create(
            commitment=published.commitment, party=factories.make_party(f"P{number}"), role="benefits"
        )
        note = factories.make_note(commitment=published.commitment, published_by=editor)
        publication.withdraw(note, by=editor, reason="Essai.")

    def count(query):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(f"{CORRECTIONS}{query}")
        return len(queries), len(page.context["lines"])

    with on("2026-11-05"):
        change(1)
    few = [count(query) for query in ("", "?known_on=2026-11-07")]
    with on("2026-11-06"):
        change(2)
    many = [count(query) for query in ("", "?known_on=2026-11-07")]

    assert [lines for _queries, lines in many] == [2 * lines for _queries, lines in few] == [24, 24]
    assert [queries for queries, _lines in many] == [queries for queries, _lines in few]
    assert max(queries for queries, _lines in many) <= 45
