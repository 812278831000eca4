"""The five seed articles and the records coded from them."""

import hashlib
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import transaction

from commitments.data.tables import TABLES, rows
from commitments.management.commands.prepare_demo import SEEDS
from commitments.models import (
    Assessment,
    Citation,
    Claim,
    Commitment,
    Discrepancy,
    FollowUpNote,
    Instrument,
    Meeting,
    Membership,
    Milestone,
    RecordWords,
    Source,
    Undertaking,
)
from commitments.querysets.follow_up import outcome
from commitments.rules.act import act
from commitments.rules.judging import evidence, soundness
from tests import factories
from tests.public.conftest import on, text_of

DIGESTS = {
    "000_be527bc1e2dea2b6.txt": "8599c2df6f3aa646f35b305d2fc6e05433fc009cccd90b66c19399c7fdfb4cd9",
    "001_3394c1a0995b9a1b.txt": "d545d3c666ff978c2f56fbac9541f98eb184756429679ee0e7ef7000beff6925",
    "002_4f5d1aa6adcd7c21.txt": "ebed4922b29df5307dc14973f951d006f271dc9143fd910cb8cc56b1fdda792a",
    "003_4c1f6d6e1defac3c.txt": "800e93570f1e91fa38c2c6e98a0b3ca4836f8433e35ae6e8a0787435af767ff3",
    "004_eeff86a77461c9cc.txt": "cd0d3f3f7ec527d4b1ec110fc12f064fbc3cf449eb4fbf48c5f2878908c03f6d",
}
"""SHA-256 of the five articles as they were handed over."""

SUPPORTS = {"A000": 19, "A001": 7, "A002": 4, "A003": 6, "A004": 6}
"""How many commitments each article supports, as docs/codebook.md says."""

ADOPTED_BEFORE = {f"D{number:02}" for number in (1, 2, 3, 5, 6, 7, 10, 13, 16, 17)}
"""The discrepancies of which a value was adopted until 30 November 2026; the others were open."""

NOTES = {"A000": 1, "A003": 6, "A004": 5}
"""How many passages of each article the follow-up notes quote, as docs/codebook.md says."""

BASES = {"agreed": 7, "announced": 8, "intention": 16, "expected": 7, "envisaged": 3}


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
        "A002": ("", "A. Sanogo", False, date(2025, 4, 4)),
        "A003": ("APAnews", "MD/ac/Sf/APA", False, date(2025, 4, 4)),
        "A004": ("L’Essor", "Oumar Diakité", True, None),
    }


def test_only_a_day_that_no_text_states_is_deduced(seed_articles):
    deduced = Source.objects.exclude(published_on_reading_fr="")

    assert [source.reference for source in deduced] == ["A002"]
    assert "hier jeudi 3 avril" in deduced[0].text
    assert "hier jeudi 3 avril" in deduced[0].published_on_reading_fr


def test_every_membership_has_its_source_and_its_day(seed_articles):
    rows = Membership.objects.values_list("member__code", "source__reference", "stated_on", "role_fr")

    assert set(rows) == {
        ("ML", "A001", date(2025, 4, 2), "Présidence tournante"),
        ("BF", "A003", date(2025, 4, 4), ""),
        ("NE", "A003", date(2025, 4, 4), ""),
    }
    assert (
        "dont le pays assure actuellement la présidence tournante de l’AES" in Source.objects.get(reference="A001").text
    )
    assert "composée du Mali, du Burkina Faso et du Niger" in Source.objects.get(reference="A003").text


@pytest.mark.slow
def test_every_citation_is_verified(seed_articles):
    outcomes = Counter(Citation.objects.values_list("verification", flat=True))

    assert outcomes == {"verified": 247}
    for citation in Citation.objects.select_related("source"):
        assert citation.exact == citation.source.text[citation.start : citation.end], citation.uid
    assert list(soundness.citation_faults()) == []
    with on("2026-12-01"):  # the last of the searches was made the day before
        assert list(soundness.publication_faults()) == []


def test_what_each_article_supports(seed_articles):
    supporting = Citation.objects.filter(commitment__isnull=False, role="supports")
    pairs = set(supporting.values_list("source__reference", "commitment__reference"))

    assert Counter(source for source, _commitment in pairs) == SUPPORTS


def test_what_is_agreed_is_reported_as_agreed(seed_articles):
    supporting = Citation.objects.filter(commitment__basis="agreed", role="supports")
    pairs = supporting.values_list("commitment__reference", "source__reference")

    assert {reference[-2:]: source for reference, source in pairs} == {
        **dict.fromkeys(("01", "02", "03", "05", "06"), "A004"),
        **dict.fromkeys(("04", "08"), "A000"),
    }
    assert len(pairs) == 7


def test_the_codebook_says_the_same(seed_articles):
    codebook = Path("docs/codebook.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| (A00\d) \| (\d+) \|", codebook, re.MULTILINE))

    assert {source: int(count) for source, count in table.items()} == SUPPORTS
    in_notes = dict(re.findall(r"^\| (A00\d) \|(?: \d+ \|){6} (\d+) \|$", codebook, re.MULTILINE))
    assert {source: int(count) for source, count in in_notes.items() if count != "0"} == NOTES


def test_the_codebook_counts_by_sector_as_the_records_do(seed_articles):
    codebook = Path("docs/codebook.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]*\(`(\w+)`\) \|((?: \d+ \|)+)", codebook, re.MULTILINE)
    table = {sector: [int(count) for count in counts.split("|")[:-1]] for sector, counts in rows}
    pairs = Counter(Commitment.objects.values_list("sector__slug", "basis"))

    assert sum(counts[-1] for counts in table.values()) == sum(pairs.values())
    for sector, counts in table.items():
        counted = [pairs[sector, basis] for basis in BASES]
        assert counts == [*counted, sum(counted)], sector


def test_the_codebook_counts_quotations_as_the_records_do(seed_articles):
    codebook = Path("docs/codebook.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| (A00\d) \| \d+ \| (\d+ \| \d+ \| \d+ \| \d+ \| \d+) \|", codebook, re.MULTILINE))

    for source, row in table.items():
        quoted = Citation.objects.filter(source__reference=source)
        on_commitments = Counter(quoted.filter(commitment__isnull=False).values_list("role", flat=True))
        beside = [quoted.filter(**{f"{name}__isnull": False}).count() for name in ("assessment", "milestone", "claim")]
        assert row == " | ".join(map(str, [on_commitments["supports"], on_commitments["context"], *beside])), source


def test_every_commitment_is_coded_whole(seed_articles):
    commitments = Commitment.objects.all()

    assert Counter(commitments.values_list("basis", flat=True)) == BASES
    assert commitments.with_status().exclude(title_en="").exclude(statement_en="").count() == 41
    for commitment in commitments:
        assert evidence.objections(commitment) == [], commitment
        benefits = commitment.undertakings.filter(role="benefits")
        assert benefits.exists() == commitment.is_undertaken, commitment


def test_the_four_that_were_named_come_first(seed_articles):
    titles = list(Commitment.objects.order_by("reference").values_list("title_en", flat=True)[:4])

    assert ["Unified Force" in titles[0], "equipment" in titles[1], "raining" in titles[2], "nnual" in titles[3]] == [
        True
    ] * 4


def test_expectations_come_from_the_article_written_before(seed_articles):
    expected = Commitment.objects.filter(basis="expected")

    sources = Citation.objects.filter(commitment__in=expected).values_list("source__reference", flat=True)
    assert set(sources) == {"A001"}
    assert set(expected.values_list("made_on", flat=True)) == {date(2025, 4, 2)}


def test_assessments_report_what_an_article_reports(seed_articles):
    assessed = {
        (a.commitment.reference, a.party and a.party.code, a.state, a.status, a.as_of)
        for a in Assessment.objects.select_related("commitment", "party")
    }

    assert assessed == {
        ("AES-RU-2025-03", "ML", "withdrawn", "limited", date(2025, 4, 4)),
        ("AES-RU-2025-04", None, "published", "limited", date(2025, 4, 4)),
        ("AES-RU-2025-18", None, "withdrawn", "limited", date(2025, 4, 4)),
    }


def test_the_first_session_is_counted_by_the_sources_themselves(seed_articles):
    judgements = list(Assessment.objects.filter(commitment__reference="AES-RU-2025-04").order_by("recorded_at"))

    [former, present] = judgements
    assert present.supersedes == former
    assert present.supersession_reason
    actions = present.citations.filter(evidence_kind="concrete_action").values_list("exact", flat=True)
    assert any("première session" in exact for exact in actions)


def test_no_passage_both_states_a_commitment_and_proves_it_carried_out(seed_articles):
    evidence_in_force = Citation.objects.published().filter(assessment__isnull=False, evidence_kind="concrete_action")

    for passage in evidence_in_force.select_related("assessment"):
        same = Citation.objects.filter(commitment=passage.assessment.commitment, source=passage.source)
        assert not same.filter(start__lt=passage.end, end__gt=passage.start).exists(), passage


def test_every_agreed_commitment_has_a_criterion(seed_articles):
    agreed = Commitment.objects.filter(basis="agreed")

    assert list(agreed.filter(criterion_fr="") | agreed.filter(criterion_en="")) == []


def test_a_statement_begins_with_what_is_promised(seed_articles):
    opened = Commitment.objects.filter(statement_fr__startswith="Selon ") | Commitment.objects.filter(
        statement_en__startswith="According "
    )

    assert list(opened) == []
    for commitment in Commitment.objects.all():
        for statement in (commitment.statement_fr, commitment.statement_en):
            assert not re.match(r"A00\d", statement), commitment


def test_no_reader_meets_a_reference_without_the_source_s_name(seed_articles):
    read = [
        getattr(record, name)
        for model in (Commitment, Assessment, Discrepancy, Claim, FollowUpNote, Instrument, Meeting)
        for record in model.objects.all()
        for name in model.public_fields
        if name.endswith(("_fr", "_en", "_reason"))
    ]

    assert len(read) > 300
    assert [text for text in read if re.search(r"A00\d", re.sub(r"\([^()]*\)", "", text))] == []


def test_what_is_no_commitment_says_so_in_its_title(seed_articles):
    words = {"expected": (r"\(attendue?s?\)$", r"\(expected\)$"), "envisaged": (r"\(envisagée\)$", r"\(envisaged\)$")}

    for commitment in Commitment.objects.filter(basis__in=words):
        french, english = words[commitment.basis]
        assert re.search(french, commitment.title_fr), commitment
        assert re.search(english, commitment.title_en), commitment


def test_what_is_easily_taken_for_one_leads_to_the_other(seed_articles):
    for one, other in [("02", "41"), ("03", "10"), ("04", "08")]:
        for reference, named in [(one, other), (other, one)]:
            commitment = Commitment.objects.get(reference=f"AES-RU-2025-{reference}")
            assert f"AES-RU-2025-{named}" in commitment.statement_fr, commitment
            assert f"AES-RU-2025-{named}" in commitment.statement_en, commitment


def test_the_notes_say_what_the_codebook_holds_and_quote_it(seed_articles):
    notes = FollowUpNote.objects.published()

    assert sorted(note.target.reference for note in notes) == [
        "AES-RU-2025-04",
        "AES-RU-2025-18",
        "communique-conjoint-2025-04-03",
        "communique-conjoint-2025-04-03",
        "declaration-diop-2025-04-03",
        "declaration-diop-2025-04-03",
    ]
    quoted = Counter(Citation.objects.filter(note__isnull=False).values_list("source__reference", flat=True))
    assert quoted == NOTES
    for note in notes:
        assert evidence.objections(note) == [], note
        assert note.body_en, note
        assert note.citations.exists(), note


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
    assert [m.deadline.in_words() for m in milestones] == ["2025, jour non précisé", "2026, jour non précisé"]
    assert all(m.reading_fr and m.reading_en for m in milestones)
    assert [m.place_fr for m in milestones] == ["", "Un pays de l’AES"]
    assert "alternant" in milestones[1].citations.get(source__reference="A000").exact


def test_discrepancies_quote_each_claim_and_say_why(seed_articles):
    discrepancies = Discrepancy.objects.prefetch_related("claims__citations")

    counts = Counter(outcome(discrepancy) for discrepancy in discrepancies)
    assert counts == {"adopted": 8, "compatible": 11, "open": 3}
    for discrepancy in discrepancies:
        assert evidence.objections(discrepancy) == [], discrepancy
        assert discrepancy.meeting_id or discrepancy.commitments.exists() or discrepancy.reference.endswith("D06")


def test_the_codebook_says_how_each_discrepancy_ends(seed_articles):
    codebook = Path("docs/codebook.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| D(\d\d) \| (.+) \| (\w+)(?:: (.+))? \|$", codebook, re.MULTILINE)

    adopted = dict(Claim.objects.filter(is_adopted=True).values_list("discrepancy__reference", "value_en"))
    assert table == [
        (item.reference[-2:], item.question_en, outcome(item), adopted.get(item.reference, ""))
        for item in Discrepancy.objects.order_by("reference")
    ]


def former(fixture):
    """Return the rows of the discrepancies as they were before some were decided anew, in few words."""
    new = [row["fields"] for row in fixture if row["fields"].get("recorded_at", "") > "2026-11-22"]
    kept = [row for row in fixture if row["fields"] not in new]
    quoted = {row["fields"]["claim"][0] for row in kept if "claim" in row["fields"]}
    found = []
    for row in kept:
        fields = row["fields"]
        if row["model"] == "commitments.claim":
            if fields["uid"] not in quoted:
                continue
            fields["is_adopted"] = fields["position"] == 0 and fields["discrepancy"][0][-3:] in ADOPTED_BEFORE
        elif row["model"] == "commitments.discrepancy":
            was_adopted = fields["reference"][-3:] in ADOPTED_BEFORE
            fields |= {"is_compatible": False, "reason_fr": "", "reason_en": "", "settled_on": None}
            fields |= {"settled_by": None, "settled_at": None}
            if was_adopted:
                fields |= {"reason_fr": "Motif d’avant.", "settled_on": "2026-11-21"}
                fields |= {"settled_by": ["relecture-initiale"], "settled_at": "2026-11-21T22:20:00Z"}
        found.append(row)
    return found


@pytest.mark.slow
def test_discrepancies_loaded_over_the_former_ones_end_as_in_an_empty_database(db, client, tmp_path):
    def public():
        tables = [rows(TABLES[name]) for name in ("discrepancies", "claims", "citations", "discrepancy-commitments")]
        told = [
            {name: value for name, value in row.items() if name != "verified_at"} for table in tables for row in table
        ]
        return sorted(map(repr, told))

    path = tmp_path / "discrepancies.json"
    path.write_text(json.dumps(former(json.loads(Path("fixtures/discrepancies.json").read_text(encoding="utf-8")))))
    with on("2026-12-01"), transaction.atomic():
        call_command("loaddata", *SEEDS, verbosity=0)
        empty = public()
        transaction.set_rollback(True)

    with on("2026-11-22"):
        call_command("loaddata", *SEEDS[:-1], path, verbosity=0)
        assert public() != empty
    with on("2026-12-01"):
        call_command("loaddata", SEEDS[-1], verbosity=0)

        assert public() == empty
        address = "/divergences/AES-RU-D05/"
        then, now = (text_of(client.get(address + query)) for query in ("?known_on=2026-11-25", ""))
        assert "Valeur retenue : Annuellement" in then
        assert "Versions compatibles" not in then
        assert "Versions compatibles : toutes peuvent être vraies" in now
        assert "Valeur retenue : Annuellement Motif d’avant." in now[now.index("Décisions antérieures") :]
        assert list(soundness.publication_faults()) == []


def test_two_roles_rest_on_the_word_of_another_party(seed_articles):
    roles = Undertaking.objects.exclude(according_to=None)

    told = roles.values_list("commitment__reference", "party__code", "role", "according_to__code")
    assert sorted(told) == [
        ("AES-RU-2025-15", "RU", "undertakes", "NE"),
        ("AES-RU-2025-33", "AES", "undertakes", "ML"),
    ]


@pytest.mark.slow
def test_fixtures_loaded_over_other_roles_end_in_the_roles_they_state(seed_articles, editor):
    def roles():
        return sorted(Undertaking.objects.values_list("commitment__reference", "party__code", "role", "according_to"))

    before = roles()
    commitment = Commitment.objects.get(reference="AES-RU-2025-30")
    other = factories.make_commitment(published_by=editor)
    with act(public=True):
        commitment.basis = "intention"
        commitment.save()
        commitment.undertakings.all().delete()
        for code, role in (("RU", "undertakes"), ("RU", "benefits"), ("AES", "benefits")):
            commitment.undertakings.create(party=factories.make_party(code), role=role)

    call_command("loaddata", *SEEDS, verbosity=0)

    assert [row for row in roles() if row[0] != other.reference] == before
    assert other.undertakings.count() == 2
    removed = Undertaking.history.filter(commitment_id=commitment.pk, history_type="-")
    assert removed.count() == 2 + 3


@pytest.mark.slow
def test_fixtures_loaded_again_change_nothing(seed_articles):
    def rows():
        return [
            list(model.objects.order_by("pk").values())
            for model in (Citation, Commitment, Undertaking, Assessment, Discrepancy, Source, Milestone)
        ] + [Undertaking.history.count(), Citation.history.count(), Commitment.history.count(), Source.history.count()]

    before = rows()

    call_command("loaddata", *SEEDS, verbosity=0)

    assert rows() == before


FIRST_CODING = "2026-11-21T22:20:00Z"
"""When the records of the first coding were published."""

ONCE_SUPPORTING = ("be9d18d8", "5965ae0d", "e95f2de9")
"""How the identifiers of some passages begin that were given as support at first, and are context now."""


def as_first_coded(rows):
    """Return the rows of the commitments' fixture much as they first were: fewer, judged otherwise, in other words."""
    first = []
    for row in rows:
        fields = dict(row["fields"])
        if fields.get("recorded_at", FIRST_CODING) > FIRST_CODING or "AES-RU-2025-41" in fields.get("commitment", ()):
            continue
        if row["model"] == "commitments.undertaking" and list(fields.values()) == [
            ["AES-RU-2025-12"],
            ["RU"],
            "benefits",
        ]:
            continue
        if fields.get("state") == "withdrawn":
            fields["state"] = "published"
            for name in ("withdrawn_by", "withdrawn_at", "withdrawal_reason"):
                del fields[name]
        if row["model"] == "commitments.citation":
            fields["exact"] = fields["exact"].removeprefix("A ce titre, renseigne le document, ")
            if fields["uid"].startswith(ONCE_SUPPORTING):
                fields["role"] = "supports"
        if row["model"] == "commitments.milestone":
            for name in {"due_precision", "reading_fr", "reading_en", "place_fr", "place_en"} & fields.keys():
                del fields[name]
        if row["model"] == "commitments.commitment":
            fields["statement_fr"] = f"Selon A000, {fields['statement_fr']}"
            if fields["reference"] == "AES-RU-2025-07":
                fields["basis"] = "agreed"
            if fields["reference"] == "AES-RU-2025-16":
                fields["made_on"] = "2025-04-03"
        first.append({**row, "fields": fields})
    return first


def on_file():
    """Return the commitments and all that hangs from them by natural keys, but for the moment of verification."""
    rows = [
        serialized
        for model in (Commitment, Undertaking, Citation, Assessment, Milestone)
        for serialized in serializers.serialize(
            "python", model.objects.all(), use_natural_foreign_keys=True, use_natural_primary_keys=True
        )
    ]
    for row in rows:
        row["fields"].pop("verified_at", None)
    found = RecordWords.objects.order_by("kind", "record").values_list("title", "statement", "beside")
    words = [[sorted(part.split()) for part in parts] for parts in found]
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in rows), words


@pytest.mark.slow
def test_fixtures_over_those_of_the_first_coding_end_as_in_an_empty_database(db, tmp_path):
    seeds = SEEDS[: SEEDS.index("commitments")]
    present = json.loads(Path("fixtures/commitments.json").read_text(encoding="utf-8"))
    former = tmp_path / "former.json"
    former.write_text(json.dumps(as_first_coded(present)), encoding="utf-8")
    with transaction.atomic():
        call_command("loaddata", *seeds, str(former), verbosity=0)
        before = on_file()
        statuses = dict(Commitment.objects.with_status().values_list("reference", "status"))
        call_command("loaddata", *seeds, "commitments", verbosity=0)
        over_the_former = on_file()
        transaction.set_rollback(True)

    call_command("loaddata", *seeds, "commitments", verbosity=0)

    assert statuses["AES-RU-2025-18"] == "limited"
    assert Commitment.objects.with_status().get(reference="AES-RU-2025-18").status == "not_assessed"
    assert before != over_the_former == on_file()
