"""What is no commitment (expected, envisaged) is counted and listed apart, under its own name, and taken on nowhere."""

from datetime import date

import pytest

from commitments.choices import Basis
from commitments.public.lists.apart import WORDS, name
from tests import factories
from tests.public.conftest import on, text_of

APART = {"expected": "1 attente d’avant rencontre", "envisaged": "2 possibilités envisagées"}
NOT_UNDERTAKEN = ["expected", "envisaged"]


@pytest.fixture
def apart(record, editor):
    """Beside the public record one expectation and two opportunities of the same sector, instrument and parties."""
    common = {"sector": record.commitment.sector, "instrument": record.instrument, "published_by": editor}
    for basis in ("expected", "envisaged", "envisaged"):
        commitment = factories.make_commitment(basis=basis, **common)
        factories.make_milestone(commitment=commitment, due_on=date(2025, 5, 1), published_by=editor)
    factories.make_commitment(basis="envisaged", **common | {"published_by": None})  # a draft
    return record


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "narrowed"),
    [
        ("/", ""),
        ("/engagements/", ""),
        ("/secteurs/securite/", "sector=securite&amp;"),
        ("/parties/RU/", "party=RU&amp;"),
    ],
)
def test_each_kind_is_counted_apart_and_leads_to_its_list(client, apart, address, narrowed):
    page = client.get(address)

    words, html = text_of(page), page.content.decode()
    for basis, counted in APART.items():
        assert counted in words
        links = [f'"/engagements/?{narrowed}basis={basis}"', f'"/engagements/?basis={basis}&amp;{narrowed[:-5]}"']
        assert any(link in html for link in links)


@pytest.mark.slow
def test_no_figure_counts_them(client, apart):
    for address in ("/", "/secteurs/securite/", "/parties/RU/"):
        context = client.get(address).context
        assert (context["total"], context["overdue_total"]) == (1, 1), address
        assert [item.commitment_id for item in context["overdue"]] == [apart.commitment.pk], address
    assert client.get("/engagements/").context["count"] == 1
    assert client.get(apart.instrument.get_absolute_url()).context["total"] == 1
    for address in ("/secteurs/", "/parties/"):
        assert {row[1].total for row in client.get(address).context["rows"]} <= {0, 1}, address
    assert client.get("/chronologie/").context["count"] == client.get("/chronologie/?as_of=2026-11-20").context["count"]
    assert client.get("/integrer/engagements/").context["count"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("basis", NOT_UNDERTAKEN)
def test_the_list_of_one_kind_says_what_it_has(client, apart, basis):
    page = client.get(f"/engagements/?basis={basis}&party=AES")

    words = text_of(page)
    n = {"expected": 1, "envisaged": 2}[basis]
    assert f"{n} {name(Basis(basis), n).removeprefix('%(n)s ')}" in words
    assert "pas un engagement" in words or "pas des engagements" in words
    caption, heading = {
        "expected": ("Attentes, une par ligne", "Ce qui est attendu"),
        "envisaged": ("Possibilités envisagées, une par ligne", "Ce qui est envisagé"),
    }[basis]
    assert f"{caption} {heading} Parties concernées" in words
    assert "Partie AES, Partie RU" in words
    assert apart.commitment.reference not in words
    for other in (page, client.get(f"/integrer/engagements/?basis={basis}")):
        assert f"<h1>{Basis(basis).label}</h1>" in other.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("basis", NOT_UNDERTAKEN)
def test_nothing_says_that_it_was_taken_on(client, apart, basis):
    commitment = type(apart.commitment).objects.published().filter(basis=basis).first()
    address = commitment.get_absolute_url()

    for page in (address, f"{address}integrer/", f"/engagements/?basis={basis}", apart.instrument.get_absolute_url()):
        words = text_of(client.get(page))
        assert "Pris le" not in words, page
        assert "pris le" not in words, page
    words = text_of(client.get(address))
    assert "L’engagement est pris." not in words
    assert "à quoi l’on reconnaîtrait que cela s’est réalisé" in words
    assert f"Engagement {commitment.reference}" not in words
    assert "Concernées Partie AES Partie RU" in words
    assert "S’engage " not in words
    assert "Bénéficie " not in words


@pytest.mark.slow
def test_the_changes_name_each_kind(client, apart):
    words = text_of(client.get("/")).replace("\u00a0", " ")

    assert "1 attente d’avant rencontre est publiée, comptée à part des engagements :" in words
    assert "1 possibilité envisagée est publiée, comptée à part des engagements :" in words
    assert "Publication : Attendu avant la rencontre" in client.get("/flux/tout.json").content.decode().replace(
        "\u00a0", " "
    )


def test_every_basis_that_is_no_commitment_s_has_its_words():
    assert list(WORDS) == Basis.not_undertaken()


def test_the_heading_above_several_parties_is_in_the_plural(client, editor):
    envisaged = factories.make_commitment(basis="envisaged", published_by=editor)
    proper = factories.make_commitment(published_by=editor)

    of_both, of_one = (client.get(item.get_absolute_url()).content.decode() for item in (envisaged, proper))

    assert "<dt>Concernées</dt>" in of_both
    assert "<dt>S’engage</dt>" in of_one
    assert "<dt>Bénéficie</dt>" in of_one


def test_nobody_is_said_to_undertake_what_is_only_an_intention(client, editor):
    intended = factories.make_commitment(basis="intention", published_by=editor)

    page = client.get(intended.get_absolute_url()).content.decode()
    of_party = text_of(client.get("/parties/RU/"))

    assert "<dt>À qui l’intention est attribuée</dt>" in page
    assert "S’engage<" not in page
    assert "L’intention est rapportée." in page
    assert "Intention attribuée" in of_party
    assert "S’engage" not in of_party


@pytest.mark.slow
@pytest.mark.parametrize("language", ["", "/en"])
def test_a_role_on_the_word_of_another_says_so_wherever_it_is_shown(client, record, language):
    role = record.commitment.undertakings.get(role="undertakes")
    role.according_to = factories.make_party("NE")
    with on("2026-11-22"):
        role.save()

    said = "according to statements by " if language else "d’après les propos de : "
    said += role.according_to.wording("name", language[1:] or "fr").text
    address = record.commitment.get_absolute_url()
    pages = ["/engagements/", address, f"{address}integrer/", record.instrument.get_absolute_url()]
    for page in [*pages, "/secteurs/securite/", "/parties/RU/", "/corrections/"]:
        assert said in text_of(client.get(f"{language}{page}")).replace("\u00a0", " "), page


@pytest.mark.slow
def test_a_past_day_knows_the_roles_and_words_of_that_day(client, record):
    address = record.commitment.get_absolute_url()
    role = record.commitment.undertakings.get(role="undertakes")
    with on("2026-11-25"):
        role.according_to = factories.make_party("NE")
        role.save()
    with on("2026-11-27"):
        role.according_to = None
        role.save()

    with on("2026-11-29"):
        found = {
            (page, day): "d’après les propos" in text_of(client.get(f"{page}?known_on=2026-11-{day}"))
            for page in (address, "/engagements/", "/parties/RU/")
            for day in (24, 26, 28)
        }

    assert [key for key, is_told in found.items() if is_told] == [
        (page, 26) for page in (address, "/engagements/", "/parties/RU/")
    ]


def test_a_party_that_is_only_concerned_or_heard_is_public_and_takes_on_nothing(client, record, editor):
    factories.make_commitment(basis="envisaged", undertakes="ML", benefits="BF", published_by=editor)
    role = record.commitment.undertakings.get(role="undertakes")
    role.according_to = factories.make_party("NE")
    role.save()

    concerned, heard = client.get("/parties/ML/"), client.get("/parties/NE/")

    assert (concerned.context["total"], concerned.context["benefits"], concerned.context["count"]) == (0, 0, 0)
    assert "1 possibilité envisagée" in text_of(concerned)
    assert (heard.context["total"], heard.context["apart"]) == (0, [])
    assert client.get("/parties/TD/").status_code == 404
