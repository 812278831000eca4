"""Files that people have: encodings, separators, line ends, formats, dates, formulas."""

import io
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook, load_workbook

from commitments.rules.spreadsheets import cells, dates, parsing, writing
from commitments.rules.spreadsheets.parsing import Table, Unreadable, decode

LINES = ["Titre;Énoncé", "Réalisé;L’été « œuvre »"]


def rows(content):
    return [row.cells for row in Table(content).rows()]


def workbook(*lines, prepare=None):
    book = Workbook()
    sheet = book.active
    for line in lines:
        sheet.append(line)
    if prepare:
        prepare(book, sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"], ids=["CRLF", "LF", "CR"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"], ids=["semicolon", "comma", "tab"])
def test_a_csv_file_is_read_whatever_its_encoding_separator_and_line_ends(encoding, separator, end):
    content = end.join(line.replace(";", separator) for line in [*LINES, ""]).encode(encoding)

    assert rows(content) == [["Titre", "Énoncé"], ["Réalisé", "L’été « œuvre »"]]


def test_big_endian_utf_16_is_read():
    content = b"\xfe\xff" + "\n".join(LINES).encode("utf-16-be")

    assert rows(content)[1][0] == "Réalisé"


def test_a_quoted_cell_may_hold_separators_quotes_and_line_ends():
    content = b'Titre;Note\r\n"a;b ""c""";"un\r\ndeux"\r\nfin;\r\n'

    found = list(Table(content).rows())

    assert [row.cells for row in found][1] == ['a;b "c"', "un\r\ndeux"]
    assert [row.number for row in found] == [1, 2, 3]


def test_blank_rows_are_passed_over_and_rows_keep_the_number_that_the_spreadsheet_shows():
    assert [row.number for row in Table(b"Titre;Note\n\n;\nx;y\n").rows()] == [1, 4]


def test_the_line_that_names_the_separator_is_obeyed():
    found = list(Table(b"sep=,\nTitre,Note;\nx,y\n").rows())

    assert found[0].cells == ["Titre", "Note;"]
    assert [row.number for row in found] == [2, 3]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vide"),
        (b"\xef\xbb\xbf", "vide"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, ".xls"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"<!DOCTYPE html><table>", "pas un tableau"),
        (b"PK\x03\x04 not a workbook", "endommagé"),
        (b"Titre\nR\x81alis\xe9\n", "0x81, position 7 (ligne 2"),
        ("Titre\nRéalisé ".encode() + b"\xe9\n", "0xE9, position 16 (ligne 2"),
        (b"\xef\xbb\xbfTitre\nR\xe9alis\xe9\n", "0xE9, position 10 (ligne 2"),
        ("Titre\nRéalisé, tenu".encode("mac_roman"), "ancien Mac"),
        ("Titre\nRéalisé".encode("cp850"), "incertain"),
        ("Titre;Note\nRéalisé;x".encode("utf-16-le"), "UTF-16 sans sa marque"),
        ("Titre\nx".encode("utf-32"), "UTF-32"),
        (b'Titre;Note\nx;"jamais ferm\xc3\xa9\n', "guillemet"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_says_why(content, words):
    with pytest.raises(Unreadable) as refused:
        rows(content)

    assert words in str(refused.value)


def test_a_zip_that_is_no_workbook_is_refused():
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")

    with pytest.raises(Unreadable, match="pas un classeur"):
        rows(file.getvalue())


def test_too_many_rows_and_too_large_a_file_are_refused(monkeypatch):
    monkeypatch.setattr(parsing, "MAX_ROWS", 3)
    assert len(rows(b"Titre\n" + b"x\n" * 3)) == 4
    with pytest.raises(Unreadable, match="plus de 3 lignes"):
        rows(b"Titre\n" + b"x\n" * 4)

    monkeypatch.setattr(parsing, "MAX_BYTES", 10)
    with pytest.raises(Unreadable, match="dépasse"):
        Table(b"Titre\nabcdefgh")


def test_a_workbook_gives_true_dates_numbers_and_texts():
    content = workbook(["Titre", "Le", "Nombre", "Heure"], ["Été", datetime(2025, 4, 3), 12.0, time(14, 30)], ["x"])  # noqa: DTZ001

    assert rows(content)[1] == ["Été", date(2025, 4, 3), 12, time(14, 30)]
    assert rows(content)[2][0] == "x"


def test_a_formula_without_its_result_is_refused_by_its_cell():
    content = workbook(["Titre", "Note"], ["x", "=1+1"])

    with pytest.raises(Unreadable, match="B2"):
        rows(content)


def test_a_workbook_that_counts_from_1904_is_refused():
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    def prepare(book, sheet):
        book.epoch = CALENDAR_MAC_1904

    with pytest.raises(Unreadable, match="1904"):
        rows(workbook(["Titre"], ["x"], prepare=prepare))


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("rÃ©alisÃ©", "Ã©"),
        ("lâ€™accord", "â€™"),
        ("Â« oui Â»", "Â«"),
        ("Ã propos", "Ã"),
        ("r√©alis√©", "√©"),
        ("r\ufffdalis\ufffd", "\ufffd"),
        ("a\x00b", "nul"),
        ("#REF!", "erreur de formule"),
    ],
)
def test_a_spoilt_cell_is_refused_with_what_is_wrong(cell, words):
    assert words in cells.fault(cell)


@pytest.mark.parametrize("cell", ["réalisé", "L’été « œuvre » … –", "Škoda, Ángel, Åland", "São Tomé", "5 ‰ à 3 %", 12])
def test_a_sound_cell_is_not_refused(cell):
    assert cells.fault(cell) == ""
    assert cells.other_code_page(str(cell)) == ""


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+33",
        "-1",
        "@x",
        "\tx",
        "\rx",
        " =1",
        "\n=1",
        "＝1",
        "'=1",
        "''=1",
        "'quoted'",
        "plain",
        "",
        "l'été",
        "'",
        "un ;=1",
        "a,'=1, ''=2",
        "ligne\r\n- autre\n\n'- encore",
    ],
)
def test_the_guard_against_formulas_comes_off_again(cell):
    guarded = cells.guarded(cell)

    assert cells.unguarded(guarded) == cells.unguarded(cells.spared(cell)) == cell
    assert not guarded.lstrip().startswith(("=", "+", "-", "@", "＝"))


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2025-04-03", date(2025, 4, 3)),
        ("2025/4/3", date(2025, 4, 3)),
        ("2025-04-03 00:00:00", date(2025, 4, 3)),
        ("3/4/2025", date(2025, 4, 3)),
        ("03.04.2025", date(2025, 4, 3)),
        ("3 avril 2025", date(2025, 4, 3)),
        ("jeudi 3 avril 2025", date(2025, 4, 3)),
        ("1er août 2025", date(2025, 8, 1)),
        ("3 FÉVRIER 2025", date(2025, 2, 3)),
        ("3 April 2025", date(2025, 4, 3)),
        ("April 3, 2025", date(2025, 4, 3)),
        ("45750", date(2025, 4, 3)),
        (45750, date(2025, 4, 3)),
        (45750.0, date(2025, 4, 3)),
        (datetime(2025, 4, 3), date(2025, 4, 3)),  # noqa: DTZ001
        (date(2025, 4, 3), date(2025, 4, 3)),
        ("", None),
        (None, None),
    ],
)
def test_a_day_is_read_as_people_write_it(cell, day):
    assert dates.read_day(cell) == day


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("2025-04", "date complète"),
        ("avril 2025", "date complète"),
        ("2025", "date complète"),
        ("3/4/25", "quatre chiffres"),
        ("4/13/2025", "calendrier"),
        ("30 février 2025", "calendrier"),
        ("vendredi 3 avril 2025", "jeudi"),
        ("0025-04-03", "entre 1900"),
        ("demain", "ne se lit pas"),
        ("123", "ne se lit pas"),
        (1.5, "ne se lit pas"),
        (True, "ne se lit pas"),
        (datetime(2025, 4, 3, 14), "heure"),  # noqa: DTZ001
    ],
)
def test_what_is_no_day_is_refused_by_name(cell, words):
    with pytest.raises(ValueError, match=words) as refused:
        dates.read_day(cell)

    assert str(cell)[:4] in str(refused.value)


@pytest.mark.parametrize(
    ("cell", "span"),
    [
        ("2025-02", (date(2025, 2, 1), date(2025, 2, 28))),
        ("02/2024", (date(2024, 2, 1), date(2024, 2, 29))),
        ("avril 2025", (date(2025, 4, 1), date(2025, 4, 30))),
        (2025, (date(2025, 1, 1), date(2025, 12, 31))),
        ("3/4/2025", (date(2025, 4, 3), date(2025, 4, 3))),
    ],
)
def test_a_period_is_read_where_one_is_allowed(cell, span):
    assert dates.read_span(cell) == span


@pytest.mark.parametrize(
    ("cell", "moment"), [("14:30", time(14, 30)), ("14 h 30", time(14, 30)), ("9h", time(9)), (0.5, time(12))]
)
def test_a_time_is_read_as_people_write_it(cell, moment):
    assert dates.read_time(cell) == moment


def test_a_time_that_is_none_is_refused():
    with pytest.raises(ValueError, match="25:00"):
        dates.read_time("25:00")


def test_a_written_workbook_holds_text_and_no_formula():
    lines = [["=HYPERLINK(1)", date(2025, 4, 3)], ["'=x", None]]
    titles = ["Titre", "Le"]
    with writing.workbook(writing.Sheet("A", titles, writing.writable(titles, lines))) as file:
        content = file.read()

    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert (sheet["A2"].data_type, sheet["A2"].value, sheet["A2"].quotePrefix) == ("s", "=HYPERLINK(1)", True)
    assert sheet["B2"].is_date
    assert rows(content)[1:] == [["=HYPERLINK(1)", date(2025, 4, 3)], ["'=x"]]


@pytest.mark.parametrize("value", ["x" * 32_768, "a\x01b"], ids=["too long", "control character"])
def test_what_a_workbook_cannot_hold_is_refused_and_named(value):
    with pytest.raises(writing.Unwritable, match=r"Texte.* de A001"):
        list(writing.writable(["Référence", "Texte"], [["A001", value]]))


def test_decoding_keeps_every_character_of_cp1252():
    assert decode("Œuvre – l’été « à » 5 €".encode("cp1252")) == "Œuvre – l’été « à » 5 €"
