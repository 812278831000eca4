"""Follow-up notes at the desk: on one record, of three kinds."""

import pytest

from commitments.models import FollowUpNote
from commitments.rules.review import publication
from commitments.rules.review.publication import Refused
from tests import factories
from tests.admin.forms import page, typed_back

ON = ["commitment", "instrument", "meeting"]
ADD = "/admin/commitments/followupnote/add/"


def typed(client, **fields):
    return typed_back(client, ADD) | {"visibility": "public", "dated": "01/05/2025", "body_fr": "À suivre."} | fields


@pytest.mark.parametrize("kind", ON)
def test_a_note_is_written_on_each_kind(as_analyst, kind):
    target = getattr(factories, f"make_{kind}")()

    response = as_analyst.post(ADD, typed(as_analyst, **{kind: target.pk}))

    assert response.status_code == 302
    assert FollowUpNote.objects.get().target == target


@pytest.mark.parametrize("kinds", [[], ["instrument", "meeting"]])
def test_a_note_on_none_or_on_two_is_refused_in_words(as_analyst, kinds):
    targets = {kind: getattr(factories, f"make_{kind}")().pk for kind in kinds}

    response = as_analyst.post(ADD, typed(as_analyst, **targets))

    assert response.status_code == 200
    assert "Une note porte sur un engagement, un instrument ou une rencontre" in response.content.decode()
    assert not FollowUpNote.objects.exists()


@pytest.mark.parametrize("kind", ["instrument", "meeting"])
def test_a_note_is_listed_on_the_page_of_what_it_is_on_and_added_there(as_analyst, kind):
    target = getattr(factories, f"make_{kind}")()
    factories.make_note(**{kind: target}, body_fr="Déjà là.")
    row = {"notes-TOTAL_FORMS": "1", "notes-0-visibility": "internal", "notes-0-dated": "01/05/2025"}

    shown = as_analyst.get(page(target)).content.decode()
    response = as_analyst.post(page(target), typed_back(as_analyst, page(target)) | row | {"notes-0-body_fr": "Neuve."})

    assert "Déjà là." in shown
    assert response.status_code == 302
    assert set(target.notes.values_list("body_fr", flat=True)) == {"Déjà là.", "Neuve."}


def test_the_list_says_what_each_is_on_sorts_by_it_and_finds_by_it(as_analyst):
    names = {kind: getattr(factories, f"make_{kind}")(reference=f"{kind[0]}-visee") for kind in ON}
    for kind, target in names.items():
        factories.make_note(**{kind: target})
    address = "/admin/commitments/followupnote/"

    listed = as_analyst.get(f"{address}?o=2").content.decode()
    found = as_analyst.get(f"{address}?q=i-visee").context["cl"].result_list

    assert listed.index("c-visee") < listed.index("i-visee") < listed.index("m-visee")
    assert [note.target for note in found] == [names["instrument"]]


@pytest.mark.parametrize("kind", ["instrument", "meeting"])
def test_a_note_is_proposed_and_published_once_what_it_is_on_is_public(as_editor, analyst, editor, kind):
    target = getattr(factories, f"make_{kind}")()
    note = factories.make_note(**{kind: target})
    cited = factories.make_citation(note=note)
    publication.propose(note, by=analyst)

    before = as_editor.get(page(note, "relecture")).content.decode()
    with pytest.raises(Refused, match=f"Ce sur quoi porte la note .{target.reference}. n’est pas publié"):
        publication.publish(note, by=editor)
    publication.publish(target, by=editor)
    published = publication.publish(note, by=editor)

    assert "Ce sur quoi porte la note" in before
    assert cited.exact in before
    assert published == [cited.source, note, cited]


def test_a_draft_on_a_text_is_offered_for_a_passage_under_its_heading(as_analyst):
    source = factories.make_source()
    note = factories.make_note(instrument=factories.make_instrument(title_fr="Le communiqué"))
    other = factories.make_commitment()
    sent = {"words": factories.ACTION, "purpose": "note", "note": note.pk, "role": "supports"}

    shown = as_analyst.get(page(source, "quote")).content.decode()
    refused = as_analyst.post(page(source, "quote"), sent | {"commitment": other.reference}).content.decode()
    as_analyst.post(page(source, "quote"), sent)

    assert '<optgroup label="Le communiqué">' in shown
    assert f"Ceci porte sur {note.instrument.reference}" in refused
    assert note.citations.get().source == source
