"""The methodology states every word, rule and figure of the code, so that the two cannot part."""

import re

import pytest
from django.db.models import TextChoices

from commitments import choices
from commitments.choices import Status
from commitments.public.pages.methodology import DEMANDS, demanded
from commitments.public.records.vocabulary import MEANINGS, glossary
from commitments.rules.judging import evidence
from commitments.rules.sourcing import independence
from commitments.rules.time.corrections import CORRECTABLE
from tests.public.conftest import text_of

pytestmark = pytest.mark.one_database

VOCABULARIES = [
    item
    for item in vars(choices).values()
    if isinstance(item, type) and issubclass(item, TextChoices) and item is not TextChoices
]


@pytest.fixture
def page(client, db):
    return client.get("/methode/")


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda vocabulary: vocabulary.__name__)
def test_every_word_of_every_vocabulary_is_there_with_its_meaning(page, vocabulary):
    shown = " ".join(text_of(page).split())

    for word in vocabulary:
        assert str(word.label) in shown
        assert " ".join(str(MEANINGS[word]).split()) in shown


def test_each_word_has_a_meaning_of_its_own():
    assert len(MEANINGS) == sum(len(vocabulary) for vocabulary in VOCABULARIES)
    assert len({str(meaning) for meaning in MEANINGS.values()}) == len(MEANINGS)
    assert len(glossary()) == len(VOCABULARIES)


@pytest.mark.parametrize("status", Status)
def test_each_status_stands_beside_its_equivalents(page, status):
    rows = re.findall(r"<tr>.*?</tr>", page.content.decode(), re.DOTALL)
    [row] = [row for row in rows if f"status-{status}" in row]

    figures = [cell.strip() for cell in re.findall(r'<td class="number"[^>]*>(.*?)</td>', row)]

    score, level = status.g20_score, status.pam_level
    signed = {None: "–", 1: "+1", 0: "0", -1: "−1"}[score]
    assert figures == [signed, "–" if level is None else str(level)]


@pytest.mark.parametrize("status", Status)
def test_what_a_status_asks_for_is_what_the_rules_ask_for(page, status):
    asked = demanded(status)

    assert (DEMANDS["no_action"] in asked) == (status in Status.needing_action())
    assert (DEMANDS["search_day"] in asked) == (status == Status.NO_EVIDENCE)
    assert bool(asked) == (status in Status.assessable())
    for demand in asked:
        assert str(demand) in text_of(page)


def test_what_no_evidence_asks_for_is_what_the_rules_ask_of_a_search(monkeypatch):
    lenient = [evidence.Objection("no_commitment", "Lequel ?"), evidence.Objection("search_place", "Où ?")]
    monkeypatch.setattr(evidence, "search_objections", lambda search: lenient)

    assert demanded(Status.NO_EVIDENCE) == [DEMANDS["search_place"]]


def test_the_figures_are_those_of_the_settings_and_the_rules(client, db, settings):
    settings.TRACKER_DUE_SOON_DAYS = 47
    words = text_of(client.get("/methode/"))

    assert "dans 47 jours au plus" in words
    assert f"d’au moins {independence.LONG} mots" in words
    assert "40 signes au plus, en tout 15 % du texte au plus" in words.replace("\u00a0", " ")


def test_whether_one_person_may_do_both_is_said_as_it_is(client, db, settings):
    two = text_of(client.get("/methode/"))
    settings.TRACKER_SINGLE_PERSON_DESK = True
    one = text_of(client.get("/methode/"))

    assert "celle qui propose ne publie pas." in two
    assert "Ici, une même personne peut proposer" not in two
    assert "Ici, une même personne peut proposer" in one


def test_every_field_whose_correction_is_announced_is_named(page):
    words = text_of(page)

    for model in CORRECTABLE:
        labels = ", ".join(str(model._meta.get_field(name).verbose_name) for name in model.public_fields)
        assert labels in words


def test_it_is_one_link_from_every_page(client, db):
    for address in ("/", "/a-propos/", "/engagements/"):
        assert 'href="/methode/"' in client.get(address).content.decode()
