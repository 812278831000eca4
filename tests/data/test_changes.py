"""The list of public changes: what is told, under which identifiers, in which order, and what never is."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.data import stream
from commitments.data.changes import tell
from commitments.models import Commitment, Undertaking
from commitments.reading import NOW, Reading
from commitments.rules.act import act
from commitments.rules.review import publication
from tests import factories, snapshots
from tests.public.conftest import make_internal, on

pytestmark = pytest.mark.slow


def rows_of(reading=NOW, of=None):
    return [stream.Row(*row) for row in stream.latest(reading, of)]


def changes(reading=NOW, of=None, **wanted):
    found = tell(stream.latest(reading, of), reading)
    return [change for change in found if all(getattr(change, name) == value for name, value in wanted.items())]


def one(reading=NOW, of=None, **wanted):
    (change,) = changes(reading, of, **wanted)
    return change


@pytest.fixture
def told(analyst, editor):
    """A public commitment to which each act was done, on days of its own."""
    snapshots.put("told", lambda: _do_each_act(analyst, editor))
    return Commitment.objects.get(reference="AES-RU-2025-01")


def _do_each_act(analyst, editor):
    with on("2026-05-01"):
        commitment = factories.make_commitment(reference="AES-RU-2025-01", published_by=editor)
        milestone = factories.make_milestone(commitment=commitment, published_by=editor)
        question = factories.make_discrepancy(reference="AES-RU-D01", published_by=editor)
        question.commitments.add(commitment)
    signed = {"commitment": commitment, "proposed_by": analyst, "published_by": editor}
    with on("2026-05-02"):
        first = factories.make_assessment(status="not_started", **signed)
    with on("2026-05-03"):
        factories.make_assessment(supersedes=first, supersession_reason="Une livraison avait échappé.", **signed)
    with on("2026-05-04"):
        factories.make_note(commitment=commitment, published_by=editor)
        factories.make_citation(commitment=commitment, exact="La Force unifiée est saluée.", published_by=editor)
    with on("2026-05-05"):
        milestone.met_on = date(2026, 5, 4)
        milestone.save()
        question.settled_on, question.settled_by = date(2026, 5, 4), editor
        question.reason_fr = "Deux sources concordent."
        question.save()
    with on("2026-05-06"):
        commitment.statement_fr = "Les parties conviennent de renforcer vite la Force unifiée."
        commitment.made_on = date(2025, 4, 2)
        commitment.save()
    with on("2026-05-07"):
        gone = factories.make_assessment(status="complete", as_of=date(2025, 9, 1), rationale_fr="Secret.", **signed)
    with on("2026-05-08"):
        publication.withdraw(gone, by=editor, reason="Le journal s’est rétracté.")
    with on("2026-05-09"):
        factories.make_search(party=factories.make_party("RU"), milestone=milestone, **signed)


def test_every_act_is_told_once(told):
    found = [(change.moment.day, change.act, change.noun) for change in changes(of=told)]

    assert found == [
        (9, "searched", "search"),
        (8, "withdrawn", "assessment"),
        (6, "corrected", "commitment"),
        (5, "settled", "discrepancy"),
        (5, "met", "milestone"),
        (4, "noted", "note"),
        (4, "cited", "citation"),
        (3, "superseded", "assessment"),
        (2, "assessed", "assessment"),
        (1, "published", "milestone"),
        (1, "published", "discrepancy"),
        (1, "published", "commitment"),
    ]
    assert set(stream.ACTS) == {act for _day, act, _noun in found}


@pytest.mark.parametrize("kind", ["instrument", "meeting"])
def test_a_note_on_a_text_or_a_meeting_is_told_of_no_commitment(told, editor, kind):
    with on("2026-05-09"):
        target = getattr(factories, f"make_{kind}")(published_by=editor)
        note = factories.make_note(**{kind: target}, published_by=editor)
        cited = factories.make_citation(note=note, published_by=editor)
    with on("2026-05-10"):
        factories.make_citation(note=note, exact=factories.ACTION, published_by=editor)
        factories.make_note(**{kind: target}, body_fr="Secret.")

    change = one(act="noted", key=note.uid.hex)
    passage = one(act="cited", moment=note.citations.latest("pk").published_at)

    assert (change.commitment, passage.commitment) == ("", "")
    assert change.subjects["fr"].title.text == target.title_fr
    assert target.reference in change.subjects["fr"].kind
    assert change.text == {"fr": "Suivi en cours.", "en": "Ongoing."}
    assert change.evidence == (cited,)
    assert not any(item.key == note.uid.hex for item in changes(of=told))
    assert "Secret." not in str(changes())


def test_a_judgement_tells_the_status_in_force_before_and_after(told):
    assessed, superseded = one(act="assessed"), one(act="superseded")

    assert (assessed.before, assessed.after) == ("not_assessed", "not_started")
    assert assessed.reason == {"fr": "Dix véhicules ont été livrés.", "en": "Ten vehicles were delivered."}
    assert (superseded.before, superseded.after) == ("not_started", "limited")
    assert superseded.reason == {"fr": "Une livraison avait échappé."}
    assert [citation.exact for citation in superseded.evidence] == [factories.ACTION]


def test_what_is_withdrawn_tells_its_name_day_and_reason_only(told):
    change = one(act="withdrawn")

    assert change.subject.kind == "Évaluation au 1er septembre 2025 de l’engagement AES-RU-2025-01"
    assert change.reason == {"fr": "Le journal s’est rétracté."}
    assert (change.status, change.before, change.after) == ("", "", "limited")
    assert (change.text, change.evidence, change.record) == ({}, (), None)
    assert not changes(key=change.key, act="assessed")


def test_the_status_of_a_judgement_withdrawn_since_is_not_told_as_the_former_one(told, analyst, editor):
    with on("2026-05-07"):
        gone = factories.make_assessment(
            commitment=told, status="abandoned", as_of=date(2025, 10, 1), proposed_by=analyst, published_by=editor
        )
    with on("2026-05-09"):
        factories.make_assessment(
            commitment=told, status="substantial", as_of=date(2025, 11, 1), proposed_by=analyst, published_by=editor
        )
    publication.withdraw(gone, by=editor, reason="Doublon.")

    change = one(act="assessed", status="substantial")

    assert (change.before, change.after) == ("", "substantial")
    assert "abandoned" not in repr(changes())


@pytest.fixture
def sought(analyst, editor):
    """A commitment looked for on three days: judged between the second and the third, each about all parties or one."""
    snapshots.put("sought", lambda: _look_and_judge(analyst, editor))
    return Commitment.objects.get(reference="AES-RU-2025-02")


def _look_and_judge(analyst, editor):
    with on("2026-06-01"):
        commitment = factories.make_commitment(reference="AES-RU-2025-02", published_by=editor)
    for party in (None, factories.make_party("RU")):
        signed = {"commitment": commitment, "party": party, "proposed_by": analyst, "published_by": editor}
        for day in ("02", "03", "05"):
            with on(f"2026-06-{day}"):
                factories.make_search(**signed)
        with on("2026-06-04"):
            factories.make_assessment(**signed)


def moves(of, party="", **wanted):
    """Return the days of what was judged and searched for, with the status before and after, and whether it is told."""
    found = [item for item in changes(of=of, party=party, **wanted) if item.act in ("assessed", "searched")]
    return [(item.moment.day, item.before, item.after, item.moves) for item in found]


@pytest.mark.parametrize("party", ["", "RU"])
def test_a_search_tells_where_it_looked_and_moves_only_the_status_of_what_nobody_judged(sought, party):
    assert moves(sought, party) == [
        (5, "limited", "limited", False),
        (4, "no_evidence", "limited", True),
        (3, "no_evidence", "no_evidence", False),
        (2, "not_assessed", "no_evidence", True),
    ]
    last = changes(of=sought, act="searched", party=party)[0]
    assert last.subject.kind == "Recherche du 20 avril 2025 sur l’engagement AES-RU-2025-02"
    assert last.subject.url == last.record.get_absolute_url()
    assert last.text == {"fr": "Presse des quatre États", "en": "Press of the four states"}
    assert (last.status, last.reason, last.evidence) == ("", {}, ())


def test_the_status_that_followed_from_searches_withdrawn_since_is_told_no_more(sought, editor):
    first, second, third = sought.searches.filter(party=None).order_by("published_at")
    publication.withdraw(first, by=editor, reason="Doublon.")
    with on("2026-11-22"):
        told = moves(sought)
        publication.withdraw(second, by=editor, reason="Doublon.")
    with on("2026-11-23"):
        told_last = moves(sought)
        publication.withdraw(sought.assessments.get(party=None), by=editor, reason="Erreur.")
    with on("2026-11-24"):
        publication.withdraw(third, by=editor, reason="Doublon.")

    assert told == [
        (5, "limited", "limited", False),
        (4, "no_evidence", "limited", True),
        (3, "", "no_evidence", True),
    ]
    assert told_last == [(5, "limited", "limited", False), (4, "", "limited", True)]
    gone = [(item.noun, item.after, item.text, item.record) for item in changes(act="withdrawn")]
    assert gone == [
        ("search", "not_assessed", {}, None),
        ("assessment", "", {}, None),
        ("search", "", {}, None),
        ("search", "", {}, None),
    ]
    undone = changes(act="withdrawn")[-1].undone
    assert undone == f"2026-06-02T12:00:00.000000Z/searched/search/{first.uid.hex}"


def test_of_a_judgement_and_a_search_of_the_same_moment_the_judgement_moves_the_status(record):
    found = [change for change in changes(of=record.commitment) if change.act in ("assessed", "searched")]

    assert [(change.act, change.before, change.after) for change in found] == [
        ("searched", "limited", "limited"),
        ("assessed", "not_assessed", "limited"),
    ]


def test_a_correction_tells_each_field_with_both_values(told):
    change = one(act="corrected")

    assert {item.name: (item.old, item.new) for item in change.fields} == {
        "made_on": ("2025-04-03", "2025-04-02"),
        "statement_fr": (
            "Les parties conviennent de renforcer la Force unifiée.",
            "Les parties conviennent de renforcer vite la Force unifiée.",
        ),
    }
    assert {item.label for item in change.wording} == {"Exprimé le", "Énoncé"}


def test_a_publication_was_updated_when_its_record_was_corrected(told):
    change = one(act="published", noun="commitment")

    assert (change.moment.day, change.updated.day) == (1, 6)
    assert change.text["fr"].startswith("Les parties conviennent de renforcer vite")


def test_a_passage_added_later_is_told_by_itself_and_not_with_its_record(told):
    published, cited = one(act="published", noun="commitment"), one(act="cited")

    assert [citation.exact for citation in published.evidence] == [factories.AGREEMENT]
    assert [citation.exact for citation in cited.evidence] == ["La Force unifiée est saluée."]
    assert cited.commitment == told.reference


def test_a_step_taken_and_a_question_settled_tell_on_what_day_and_why(told):
    met, settled = one(act="met"), one(act="settled")

    assert [(item.name, item.old, item.new) for item in met.fields] == [("met_on", None, "2026-05-04")]
    assert met.evidence[0].exact == factories.ACTION
    assert settled.reason == {"fr": "Deux sources concordent."}


def test_a_question_settled_as_compatible_is_told_as_such_by_data_and_feeds(client, told, editor):
    with on("2026-05-09"):
        question = factories.make_discrepancy(reference="AES-RU-D02", published_by=editor)
    with on("2026-05-10"):
        question.settled_on, question.settled_by, question.is_compatible = date(2026, 5, 10), editor, True
        question.reason_fr = "Les deux se peuvent."
        question.save()

    assert one(act="settled", key="AES-RU-D01").outcome == "adopted"
    change = one(act="settled", key="AES-RU-D02")
    assert (change.outcome, change.text, change.reason) == ("compatible", {}, {"fr": "Les deux se peuvent."})
    feed = client.get("/flux/tout.json").json()["items"]
    entry = next(item for item in feed if item["_change"]["act"] == "settled")
    assert entry["title"].startswith("Versions dites compatibles")
    assert entry["_change"]["outcome"] == "compatible"
    assert "<p>Versions compatibles</p>" in entry["content_html"]
    items = client.get("/api/v1/changes?limit=100").json()["items"]
    assert [item["outcome"] for item in items if item["act"] == "settled"] == ["adopted", "compatible"]


def test_a_settlement_that_another_replaced_is_told_as_it_was(client, editor):
    other = factories.make_user("mariam", group="Editors", first_name="Mariam", last_name="Sidibé")
    with on("2026-05-01"):
        question = factories.make_discrepancy(reference="AES-RU-D02", published_by=editor)
        claim = question.claims.first()

    def settle(day, by, *, is_adopted, reason):
        with on(day), act(public=True):
            claim.is_adopted, claim._history_user = is_adopted, by
            question.settled_on, question.settled_by = date.fromisoformat(day), by
            question.is_compatible, question.reason_fr = not is_adopted, reason
            question._history_user = by
            question.save()
            claim.save()

    settle("2026-05-10", editor, is_adopted=True, reason="Deux sources concordent.")
    first = one(act="settled")
    settle("2026-05-12", other, is_adopted=False, reason="Les deux se peuvent.")

    change = one(act="settled")
    assert first.outcome == change.outcome == "adopted"
    assert first.text["fr"] == change.text["fr"] == "Le 3 avril"
    assert first.reason == change.reason == {"fr": "Deux sources concordent."}
    assert first.by == change.by == editor.get_full_name()
    entry = next(item for item in client.get("/flux/tout.json").json()["items"] if item["_change"]["act"] == "settled")
    assert "Le 3 avril" in entry["content_html"]
    assert "Les deux se peuvent" not in entry["content_html"]


def test_identifiers_name_no_key_of_the_database_and_stay(told, analyst, editor):
    before = {row.id for row in rows_of()}

    factories.make_assessment(commitment=told, proposed_by=analyst, published_by=editor)
    told.title_fr = "Autre titre"
    told.save()

    assert before < {row.id for row in rows_of()}
    assert "2026-05-01T12:00:00.000000Z/published/commitment/AES-RU-2025-01" in before
    assert one(act="superseded").id.endswith(f"/superseded/assessment/{one(act='superseded').record.uid.hex}")
    assert one(act="superseded").urn.startswith("urn:uuid:")


def test_both_ends_read_the_same_list(told):
    forward = [stream.Row(*row).id for row in stream.since(NOW, "")]

    assert forward == [row.id for row in rows_of()][::-1]
    assert forward == sorted(forward)
    assert len(set(forward)) == len(forward)


def test_every_change_is_a_cursor(told):
    forward = [stream.Row(*row).id for row in stream.since(NOW, "")]

    for place, cursor in enumerate(forward):
        assert [stream.Row(*row).id for row in stream.since(NOW, cursor)] == forward[place + 1 :]


@pytest.mark.parametrize("cursor", ["x", "2026-05-01/published/x/y", "hier/published/commitment/X", "a/b/c/d\x00"])
def test_what_is_no_identifier_is_no_cursor(db, cursor):
    with pytest.raises(ValueError):  # noqa: PT011 - datetime's own words, too
        stream.since(NOW, cursor)


def test_known_on_tells_what_was_known_then(told):
    reading = Reading(known_on=date(2026, 5, 7))

    found = changes(reading, told)

    assert "withdrawn" not in {change.act for change in found}
    assert one(reading, act="assessed", status="complete").reason["fr"] == "Secret."
    assert changes(Reading(known_on=date(2026, 4, 30))) == []
    early = Reading(known_on=date(2026, 5, 1))
    assert one(early, told, noun="commitment").text["fr"] == "Les parties conviennent de renforcer la Force unifiée."


def test_a_sector_a_party_and_a_commitment_have_their_own(told, editor):
    other = factories.make_commitment(
        sector=factories.make_sector("energie"), undertakes="ML", benefits="BF", published_by=editor
    )
    ours = {change.id for change in changes(of=told)}

    assert {change.id for change in changes(of=told.sector)} == ours
    assert {change.id for change in changes(of=factories.make_party("AES"))} == ours
    assert {change.commitment for change in changes(of=factories.make_party("ML"))} == {other.reference}
    assert {change.commitment for change in changes(of=other.sector)} == {other.reference}


def test_a_part_added_or_taken_away_names_the_party(told):
    added = Undertaking.objects.create(commitment=told, party=factories.make_party("ML"), role="undertakes")
    with on("2026-11-22"):
        added.delete()

    gone, new = changes(noun="undertaking")

    assert [(item.name, item.old, item.new) for item in new.fields] == [
        ("party", None, "ML"),
        ("role", None, "undertakes"),
    ]
    assert [(item.old, item.new) for item in gone.fields] == [("ML", None), ("undertakes", None)]
    assert gone.key == "AES-RU-2025-01/ML/undertakes"


def test_drafts_and_internal_notes_are_never_told(told, analyst, editor):
    before = [row.id for row in rows_of()]

    factories.make_commitment()
    factories.make_milestone(commitment=told)
    factories.make_assessment(commitment=told, proposed_by=analyst)
    factories.make_search(commitment=told, proposed_by=analyst)
    factories.make_search(commitment=told)
    factories.make_citation(commitment=told, exact="Elle annonce d’autres livraisons.")
    note = factories.make_note(commitment=told, published_by=editor)
    make_internal(note)
    draft = factories.make_discrepancy()
    draft.commitments.add(told)

    assert [row.id for row in rows_of() if row.noun != "source"] == [i for i in before if "/source/" not in i]


def test_a_question_about_a_draft_is_not_told_of_the_draft_s_sector(told, editor):
    draft = factories.make_commitment(sector=factories.make_sector("energie"), undertakes="ML")
    question = factories.make_discrepancy(published_by=editor)
    question.commitments.add(draft)

    assert changes(of=draft.sector) == changes(of=factories.make_party("ML")) == changes(of=draft) == []


@pytest.mark.one_database
@pytest.mark.parametrize("reading", [NOW, Reading(known_on=date(2026, 11, 20))])
def test_the_queries_do_not_grow_with_the_changes(told, analyst, editor, reading):
    def count():
        with CaptureQueriesContext(connection) as queries:
            found = tell(stream.latest(reading), reading)
        return len(queries), len(found)

    one_of_each, few = count()
    with on("2026-11-10"):
        for index in range(10):
            commitment = factories.make_commitment(published_by=editor)
            milestone = factories.make_milestone(commitment=commitment, published_by=editor)
            factories.make_note(commitment=commitment, published_by=editor)
            factories.make_discrepancy(published_by=editor, settled_by=editor)
            signed = {"commitment": commitment, "proposed_by": analyst, "published_by": editor}
            factories.make_assessment(**signed)
            factories.make_search(**signed, milestone=milestone)
            factories.make_search(**signed, party=factories.make_party(f"P{index}"))
            commitment.title_fr = f"Titre {index}"
            commitment.made_on -= timedelta(days=1)
            commitment.save()
    many, all_of_them = count()

    assert all_of_them > few + 60
    assert many <= one_of_each
    assert many <= 48
