"""manage.py import_article: many files, each on its own; what is refused is named, and keeps no other waiting."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from commitments.models import Source
from tests import factories
from tests.admin.test_intake import ARTICLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path):
    """Two articles, one of them in an old encoding, and one file that is refused between them."""
    (tmp_path / "1.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "2.odt").write_bytes(b"x")
    (tmp_path / "3.txt").write_bytes("Été à Bamako : que dit l’accord ?\n\nLe 3 avril 2025, rien.\n".encode("cp1252"))
    return [str(path) for path in sorted(tmp_path.iterdir())]


def run(*args, **options):
    try:
        call_command("import_article", *args, **options)
    except CommandError as error:
        return error.returncode
    return 0


def test_files_are_archived_as_signed_drafts_and_the_refused_one_is_named(files, analyst, capsys):
    code = run(*files, by="awa")

    out, err = capsys.readouterr()
    first, second = Source.objects.order_by("reference")
    assert code == 1
    assert (first.reference, first.title.split(" :")[0], first.published_on) == ("A001", "Sahel", date(2025, 5, 12))
    assert (second.reference, second.title, second.published_on) == ("A002", "Été à Bamako : que dit l’accord ?", None)
    assert {source.state for source in (first, second)} == {"draft"}
    assert first.history.get().history_user == analyst
    assert "[1/3]" in out
    assert "A001 – Sahel" in out
    assert "2 articles archivés." in out
    assert "2.odt : refusé. « 2.odt » n’est pas d’un type lu ici" in err


def test_nothing_refused_exits_with_zero(files, analyst):
    assert run(files[0], by="awa") == 0


def test_what_is_given_is_said_of_each(files, analyst):
    run(
        files[0],
        by="awa",
        publisher="Le Journal",
        author="K. C.",
        url="https://example.org/a",
        date="2025-05-13",
        kind="agency",
        reference_prefix="T",
    )

    source = Source.objects.get()
    assert (source.reference, source.publisher, source.author, source.kind) == ("T001", "Le Journal", "K. C.", "agency")
    assert (source.url, source.published_on) == ("https://example.org/a", date(2025, 5, 13))


def test_the_same_text_is_refused_unless_allowed(files, analyst, capsys):
    source = factories.make_source(text=ARTICLE)

    assert run(files[0], by="awa") == 1
    assert source.reference in capsys.readouterr().err
    assert run(files[0], by="awa", allow_twins=True) == 0
    assert Source.objects.count() == 2


def test_nearly_the_same_text_is_said(files, analyst, capsys):
    source = factories.make_source(text=f"Reprise.\n{ARTICLE}Abonnez-vous.")

    assert run(files[0], by="awa") == 0
    assert f"en commun avec {source.reference}" in capsys.readouterr().out


def test_a_dry_run_says_all_and_keeps_nothing(files, analyst, capsys):
    code = run(*files, files[0], by="awa", dry_run=True)

    out, err = capsys.readouterr()
    assert code == 1
    assert "A002 – Été" in out
    assert "rien n’a été gardé" in out
    assert "déjà au dossier" in err
    assert not Source.objects.exists()


@pytest.mark.parametrize("name", ["absent.txt", "."])
def test_a_file_that_is_none_is_named_and_the_others_go_on(name, files, analyst, capsys):
    assert run(name, files[0], by="awa") == 1
    assert name in capsys.readouterr().err
    assert Source.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"by": "personne"}, "personne"),
        ({"date": "2025-02-30"}, "2025-02-30"),
        ({"date": "hier"}, "hier"),
        ({"url": "https://example.org"}, "--url"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_read(options, words, files, analyst):
    with pytest.raises(CommandError, match=words):
        call_command("import_article", *files, **{"by": "awa"} | options)

    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("option", "value"), [("url", "ftp://x"), ("reference_prefix", "a "), ("publisher", "x" * 161)]
)
def test_a_field_that_cannot_be_is_refused(option, value, files, analyst, capsys):
    assert run(files[0], by="awa", **{option: value}) == 1
    assert "refusé" in capsys.readouterr().err
    assert not Source.objects.exists()
