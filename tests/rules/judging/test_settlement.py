"""Who settled a discrepancy: whoever last changed what is adopted, why, or of which day; and what held before."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from commitments.models import Discrepancy
from commitments.reading import NOW, Reading
from commitments.rules.judging import settlement
from commitments.rules.review import publication
from tests import factories
from tests.admin.forms import page, sent
from tests.public.conftest import on, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled(editor):
    """A public discrepancy, settled by the editor."""
    with on("2026-11-10"):
        return factories.make_discrepancy(reference="AES-RU-D01", settled_by=editor, published_by=editor)


@pytest.fixture
def other():
    return factories.make_user("mariam", group="Editors", first_name="Mariam", last_name="Sidibé")


def signed(discrepancy):
    discrepancy.refresh_from_db()
    return discrepancy.settled_by.username, discrepancy.settled_at.date().isoformat()


def shown(discrepancy, reading=NOW):
    """Return the former settlements that the public reads: the value, the reason, who, until when."""
    found = Discrepancy.objects.published(reading).for_detail(reading).get(pk=discrepancy.pk)
    return [
        (
            former.adopted.value_fr,
            former.discrepancy.reason_fr,
            former.discrepancy.settled_by.username,
            former.until.date().isoformat(),
        )
        for former in settlement.former(found, reading)
    ]


def adopt(discrepancy, number, by):
    """Adopt the claim at `number` in the place of the one adopted, as the desk does."""
    claims = list(discrepancy.claims.order_by("position"))
    for claim in sorted(claims, key=lambda claim: claim is claims[number]):
        if claim.is_adopted != (claim is claims[number]):
            claim.is_adopted = claim is claims[number]
            claim._history_user = by
            claim.save()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason_fr", "Une troisième source."),
        ("reason_en", "A third source."),
        ("settled_on", date(2026, 11, 12)),
        ("is_compatible", True),
    ],
)
def test_whoever_changes_the_decision_signs_it_anew(settled, other, field, value):
    setattr(settled, field, value)
    settled._history_user = other

    settled.save()

    assert signed(settled) == ("mariam", "2026-11-21")


def test_whoever_adopts_another_claim_signs_it_anew_and_once(settled, other):
    versions = settled.history.count()

    adopt(settled, 1, other)

    assert signed(settled) == ("mariam", "2026-11-21")
    assert settled.history.count() == versions + 1


def test_whoever_rewords_the_adopted_value_signs_it_anew(settled, other):
    claim = settled.claims.get(is_adopted=True)
    claim.value_fr, claim._history_user = "Le 3 avril au soir", other

    claim.save()

    assert signed(settled) == ("mariam", "2026-11-21")


def test_whoever_changes_anything_else_signs_nothing(settled, other):
    settled.question_fr, settled._history_user = "Quel jour exactement ?", other
    settled.save()
    claim = settled.claims.get(is_adopted=False)
    claim.value_fr, claim._history_user = "Le 10 avril au soir", other
    claim.save()

    assert signed(settled) == ("boubacar", "2026-11-10")


def test_a_decision_that_nobody_is_known_to_change_is_refused(settled):
    settled = Discrepancy.objects.get(pk=settled.pk)
    settled.reason_fr = "Une troisième source."
    with pytest.raises(ValidationError, match="Dites qui tranche"):
        settled.save()
    claim = settled.claims.get(is_adopted=True)
    claim.is_adopted = False
    with pytest.raises(ValidationError, match="Dites qui retient"):
        claim.save()

    assert signed(settled) == ("boubacar", "2026-11-10")


def test_a_question_opened_again_has_no_signature_and_its_settlement_stays_readable(settled, other):
    with on("2026-11-12"):
        adopted = settled.claims.get(is_adopted=True)
        settled.settled_on, settled._history_user = None, other
        settled.save()
        adopted.is_adopted, adopted._history_user = False, other
        adopted.save()

    settled.refresh_from_db()
    assert (settled.settled_by, settled.settled_at) == (None, None)
    assert shown(settled) == [("Le 3 avril", "Deux sources concordent.", "boubacar", "2026-11-12")]


def test_former_settlements_stay_readable_each_with_its_value_and_on_past_days(settled, other, editor):
    with on("2026-11-12"):
        adopt(settled, 1, other)
    with on("2026-11-14"):
        settled.refresh_from_db()
        settled.reason_fr, settled._history_user = "Une troisième source.", editor
        settled.save()

    first = ("Le 3 avril", "Deux sources concordent.", "boubacar", "2026-11-12")
    assert shown(settled) == [("Le 10 avril", "Deux sources concordent.", "mariam", "2026-11-14"), first]
    assert shown(settled, Reading(known_on=date(2026, 11, 13))) == [first]
    assert shown(settled, Reading(known_on=date(2026, 11, 11))) == []


def test_an_adoption_that_gave_way_to_compatible_claims_stays_readable_and_so_does_the_reverse(settled, other, editor):
    def decide(by, number, reason):
        settled.refresh_from_db()
        settled.is_compatible, settled.reason_fr, settled._history_user = number is None, reason, by
        settled.save()
        for claim in settled.claims.filter(is_adopted=True):
            claim.is_adopted, claim._history_user = False, by
            claim.save()
        if number is not None:
            adopt(settled, number, by)

    with on("2026-11-12"):
        decide(other, None, "Les deux jours se peuvent.")
    with on("2026-11-14"):
        decide(editor, 1, "Une troisième source.")

    found = Discrepancy.objects.published().for_detail().get(pk=settled.pk)
    told = [
        (former.adopted and former.adopted.value_fr, former.discrepancy.is_compatible, former.discrepancy.reason_fr)
        for former in settlement.former(found, NOW)
    ]
    assert told == [(None, True, "Les deux jours se peuvent."), ("Le 3 avril", False, "Deux sources concordent.")]
    assert signed(settled) == ("boubacar", "2026-11-14")


def test_what_a_claim_said_before_a_public_passage_made_it_is_not_told(settled, other, editor):
    with on("2026-11-12"):
        claim = settled.claims.create(value_fr="ZYGOMAR", position=9)
        passage = factories.make_citation(claim=claim, exact=factories.ACTION)
        adopt(settled, 2, other)
    with on("2026-11-13"):
        adopt(settled, 0, editor)
    with on("2026-11-14"):
        claim.refresh_from_db()
        claim.value_fr, claim._history_user = "Le 9 avril", other
        claim.save()
        publication.publish(passage, by=editor)

    found = Discrepancy.objects.published().for_detail().get(pk=settled.pk)
    assert claim in found.public_claims
    told = [former.adopted and former.adopted.value_fr for former in settlement.former(found, NOW)]
    assert told == [None, "Le 3 avril"]


def test_a_settlement_made_before_the_question_was_public_is_not_told(editor, other):
    discrepancy = factories.make_discrepancy(settled_by=other)
    with on("2026-11-22"):
        discrepancy.reason_fr, discrepancy._history_user = "Une troisième source.", editor
        discrepancy.save()
    with on("2026-11-23"):
        discrepancy = factories._published(Discrepancy.objects.get(pk=discrepancy.pk), editor)

        assert shown(discrepancy) == []


def test_at_the_desk_who_adopts_another_value_is_named_in_public_and_who_did_before_too(settled, other, client):
    browser = Client()
    browser.force_login(other)
    with on("2026-11-20"):
        form = sent(browser.get(page(settled)))
        form.pop("claims-0-is_adopted")
        answer = browser.post(page(settled), form | {"claims-1-is_adopted": "on", "reason_fr": "Vérifié."})
        assert answer.status_code == 302

    words = text_of(client.get(settled.get_absolute_url()))

    assert signed(settled) == ("mariam", "2026-11-20")
    assert "Tranchée le 1er novembre 2026, signée par Mariam Sidibé le 20 novembre 2026." in words
    assert "Décisions antérieures" in words
    assert "Valeur retenue : Le 3 avril" in words
    assert "Remplacée le 20 novembre 2026." in words


def test_at_the_desk_who_calls_claims_compatible_is_named_in_public_beside_the_adoption_before(settled, other, client):
    browser = Client()
    browser.force_login(other)
    with on("2026-11-20"):
        form = sent(browser.get(page(settled)))
        form.pop("claims-0-is_adopted")
        typed = {"is_compatible": "on", "settled_on": "20/11/2026", "reason_fr": "Les deux jours se peuvent."}
        assert browser.post(page(settled), form | typed).status_code == 302

    words = text_of(client.get(settled.get_absolute_url()))

    assert signed(settled) == ("mariam", "2026-11-20")
    assert "Versions compatibles : toutes peuvent être vraies" in words
    assert "Les deux jours se peuvent." in words
    assert "Versions dites compatibles par Mariam Sidibé le 20 novembre 2026." in words
    assert "Valeur retenue : Le 3 avril" in words[words.index("Décisions antérieures") :]
    assert "laissée ouverte" not in words
