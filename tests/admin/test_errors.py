"""What the desk says of what it does not show, or does not take."""

import pytest

from tests import factories
from tests.admin.forms import page

CLOSED = "Votre compte n’ouvre pas cette page"


@pytest.mark.parametrize(
    "address", ["/admin/relecture/", "/admin/auth/user/", "/admin/commitments/source/review/publish/"]
)
def test_closed_page_says_so_in_words_with_the_way_back(address, as_analyst):
    response = as_analyst.get(address)

    text = response.content.decode()
    assert response.status_code == 403
    assert CLOSED in text
    assert 'lang="fr"' in text
    assert 'href="/admin/">Aller au bureau' in text


@pytest.mark.parametrize("address", ["/admin/rien/", "/admin/file/xx/", "/admin/commitments/rien/"])
def test_missing_page_of_the_desk_leads_back_to_the_desk(address, as_analyst):
    response = as_analyst.get(address)

    text = response.content.decode()
    assert response.status_code == 404
    assert "Il n’y a pas de page à cette adresse" in text
    assert "Aller au bureau" in text
    assert "AES-RU" not in text


def test_missing_page_in_english_is_in_english(as_analyst):
    text = as_analyst.get("/en/admin/file/xx/").content.decode()

    assert 'lang="en"' in text
    assert 'href="/en/admin/">' in text


def test_missing_public_page_is_the_public_one(client, db):
    assert "Il n’y a pas de page à cette adresse" in client.get("/rien/").content.decode()


def test_more_than_a_form_holds_is_refused_in_the_words_of_the_desk(as_analyst, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    record = factories.make_commitment()
    as_analyst.raise_request_exception = False

    response = as_analyst.post(page(record), {"statement_fr": "x" * 2000})

    assert response.status_code == 400
    assert "Ce que vous envoyez est trop long" in response.content.decode()


def test_a_long_article_is_refused_next_to_its_text(as_analyst):
    response = as_analyst.post("/admin/commitments/source/add/", {"reference": "S900", "text": "é" * 2_400_000})

    assert response.status_code == 200
    assert "caractères au plus" in str(response.context["errors"])
