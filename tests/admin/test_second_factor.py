"""The second factor: set up, asked for, used once, lost, required."""

import re
from base64 import b32decode
from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from commitments.admin.people import second_factor
from tests import factories

pytestmark = pytest.mark.one_database

PAGE = "/admin/second-facteur/"


def later(**delay):
    return time_machine.travel(timezone.now() + timedelta(**delay), tick=False)


def code_of(user):
    """Return the code that the person's application shows now."""
    return f"{totp(second_factor.device_of(user).bin_key):06}"


def wrong_code(user):
    return f"{(int(code_of(user)) + 1) % 1_000_000:06}"


@pytest.fixture
def codes(analyst):
    """Give the analyst a second factor; return the recovery codes."""
    TOTPDevice.objects.create(user=analyst, name="totp")
    return second_factor.renew_recovery_codes(analyst)


@pytest.fixture
def administrator(db):
    return User.objects.create_superuser("mariam", password="mariam")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


# Setting it up


def test_looking_at_the_page_changes_nothing(as_analyst):
    text = as_analyst.get(PAGE).content.decode()

    assert "Activer un second facteur" in text
    assert not TOTPDevice.objects.exists()


def test_page_is_found_from_every_page(as_analyst):
    assert f'href="{PAGE}"' in as_analyst.get("/admin/commitments/source/").content.decode()


def test_person_sets_it_up(as_analyst, analyst):
    as_analyst.post(PAGE, {"act": "start"})
    shown = as_analyst.get(PAGE)
    text = shown.content.decode()
    secret = re.search(r'class="desk-secret">([A-Z2-7 ]+)<', text)[1].replace(" ", "")
    before = as_analyst.session.session_key

    response = as_analyst.post(PAGE, {"act": "confirm", "code": f"{totp(b32decode(secret)):06}"})

    assert "<svg" in text
    assert "no-store" in shown["Cache-Control"]
    codes = re.findall(r"<code>([a-z2-7]{4}-[a-z2-7]{4})</code>", response.content.decode())
    assert len(set(codes)) == 10
    assert second_factor.device_of(analyst) is not None
    assert as_analyst.session.session_key != before
    again = as_analyst.get(PAGE).content.decode()
    assert "Il vous reste 10 codes de secours" in again
    assert codes[0] not in again
    assert secret[:4] not in again


def test_page_keeps_to_the_policy(as_analyst, codes, analyst):
    as_analyst.post(PAGE, {"code": code_of(analyst)})
    other = signed_in(factories.make_user("issa"))
    other.post(PAGE, {"act": "start"})

    for response in (as_analyst.get(PAGE), other.get(PAGE)):
        text = response.content.decode()
        assert "img-src 'self'" in response["Content-Security-Policy"]
        assert " style=" not in text
        assert "data:" not in text


def test_wrong_code_does_not_set_it_up(as_analyst, analyst):
    as_analyst.post(PAGE, {"act": "start"})

    text = as_analyst.post(PAGE, {"act": "confirm", "code": "abc"}).content.decode()

    assert "pas le bon" in text
    assert "desk-secret" in text
    assert second_factor.device_of(analyst) is None


def test_beginning_does_not_ask_for_a_code_yet(as_analyst, analyst):
    as_analyst.post(PAGE, {"act": "start"})

    assert as_analyst.get("/admin/").status_code == 200


def test_starting_again_forgets_the_former_secret(as_analyst):
    as_analyst.post(PAGE, {"act": "start"})
    former = TOTPDevice.objects.get().key
    as_analyst.post(PAGE, {"act": "start"})

    assert TOTPDevice.objects.get().key != former


def test_page_is_for_the_desk_only(client, db):
    client.force_login(User.objects.create_user("lecteur"))

    for method in ("get", "post"):
        response = getattr(client, method)(PAGE, {"act": "start"})
        assert response["Location"].startswith("/admin/login/")
    assert not TOTPDevice.objects.exists()


# Signing in with it


def test_password_alone_opens_nothing(codes):
    client = Client()
    client.post("/admin/login/", {"username": "awa", "password": "awa", "next": "/admin/commitments/source/"})
    factories.make_source(title="Brouillon secret")

    for address in ("/admin/", "/admin/commitments/source/", "/admin/jsi18n/", "/admin/password_change/"):
        response = client.get(address, follow=True)
        assert response.redirect_chain[-1][0].startswith(PAGE), address
        assert "Brouillon secret" not in response.content.decode()
        assert "/admin/commitments/" not in response.content.decode().replace(f'value="{address}"', "")
    assert client.post("/admin/commitments/source/add/", {}).status_code == 401


def test_password_then_code_leads_where_one_was_going(codes, analyst):
    client = Client()
    asked = "/admin/commitments/source/"
    typed = {"username": "awa", "password": "awa", "next": asked}
    page = client.post("/admin/login/", typed, follow=True)
    before = client.session.session_key

    response = client.post(PAGE, {"code": code_of(analyst), "next": page.context["next"]})

    assert response["Location"] == asked
    assert client.get(asked).status_code == 200
    assert client.session.session_key != before


def test_code_is_taken_as_people_type_it(codes, analyst):
    client = signed_in(analyst)
    code = code_of(analyst)

    client.post(PAGE, {"code": f" {code[:3]} {code[3:]} "})

    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("target", ["https://exemple.net/", "//exemple.net/", "", "\x00"])
def test_code_does_not_lead_elsewhere(target, codes, analyst):
    client = signed_in(analyst)

    response = client.post(PAGE, {"code": code_of(analyst), "next": target})

    assert response["Location"] == "/admin/"


def test_code_is_not_used_twice(codes, analyst):
    code = code_of(analyst)
    signed_in(analyst).post(PAGE, {"code": code})
    second = signed_in(analyst)

    response = second.post(PAGE, {"code": code})

    assert "il a déjà servi" in response.content.decode()
    assert second.get("/admin/").status_code == 302


def test_recovery_code_is_used_once(codes, analyst):
    first, second = signed_in(analyst), signed_in(analyst)

    entered = first.post(PAGE, {"code": codes[0].upper()})
    refused = second.post(PAGE, {"code": codes[0]})

    assert entered.status_code == 302
    assert first.get("/admin/").status_code == 200
    assert refused.status_code == 200
    assert StaticToken.objects.count() == 9


def test_code_of_somebody_else_is_refused(codes, analyst, editor):
    TOTPDevice.objects.create(user=editor, name="totp")
    client = signed_in(analyst)

    client.post(PAGE, {"code": code_of(editor)})
    with later(minutes=1):
        client.post(PAGE, {"code": second_factor.renew_recovery_codes(editor)[0]})

    assert client.get("/admin/").status_code == 302


def test_wrong_codes_are_slowed_down(codes, analyst):
    client = signed_in(analyst)
    client.post(PAGE, {"code": wrong_code(analyst)})

    response = client.post(PAGE, {"code": code_of(analyst)})
    with later(seconds=2):
        entered = client.post(PAGE, {"code": code_of(analyst)})

    assert "Réessayez dans 1 seconde." in response.content.decode()
    assert entered.status_code == 302


def test_wrong_code_of_the_application_leaves_recovery_codes_open(codes, analyst):
    client = signed_in(analyst)
    client.post(PAGE, {"code": wrong_code(analyst)})

    assert client.post(PAGE, {"code": codes[3]}).status_code == 302


@pytest.mark.parametrize("typed", ["", "\x00", "x" * 500, "é" * 6, "１２３４５６", "-12345", "0x1234", "' OR 1=1"])
@pytest.mark.parametrize("act", ["confirm", "", "nothing", "\x00"])
def test_hostile_code_is_no_error(typed, act, codes, analyst):
    client = signed_in(analyst)

    assert client.post(PAGE, {"code": typed, "act": act}).status_code == 200
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("act", ["start", "confirm", "renew", "remove"])
def test_no_act_goes_round_the_code(act, codes, analyst):
    client = signed_in(analyst)

    client.post(PAGE, {"act": act})

    assert client.get("/admin/").status_code == 302
    assert TOTPDevice.objects.filter(user=analyst, confirmed=True).count() == 1
    assert StaticToken.objects.count() == 10


def test_person_who_lacks_the_code_can_sign_out(codes, analyst):
    client = signed_in(analyst)

    response = client.post("/admin/logout/")

    assert response.status_code == 200
    assert "/admin/logout/" in signed_in(analyst).get(PAGE).content.decode()
    assert client.get(PAGE)["Location"].startswith("/admin/login/")


def test_session_stays_verified_after_a_change_of_password(codes, analyst):
    client = signed_in(analyst)
    client.post(PAGE, {"code": code_of(analyst)})
    typed = dict.fromkeys(("new_password1", "new_password2"), "harmattan-du-soir-2026") | {"old_password": "awa"}

    client.post("/admin/password_change/", typed)

    assert client.get("/admin/").status_code == 200


def test_setting_it_up_asks_other_sessions_for_the_code(as_analyst, analyst):
    elsewhere = signed_in(analyst)
    as_analyst.post(PAGE, {"act": "start"})
    begun = second_factor.device_of(analyst, confirmed=False)

    as_analyst.post(PAGE, {"act": "confirm", "code": f"{totp(begun.bin_key):06}"})

    assert as_analyst.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


# Changing and losing it


def test_recovery_codes_are_renewed_against_a_code(codes, analyst):
    client = signed_in(analyst)
    client.post(PAGE, {"code": codes[0]})

    response = client.post(PAGE, {"act": "renew", "code": codes[1]})

    fresh = re.findall(r"<code>([a-z2-7]{4}-[a-z2-7]{4})</code>", response.content.decode())
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("act", ["renew", "remove"])
def test_change_without_a_code_is_refused(act, codes, analyst):
    client = signed_in(analyst)
    client.post(PAGE, {"code": codes[0]})

    response = client.post(PAGE, {"act": act, "code": ""})

    assert "Tapez le code" in response.content.decode()
    assert StaticToken.objects.count() == 9


@pytest.mark.slow
def test_person_removes_it_with_a_code(codes, analyst):
    client = signed_in(analyst)
    client.post(PAGE, {"code": codes[0]})

    client.post(PAGE, {"act": "remove", "code": code_of(analyst)})

    assert not TOTPDevice.objects.exists()
    assert not StaticDevice.objects.exists()
    assert signed_in(analyst).get("/admin/").status_code == 200


@pytest.mark.slow
def test_administrator_removes_a_lost_one(codes, analyst, administrator):
    client = signed_in(administrator)
    address = f"/admin/auth/user/{analyst.pk}/second-facteur/"

    account = client.get(f"/admin/auth/user/{analyst.pk}/change/").content.decode()
    asked = client.get(address)
    assert second_factor.device_of(analyst) is not None
    client.post(address)

    assert address in account
    assert asked.status_code == 200
    assert second_factor.device_of(analyst) is None
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.change_message) == (
        administrator,
        str(analyst.pk),
        "Second facteur retiré.",
    )
    history = client.get(f"/admin/auth/user/{analyst.pk}/history/").content.decode()
    assert "Second facteur retiré." in history
    assert signed_in(analyst).get("/admin/").status_code == 200


def test_session_verified_by_a_removed_device_is_so_no_more(codes, analyst, settings):
    settings.TRACKER_REQUIRE_SECOND_FACTOR = {"analysts"}
    client = signed_in(analyst)
    client.post(PAGE, {"code": codes[0]})

    second_factor.remove(analyst)

    assert client.get("/admin/").status_code == 302


def test_administrator_removes_their_own_with_a_code_only(administrator):
    TOTPDevice.objects.create(user=administrator, name="totp")
    client = signed_in(administrator)
    client.post(PAGE, {"code": code_of(administrator)})

    response = client.post(f"/admin/auth/user/{administrator.pk}/second-facteur/")

    assert response["Location"] == PAGE
    assert second_factor.device_of(administrator) is not None


@pytest.mark.parametrize("key", ["0", "abc", "9" * 25, "%00"])
def test_second_factor_of_nobody_is_not_found(key, administrator):
    assert signed_in(administrator).get(f"/admin/auth/user/{key}/second-facteur/").status_code == 404


@pytest.mark.parametrize("number", [1, 4])
def test_list_of_accounts_shows_who_has_one(number, administrator, django_assert_num_queries):
    for place in range(number):
        TOTPDevice.objects.create(user=factories.make_user(f"compte-avec-{place}"), name="totp")
    client = signed_in(administrator)

    with django_assert_num_queries(7):
        text = client.get("/admin/auth/user/").content.decode()

    shown = re.findall(r'class="field-has_second_factor"><img src="[^"]*icon-(yes|no)', text)
    assert sorted(shown) == ["no"] + ["yes"] * number


# Requiring it


@pytest.mark.parametrize(
    ("required", "who", "asked"),
    [
        (set(), "editor", False),
        ({"editors"}, "editor", True),
        ({"editors"}, "analyst", False),
        ({"analysts", "editors"}, "analyst", True),
        ({"editors"}, "administrator", False),
        ({"administrators"}, "administrator", True),
        ({"administrators"}, "editor", False),
    ],
)
def test_setting_says_whose_accounts_need_one(required, who, asked, request, settings):
    settings.TRACKER_REQUIRE_SECOND_FACTOR = required
    client = signed_in(request.getfixturevalue(who))

    response = client.get("/admin/commitments/commitment/", follow=True)

    assert ("activez-le pour entrer" in response.content.decode()) is asked
    assert (response.redirect_chain != []) is asked


@pytest.mark.slow
def test_required_account_reaches_only_its_page_and_sign_out(as_editor, editor, settings):
    settings.TRACKER_REQUIRE_SECOND_FACTOR = {"editors"}
    record = factories.make_commitment()

    for address in ("/admin/", f"/admin/commitments/commitment/{record.pk}/change/", "/admin/password_change/"):
        assert as_editor.get(address)["Location"].startswith("/admin/login/")
        assert as_editor.post(address)["Location"].startswith("/admin/login/")
    text = as_editor.get(PAGE).content.decode()
    assert "/admin/commitments/" not in text
    assert "/admin/logout/" in text

    as_editor.post(PAGE, {"act": "start"})
    begun = second_factor.device_of(editor, confirmed=False)
    as_editor.post(PAGE, {"act": "confirm", "code": f"{totp(begun.bin_key):06}"})

    assert as_editor.get("/admin/").status_code == 200


def test_required_account_signs_out(as_editor, settings):
    settings.TRACKER_REQUIRE_SECOND_FACTOR = {"editors"}

    assert as_editor.post("/admin/logout/").status_code == 200
    assert as_editor.get(PAGE)["Location"].startswith("/admin/login/")
