"""Bad input gets a clear message next to its field, never an error page, and costs nothing typed."""

from datetime import date

import pytest

from commitments.models import Commitment, Discrepancy, Meeting, Milestone
from tests import factories
from tests.admin.forms import citation, page, sent, typed_back

pytestmark = pytest.mark.one_database  # the rules behind the forms are tried on both in tests/rules


def errors_of(response):
    assert response.status_code == 200
    return response.context["adminform"].form.errors


def new(client, noun, **typed):
    address = f"/admin/commitments/{noun}/add/"
    return client.post(address, typed_back(client, address) | typed)


def meeting(**typed):
    return {"reference": "moscou-2025", "title_fr": "Consultations", "starts_on": "03/04/2025"} | typed


def commitment(**typed):
    fields = {"reference": "AES-RU-2025-90", "basis": "agreed", "made_on": "03/04/2025", "title_fr": "Un titre"}
    fields |= {"statement_fr": "Un énoncé.", "sector": factories.make_sector().pk}
    return fields | {"instrument": factories.make_instrument().pk} | typed


def test_meeting_is_recorded(as_analyst):
    response = new(as_analyst, "meeting", **meeting(participants=[factories.make_party("ML").pk]))

    assert response.status_code == 302
    assert Meeting.objects.get().participants.get().code == "ML"


def test_end_before_start_is_refused(as_analyst):
    response = new(as_analyst, "meeting", **meeting(ends_on="02/04/2025"))

    assert "précède" in str(errors_of(response))
    assert sent(response)["ends_on"] == "02/04/2025"


def test_milestone_period_ending_before_it_starts_is_refused(as_analyst):
    parent = factories.make_commitment()
    typed = {"commitment": parent.pk, "title_fr": "Jalon", "due_from": "02/01/2026", "due_on": "01/01/2026"}

    response = new(as_analyst, "milestone", **typed)

    assert "finit avant de commencer" in str(errors_of(response))


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        ("year", (date(2026, 1, 1), date(2026, 12, 31))),
        ("month", (date(2026, 6, 1), date(2026, 6, 30))),
        ("day", (None, date(2026, 6, 15))),
    ],
)
def test_any_day_of_a_period_is_enough_for_the_deadline_of_a_milestone(as_analyst, precision, expected):
    parent = factories.make_commitment()
    typed = {"commitment": parent.pk, "title_fr": "Jalon", "due_on": "15/06/2026", "due_precision": precision}

    new(as_analyst, "milestone", **typed, reading_fr="C’est une lecture.")

    assert Milestone.objects.get().deadline == (*expected, precision, True)


def test_a_deadline_of_no_precision_is_refused(as_analyst):
    typed = {"commitment": factories.make_commitment().pk, "title_fr": "Jalon", "due_on": "15/06/2026"}

    response = new(as_analyst, "milestone", **typed, due_precision="")

    assert "précise au jour, au mois ou à l’année" in str(errors_of(response))


def test_the_milestones_of_a_commitment_say_their_deadlines_on_its_page(as_analyst):
    parent = factories.make_commitment()
    year = {"due_from": date(2026, 1, 1), "due_on": date(2026, 12, 31), "due_precision": "year"}
    factories.make_milestone(commitment=parent, **year)

    for address in (page(parent), "/admin/commitments/milestone/"):
        assert "2026, jour non précisé" in as_analyst.get(address).content.decode()


def test_membership_ending_before_it_starts_is_refused_in_its_row(as_editor):
    organisation, member = factories.make_party("AES", kind="organisation"), factories.make_party("ML")
    typed = typed_back(as_editor, page(organisation)) | {"memberships-TOTAL_FORMS": "1"}
    row = {"member": member.pk, "since": "02/01/2025", "until": "01/01/2025"}

    response = as_editor.post(page(organisation), typed | {f"memberships-0-{name}": row[name] for name in row})

    assert response.status_code == 200
    assert "précède son début" in response.content.decode()


@pytest.mark.parametrize(
    ("noun", "reference"),
    [("commitment", "AES-RU-2025-90"), ("meeting", "moscou-2025"), ("source", "A001"), ("discrepancy", "AES-RU-D01")],
)
def test_duplicate_reference_is_refused(noun, reference, as_analyst):
    getattr(factories, f"make_{noun}")(reference=reference)
    typed = {"commitment": commitment, "meeting": meeting}.get(noun, dict)()

    response = new(as_analyst, noun, **typed | {"reference": reference})

    assert "reference" in errors_of(response)


@pytest.mark.parametrize("reference", ["AES RU", "aes-ru-2025-01", "AES-RU-2025-01\n", "é"])
def test_malformed_reference_is_refused(reference, as_analyst):
    response = new(as_analyst, "commitment", **commitment(reference=f"{reference}x"))

    assert "reference" in errors_of(response)


def test_nul_is_refused(as_analyst):
    response = new(as_analyst, "commitment", **commitment(title_fr="Un\x00titre", statement_fr="Un\x00énoncé"))

    assert {"title_fr", "statement_fr"} <= set(errors_of(response))
    assert not Commitment.objects.exists()


def test_nul_in_a_search_is_no_error(as_analyst):
    assert as_analyst.get("/admin/commitments/commitment/?q=%00").status_code == 200


def test_overlong_title_is_refused(as_analyst):
    response = new(as_analyst, "commitment", **commitment(title_fr="x" * 161))

    assert "160" in errors_of(response)["title_fr"][0]
    assert sent(response)["title_fr"] == "x" * 161


@pytest.mark.slow
def test_impossible_day_is_refused(as_analyst):
    response = new(as_analyst, "meeting", **meeting(starts_on="30/02/2025"))

    assert "starts_on" in errors_of(response)


def test_reference_does_not_change(as_editor):
    record = factories.make_commitment(reference="AES-RU-2025-90")
    typed = typed_back(as_editor, page(record))

    as_editor.post(page(record), typed | {"reference": "AES-RU-2025-91"})

    record.refresh_from_db()
    assert "reference" not in typed
    assert record.reference == "AES-RU-2025-90"


@pytest.mark.parametrize(
    "rule", ["every year", "FREQ=HOURLY", "FREQ=YEARLY;INTERVAL=0", "FREQ=YEARLY;BYDAY=XX", "FREQ=YEARLY;COUNT=-1"]
)
def test_unreadable_recurrence_is_refused_next_to_it(rule, as_analyst):
    response = new(as_analyst, "commitment", **commitment(recurrence=rule, recurrence_start="31/12/2025"))

    assert "recurrence" in errors_of(response)


def test_recurrence_without_its_first_period_is_refused(as_analyst):
    response = new(as_analyst, "commitment", **commitment(recurrence="FREQ=YEARLY"))

    assert "recurrence_start" in errors_of(response)


@pytest.mark.slow
def test_recurrence_of_a_public_commitment_makes_its_milestones(as_editor, editor):
    record = factories.make_commitment(published_by=editor)
    typed = typed_back(as_editor, page(record), recurrence="FREQ=YEARLY", recurrence_start="31/12/2025")

    response = as_editor.post(page(record), typed)

    assert response.status_code == 302
    made = record.milestones.order_by("due_on")
    assert [milestone.due_on for milestone in made] == [date(2025, 12, 31), date(2026, 12, 31)]
    assert {milestone.published_by for milestone in made} == {editor}


def test_met_milestone_without_its_source_is_refused_next_to_the_day(as_analyst):
    milestone = factories.make_milestone()
    milestone.citations.get().delete()
    typed = typed_back(as_analyst, page(milestone), met_on="10/04/2025")

    response = as_analyst.post(page(milestone), typed)

    assert "cite, mot pour mot" in errors_of(response)["met_on"][0]
    assert sent(response)["met_on"] == "10/04/2025"
    assert Milestone.objects.get().met_on is None


def test_met_milestone_with_its_source_is_kept(as_analyst):
    milestone = factories.make_milestone()
    typed = typed_back(as_analyst, page(milestone), met_on="10/04/2025")

    response = as_analyst.post(
        page(milestone), typed | citation(source=factories.make_source(), exact=factories.ACTION)
    )

    assert response.status_code == 302
    assert Milestone.objects.get().met_on == date(2025, 4, 10)


def settle(client, discrepancy, adopted=(0,), **typed):
    fields = typed_back(client, page(discrepancy)) | {"settled_on": "01/11/2026", "reason_fr": "Un motif."} | typed
    return client.post(page(discrepancy), fields | {f"claims-{place}-is_adopted": "on" for place in adopted})


def test_settled_discrepancy_is_signed(as_editor, editor):
    discrepancy = factories.make_discrepancy()

    response = settle(as_editor, discrepancy)

    assert response.status_code == 302
    discrepancy.refresh_from_db()
    assert discrepancy.settled_by == editor
    assert discrepancy.settled_at is not None
    assert discrepancy.claims.get(is_adopted=True).position == 0


def test_settlement_without_reason_is_refused_next_to_it(as_editor):
    response = settle(as_editor, factories.make_discrepancy(), reason_fr="")

    assert "reason_fr" in errors_of(response)


def test_settlement_without_adopted_claim_is_refused_next_to_it(as_editor):
    response = settle(as_editor, factories.make_discrepancy(), adopted=())

    assert "settled_on" in errors_of(response)
    assert Discrepancy.objects.get().settled_on is None


def test_adopted_claim_without_settlement_is_refused(as_editor):
    response = settle(as_editor, factories.make_discrepancy(), settled_on="", reason_fr="")

    assert "settled_on" in errors_of(response)


def test_compatible_claims_are_settled_and_signed_with_none_adopted(as_editor, editor):
    discrepancy = factories.make_discrepancy()

    response = settle(as_editor, discrepancy, adopted=(), is_compatible="on")

    assert response.status_code == 302
    discrepancy.refresh_from_db()
    assert (discrepancy.is_compatible, discrepancy.settled_by) == (True, editor)
    assert not discrepancy.claims.filter(is_adopted=True).exists()


def test_compatible_claims_of_which_one_is_adopted_are_refused_next_to_the_box(as_editor):
    response = settle(as_editor, factories.make_discrepancy(), is_compatible="on")

    assert list(errors_of(response)) == ["is_compatible"]
    assert not Discrepancy.objects.get().is_compatible
    assert sent(response)["is_compatible"] == "on"


@pytest.mark.parametrize("blank", ["settled_on", "reason_fr"])
def test_compatible_claims_without_a_day_or_a_reason_are_refused_next_to_it(as_editor, blank):
    response = settle(as_editor, factories.make_discrepancy(), adopted=(), is_compatible="on", **{blank: ""})

    assert list(errors_of(response)) == [blank]


def test_two_adopted_claims_are_refused(as_editor):
    response = settle(as_editor, factories.make_discrepancy(), adopted=(0, 1))

    assert response.status_code == 200
    assert "Une seule valeur peut être retenue" in response.content.decode()


def test_adopted_claim_gives_way_to_another(as_editor, editor):
    discrepancy = factories.make_discrepancy(settled_by=editor)
    typed = typed_back(as_editor, page(discrepancy))
    del typed["claims-0-is_adopted"]

    response = as_editor.post(page(discrepancy), typed | {"claims-1-is_adopted": "on"})

    assert response.status_code == 302
    assert discrepancy.claims.get(is_adopted=True).position == 1


@pytest.mark.slow
def test_basis_and_roles_of_a_public_record_change_in_one_save_and_not_one_by_one(as_editor, editor):
    record = factories.make_commitment(published_by=editor)
    typed = typed_back(as_editor, page(record), basis="envisaged")

    refused = as_editor.post(page(record), typed)
    saved = as_editor.post(page(record), typed | {f"undertakings-{row}-role": "concerned" for row in range(2)})

    assert "n’est pas un engagement" in str(errors_of(refused)["basis"])
    assert saved.status_code == 302
    record.refresh_from_db()
    assert (record.basis, {role.role for role in record.undertakings.all()}) == ("envisaged", {"concerned"})


@pytest.mark.slow
def test_edit_that_breaks_a_public_record_is_refused(as_editor, editor):
    record = factories.make_commitment(published_by=editor)
    typed = typed_back(as_editor, page(record), title_fr="Titre tapé")

    response = as_editor.post(page(record), typed | {f"undertakings-{row}-DELETE": "on" for row in range(2)})

    assert "au moins une partie" in errors_of(response)["basis"][0]
    assert record.undertakings.count() == 2
    assert sent(response)["title_fr"] == "Titre tapé"


def test_save_that_changes_nothing_leaves_no_trace(as_editor):
    record = factories.make_commitment()
    rows = record.history.count()

    response = as_editor.post(page(record), typed_back(as_editor, page(record)))

    assert response.status_code == 302
    assert record.history.count() == rows


def test_history_names_who_changed_what(as_editor, editor):
    record = factories.make_commitment()
    as_editor.post(page(record), typed_back(as_editor, page(record), title_fr="Un autre titre"))

    text = as_editor.get(page(record, "history")).content.decode()

    assert "Renforcer la Force unifiée" in text
    assert "Un autre titre" in text
    assert editor.username in text


def test_history_is_never_gone_back_to(as_editor):
    record = factories.make_commitment()
    version = record.history.first().history_id

    response = as_editor.post(f"{page(record, 'history')}{version}/", {"title_fr": "Ancien"})

    assert response.status_code == 404
    record.refresh_from_db()
    assert record.title_fr == "Renforcer la Force unifiée"
