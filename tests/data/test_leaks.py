"""Nothing of what is not public is in any file of data, any answer of the API, or the bundle."""

import io
from zipfile import ZipFile

import pytest

from commitments.rules.review import publication
from tests import factories
from tests.data.addresses import taken
from tests.public.conftest import content_of, make_internal, on
from tests.public.test_leaks import MARK, planted  # noqa: F401 - the fixture with what must not show

pytestmark = pytest.mark.slow

UNSAID = ("Elle annonce", "est saluée", MARK, "zygomar", "2019-09-08")
"""Words of a withdrawn judgement, of an internal note and of drafts; the day that a draft source speaks of."""


def told(response):
    return content_of(response).decode()


def test_no_file_and_no_answer_has_a_trace_of_what_is_not_public(client, record, planted):  # noqa: F811
    for address in taken(record):
        for query in ("", "as_of=2026-11-20", "known_on=2026-11-20", "known_on=2026-11-21"):
            joint = "&" if "?" in address else "?"
            text = told(client.get(f"{address}{joint}{query}"))

            for words in UNSAID:
                assert words.lower() not in text.lower(), (address, query, words)
            for uid in planted["uids"]:
                assert uid not in text, (address, query)


def test_the_bundle_has_no_trace_of_what_is_not_public(client, record, planted):  # noqa: F811
    for day in ("2026-11-21", "2026-11-20"):
        response = client.get(f"/data/tracker-{day}.zip")
        with ZipFile(io.BytesIO(content_of(response))) as archive:
            for name in archive.namelist():
                text = archive.read(name).decode()
                # The page of a public source shows some words around each passage of it: so does that file.
                for words in UNSAID if name != "texts/shown.jsonl" else UNSAID[2:]:
                    assert words.lower() not in text.lower(), (day, name, words)
                for uid in planted["uids"]:
                    assert uid not in text, (day, name)


def test_a_workbook_has_no_trace_either(client, record, planted):  # noqa: F811
    import openpyxl

    for name in ("commitments", "citations", "assessments", "parties"):
        content = content_of(client.get(f"/data/{name}.xlsx"))
        book = openpyxl.load_workbook(io.BytesIO(content))
        text = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)

        assert not any(words.lower() in text.lower() for words in UNSAID), name


def test_what_is_not_public_answers_as_what_never_was(client, record, planted):  # noqa: F811
    for kind, hidden, never in (
        ("commitments", "ZYGOMAR-2025-01", "JAMAISV-2025-01"),
        ("sources", "ZYGOMAR1", "JAMAISV1"),
        ("sectors", "zygomar", "jamaisv"),
        ("parties", "ZYGOMAR", "JAMAISV"),
        ("instruments", "zygomar-instrument", "jamaisv-instrument"),
        ("discrepancies", "ZYGOMAR-D01", "JAMAISV-D01"),
    ):
        one, other = (client.get(f"/api/v1/{kind}/{key}") for key in (hidden, never))

        assert one.status_code == other.status_code == 404
        assert one.content.decode().replace(hidden, "") == other.content.decode().replace(never, "")
    for name, hidden, never in (("sector", "zygomar", "jamaisv"), ("party", "ZYGOMAR", "JAMAISV")):
        one, other = (client.get(f"/api/v1/commitments?{name}={key}") for key in (hidden, never))

        assert one.status_code == other.status_code == 404
        assert one.content.decode().replace(hidden, "") == other.content.decode().replace(never, "")


def test_counts_leave_out_what_is_not_public(client, record, planted):  # noqa: F811
    shown = client.get("/api/v1/commitments").json()

    assert shown["count"] == len(shown["items"]) == 2
    assert client.get("/api/v1/assessments").json()["count"] == 1
    assert client.get("/api/v1/searches").json()["count"] == 1
    assert {row["status"] for row in shown["items"]} == {"limited", "not_assessed"}
    assert [row["searched_on"] for row in shown["items"] if row["status"] == "not_assessed"] == [None]
    assert client.get("/api/v1/notes").json()["count"] == 1
    assert client.get("/api/v1/search?q=ZYGOMAR").json()["count"] == 0


def test_nobody_signs_by_a_login(client, record, analyst, editor):
    for address in taken(record):
        text = told(client.get(address))

        assert f'"{analyst.username}"' not in text
        assert f",{editor.username}," not in text


def test_a_version_of_a_claim_that_no_passage_made_yet_is_in_no_bundle(client, record, editor):
    with on("2026-11-22"):
        claim = record.discrepancy.claims.create(value_fr=f"Le {MARK}", position=3)
    with on("2026-11-23"):
        claim.value_fr = "Le 5 avril"
        claim.save()
        factories.make_citation(claim=claim, exact="Le 3 avril", published_by=editor)
    with on("2026-11-24"), ZipFile(io.BytesIO(content_of(client.get("/data/tracker-2026-11-24.zip")))) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}

    assert "Le 5 avril" in texts["history/versions.jsonl"]
    assert {name for name, text in texts.items() if MARK in text} == set()


def test_a_note_that_was_kept_inside_before_it_was_withdrawn_is_told_nowhere(client, record, editor):
    make_internal(record.note)
    publication.withdraw(record.note, by=editor, reason=f"Doublon {MARK}")

    for address in (f"/api/v1/notes/{record.note.uid}", f"/api/v1/notes?after={record.note.uid}"):
        answer = client.get(address)

        assert answer.status_code == 404, address
        assert MARK not in told(answer)
