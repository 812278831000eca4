"""How far one may believe a commitment: who says so, who says otherwise, who judged, what would change it."""

from datetime import date

import pytest

from commitments.choices import Status
from commitments.models import Citation
from commitments.public.records.evidence import next_statuses, said, told_of
from commitments.public.store import Page
from commitments.rules.review import publication
from tests import factories
from tests.public.conftest import on, text_of

SALUTE = "La Force unifiée est saluée."
MOST = 8704
"""The most bytes that the page of a commitment may weigh, compressed."""


@pytest.fixture
def sources(editor):
    """Four public sources: two that repeat one text, an agency, and one of the agency's publisher."""

    def make(number, **fields):
        text = {"text": f"{factories.TEXT} Texte {number}."} | fields
        return factories.make_source(reference=f"Z{number}", title=f"Article {number}", published_by=editor, **text)

    return [
        make(1, publisher="L’Essor"),
        make(2, text=f"{factories.TEXT} Texte 1."),
        make(3, kind="agency", publisher="APA"),
        make(4, publisher="apa", kind="official"),
    ]


def quote(record, source, editor, **fields):
    fields = {"exact": SALUTE, "commitment": record.commitment} | fields
    return factories.make_citation(source=source, published_by=editor, **fields)


def test_passages_stand_under_what_they_do(client, record, sources, editor):
    quote(record, sources[0], editor, role="contradicts")
    quote(record, sources[2], editor, role="context", exact="Elle annonce d’autres livraisons.")

    words = text_of(client.get(record.commitment.get_absolute_url()))

    body = words[words.index("Ce que disent les sources") :]
    places = [
        body.index(part) for part in ("À l’appui (1)", factories.AGREEMENT, "À l’encontre (1)", SALUTE, "Contexte (1)")
    ]
    assert places == sorted(places)
    assert "Z3, Article 3, APA · Agence de presse" in body
    assert "Z1, Article 1, L’Essor · Article de presse" in body


@pytest.mark.slow
def test_sources_are_counted_once_each_by_kind_and_contradictions_told(client, record, sources, editor):
    for source in sources:
        quote(record, source, editor)
    address = record.commitment.get_absolute_url()
    # The first passage of the commitment is of a source without a publisher.
    calm = text_of(client.get(address))
    quote(record, sources[2], editor, role="contradicts", exact="Elle annonce d’autres livraisons.")

    contradicted = text_of(client.get(address))

    told = "3 sources rapportent que l’engagement est convenu, ou qu’un texte commun le contient"
    assert f"{told} (1 texte officiel, 2 articles de presse)." in calm
    assert "L’éditeur de l’une d’elles n’est pas indiqué." in calm
    assert "Les sources divergent sur un point." in calm
    assert "Une source contredit ce que cette fiche en dit (1 dépêche d’agence)." in contradicted


def test_who_only_mentions_the_subject_is_counted_apart_and_once(record, sources, editor):
    quote(record, sources[0], editor, role="context")
    quote(record, sources[2], editor, role="context")
    quote(record, sources[3], editor)  # of the same publisher as the one before
    passages = list(record.commitment.citations.with_source())

    [reported, unnamed, mentioned, calm] = told_of("agreed", passages, [])

    assert reported == (
        "2 sources rapportent que l’engagement est convenu, ou qu’un texte commun le contient "
        "(1\u00a0texte officiel, 1\u00a0article de presse)."
    )
    assert unnamed == "L’éditeur de l’une d’elles n’est pas indiqué."
    assert mentioned == "Une autre source parle du sujet sans le confirmer (1\u00a0article de presse)."
    assert calm == "Aucune source citée ici ne le contredit."


def test_sources_that_only_mention_the_subject_report_nothing(record, sources, editor):
    passages = [quote(record, source, editor, role="context") for source in sources]

    assert told_of("agreed", passages, [])[:2] == [
        "Aucune source dont un passage ait été retrouvé ne le rapporte.",
        "2 sources ne font qu’évoquer le sujet (1\u00a0texte officiel, 1\u00a0article de presse).",
    ]


@pytest.mark.parametrize(
    ("basis", "told"),
    [
        ("agreed", "Une source rapporte que l’engagement est convenu, ou qu’un texte commun le contient ("),
        ("announced", "Une source le rapporte comme annoncé ("),
        ("intention", "Une source le rapporte comme une intention ("),
        ("expected", "Une source le dit attendu ("),
        ("envisaged", "Une source le dit envisagé ("),
    ],
)
def test_what_is_reported_is_named_by_how_firm_it_is(record, basis, told):
    assert told_of(basis, record.commitment.citations.with_source(), [])[0].startswith(told)


def test_questions_that_concern_it_are_counted_and_nothing_is_said_of_no_contradiction(client, record, editor):
    other = factories.make_discrepancy(published_by=editor)
    other.commitments.add(record.commitment)

    words = text_of(client.get(record.commitment.get_absolute_url()))

    told = "Les sources divergent sur 2 points, dont un reste ouvert."
    assert told in words
    assert "ne le contredit" not in words


def test_one_question_is_told_as_one(client, editor):
    commitment = factories.make_commitment(published_by=editor)
    factories.make_discrepancy(published_by=editor).commitments.add(commitment)

    words = text_of(client.get(commitment.get_absolute_url()))

    assert "Les sources divergent sur un point, qui reste ouvert." in words


def test_what_can_all_be_true_is_no_disagreement(client, editor):
    commitment = factories.make_commitment(published_by=editor)
    questions = factories.make_discrepancy(is_compatible=True, settled_by=editor, published_by=editor)
    questions.commitments.add(commitment)

    words = text_of(client.get(commitment.get_absolute_url()))

    assert "Les sources divergent" not in words
    assert "Aucune source citée ici ne le contredit." in words


def test_a_passage_that_was_not_found_counts_for_nobody(record):
    lost = Citation(source=record.source, role="supports", verification="not_found", exact="x")

    found = said([*record.commitment.citations.all(), lost])["supports"]

    assert (len(found.citations), len(found.voices)) == (2, 1)


def test_what_is_no_longer_found_says_so_with_its_day(client, record):
    with on("2026-11-22"):
        record.source.text = "Un texte corrigé, où le passage n’est plus."
        record.source.save()
        words = text_of(client.get(record.commitment.get_absolute_url()))

    assert "Introuvable dans le texte archivé, le 22 novembre 2026" in words
    assert "Aucune source dont un passage ait été retrouvé ne le rapporte." in words


def test_each_judgement_says_how_many_voices_it_rests_on(client, record, sources, editor):
    words = text_of(client.get(record.commitment.get_absolute_url()))

    assert "Fondée sur 1 source (1 article de presse)." in words
    assert "Action concrète" in words


@pytest.mark.parametrize(
    ("status", "further"),
    [
        (Status.NOT_ASSESSED, ["limited", "substantial", "complete"]),
        (Status.NO_EVIDENCE, ["limited", "substantial", "complete"]),
        (Status.ABANDONED, ["limited", "substantial", "complete"]),
        (Status.LIMITED, ["substantial", "complete"]),
        (Status.SUBSTANTIAL, ["complete"]),
        (Status.COMPLETE, []),
    ],
)
def test_what_lies_further_than_a_status(status, further):
    assert [word.value for word in next_statuses(status)] == further


def test_what_would_change_the_status_is_the_criterion_and_a_concrete_action(client, record, editor):
    bare = factories.make_commitment(published_by=editor)

    with_one, without = (text_of(client.get(item.get_absolute_url())) for item in (record.commitment, bare))

    assert "Critère de réalisation : La force est déclarée opérationnelle." in with_one
    assert "Progrès important Réalisé Un passage, retrouvé" in with_one
    assert "Aucun critère n’est fixé" in without
    assert "Progrès limité Progrès important Réalisé Un passage, retrouvé" in without


def test_what_is_complete_changes_only_by_another_judgement(client, analyst, editor):
    judged = factories.make_assessment(status="complete", proposed_by=analyst, published_by=editor)

    words = text_of(client.get(judged.commitment.get_absolute_url()))

    assert "Seule une nouvelle évaluation, fondée sur une source, ou le retrait de celle-ci." in words
    assert "Un passage, retrouvé" not in words


def test_the_story_is_told_in_the_order_of_its_days(client, record, analyst, editor):
    with on("2026-11-22"):
        better = factories.make_assessment(commitment=record.commitment, status="substantial", as_of=date(2025, 6, 1))
        publication.propose(better, by=analyst)
        publication.supersede(record.assessment, better, by=editor, reason="Un lot avait été omis.")
        factories.make_milestone(
            commitment=record.commitment,
            title_fr="Remise",
            due_on=date(2025, 12, 31),
            met_on=date(2025, 12, 1),
            published_by=editor,
        )
    with on("2026-11-23"):
        publication.withdraw(better, by=editor, reason="Source démentie.")
        page = client.get(record.commitment.get_absolute_url())

    told = [(sentence.day.isoformat(), sentence.kind) for sentence in page.context["story"]]
    words = text_of(page)
    assert told == [
        ("2025-04-03", "made"),
        ("2025-04-20", "searched"),
        ("2025-12-01", "met"),
        ("2026-06-30", "missed"),
        ("2026-11-21", "published"),
        ("2026-11-21", "judged"),
        ("2026-11-23", "withdrawn"),
    ]
    assert "1er décembre 2025 Jalon tenu dans les délais : Remise" in words
    assert "30 juin 2026 Échéance passée sans réalisation connue : Première livraison" in words
    assert "21 novembre 2026 Fiche publiée par Boubacar." in words
    assert "23 novembre 2026 Évaluation au 1er juin 2025, retirée par Boubacar. Motif : Source démentie." in words
    assert "Un lot avait été omis" not in words


@pytest.mark.slow
def test_the_story_of_a_past_day_knows_nothing_later(client, record, editor):
    with on("2026-11-23"):
        publication.withdraw(record.assessment, by=editor, reason="Source démentie.")
        address = record.commitment.get_absolute_url()
        then = client.get(f"{address}?known_on=2026-11-22").context["story"]
        before = client.get(f"{address}?as_of=2025-04-03").context["story"]

    assert [sentence.kind for sentence in then] == ["made", "searched", "missed", "published", "judged"]
    assert [sentence.kind for sentence in before] == ["made", "published"]


def test_an_expectation_is_never_told_as_taken(client, editor):
    expected = factories.make_commitment(basis="expected", published_by=editor)

    words = text_of(client.get(expected.get_absolute_url()))
    of_source = text_of(client.get(expected.citations.get().source.get_absolute_url()))

    assert "Attendu avant la rencontre · appuie" in of_source
    assert "Une source dit que cela est attendu." in words
    assert "L’engagement est pris." not in words


def test_each_version_of_a_question_names_who_gives_it(client, record):
    first, second = (claim.citations.get().source.reference for claim in record.discrepancy.claims.order_by("position"))

    words = text_of(client.get(record.commitment.get_absolute_url()))

    assert f"Le 3 avril {first} (article de presse) · valeur retenue" in words
    assert f"Le 10 avril {second} (article de presse)" in words


@pytest.mark.slow
@pytest.mark.parametrize("reference", ["AES-RU-2025-03", "AES-RU-2025-04", "AES-RU-2025-05"])
def test_the_page_of_a_commitment_is_light(client, seed_articles, reference):
    page = Page.made_of((), client.get(f"/engagements/{reference}/").content)

    assert len(page.body) <= MOST
