"""What a visitor may put in an address: each wrong thing has a clear answer, and none breaks a page."""

import pytest

from commitments.public.views import PAGE_SIZE
from tests import factories
from tests.public.conftest import addresses, text_of


@pytest.mark.parametrize("name", ["as_of", "known_on"])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2025-02-30", "cette date n’existe pas ; écrivez AAAA-MM-JJ"),
        ("0000-01-01", "cette date n’existe pas"),
        ("2026-11-22", "ce jour n’est pas encore venu"),
        ("9999-12-31", "ce jour n’est pas encore venu"),
        ("30/02/2025", "ce n’est pas une date"),
        ("hier", "ce n’est pas une date"),
        ("2025-1-1", "ce n’est pas une date"),
        ("２０２５-01-01", "ce n’est pas une date"),
        ("<script>", "ce n’est pas une date"),
    ],
)
def test_a_day_that_is_none_is_named_with_its_value(client, record, name, value, message):
    for address in addresses(record):
        page = client.get(address, {name: value})

        html = page.content.decode()
        assert page.status_code == 400, address
        assert message in text_of(page)
        assert "<script>" not in html
        if value != "<script>":
            assert f"« {name}={value} »" in text_of(page)
        assert f'<a href="{address.split("?")[0]}">' in html


def test_both_days_wrong_are_both_named(client, db):
    words = text_of(client.get("/?as_of=x&known_on=y"))

    assert "« as_of=x »" in words
    assert "« known_on=y »" in words


@pytest.mark.parametrize("name", ["q", "sector", "party", "status", "timeliness", "instrument", "basis"])
def test_a_nul_byte_is_refused_on_the_list(client, record, name):
    page = client.get("/engagements/", {name: "a\x00b"})

    assert page.status_code == 400
    assert f"« {name}=a␀b » : un caractère nul ne se cherche pas" in text_of(page)


@pytest.mark.parametrize("name", ["as_of", "known_on", "page", "sort", "per_page", "nimporte", "a\x00"])
def test_a_nul_byte_is_refused_on_every_page(client, record, name):
    for address in addresses(record):
        assert client.get(address, {name: "\x00"}).status_code == 400, address


@pytest.mark.parametrize("path", ["/engagements/%00/", "/sources/a%00/", "/rencontres/%00/", "/divergences/%00/"])
def test_a_nul_byte_in_a_reference_is_not_found(client, db, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("name", ["sector", "party", "status", "timeliness", "instrument", "basis"])
@pytest.mark.parametrize("value", ["inconnu", "1", "-1", "'; --", "é" * 500])
def test_an_unknown_filter_value_is_said_next_to_its_field_and_lists_nothing(client, record, name, value):
    page = client.get("/engagements/", {name: value})

    assert page.status_code == 400
    assert "prenez-en un dans la liste" in str(page.context["filter"].errors[name])
    assert "Un filtre n’a pas été compris" in text_of(page)
    assert record.commitment.reference not in text_of(page)


def test_a_very_long_search_is_refused_with_both_lengths(client, record):
    page = client.get("/engagements/", {"q": "a" * 5000})

    assert page.status_code == 400
    assert "au plus 200 caractères ; celle-ci en a 5000" in text_of(page)


@pytest.mark.parametrize("query", ["!!!", "%", "_", "\\", "«»", "' = '", "%_\\"])
def test_a_search_of_marks_finds_nothing_and_breaks_nothing(client, record, query):
    page = client.get("/engagements/", {"q": query})

    assert page.status_code == 200
    assert page.context["count"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("page_number", ["2", "0", "-1", "abc", "1.5", "9" * 5000, "²"])
@pytest.mark.parametrize("address", ["/engagements/", "/sources/", "/divergences/"])
def test_a_page_that_a_list_does_not_have(client, record, address, page_number):
    page = client.get(address, {"page": page_number})

    assert page.status_code == 404
    assert "la liste compte 1 page." in text_of(page)
    assert f'href="{address}' in page.content.decode()


@pytest.mark.slow
def test_a_page_out_of_range_says_how_many_there_are(client, editor):
    factories.make_discrepancy(published_by=editor)
    for _number in range(PAGE_SIZE + 1):
        factories.make_commitment(published_by=editor)

    page = client.get("/engagements/?page=9&sort=status")

    assert page.status_code == 404
    assert "« page=9 » : la liste compte 2 pages, numérotées à partir de 1." in text_of(page)
    assert 'href="/engagements/?sort=status"' in page.content.decode()


@pytest.mark.parametrize("sort", ["nonsense", "-nonsense", "search_text", "published_by__password", "", ",", "title,x"])
def test_an_unknown_order_is_ignored(client, record, sort):
    page = client.get("/engagements/", {"sort": sort})

    assert page.status_code == 200
    assert page.context["count"] == 1


@pytest.mark.slow
def test_the_size_of_a_page_is_not_the_visitor_s_choice(client, editor):
    for _number in range(PAGE_SIZE + 1):
        factories.make_commitment(published_by=editor)

    sizes = {
        per_page: len(client.get("/engagements/", {"per_page": per_page}).context["table"].paginated_rows)
        for per_page in ("5000", "1", "-1", "0", "abc")
    }

    assert set(sizes.values()) == {PAGE_SIZE}, sizes


@pytest.mark.slow
def test_bytes_that_are_no_utf_8_break_nothing(client, record):
    for address in addresses(record):
        joint = "&" if "?" in address else "?"
        assert client.get(f"{address}{joint}x=%ff%fe&%c3").status_code == 200


def test_what_is_typed_comes_back_escaped(client, record):
    html = client.get("/engagements/", {"q": '"><script>alert(1)</script>'}).content.decode()

    assert "<script" not in html.replace('<script type="application/ld+json">', "")
    assert "alert(1)</script" not in html
