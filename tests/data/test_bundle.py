"""Everything public in one file and back: alike every time, whole, and with nothing that is not public."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import models
from django.test import Client

from commitments.data.bundle import export, load, serving
from commitments.data.tables import TABLES
from commitments.models import Commitment, FollowUpNote, Membership, Source, Undertaking
from commitments.rules.review import publication
from tests import factories
from tests.public.addresses import PAGES, in_each_language
from tests.public.conftest import content_of, on

TODAY = date(2026, 11, 21)
ROOT = Path(__file__).resolve().parents[2]


def made(day=TODAY):
    file = io.BytesIO()
    export.write(file, day)
    return file.getvalue()


def empty():
    """Take every record and account away, as if the tracker were new."""
    account = get_user_model()
    ours = apps.get_app_config("commitments").get_models(include_auto_created=True)
    for model in [*ours, account.groups.through, account]:
        models.QuerySet(model)._raw_delete("default")


def loaded(content, tmp_path):
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    return load.load(str(path))


def pages():
    """Return what every page says, by its address, but for what says which revision or copy this is."""
    client = Client()
    found = {}
    for page, _language, address in in_each_language(PAGES):
        response = client.get(address)
        assert response.status_code == page.status, address
        found[address] = response.content
    return found


def differing(before, after):
    return [address for address in before if before[address] != after[address]]


def files(content):
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def lines(content, name):
    return [json.loads(line) for line in files(content)[name].splitlines()]


def again(content, tmp_path):
    """Return the bundle of a tracker that `content` was loaded into."""
    empty()
    loaded(content, tmp_path)
    return made()


@pytest.mark.slow
def test_the_same_state_makes_the_same_file(record):
    assert made() == made()


@pytest.mark.slow
def test_a_bundle_loaded_into_an_empty_tracker_shows_the_same_pages_and_makes_the_same_bundle(full_site, tmp_path):
    day = date(2026, 12, 1)  # some judgements of the articles are withdrawn by then: a bundle says no more than that
    with on(day):
        before, content = pages(), made(day)
        empty()

        loaded(content, tmp_path)

        assert differing(before, pages()) == []
        assert len(before) > 60
        assert made(day) == content


@pytest.mark.slow
@pytest.mark.not_on_sqlite
def test_a_bundle_made_on_another_database_loads_here(full_site, tmp_path, settings):
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PG", "PYTEST", "COV"))},
        "DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite3'}",
        "DJANGO_DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
    }
    for command in (["prepare_demo", "--migrate"], ["export_bundle", str(tmp_path)]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)  # noqa: S603
    path = next(tmp_path.glob("tracker-*.zip"))
    day = date.fromisoformat(path.stem.removeprefix("tracker-"))
    empty()

    with time_machine.travel(f"{day}T23:59:59Z", tick=False):
        load.load(str(path))
        again = made(day)

    assert again == path.read_bytes()


@pytest.mark.slow
def test_what_was_corrected_replaced_and_withdrawn_comes_back(record, analyst, editor, tmp_path):
    commitment = record.commitment
    with on("2026-11-19"):
        commitment.title_fr = "Un autre titre"
        commitment.save()
    publication.withdraw(record.note, by=editor, reason="Elle visait un autre engagement.")
    of_text, of_meeting = (
        factories.make_note(**{kind: getattr(record, kind)}, published_by=editor) for kind in ("instrument", "meeting")
    )
    publication.withdraw(of_text, by=editor, reason="Elle visait un autre texte.")
    signed = {"commitment": commitment, "proposed_by": analyst, "published_by": editor}
    factories.make_search(milestone=record.milestone, sought_fr="Une livraison", **signed)
    factories.make_search(party=factories.make_party("BF"), period_from=date(2025, 4, 5), **signed)
    factories.make_former_search(**signed, party=factories.make_party("BF"))
    no_search = factories.make_search(searched_where_fr="ZYGOMAR", sought_fr="ZYGOMAR", **signed)
    publication.withdraw(no_search, by=editor, reason="Elle comptait double.")
    gone = factories.make_commitment(reference="AES-RU-2024-09", title_fr="ZYGOMAR", published_by=editor)
    publication.withdraw(gone, by=editor, reason="Doublon.")
    Undertaking.objects.filter(commitment=commitment, party__code="AES").get().delete()
    factories.make_party("NE")
    Undertaking.objects.create(commitment=commitment, party=factories.make_party("NE"), role="benefits")
    addresses = [
        "/corrections/",
        f"{commitment.get_absolute_url()}?known_on=2026-11-20",
        commitment.get_absolute_url(),
        gone.get_absolute_url(),
        record.instrument.get_absolute_url(),
        record.meeting.get_absolute_url(),
    ]
    with on("2026-11-22"):
        before = [Client().get(address).content for address in addresses]
        content = made(date(2026, 11, 22))
        empty()
        loaded(content, tmp_path)
        after = [Client().get(address).content for address in addresses]
        whole = made(date(2026, 11, 22))

    assert after == before
    assert whole == content
    assert "ZYGOMAR" not in "".join(files(content).values())
    withdrawn = {str(record.note.uid), str(of_text.uid), str(no_search.uid), gone.reference}
    assert {row["key"] for row in lines(content, "data/withdrawals.jsonl")} == withdrawn
    assert FollowUpNote.objects.get(uid=of_text.uid).instrument.reference == record.instrument.reference
    assert FollowUpNote.objects.published().get(uid=of_meeting.uid).meeting.reference == record.meeting.reference


@pytest.mark.slow
def test_whose_word_a_role_rests_on_comes_back_and_so_does_who_said_it_before(record, tmp_path):
    role = Undertaking.objects.get(commitment=record.commitment, party__code="RU")
    for day, code in (("2026-11-22", "ML"), ("2026-11-23", "NE")):
        with on(day):
            role.according_to = factories.make_party(code)
            role.save()
    content = made()

    assert again(content, tmp_path) == content

    loaded_role = Undertaking.objects.get(party__code="RU")
    assert loaded_role.according_to.code == "NE"
    assert [item.according_to and item.according_to.code for item in loaded_role.history.order_by("history_id")] == [
        *(None, "ML", "NE")
    ]


@pytest.mark.slow
def test_a_membership_comes_back_when_the_source_that_says_it_is_withdrawn(record, editor, tmp_path):
    source = factories.make_source(published_by=editor)
    factories.make_membership("AES", "RU", source=source, role_fr="Présidence", stated_on=date(2025, 4, 2))
    publication.withdraw(source, by=editor, reason="Double d’un autre.")
    with on("2026-11-22"):
        content = made(date(2026, 11, 22))
        empty()

        loaded(content, tmp_path)

        assert made(date(2026, 11, 22)) == content
    membership = Membership.objects.get(organisation__code="AES", member__code="RU")
    assert (membership.source, membership.stated_on, membership.role_fr) == (None, None, "")


@pytest.mark.slow
def test_a_role_made_after_loading_has_no_former_life(record, tmp_path):
    Undertaking.objects.get(commitment=record.commitment, party__code="AES").delete()
    again(made(), tmp_path)
    commitment = Commitment.objects.get(reference=record.commitment.reference)

    role = Undertaking.objects.create(commitment=commitment, party=factories.make_party("NE"), role="benefits")

    assert [version.history_type for version in role.history.all()] == ["+"]


@pytest.mark.slow
def test_a_text_that_is_not_public_is_in_the_bundle_as_far_as_its_page_shows_it(record, editor, tmp_path):
    far = "loin " * 100
    text = f"SECRET-DEBUT {far}{factories.TEXT} {far}SECRET-FIN"
    source = factories.make_source(reference="LONG1", text=text, published_by=editor)
    factories.make_citation(meeting=record.meeting, source=source, published_by=editor)
    page = Client().get(source.get_absolute_url()).content
    content = made()

    assert again(content, tmp_path) == content

    assert "SECRET" not in "".join(files(content).values())
    assert Client().get(source.get_absolute_url()).content == page
    held = Source.objects.get(reference="LONG1")
    assert held.text_is_partial
    assert held.sha256 == source.sha256
    assert len(held.text) == len(text)


@pytest.mark.slow
def test_a_text_put_in_the_place_of_one_held_in_part_is_whole(record, tmp_path):
    again(made(), tmp_path)
    source = Source.objects.get(reference=record.source.reference)
    assert source.text_is_partial

    source.text = factories.TEXT
    source.save()

    assert not source.text_is_partial
    assert source.sha256 == record.source.sha256


@pytest.mark.slow
def test_a_public_text_is_in_the_bundle_whole(record, tmp_path):
    source = record.source
    source.text_is_public = True
    source.save()
    content = made()

    assert files(content)[f"texts/{source.reference}.txt"] == factories.TEXT
    assert again(content, tmp_path) == content


@pytest.mark.slow
def test_texts_that_a_spreadsheet_would_run_come_back_as_they_were(record, tmp_path):
    words = ["=1+1", "'=1+1", "+33", "-1", "@A1", "\tTabulation", "'sic", "Deux\r\nlignes", '"guillemets"']
    for number, title in enumerate(words):
        factories.make_commitment(
            reference=f"AES-RU-2025-1{number}", title_fr=title, published_by=record.commitment.published_by
        )
    content = made()

    assert again(content, tmp_path) == content

    titles = Commitment.objects.filter(reference__startswith="AES-RU-2025-1").order_by("reference")
    assert [item.title_fr for item in titles] == words


@pytest.mark.slow
def test_nothing_that_signs_in_comes_with_a_bundle(record, tmp_path):
    again(made(), tmp_path)

    accounts = get_user_model().objects.all()
    assert {account.get_full_name() for account in accounts} == {"Awa", "Boubacar"}
    assert not any(account.is_active or account.is_staff or account.has_usable_password() for account in accounts)


def test_a_tracker_that_holds_something_is_left_alone(record, tmp_path):
    content = made()
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)

    with pytest.raises(CommandError, match="DATABASE_URL"):
        call_command("import_bundle", path)


def broken(content, change):
    """Return a bundle with its files changed, and with the sums of the changed ones."""
    from hashlib import sha256

    held = {name: text.encode() for name, text in files(content).items()}
    change(held)
    held["SHA256SUMS"] = "".join(
        f"{sha256(text).hexdigest()}  {name}\n" for name, text in sorted(held.items()) if name != "SHA256SUMS"
    ).encode()
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, text in held.items():
            archive.writestr(name, text)
    return file.getvalue()


_sound = []
"""The bundle of `record`, once it was made in this process."""


def replace(name, old, new):
    def change(held):
        assert old.encode() in held[name]
        held[name] = held[name].replace(old.encode(), new.encode(), 1)

    return change


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda held: held.pop("data/notes.jsonl"), "data/notes.jsonl"),
        (replace("data/commitments.jsonl", '"agreed"', '"agreeed"'), "data/commitments.jsonl, ligne 1.*basis"),
        (replace("data/commitments.jsonl", '"2025-04-03"', '"3 avril"'), "data/commitments.jsonl, ligne 1.*made_on"),
        (
            replace("data/commitments.jsonl", '"securite"', '"inconnu"'),
            "data/commitments.jsonl, ligne 1, sector.*inconnu",
        ),
        (replace("data/citations.jsonl", "parties sont convenues", "parties ont convenu"), "vérification"),
        (replace("data/assessments.jsonl", '"limited"', '"li\\u0000ited"'), "."),
        (replace("texts/shown.jsonl", '"start":0', '"start":1'), "texts/shown.jsonl"),
        (lambda held: held.update({"data/citations.jsonl": b""}), "."),
        (lambda held: held.update({"data/sectors.jsonl": b"{"}), "data/sectors.jsonl, ligne 1"),
        (lambda held: held.update({"data/sectors.jsonl": b'{"slug": "x"}'}), "name_fr"),
        (replace("data/sectors.jsonl", '"slug":"securite"', '"slug":"../../x"'), "data/sectors.jsonl, ligne 1.*slug"),
        (
            replace("data/sources.jsonl", '"url":null', '"url":"javascript:alert(1)"'),
            "data/sources.jsonl, ligne 1.*url",
        ),
        (replace("data/sources.jsonl", '"language":"fr"', '"language":"zzz"'), "data/sources.jsonl, ligne 1.*language"),
        (
            replace("data/commitments.jsonl", '"title_fr":"', '"title_fr":"' + "x" * 400),
            "data/commitments.jsonl, ligne 1.*title_fr",
        ),
        (
            replace("data/commitments.jsonl", '"recurrence":null', '"recurrence":"FREQ=SECONDLY"'),
            "engagements|data/commitments",
        ),
        (
            lambda held: held.update({"data/meeting-participants.jsonl": b'{"meeting":"moscou","party":"ZZ"}'}),
            "data/meeting-participants.jsonl, ligne 1.*ZZ",
        ),
        (replace("texts/shown.jsonl", '"length":', '"length":99999999'), "texts/shown.jsonl, ligne 1.*length"),
        (replace("texts/shown.jsonl", '"length":', '"length":"a","l":'), "texts/shown.jsonl, ligne 1.*length"),
        (replace("texts/shown.jsonl", '"text":"', '"text":7,"t":"'), "texts/shown.jsonl"),
        (replace("history/versions.jsonl", '"act":"+"', '"act":"?"'), "history/versions.jsonl, ligne 1"),
        (replace("history/versions.jsonl", '"saved_at":"', '"saved_at":"hier'), "history/versions.jsonl, ligne 1"),
        (lambda held: held.update({"history/named.jsonl": b'{"table":"sources","row":{}}'}), "named.jsonl, ligne 1"),
        (lambda held: held.update({"history/named.jsonl": b'{"table":"sectors"}'}), "named.jsonl, ligne 1"),
        (
            lambda held: held.update(
                {
                    "data/withdrawals.jsonl": json.dumps(
                        dict.fromkeys(TABLES["withdrawals"].names())
                        | {"table": "citations", "key": "x", "withdrawn_at": "2026-11-22T00:00:00Z", "reason": "x"}
                    ).encode()
                }
            ),
            "data/withdrawals.jsonl, ligne 1",
        ),
    ],
)
def test_a_bundle_that_does_not_hold_is_refused_whole(record, tmp_path, change, message):
    if not _sound:
        _sound.append(made())
    content = broken(_sound[0], change)
    empty()

    with pytest.raises(load.Unreadable) as refused:
        loaded(content, tmp_path)

    assert re.search(message, str(refused.value), re.DOTALL)


@pytest.mark.one_database
@pytest.mark.slow
def test_a_file_that_is_not_what_its_digest_says_is_refused(record, tmp_path):
    held = files(made())
    path = tmp_path / "bundle.zip"
    with ZipFile(path, "w") as archive:
        for name, text in held.items():
            archive.writestr(name, text.replace("agreed", "announced"))
    empty()

    with pytest.raises(load.Unreadable, match="empreinte"):
        load.load(str(path))


@pytest.mark.one_database
@pytest.mark.slow
def test_a_damaged_archive_is_said_to_be_one(record, tmp_path):
    content = bytearray(made())
    with ZipFile(io.BytesIO(content)) as archive:
        place = archive.getinfo("data/citations.jsonl").header_offset
    for at in range(place + 60, place + 90):
        content[at] ^= 0xFF
    path = tmp_path / "abime.zip"
    path.write_bytes(content)
    empty()

    with pytest.raises(CommandError, match="ZIP"):
        call_command("import_bundle", path)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(CommandError, match=r"abime\.zip"):
        call_command("import_bundle", path)


@pytest.mark.one_database
def test_what_is_no_bundle_is_said_to_be_none(db, tmp_path):
    path = tmp_path / "photo.zip"
    path.write_text("non")

    with pytest.raises(CommandError, match=r"photo\.zip"):
        call_command("import_bundle", path)


@pytest.mark.one_database
def test_the_sums_are_those_of_every_file(record):
    from hashlib import sha256

    held = files(made())
    stated = dict(line.split("  ")[::-1] for line in held["SHA256SUMS"].splitlines())

    assert stated == {name: sha256(text.encode()).hexdigest() for name, text in held.items() if name != "SHA256SUMS"}


@pytest.mark.one_database
@pytest.mark.slow
def test_the_data_package_holds_to_its_own_schema(full_site, tmp_path):
    with ZipFile(io.BytesIO(made())) as archive:
        archive.extractall(tmp_path)

    told = subprocess.run(  # noqa: S603
        [str(Path(sys.executable).parent / "frictionless"), "validate", "datapackage.json", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    report = json.loads(told.stdout)
    assert report["valid"], [task["errors"] for task in report["tasks"] if not task["valid"]]
    assert {task["name"] for task in report["tasks"]} == set(TABLES)
    assert told.returncode == 0


@pytest.mark.slow
def test_a_past_day_has_what_was_known_on_it(record, tmp_path, editor):
    with on("2026-11-25"):
        factories.make_commitment(reference="AES-RU-2026-01", published_by=editor)
        today, before = made(date(2026, 11, 25)), made(date(2026, 11, 22))

    assert "AES-RU-2026-01" in files(today)["data/commitments.csv"]
    assert "AES-RU-2026-01" not in "".join(files(before).values())
    assert record.commitment.reference in files(before)["data/commitments.csv"]


@pytest.mark.one_database
@pytest.mark.slow
def test_the_command_writes_the_file_whole_and_says_so(record, tmp_path, capsys):
    call_command("export_bundle", tmp_path)

    assert "tracker-2026-11-21.zip" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["tracker-2026-11-21.zip"]


@pytest.mark.one_database
@pytest.mark.parametrize("day", ["demain", "2030-01-01"])
def test_a_day_that_is_none_or_to_come_has_no_bundle(db, tmp_path, day):
    with pytest.raises(CommandError, match=day):
        call_command("export_bundle", tmp_path, day=day)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.parametrize(
    ("stated", "licence", "cited"),
    [
        ("", None, None),
        (
            "CC-BY-4.0",
            {"name": "CC-BY-4.0", "path": "https://spdx.org/licenses/CC-BY-4.0.html"},
            'license: "CC-BY-4.0"',
        ),
        ("https://example.org/l", {"path": "https://example.org/l"}, 'license-url: "https://example.org/l"'),
    ],
)
def test_a_licence_is_stated_where_the_settings_state_one(db, settings, stated, licence, cited):
    settings.TRACKER_DATA_LICENCE = stated
    held = files(made())

    assert json.loads(held["datapackage.json"]).get("licenses") == (licence and [licence])
    assert (cited or "") in held["CITATION.cff"]
    assert ("license" in held["CITATION.cff"]) is bool(stated)
    assert stated in held["LICENCE.md"]
    assert ("no licence stated" in held["LICENCE.md"]) is not bool(stated)


@pytest.mark.one_database
@pytest.mark.slow
def test_bundles_are_kept_where_nobody_else_writes(record, client, tmp_path, monkeypatch):
    monkeypatch.setattr(serving, "gettempdir", lambda: str(tmp_path))
    made_here = content_of(client.get("/data/tracker-2026-11-21.zip"))
    (folder,) = tmp_path.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    kept = sorted(folder.glob("*.zip"))

    folder.chmod(0o777)
    kept[0].write_bytes(b"somebody else's")
    elsewhere = content_of(client.get("/data/tracker-2026-11-21.zip"))

    assert len(kept) == 1
    assert elsewhere == made_here
    shutil.rmtree(serving.own_folder())
    serving.own_folder.cache_clear()


@pytest.mark.one_database
@pytest.mark.slow
def test_the_bundles_asked_for_last_are_kept(record, client, tmp_path, monkeypatch):
    monkeypatch.setattr(serving, "gettempdir", lambda: str(tmp_path))
    held = {}
    for number, day in enumerate((21, 20, 19)):
        assert content_of(client.get(f"/data/tracker-2026-11-{day}.zip"))[:2] == b"PK"
        (held[day],) = set(tmp_path.rglob("*.zip")) - set(held.values())
        os.utime(held[day], (number, number))
    (held[21].parent / "left.part").write_bytes(b"cut short")

    content_of(client.get("/data/tracker-2026-11-21.zip"))
    content_of(client.get("/data/tracker-2026-11-18.zip"))

    kept = set(tmp_path.rglob("*.zip"))
    assert len(kept) == serving.KEPT
    assert {held[21], held[19]} < kept
    assert list(tmp_path.rglob("*.part")) == []
