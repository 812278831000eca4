"""Signing in, in a real browser: setting a second factor up and using it, and being told to wait."""

import re
from base64 import b32decode

import pytest
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from tests import factories
from tests.browser.desk import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def people(seed_articles):
    factories.make_user("awa", group="Analysts", first_name="Awa")
    factories.make_user("boubacar", group="Editors", first_name="Boubacar")


def shown_by_the_application(secret):
    """Return the code that an application given `secret` shows now."""
    return f"{TOTP(b32decode(secret)).token():06}"


def rested():
    """Forget that a code was just used, or mistyped: a person would wait for the next one, half a minute."""
    for device in (TOTPDevice.objects.get(), StaticDevice.objects.get()):
        device.throttle_reset()
    TOTPDevice.objects.update(last_t=-1)


def no_wider_than_the_screen(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", [1280, 360])
def test_second_factor_is_set_up_and_asked_for(width, people, open_page):
    page = open_page("/", width=width)
    sign_in(page, "awa")

    # Set up: the secret is read off the page, as its square is by a telephone.
    page.get_by_role("link", name="Second facteur").click()
    page.get_by_role("button", name="Activer un second facteur").click()
    square = page.locator(".desk-qr-frame svg").bounding_box()
    assert square["width"] > 150
    assert abs(square["width"] - square["height"]) < 1
    assert no_wider_than_the_screen(page)
    secret = page.locator(".desk-secret").inner_text().replace(" ", "")
    page.locator("#id_code").fill(shown_by_the_application(secret))
    page.keyboard.press("Enter")
    expect(page.locator(".desk-codes li")).to_have_count(10)
    assert no_wider_than_the_screen(page)
    recovery = page.locator(".desk-codes code").first.inner_text()
    page.get_by_role("link", name=re.compile("aller au bureau")).click()
    expect(page).to_have_url(re.compile("/admin/$"))

    # Sign in again: the password alone does not do, the code leads where one was going.
    page.get_by_role("button", name="Déconnexion").click()
    rested()
    sign_in(page, "awa", path="/admin/commitments/source/")
    expect(page).to_have_url(re.compile("/admin/second-facteur/"))
    assert no_wider_than_the_screen(page)
    page.locator("#id_code").fill("000")
    page.keyboard.press("Enter")
    expect(page.locator(".errorlist")).to_contain_text("pas le bon")
    page.locator("#id_code").fill(shown_by_the_application(secret))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/admin/commitments/source/$"))

    # Without the telephone: a recovery code.
    page.get_by_role("button", name="Déconnexion").click()
    rested()
    sign_in(page, "awa")
    page.locator("#id_code").fill(recovery.upper())
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/admin/$"))


@pytest.mark.parametrize("width", [1280, 360])
def test_person_locked_out_is_told_how_long(width, people, open_page):
    page = open_page("/", width=width)
    for _number in range(5):
        sign_in(page, "awa", password="faux")

    expect(page.locator("h1")).to_have_text("Trop d’essais de connexion")
    expect(page.locator("#content")).to_contain_text("Réessayez dans 15 minutes.")
    assert no_wider_than_the_screen(page)
    page.faults[:] = [fault for fault in page.faults if "429" not in fault]  # the browser's own note of the answer

    # A colleague at the same office is not held up.
    other = open_page("/", width=width)
    sign_in(other, "boubacar")
    expect(other).to_have_url(re.compile("/admin/$"))


def test_required_second_factor_is_asked_before_anything_else(people, open_page, settings):
    settings.TRACKER_REQUIRE_SECOND_FACTOR = {"editors"}
    page = open_page("/")

    sign_in(page, "boubacar", path="/admin/commitments/commitment/")

    expect(page.locator(".errornote")).to_contain_text("activez-le pour entrer")
    expect(page.locator("#nav-sidebar")).to_have_count(0)
    page.get_by_role("button", name="Déconnexion").click()
    page.goto("/admin/second-facteur/")
    expect(page).to_have_url(re.compile("/admin/login/"))
