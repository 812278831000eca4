"""The tables as files: what spreadsheets, pandas and a program that reads line by line make of them."""

import csv
import io
import json
import shutil
import subprocess

import openpyxl
import pandas
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from commitments.data.tables import TABLES, rows
from commitments.data.writing import FORMATS, cell, csv_lines, json_lines, workbook
from commitments.rules.spreadsheets import writing
from commitments.rules.spreadsheets.cells import unguarded
from tests import factories
from tests.public.conftest import content_of


def fetched(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, content_of(response)
    return content_of(response)


def lines(client, address):
    return [json.loads(line) for line in fetched(client, address).splitlines()]


@pytest.mark.slow
def test_every_table_is_there_in_every_format(client, record):
    for name in TABLES:
        for form, kind in FORMATS.items():
            response = client.get(f"/data/{name}.{form}", headers={"Origin": "https://elsewhere.example"})

            assert response.status_code == 200
            assert response["Content-Type"] == kind.content_type
            assert f'filename="{name}-2026-11-21.{form}"' in response["Content-Disposition"]
            assert response["Access-Control-Allow-Origin"] == "*"
            assert content_of(response) or form == "jsonl"


def test_a_file_that_has_not_changed_is_not_sent_again(client, record):
    tag = client.get("/data/commitments.csv")["ETag"]

    again = client.get("/data/commitments.csv", headers={"If-None-Match": tag})
    record.commitment.title_fr = "Un autre titre"
    record.commitment.save()
    changed = client.get("/data/commitments.csv", headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert changed.status_code == 200


@pytest.mark.one_database
@pytest.mark.slow
def test_the_three_formats_say_the_same(client, full_site):
    for name, table in TABLES.items():
        told = lines(client, f"/data/{name}.jsonl")
        text = fetched(client, f"/data/{name}.csv").decode()
        from_csv = list(csv.DictReader(io.StringIO(text, newline="")))
        sheet = openpyxl.load_workbook(io.BytesIO(fetched(client, f"/data/{name}.xlsx")))[name]
        from_sheet = list(sheet.iter_rows(values_only=True))

        assert [{key: value or None for key, value in row.items()} for row in from_csv] == [
            {key: cell(value) or None for key, value in row.items()} for row in told
        ]
        assert list(from_sheet[0]) == table.names()
        assert len(from_sheet) == len(told) + 1


@pytest.mark.one_database
@pytest.mark.slow
def test_pandas_reads_the_three_formats_alike(client, full_site):
    for name, table in TABLES.items():
        files = {form: io.BytesIO(fetched(client, f"/data/{name}.{form}")) for form in FORMATS}
        from_csv = pandas.read_csv(files["csv"], dtype=str, keep_default_na=False)
        from_lines = pandas.read_json(files["jsonl"], lines=True, dtype=False)
        from_sheet = pandas.read_excel(files["xlsx"], sheet_name=name)

        assert list(from_csv.columns) == list(from_lines.columns) == list(from_sheet.columns) == table.names()
        assert len(from_csv) == len(from_lines) == len(from_sheet)
    counts = pandas.read_csv(io.BytesIO(fetched(client, "/data/commitments.csv")))["status"].value_counts()
    assert counts["not_assessed"] > 25


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1) | st.sampled_from(
    ["=1+1", "'=1+1", "''=1", "+3", "-4", "@x", "\t=1", "\n", "＝1", "'", '"', ",", "a\r\nb", " =2"]
)


@given(texts=st.lists(TEXTS, min_size=1))
def test_no_cell_runs_and_none_is_lost(texts):
    written = b"".join(csv_lines(["text"], [{"text": text} for text in texts])).decode()

    read = [row[0] for row in csv.reader(io.StringIO(written, newline=""))][1:]

    assert [unguarded(text) for text in read] == texts
    assert not any(text.startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for text in read)
    assert [json.loads(line)["text"] for line in json_lines([{"text": text} for text in texts])] == texts


SPLIT = st.text(st.sampled_from(" \u00a0=-@＝'\",;\t\r\nab"), max_size=9) | st.sampled_from(
    ['vu ;"=1+1"', "un ;=1", "un ; -2", "a,=1", "a\t@b", "ligne\r\n- autre", "a;'=1", "a;", 'a;"', "\n=1", " \n=1"]
)
"""Texts that another separator splits into other cells than ours."""

WRITERS = {
    "public": (",", lambda rows: csv_lines(["one", "two"], [dict(enumerate(row)) for row in rows])),
    "desk, French": (";", lambda rows: writing.csv_lines(["one", "two"], rows, separator=";")),
    "desk, English": (",", lambda rows: writing.csv_lines(["one", "two"], rows, separator=",")),
}
"""What writes CSV, with its separator."""


@pytest.mark.slow
@pytest.mark.parametrize("writer", WRITERS)
@given(rows=st.lists(st.tuples(SPLIT, SPLIT), min_size=1, max_size=3))
def test_no_cell_of_any_reading_of_a_csv_file_runs_and_none_is_lost(writer, rows):
    own, write = WRITERS[writer]
    written = b"".join(write(rows)).decode("utf-8-sig")

    for separator in ",;\t":
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            for skips in (False, True):
                read = csv.reader(
                    io.StringIO(written, newline=""), delimiter=separator, quoting=quoting, skipinitialspace=skips
                )
                live = [text for row in read for text in row if text.lstrip().startswith(("=", "+", "-", "@", "＝"))]
                assert live == [], (separator, quoting, skips)

    ours = list(csv.reader(io.StringIO(written, newline=""), delimiter=own))[1:]
    assert [tuple(unguarded(text) for text in row) for row in ours] == rows


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS.filter(lambda text: all(char >= " " for char in text)), min_size=1, max_size=5))
def test_a_workbook_has_texts_as_they_are_and_no_formula(texts):
    table = TABLES["sectors"]
    blank = dict.fromkeys(table.names())

    with workbook(table, [blank | {"name_fr": text} for text in texts]) as file:
        sheet = openpyxl.load_workbook(file)["sectors"]

    read = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert [found.value for found in read] == texts
    assert {found.data_type for found in read} == {"s"}


def test_a_workbook_is_the_same_for_the_same_rows(record):
    made = []
    for _ in range(2):
        with workbook(TABLES["commitments"], rows(TABLES["commitments"])) as file:
            made.append(file.read())

    assert made[0] == made[1]


@pytest.mark.one_database
@pytest.mark.slow
def test_a_spreadsheet_program_reads_what_we_write(client, record, editor, tmp_path):
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice is needed: apt-get install libreoffice-calc-nogui"
    factories.make_commitment(reference="AES-RU-2025-09", title_fr="=1+1", title_en="@SUM(1)", published_by=editor)
    for form in ("csv", "xlsx"):
        (tmp_path / f"{form}-in.{form}").write_bytes(fetched(client, f"/data/commitments.{form}"))

    read = {}
    for form in ("csv", "xlsx"):
        options = ["--infilter=CSV:44,34,76"] if form == "csv" else []
        subprocess.run(  # noqa: S603
            [
                program,
                "--headless",
                f"-env:UserInstallation=file://{tmp_path}/profile",
                *options,
                "--convert-to",
                "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false",
                "--outdir",
                str(tmp_path / form),
                str(tmp_path / f"{form}-in.{form}"),
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
        text = (tmp_path / form / f"{form}-in.csv").read_text(encoding="utf-8")
        read[form] = list(csv.DictReader(io.StringIO(text, newline="")))

    for form, found in read.items():
        assert [row["reference"] for row in found] == ["AES-RU-2025-01", "AES-RU-2025-09"], form
        assert unguarded(found[1]["title_fr"]) == "=1+1", form
        assert unguarded(found[1]["title_en"]) == "@SUM(1)", form
        assert found[0]["made_on"] == "2025-04-03", form


def test_a_file_has_what_the_list_shows_under_the_same_filters(client, full_site):
    for query in ("q=force", "party=RU&status=not_assessed", "sector=securite", "basis=agreed", "q=formation&party=ML"):
        shown = {row.record.reference for row in client.get(f"/engagements/?{query}").context["table"].rows}

        assert {row["reference"] for row in lines(client, f"/data/commitments.jsonl?{query}")} == shown


def test_what_is_no_commitment_is_in_a_file_only_where_it_is_asked_for(client, full_site):
    proper = lines(client, "/data/commitments.jsonl")
    every = lines(client, "/data/commitments.jsonl?basis=all")

    assert {row["basis"] for row in proper} == {"agreed", "announced", "intention"}
    assert lines(client, "/data/commitments.jsonl?basis=undertaken") == proper
    assert {row["basis"] for row in every} == {"agreed", "announced", "intention", "expected", "envisaged"}
    assert [row for row in every if row in proper] == proper
    for basis in ("expected", "envisaged"):
        assert {row["basis"] for row in lines(client, f"/data/commitments.jsonl?basis={basis}")} == {basis}
    found = {row["reference"] for row in lines(client, "/data/commitments.jsonl?basis=all&sector=finance")}
    assert {"AES-RU-2025-30", "AES-RU-2025-32"} <= found


def test_the_other_tables_are_narrowed_by_their_columns(client, full_site):
    found = lines(client, "/data/citations.jsonl?commitment=AES-RU-2025-01&source=A004")

    assert found
    assert {(row["commitment"], row["source"]) for row in found} == {("AES-RU-2025-01", "A004")}


@pytest.mark.parametrize(
    ("address", "status", "parameter"),
    [
        ("/data/commitments.csv?statut=limited", 400, "statut"),
        ("/data/commitments.csv?status=limite", 400, "status"),
        ("/data/commitments.csv?party=ZZ", 404, "party"),
        ("/data/commitments.csv?as_of=hier", 400, "as_of"),
        ("/data/commitments.csv?known_on=2030-01-01", 400, "known_on"),
        ("/data/commitments.csv?q=%00", 400, "q"),
        ("/data/citations.jsonl?assessment=12", 400, "assessment"),
        ("/data/citations.jsonl?commitment=JAMAIS-2025-01", 404, "commitment"),
        ("/data/citations.jsonl?role=appui", 400, "role"),
    ],
)
def test_what_cannot_be_read_is_said_to_be_wrong(client, record, address, status, parameter):
    response = client.get(address)

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == status
    assert [error["parameter"] for error in told["errors"]] == [parameter]
    assert all(error["message"] for error in told["errors"])


@pytest.mark.parametrize("address", ["/data/nulle.csv", "/data/commitments.pdf", "/data/rien", "/data/tracker-x.zip"])
def test_what_is_not_there_is_a_problem_too(client, db, address):
    response = client.get(address)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_nothing_is_written_here(client, db):
    response = client.post("/data/commitments.csv")

    assert response.status_code == 405
    assert "GET" in response["Allow"]


@pytest.mark.slow
def test_the_bundle_of_today_and_of_a_past_day_are_served(client, record):
    from tests.public.conftest import on

    with on("2026-11-23"):
        today, before = (client.get(f"/data/tracker-2026-11-{day}.zip") for day in (23, 22))

        assert [response.status_code for response in (today, before)] == [200, 200]
        assert content_of(today)[:2] == content_of(before)[:2] == b"PK"
        assert client.get("/data/tracker-2026-11-24.zip").status_code == 404
        again = client.get("/data/tracker-2026-11-23.zip", headers={"If-None-Match": today["ETag"]})
        assert again.status_code == 304
