"""The pictures of pages that are shared: what they are, what they say, and what they never do."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from fontTools.ttLib import TTFont
from PIL import Image

from commitments.choices import Status
from commitments.public.sharing import drawing
from commitments.rules.review import publication
from tests import factories
from tests.public.conftest import pictures

pytestmark = pytest.mark.one_database

LONG = "Œuvrer à l’élaboration d’un mécanisme régulier de consultations « politiques » entre la Confédération et " * 2


def test_a_card_is_a_picture_of_the_size_that_pages_say(client, record):
    for address in pictures(record):
        answer = client.get(address)

        assert answer["Content-Type"] == "image/png"
        assert Image.open(BytesIO(answer.content)).size == (1200, 630)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("title", ["Court", LONG, "É" * 160, "W" * 160])
def test_a_card_weighs_60_kilobytes_at_most_and_keeps_its_margins(status, title):
    body = drawing.draw(
        kicker="AES-RU-2025-01", title=title, foot="état", status=status, when="cherché le 21 septembre 2026"
    )

    picture = Image.open(BytesIO(body)).convert("RGB")
    paper = picture.getpixel((5, 300))
    assert len(body) <= 60_000
    for edge in (picture.crop((0, 20, 60, 630)), picture.crop((1140, 20, 1200, 630))):
        assert edge.getcolors() == [(edge.width * edge.height, paper)]


def test_a_card_says_what_held_on_the_day_read(client, record, analyst, editor, monkeypatch):
    drawn = []
    monkeypatch.setattr(drawing, "draw", lambda **parts: drawn.append(parts) or b"")
    factories.make_assessment(
        commitment=record.commitment,
        status="complete",
        as_of=date(2025, 9, 1),
        proposed_by=analyst,
        published_by=editor,
    )
    address = f"{record.commitment.get_absolute_url()}carte.png"

    for prefix, query in (("", ""), ("", "?as_of=2025-08-31"), ("/en", "")):
        client.get(f"{prefix}{address}{query}")

    assert [parts["status"] for parts in drawn] == ["complete", "limited", "complete"]
    assert [parts["when"] for parts in drawn[:2]] == ["au 1er septembre 2025", "au 10 avril 2025"]
    assert [parts["title"] for parts in drawn] == [
        *["Renforcer la Force unifiée"] * 2,
        "Strengthen the Unified Force",
    ]
    assert drawn[0]["foot"] == "état au 21 novembre 2026"
    assert drawn[1]["foot"].startswith("faits survenus jusqu’au 31 août 2025")


def test_the_card_of_the_site_says_how_firm_promises_are_and_how_old_sources(client, record, editor, monkeypatch):
    drawn = []
    monkeypatch.setattr(drawing, "draw", lambda **parts: drawn.append(parts) or b"")
    for basis in ("agreed", "announced", "intention", "expected"):
        factories.make_commitment(basis=basis, made_on=date(2025, 4, 3), published_by=editor)
    factories.make_commitment(basis="announced")
    for day in (date(2025, 4, 4), date(2025, 5, 9)):
        factories.make_source(published_on=day, published_by=editor)
    factories.make_source(published_on=date(2025, 6, 1))

    for query in ("", "?as_of=2025-05-08", "?as_of=2020-01-01"):
        client.get(f"/carte.png{query}")

    told = [(parts["figures"], parts["note"].partition("\u00a0: ")[2]) for parts in drawn]
    counted = [("2", "engagements convenus"), ("1", "annoncé par une partie"), ("1", "déclaré comme intention")]
    assert told == [(counted, "9 mai 2025"), (counted, "4 avril 2025"), ([], "")]


def test_the_figures_of_a_card_keep_its_margins():
    figures = [("5678", words) for words in ("engagements convenus", "annoncés par une partie", "W" * 40)]
    body = drawing.draw(kicker="", title=LONG, foot="état", figures=figures, note="Dernière source : " + "x" * 20)

    picture = Image.open(BytesIO(body)).convert("RGB")
    edge = picture.crop((1140, 20, 1200, 630))
    assert edge.getcolors() == [(edge.width * edge.height, picture.getpixel((5, 300)))]


def test_what_is_not_public_has_no_card(client, editor):
    draft = factories.make_commitment()
    gone = factories.make_commitment(published_by=editor)
    publication.withdraw(gone, by=editor, reason="Doublon.")

    assert client.get(f"{draft.get_absolute_url()}carte.png").status_code == 404
    assert client.get(f"{gone.get_absolute_url()}carte.png").status_code == 410
    assert client.get("/carte.png?as_of=x").status_code == 400


def test_a_card_is_drawn_once_and_sent_as_it_is(record, settings, monkeypatch):
    settings.TRACKER_PAGE_STORE = 1024 * 1024
    client, drawn = Client(), []
    draw = drawing.draw
    monkeypatch.setattr(drawing, "draw", lambda **parts: drawn.append(parts) or draw(**parts))
    address = f"{record.commitment.get_absolute_url()}carte.png"

    answers = [client.get(address, headers={"Accept-Encoding": "gzip"}) for _time in range(2)]

    assert len(drawn) == 1
    for answer in answers:
        assert "Content-Encoding" not in answer
        assert answer.content.startswith(b"\x89PNG")
        assert int(answer["Content-Length"]) == len(answer.content)
    assert client.get(address, headers={"If-None-Match": answers[0]["ETag"]}).status_code == 304


@pytest.mark.parametrize("weight", ["plain", "bold"])
def test_the_letters_of_our_languages_are_all_there(weight):
    letters = TTFont(drawing.font(weight, 20).path).getBestCmap()

    wanted = "ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆàâäçéèêëîïôöùûüÿœæ«»“”‘’–—…·\u00a0\u202f€°№ɛɔɲŋЖж"
    assert [letter for letter in wanted if ord(letter) not in letters] == []
