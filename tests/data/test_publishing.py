"""The whole site as files: every page, no broken link, nothing written twice, nothing touched that is not ours."""

import hashlib
import re
import shutil
from html import unescape
from urllib.parse import unquote

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import translation

from commitments.data.publishing import folder as folders, site_build
from commitments.data.publishing.problems import Problem
from commitments.data.publishing.site_build import publish
from commitments.public import views
from commitments.rules import revision
from commitments.rules.review import publication as review
from tests import TODAY, factories, seeds
from tests.data.published import SITE, faults, once_published, pages, written
from tests.public.addresses import HTML, in_each_language
from tests.public.conftest import on

pytestmark = [pytest.mark.one_database, pytest.mark.slow]


@pytest.fixture(scope="module")
def published(django_db_setup, django_db_blocker):
    """The folder in which the seed articles are published with the specimens, once for all that is said here."""
    with django_db_blocker.unblock(), transaction.atomic(), translation.override("fr"), on(TODAY):
        seeds.load_with_specimens()
        folder = once_published("full_site")
        transaction.set_rollback(True)
    return folder


_first_run = []
"""The folder of the first run over `record`, once it was made in this process."""


@pytest.fixture
def first_run(record, tmp_path_factory, tmp_path):
    """A folder of the test's own, in which `record` was published."""
    if not _first_run:
        _first_run.append(tmp_path_factory.mktemp("first-run") / "site")
        publish(_first_run[0])
    shutil.copytree(_first_run[0], tmp_path / "site")
    return tmp_path / "site"


@pytest.fixture
def lone(first_run, editor):
    """A commitment that nothing of `record` hangs from, published in the folder too."""
    commitment = factories.make_commitment(reference="AES-RU-2025-09", published_by=editor)
    publish(first_run)
    return commitment


def file_of(path):
    """Return the file that a path of the site is published in, written out here: no query, or the list's own."""
    return f"{path.partition('?')[0].lstrip('/')}index.html"


@pytest.mark.django_db
def test_every_public_page_has_its_file_in_both_languages(published):
    for page, language, path in in_each_language(HTML):
        if page.status in (200, 410) and "as_of" not in path:
            html = (published / file_of(path)).read_text(encoding="utf-8")
            assert f'<html lang="{language}">' in html, path
    for name in (
        "engagements/page-2",
        "engagements/attentes",
        "engagements/possibilites",
        "engagements/EX-AB-2025-01/integrer",
    ):
        assert (published / name / "index.html").is_file()
        assert (published / "en" / name / "index.html").is_file()


@pytest.mark.django_db
def test_no_link_of_any_page_leads_nowhere(published):
    assert len(pages(published)) > 300
    assert faults(published) == []


@pytest.mark.django_db
def test_pages_bring_their_policy_and_have_nothing_that_only_a_server_does(published):
    for name, page in pages(published).items():
        forms = [attributes for tag, attributes in page.tags if tag == "form" and attributes["class"] != "searchbox"]
        assert all("hidden" in form for form in forms), name
        assert bool(forms) == bool(
            re.fullmatch(r"(en/)?engagements/((page-\d|attentes|possibilites)/)?index\.html", name)
        ), name
        policies = [named for tag, named in page.tags if named.get("http-equiv") == "Content-Security-Policy"]
        assert policies[0]["content"].startswith("default-src 'none'; script-src 'self' file:;"), name
        assert not any("data-live" in attributes for _tag, attributes in page.tags), name
        html = (published / name).read_text(encoding="utf-8")
        assert "Copie du site, faite le" in html or name.startswith("en/"), name
        assert 'datetime="2026-11-21"' in html.partition('class="copy"')[2], name
        assert f'<link rel="canonical" href="{SITE}/' in html, name


@pytest.mark.django_db
def test_the_list_of_files_has_each_with_its_digest(published):
    [head, *lines] = (published / folders.LIST).read_text(encoding="utf-8").splitlines()
    listed = dict(reversed(line.split("  ", 1)) for line in lines)

    assert head.startswith("#")
    assert listed == {
        name: hashlib.sha256(content).hexdigest()
        for name, (_time, content) in written(published).items()
        if name != folders.LIST
    }


def test_references_are_carried_as_the_site_gives_them(record, tmp_path, client):
    with override_settings(TRACKER_SITE_URL=SITE):
        publish(tmp_path / "site")

    for path in (record.commitment.get_absolute_url(), "/en/engagements/"):
        html = (tmp_path / "site" / file_of(path)).read_text(encoding="utf-8")
        for form, ending in (("bibtex", "bib"), ("ris", "ris")):
            said = client.get(f"{path}?known_on=2026-11-21&cite={form}")
            [carried] = re.findall(rf'href="data:[^,"]*,([^"]*)"[^>]*download="([^"]*\.{ending})"', html)
            assert unquote(carried[0]) == said.content.decode()
            assert carried[1] in said["Content-Disposition"]
        assert f'class="url" href="{SITE}{path}?known_on=2026-11-21"' in html
        assert unescape(f"{SITE}{path}integrer/") in html or path.endswith("/en/engagements/")


def test_where_nobody_said_where_the_site_is_no_page_names_an_address_of_it(first_run):
    for name, (_time, content) in written(first_run).items():
        assert b"localhost" not in content, name
        assert b"testserver" not in content, name
    assert faults(first_run) == []


def test_a_second_run_writes_nothing_and_a_change_only_what_it_changes(record, first_run, editor):
    folder = first_run
    before = written(folder)

    done = publish(folder)

    assert (done.written, done.removed) == (0, 0)
    assert written(folder) == before

    record.commitment.title_fr = "Un titre corrigé"
    record.commitment.save()
    done = publish(folder)
    after = written(folder)
    changed = {name for name in after if after[name] != before.get(name)}
    assert "engagements/AES-RU-2025-01/index.html" in changed
    assert "recherche/lignes-fr.js" in changed
    assert "a-propos/index.html" not in changed
    assert "sources/index.html" not in changed
    assert done.written == len(changed - {folders.LIST})
    assert all(after[name][1] != before[name][1] for name in changed if name in before)


def test_what_is_no_longer_public_is_removed_and_what_is_not_ours_stays(first_run, lone, editor):
    folder = first_run
    (folder / "CNAME").write_text("tracker.example.org")
    (folder / "engagements" / "AES-RU-2025-09" / "notes.txt").write_text("à nous")
    review.withdraw(lone, by=editor, reason="Doublon.")
    shutil.rmtree(folder / "en" / "engagements" / "AES-RU-2025-09" / "integrer")  # somebody did, of what is to go

    done = publish(folder)

    assert done.removed == 4  # the frame and the corrections, in each language
    assert not (folder / "engagements" / "AES-RU-2025-09" / "integrer").exists()
    assert "a été retirée" in (folder / "engagements" / "AES-RU-2025-09" / "index.html").read_text(encoding="utf-8")
    assert (folder / "CNAME").read_text() == "tracker.example.org"
    assert (folder / "engagements" / "AES-RU-2025-09" / "notes.txt").exists()
    assert not (folder / folders.ASIDE).exists()

    # Nor is it an obstacle to writing that somebody took a folder away.
    shutil.rmtree(folder / "engagements" / "AES-RU-2025-09")
    publish(folder)
    assert (folder / "engagements" / "AES-RU-2025-09" / "index.html").is_file()
    assert faults(folder) == []


def test_broken_links_stop_the_run_and_are_named_with_their_page(record, first_run, tmp_path, editor):
    folder = first_run
    before = written(folder)
    words = "Voir [ici](/nulle-part/) et [là](/methode/#nulle-part)."
    factories.make_note(commitment=record.commitment, body_fr=words, published_by=editor)

    with pytest.raises(CommandError) as error:
        call_command("publish_site", folder, processes=1, verbosity=0)

    for named in ("/nulle-part/ (answered with 404)", "methode/index.html#nulle-part"):
        assert f"/engagements/AES-RU-2025-01/: {named}" in str(error.value)
    assert written(folder) == before
    with pytest.raises(CommandError):
        call_command("publish_site", tmp_path / "new", processes=1, verbosity=0)
    assert list(tmp_path.glob("new/*")) == []


def test_a_folder_that_is_not_ours_is_refused_and_stays_as_it_is(record, tmp_path):
    (tmp_path / "precious.txt").write_text("à garder")
    (tmp_path / "file").write_text("")

    for path, said in ((tmp_path, "is not empty"), (tmp_path / "file", "is a file")):
        with pytest.raises(CommandError, match=said):
            call_command("publish_site", path, processes=1, verbosity=0)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "precious.txt"]


def test_a_file_in_the_way_and_a_link_out_of_the_folder_are_refused(first_run, tmp_path, editor):
    folder = first_run
    factories.make_commitment(reference="AES-RU-2025-10", published_by=editor)
    (tmp_path / "elsewhere").mkdir()
    (folder / "engagements" / "AES-RU-2025-10").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(Problem, match="leads out of"):
        publish(folder)

    (folder / "engagements" / "AES-RU-2025-10").unlink()
    (folder / "engagements" / "AES-RU-2025-10").mkdir()
    (folder / "engagements" / "AES-RU-2025-10" / "index.html").write_text("à nous")
    with pytest.raises(Problem, match="in the way"):
        publish(folder)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_run_that_was_cut_short_is_taken_up_and_two_at_once_are_not(record, tmp_path):
    folder = tmp_path / "site"
    (folder / folders.ASIDE / "engagements").mkdir(parents=True)
    (folder / folders.ASIDE / "engagements" / "index.html").write_text("la moitié")

    publish(folder)

    assert not (folder / folders.ASIDE).exists()
    with folders.Folder(folder), pytest.raises(Problem, match="at this moment"):
        publish(folder)


def test_a_list_of_files_that_leads_out_of_the_folder_is_refused(record, tmp_path):
    (tmp_path / "precious.txt").write_text("à garder")
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / folders.LIST).write_text(f"{folders.HEAD}{'0' * 64}  ../precious.txt\n")

    with pytest.raises(Problem, match="no path within"):
        publish(folder)

    assert (tmp_path / "precious.txt").exists()


def test_a_change_while_it_is_published_stops_the_run(record, tmp_path, monkeypatch):
    folder = tmp_path / "site"
    crawl = site_build._Run.crawl

    def changed(run):
        crawl(run)
        revision.advance()

    monkeypatch.setattr(site_build._Run, "crawl", changed)

    with pytest.raises(Problem, match="changed in the meantime"):
        publish(folder)
    assert list(folder.iterdir()) == []


def test_a_passage_is_found_on_whichever_page_of_its_source_it_is(record, tmp_path, monkeypatch, editor):
    monkeypatch.setattr(views, "PASSAGES", 1)
    note = factories.make_note(commitment=record.commitment, published_by=editor)
    factories.make_citation(note=note, source=record.source, exact="Elle annonce", published_by=editor)

    publish(tmp_path / "site")

    assert faults(tmp_path / "site") == []
    html = (tmp_path / "site" / "engagements" / "AES-RU-2025-01" / "index.html").read_text(encoding="utf-8")
    assert re.search(r'href="\.\./\.\./sources/[^/"]+/page-2/index\.html#c-', html)


def test_a_host_that_the_site_does_not_answer_for_is_said(db, tmp_path):
    with override_settings(TRACKER_SITE_URL="https://other.example.org"), pytest.raises(Problem, match="ALLOWED_HOSTS"):
        publish(tmp_path / "site")
