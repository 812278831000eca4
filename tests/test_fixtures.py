"""The five seed articles and the records coded from them."""

import hashlib
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from commitments.management.commands.prepare_demo import SEEDS
from commitments.models import Assessment, Citation, Commitment, Discrepancy, Milestone, Source
from commitments.rules.judging import evidence, soundness

DIGESTS = {
    "000_be527bc1e2dea2b6.txt": "8599c2df6f3aa646f35b305d2fc6e05433fc009cccd90b66c19399c7fdfb4cd9",
    "001_3394c1a0995b9a1b.txt": "d545d3c666ff978c2f56fbac9541f98eb184756429679ee0e7ef7000beff6925",
    "002_4f5d1aa6adcd7c21.txt": "ebed4922b29df5307dc14973f951d006f271dc9143fd910cb8cc56b1fdda792a",
    "003_4c1f6d6e1defac3c.txt": "800e93570f1e91fa38c2c6e98a0b3ca4836f8433e35ae6e8a0787435af767ff3",
    "004_eeff86a77461c9cc.txt": "cd0d3f3f7ec527d4b1ec110fc12f064fbc3cf449eb4fbf48c5f2878908c03f6d",
}
"""SHA-256 of the five articles as they were handed over."""

SUPPORTS = {"A000": 26, "A001": 8, "A002": 9, "A003": 10, "A004": 6}
"""How many commitments each article supports, as docs/codebook.md says."""

BASES = {"agreed": 8, "announced": 7, "intention": 18, "expected": 7}


def test_the_articles_are_archived_byte_for_byte(seed_articles):
    archived = {source.file_name: hashlib.sha256(source.text.encode()).hexdigest() for source in Source.objects.all()}

    assert archived == DIGESTS
    assert dict(Source.objects.values_list("file_name", "sha256")) == DIGESTS
    assert not Source.objects.filter(text_is_public=True).exists()


def test_nothing_is_said_of_an_article_that_is_not_known(seed_articles):
    known = {
        source.reference: (source.publisher, source.author, bool(source.url), source.published_on)
        for source in Source.objects.all()
    }

    assert known == {
        "A000": ("", "", False, None),
        "A001": ("", "", False, date(2025, 4, 2)),
        "A002": ("", "A. Sanogo", False, None),
        "A003": ("APAnews", "MD/ac/Sf/APA", False, date(2025, 4, 4)),
        "A004": ("L’Essor", "Oumar Diakité", True, None),
    }


@pytest.mark.slow
def test_every_citation_is_verified(seed_articles):
    outcomes = Counter(Citation.objects.values_list("verification", flat=True))

    assert outcomes == {"verified": 201}
    assert list(soundness.citation_faults()) == []
    assert list(soundness.publication_faults()) == []


def test_what_each_article_supports(seed_articles):
    supporting = Citation.objects.filter(commitment__isnull=False, role="supports")
    pairs = set(supporting.values_list("source__reference", "commitment__reference"))

    assert Counter(source for source, _commitment in pairs) == SUPPORTS


def test_the_codebook_says_the_same(seed_articles):
    codebook = Path("docs/codebook.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| (A00\d) \| (\d+) \|", codebook, re.MULTILINE))

    assert {source: int(count) for source, count in table.items()} == SUPPORTS


def test_every_commitment_is_coded_whole(seed_articles):
    commitments = Commitment.objects.all()

    assert Counter(commitments.values_list("basis", flat=True)) == BASES
    assert commitments.with_status().exclude(title_en="").exclude(statement_en="").count() == 40
    for commitment in commitments:
        assert evidence.objections(commitment) == [], commitment
        assert commitment.undertakings.filter(role="benefits").exists(), commitment


def test_the_four_that_were_named_come_first(seed_articles):
    titles = list(Commitment.objects.order_by("reference").values_list("title_en", flat=True)[:4])

    assert ["Unified Force" in titles[0], "equipment" in titles[1], "raining" in titles[2], "nnual" in titles[3]] == [
        True
    ] * 4


def test_expectations_come_from_the_article_written_before(seed_articles):
    expected = Commitment.objects.expected()

    sources = Citation.objects.filter(commitment__in=expected).values_list("source__reference", flat=True)
    assert set(sources) == {"A001"}
    assert set(expected.values_list("made_on", flat=True)) == {date(2025, 4, 2)}


def test_assessments_report_what_an_article_reports(seed_articles):
    assessed = {
        (a.commitment.reference, a.party and a.party.code, a.status, a.as_of)
        for a in Assessment.objects.select_related("commitment", "party")
    }

    assert assessed == {
        ("AES-RU-2025-03", "ML", "limited", date(2025, 4, 4)),
        ("AES-RU-2025-04", None, "limited", date(2025, 4, 4)),
        ("AES-RU-2025-18", None, "limited", date(2025, 4, 4)),
    }


def test_nothing_is_later_than_the_articles(seed_articles):
    last = date(2025, 4, 5)

    assert not Commitment.objects.filter(made_on__gt=last).exists()
    assert not Assessment.objects.filter(as_of__gt=last).exists()
    assert not Milestone.objects.filter(met_on__gt=last).exists()
    assert not Source.objects.filter(published_on__gt=last).exists()


def test_annual_consultations_have_a_first_session_and_a_next_one(seed_articles):
    milestones = Milestone.objects.filter(commitment__reference="AES-RU-2025-04").order_by("due_on")

    assert [(m.due_from, m.due_on, m.met_on) for m in milestones] == [
        (date(2025, 1, 1), date(2025, 12, 31), date(2025, 4, 3)),
        (date(2026, 1, 1), date(2026, 12, 31), None),
    ]


def test_discrepancies_quote_each_claim_and_say_why(seed_articles):
    discrepancies = Discrepancy.objects.prefetch_related("claims__citations")

    assert discrepancies.count() == 19
    assert discrepancies.settled().count() == 10
    for discrepancy in discrepancies:
        assert evidence.objections(discrepancy) == [], discrepancy
        assert discrepancy.meeting_id or discrepancy.commitments.exists() or discrepancy.reference.endswith("D06")


@pytest.mark.slow
def test_fixtures_loaded_again_change_nothing(seed_articles):
    def rows():
        return [
            list(model.objects.order_by("pk").values())
            for model in (Citation, Commitment, Assessment, Discrepancy, Source, Milestone)
        ] + [Citation.history.count(), Commitment.history.count(), Source.history.count()]

    before = rows()

    call_command("loaddata", *SEEDS, verbosity=0)

    assert rows() == before
