"""A session that ends while somebody types: the text comes back after signing in, and nothing is done meanwhile."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from commitments.admin.unsaved import unsaved_form
from commitments.models import Commitment
from commitments.rules.text import documents
from tests import factories
from tests.admin.forms import citation, page, sent, typed_back

pytestmark = pytest.mark.one_database

HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')


def carried(response):
    """Return what the sign-in page carries, as it would send it."""
    found = re.search(r'name="_kept" value="([^"]*)"', response.content.decode())
    return unescape(found[1]) if found else None


def sign_in(client, person, text, password=""):
    data = {"username": person.username, "password": password or person.username, "_kept": text}
    return client.post("/admin/login/?next=/admin/", data | {"next": "/admin/"})


def posted_back(response):
    """Return the address and the fields of the form behind the button."""
    form = re.search(r'<form[^>]*id="resume_form".*?</form>', response.content.decode(), re.S)[0]
    data: dict = {}
    for name, value in HIDDEN.findall(form):
        data.setdefault(unescape(name), []).append(unescape(value))
    return unescape(re.search(r'action="([^"]*)"', form)[1]), data


@pytest.fixture
def left(as_analyst):
    """A commitment, and what an analyst had typed in its form when the session ended."""
    record = factories.make_commitment()
    row = citation(source=factories.make_source(), exact=factories.ACTION)
    typed = typed_back(as_analyst, page(record), title_fr="Tapé « avant »\r\n& après") | row | {"_save": "Enregistrer"}
    return record, typed


def test_form_sent_without_a_session_is_carried_by_the_sign_in_page(left):
    record, typed = left

    response = Client().post(page(record), typed)

    assert response.status_code == 401
    assert "no-store" in response["Cache-Control"]
    assert 'id="login-form"' in response.content.decode()
    assert 'action="/admin/login/?next=' in response.content.decode()
    held = json.loads(carried(response))
    assert held["path"] == page(record)
    assert ["title_fr", typed["title_fr"]] in held["fields"]
    record.refresh_from_db()
    assert record.title_fr == "Renforcer la Force unifiée"


@pytest.mark.slow
def test_text_comes_back_in_its_form_unsaved_then_saves(left, analyst):
    record, typed = left
    client = Client()
    shown = sign_in(client, analyst, carried(client.post(page(record), typed)))

    assert shown.status_code == 200
    assert "Vous revoilà" in shown.content.decode()
    assert "Tapé « avant »" in shown.content.decode()
    assert factories.ACTION in shown.content.decode()
    address, data = posted_back(shown)
    response = client.post(address, data)

    assert response.status_code == 200
    assert response.context["adminform"].form.has_error("__all__", "restored")
    assert not response.context["adminform"].form.has_error("__all__", "conflict")
    record.refresh_from_db()
    assert record.title_fr == "Renforcer la Force unifiée"
    again = sent(response)
    assert again["citations-0-exact"] == factories.ACTION
    assert again["title_fr"].startswith("Tapé")
    assert client.post(address, again).status_code == 302
    record.refresh_from_db()
    assert record.title_fr.startswith("Tapé")
    assert record.citations.count() == 2


def test_new_record_comes_back_unsaved(as_analyst, analyst):
    typed = typed_back(as_analyst, "/admin/commitments/meeting/add/") | {
        "reference": "neuve",
        "title_fr": "Rencontre neuve",
        "starts_on": "2025-04-03",
    }
    client = Client()
    address, data = posted_back(
        sign_in(client, analyst, carried(client.post("/admin/commitments/meeting/add/", typed)))
    )

    response = client.post(address, data)

    assert response.context["adminform"].form.has_error("__all__", "restored")
    assert client.post(address, sent(response)).status_code == 302


@pytest.mark.slow
def test_record_changed_meanwhile_is_still_told(left, as_editor, analyst):
    record, typed = left
    client = Client()
    held = carried(client.post(page(record), typed))
    as_editor.post(page(record), typed_back(as_editor, page(record), title_fr="Le leur"))
    address, data = posted_back(sign_in(client, analyst, held))

    response = client.post(address, data)

    assert response.context["adminform"].form.has_error("__all__", "conflict")
    assert response.context["adminform"].form.has_error("__all__", "restored")


def test_failed_sign_in_keeps_the_text(left, analyst):
    record, typed = left
    client = Client()
    first = carried(client.post(page(record), typed))

    response = sign_in(client, analyst, first, password="faux")

    assert json.loads(carried(response)) == json.loads(first)


def test_second_factor_is_asked_before_the_text_comes_back(left, analyst):
    record, typed = left
    device = TOTPDevice.objects.create(user=analyst, name="totp")
    client = Client()

    asked = sign_in(client, analyst, carried(client.post(page(record), typed)))
    wrong = client.post("/admin/second-facteur/", {"code": "azerty", "_kept": carried(asked)})
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        code = f"{totp(device.bin_key):06}"
        shown = client.post("/admin/second-facteur/", {"code": code, "_kept": carried(wrong)})

    assert "Vous revoilà" not in asked.content.decode()
    assert 'form="code_form"' in asked.content.decode()
    assert "Vous revoilà" in shown.content.decode()
    assert posted_back(shown)[0] == page(record)
    assert posted_back(shown)[1]["title_fr"] == [typed["title_fr"]]


def test_session_that_lacks_its_second_factor_keeps_the_text(left, as_analyst, analyst):
    record, typed = left
    TOTPDevice.objects.create(user=analyst, name="totp")

    response = as_analyst.post(page(record), typed)

    assert response.status_code == 401
    assert "Location" not in response
    assert 'action="/admin/second-facteur/"' in response.content.decode()
    assert json.loads(carried(response))["path"] == page(record)


def test_text_is_carried_through_the_setting_up_of_a_required_second_factor(left, analyst, settings):
    record, typed = left
    settings.TRACKER_REQUIRE_SECOND_FACTOR = ["analysts"]
    client = Client()

    asked = sign_in(client, analyst, carried(client.post(page(record), typed)))
    begun = client.post("/admin/second-facteur/", {"act": "start", "_kept": carried(asked)})
    wrong = client.post("/admin/second-facteur/", {"act": "confirm", "code": "faux", "_kept": carried(begun)})
    device = TOTPDevice.objects.get(user=analyst)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):  # a wrong code makes one wait
        typed_code = {"act": "confirm", "code": f"{totp(device.bin_key):06}"}
        codes = client.post("/admin/second-facteur/", typed_code | {"_kept": carried(wrong)})
    shown = client.post("/admin/second-facteur/", {"_kept": carried(codes)})

    for response, form in ((asked, "start_form"), (begun, "code_form"), (wrong, "code_form"), (codes, "back_form")):
        text = response.content.decode()
        assert f'form="{form}"' in text
        assert re.search(rf'<form method="post" action="/admin/second-facteur/" id="{form}"', text)
        assert "gardé dans cette page" in text
    assert "Vos codes de secours" in codes.content.decode()
    assert "Vous revoilà" in shown.content.decode()
    assert posted_back(shown)[0] == page(record)
    assert posted_back(shown)[1]["title_fr"] == [typed["title_fr"]]


def test_session_that_lacks_the_second_factor_required_meanwhile_keeps_the_text(left, as_analyst, settings):
    record, typed = left
    settings.TRACKER_REQUIRE_SECOND_FACTOR = ["analysts"]

    response = as_analyst.post(page(record), typed)

    assert response.status_code == 401
    assert "Vous revoilà" not in response.content.decode()
    assert json.loads(carried(response))["path"] == page(record)
    assert not TOTPDevice.objects.exists()


def test_second_factor_given_in_another_tab_brings_the_text_back(left, as_analyst, analyst, settings):
    record, typed = left
    settings.TRACKER_REQUIRE_SECOND_FACTOR = ["analysts"]
    text = carried(as_analyst.post(page(record), typed))
    as_analyst.post("/admin/second-facteur/", {"act": "start"})
    code = f"{totp(TOTPDevice.objects.get(user=analyst).bin_key):06}"
    as_analyst.post("/admin/second-facteur/", {"act": "confirm", "code": code})

    shown = as_analyst.post("/admin/second-facteur/", {"act": "start", "_kept": text})

    assert posted_back(shown)[1]["title_fr"] == [typed["title_fr"]]


@pytest.mark.slow
def test_page_of_the_second_factor_carries_nothing_where_nothing_was_typed(as_analyst, settings):
    settings.TRACKER_REQUIRE_SECOND_FACTOR = ["analysts"]

    response = as_analyst.post("/admin/second-facteur/", {"act": "start"})

    assert response["Location"] == "/admin/second-facteur/"
    assert carried(as_analyst.get("/admin/second-facteur/")) is None


def test_who_must_wait_to_sign_in_keeps_the_text(left, analyst, settings):
    record, typed = left
    client = Client()
    text = carried(client.post(page(record), typed))
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        locked = sign_in(client, analyst, text, password="faux")

    back = client.post("/admin/login/", {"_kept": carried(locked)})

    assert locked.status_code == 429
    assert 'id="back_form"' in locked.content.decode()
    assert json.loads(carried(back)) == json.loads(text)
    assert 'id="login-form"' in back.content.decode()


def test_somebody_else_signing_in_reads_the_text_too(left, editor):
    record, typed = left
    client = Client()

    shown = sign_in(client, editor, carried(client.post(page(record), typed)))

    assert "Tapé « avant »" in shown.content.decode()


def test_secrets_confirmations_and_files_are_not_carried(rf):
    file = SimpleUploadedFile("engagements.csv", b"secret du fichier")
    request = rf.post(
        "/admin/commitments/commitment/add/?a=b",
        {"password1": "s3cret", "csrfmiddlewaretoken": "x", "otp_token": "123456", "post": "yes", "a": "à", "f": file},
    )

    held = unsaved_form.of(request)

    assert held == unsaved_form.UnsavedForm(
        "/admin/commitments/commitment/add/?a=b", (("a", "à"),), ("engagements.csv",)
    )


# Too long to be carried: the answer to the form shows it, or sends it once more without carrying it.

LONG = "é" * 2000 + " fin du texte"


@pytest.fixture
def small(settings):
    """A desk that takes forms of 10 kB: the sign-in form has room for 1.8, and counts an accent six times."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000


def test_what_is_too_long_to_be_carried_is_shown_to_be_copied(left, small):
    record, _typed = left

    response = Client().post(page(record), {"statement_fr": LONG, "title_fr": "<b>Bref</b>"})

    text = response.content.decode()
    assert response.status_code == 401
    assert json.loads(carried(response))["fields"] == []
    assert "trop long" in text
    assert f'<textarea readonly autofocus rows="8" aria-label="Énoncé">\n{LONG}</textarea>' in text
    assert "&lt;b&gt;Bref&lt;/b&gt;" in text


def test_what_was_too_long_is_said_to_be_on_the_page_before(left, small, analyst):
    record, _typed = left
    client = Client()
    text = carried(client.post(page(record), {"statement_fr": LONG}))

    failed = sign_in(client, analyst, text, password="faux")
    back = client.post("/admin/login/", {"username": "awa", "password": "awa", "_kept": carried(failed)}, follow=True)

    assert "copiez-le de la page d’avant" in failed.content.decode()
    assert back.redirect_chain == [(page(record), 302)]
    assert "collez ici" in back.content.decode()


def test_what_is_too_long_is_shown_before_a_second_factor(left, small, as_analyst, analyst):
    record, _typed = left
    TOTPDevice.objects.create(user=analyst, name="totp")

    response = as_analyst.post(page(record), {"statement_fr": LONG})

    assert response.status_code == 401
    assert f"{LONG}</textarea>" in response.content.decode()


def test_what_is_too_long_is_shown_before_a_second_factor_is_set_up(left, small, as_analyst, settings):
    record, _typed = left
    settings.TRACKER_REQUIRE_SECOND_FACTOR = ["analysts"]

    response = as_analyst.post(page(record), {"statement_fr": LONG})

    assert f"{LONG}</textarea>" in response.content.decode()


def test_long_text_for_a_deleted_record_is_not_lost(left, small, as_analyst):
    record, _typed = left
    gone = page(record)
    record.citations.all().delete()
    record.delete()

    response = as_analyst.post(gone, {"statement_fr": LONG})

    assert response.status_code == 404
    assert f"{LONG}</textarea>" in response.content.decode()
    address, data = posted_back(response)
    assert data["statement_fr"] == [LONG]
    assert as_analyst.post(address, data).context["adminform"].form["statement_fr"].value() == LONG


def test_long_text_of_a_form_older_than_signing_in_again_is_not_lost(left, small, analyst):
    record, _typed = left
    client = stale(analyst)

    response = client.post(page(record), {"statement_fr": LONG}, headers={"Origin": "http://testserver"})

    assert response.status_code == 200
    assert f"{LONG}</textarea>" in response.content.decode()
    assert posted_back(response)[1]["statement_fr"] == [LONG]


@pytest.mark.parametrize(
    "limit", [{"DATA_UPLOAD_MAX_MEMORY_SIZE": 4_100}, {"DATA_UPLOAD_MAX_NUMBER_FIELDS": 3}], ids=["bytes", "fields"]
)
def test_text_that_no_other_form_can_hold_is_there_to_copy(limit, left, settings, analyst):
    record, _typed = left
    for name, value in limit.items():
        setattr(settings, name, value)

    response = stale(analyst).post(
        page(record), {"statement_fr": LONG, "title_fr": "Bref"}, headers={"Origin": "http://testserver"}
    )

    text = response.content.decode()
    assert f"{LONG}</textarea>" in text
    assert 'id="resume_form"' not in text
    assert "copiez-le dans la page où vous l’aviez tapé" in text
    assert f'href="{page(record)}"' in text


def test_form_of_the_second_factor_older_than_signing_in_again_keeps_the_text(left, as_analyst, analyst):
    record, typed = left
    TOTPDevice.objects.create(user=analyst, name="totp")
    text = carried(as_analyst.post(page(record), typed))

    response = stale(analyst).post(
        "/admin/second-facteur/", {"code": "123456", "_kept": text}, headers={"Origin": "http://testserver"}
    )

    assert json.loads(carried(response)) == json.loads(text)


@pytest.mark.parametrize(
    "path",
    [
        "https://ailleurs.example/admin/",
        "//ailleurs.example/admin/",
        "javascript:alert(1)",
        "/engagements/",
        "/admin/login/",
        "/admin/logout/",
        "/admin/../engagements/",
        "/admin/commitments/commitment/%2e%2e/change/",
        "/admin/rien/de/tel/",
        "",
    ],
)
def test_address_that_is_no_page_of_the_desk_is_not_gone_to(path, analyst):
    text = json.dumps({"path": path, "fields": [["a", "b"]], "files": [], "is_too_long": False})

    response = sign_in(Client(), analyst, text)

    assert unsaved_form.read(text) is None
    assert (response.status_code, response["Location"]) == (302, "/admin/")


@pytest.mark.parametrize("character", ['"', "<", "é", "\x01"], ids=["quote", "less", "accent", "control"])
def test_more_than_an_archived_text_is_not_sent_back_to_nobody(left, settings, character):
    record, _typed = left
    size = settings.DATA_UPLOAD_MAX_MEMORY_SIZE - 200_000

    response = Client().post(page(record), {"statement_fr": character * (size // len(character.encode()))})

    assert response.status_code == 401
    assert len(response.content) < 50_000
    assert json.loads(carried(response))["fields"] == []
    assert "copiez-le de la page d’avant" in response.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("part", ["fields", "files", "name"])
@pytest.mark.parametrize("path", ["/admin/login/", "/admin/login/?next=/admin/"])
def test_more_than_an_archived_text_is_not_carried_on_by_signing_in(db, path, part):
    long = "'" * 9_900_000
    held = {"path": "/admin/commitments/commitment/add/", "fields": [], "files": [], "is_too_long": False}
    held |= {"files": [long]} if part == "files" else {"fields": [[long, "a"] if part == "name" else ["a", long]]}
    credentials = {"username": "personne", "password": "faux"} if "next" in path else {}

    response = Client().post(path, credentials | {"_kept": json.dumps(held)})

    assert len(response.content) < 50_000
    assert "copiez-le de la page d’avant" in response.content.decode()


@pytest.mark.slow
def test_longest_archived_text_is_sent_back_whatever_it_is_made_of(left, analyst):
    record, _typed = left
    text = '"' * documents.MOST_CHARACTERS
    client = Client()

    response = client.post(page(record), {"statement_fr": text, "title_fr": "Bref"})

    assert len(response.content) < 8 * documents.MOST_CHARACTERS
    assert posted_back(sign_in(client, analyst, carried(response)))[1]["statement_fr"] == [text]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "null", '{"path": "/admin/"}', '{"path": "/admin/", "fields": [1]}', "[" * 100_000]
)
def test_text_that_was_not_written_here_is_ignored(text, analyst):
    response = sign_in(Client(), analyst, text)

    assert response.status_code == 302


def test_carried_text_is_escaped(left):
    record, typed = left

    text = Client().post(page(record), typed | {"title_fr": '"><script>alert(1)</script>'}).content.decode()

    assert "<script>alert(1)" not in text


def test_script_without_a_session_gets_words(db):
    for headers in (
        {"Accept": "application/json"},
        {"X-Requested-With": "XMLHttpRequest"},
        {"Sec-Fetch-Mode": "cors"},
    ):
        for method in ("get", "post"):
            response = getattr(Client(), method)("/admin/autocomplete/", headers=headers)

            assert response.status_code == 401
            assert "session a expiré" in response.json()["message"]
            assert response.json()["sign_in"] == "/admin/login/"


def test_page_without_a_session_leads_to_sign_in(db):
    response = Client().get("/admin/commitments/commitment/")

    assert response["Location"] == "/admin/login/?next=/admin/commitments/commitment/"


def test_act_of_a_list_is_named_and_asks_again(as_editor, editor):
    record = factories.make_commitment()
    typed = {"action": "delete_selected", "_selected_action": [str(record.pk)], "post": "yes"}
    client = Client()
    shown = sign_in(client, editor, carried(client.post("/admin/commitments/commitment/", typed)))

    assert "Supprimer la sélection (1)" in shown.content.decode()
    address, data = posted_back(shown)
    response = client.post(address, data)

    assert response.status_code == 200
    assert Commitment.objects.filter(pk=record.pk).exists()


def test_deletion_asks_again(editor):
    record = factories.make_commitment()
    client = Client()

    shown = sign_in(client, editor, carried(client.post(page(record, "delete"), {"post": "yes"})))

    assert shown["Location"] == page(record, "delete")
    assert Commitment.objects.filter(pk=record.pk).exists()


def test_act_of_review_asks_again(editor, analyst):
    record = factories.make_commitment()
    client = Client()
    address, data = posted_back(
        sign_in(
            client,
            editor,
            carried(client.post("/admin/commitments/commitment/review/publish/", {"pk": record.pk, "_confirm": "x"})),
        )
    )

    response = client.post(address, data)

    assert response.status_code == 200
    record.refresh_from_db()
    assert not record.is_published


# Signed in again in another tab: the form's token is no more the browser's.


def stale(person=None):
    client = Client(enforce_csrf_checks=True)
    client.get("/admin/login/")
    if person:
        client.force_login(person)
    return client


def test_form_older_than_signing_in_again_keeps_its_text(left, analyst):
    record, typed = left

    response = stale(analyst).post(page(record), typed, headers={"Origin": "http://testserver"})

    assert response.status_code == 200
    address, data = posted_back(response)
    assert address == page(record)
    assert data["title_fr"] == [typed["title_fr"]]
    record.refresh_from_db()
    assert record.title_fr == "Renforcer la Force unifiée"


def test_form_without_session_nor_token_keeps_its_text(left):
    record, typed = left

    response = Client(enforce_csrf_checks=True).post(page(record), typed, headers={"Origin": "http://testserver"})

    assert response.status_code == 401
    assert json.loads(carried(response))["path"] == page(record)


def test_sign_in_page_of_another_tab_keeps_its_text(left, analyst):
    record, typed = left
    text = carried(Client().post(page(record), typed))
    data = {"username": "awa", "password": "awa", "_kept": text}

    response = stale(analyst).post("/admin/login/", data, headers={"Origin": "http://testserver"})

    assert posted_back(response)[0] == page(record)


@pytest.mark.parametrize("origin", [None, "https://ailleurs.example", "null"])
def test_form_of_another_site_is_refused(origin, left, analyst):
    record, typed = left

    response = stale(analyst).post(page(record), typed, headers={"Origin": origin} if origin else {})

    assert response.status_code == 403
    assert "Ce formulaire a été refusé" in response.content.decode()
    assert typed["title_fr"] not in response.content.decode()


def test_sign_in_without_cookies_is_refused(db):
    response = Client(enforce_csrf_checks=True).post(
        "/admin/login/", {"username": "awa"}, headers={"Origin": "http://testserver"}
    )

    assert response.status_code == 403
    assert "cookies" in response.content.decode()
