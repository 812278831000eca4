"""Quoting by selecting: the exact place, the right record, nothing of what was typed lost."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from commitments.models import Assessment, Citation, FollowUpNote
from commitments.rules.review import publication
from commitments.rules.text import quotes
from tests import factories
from tests.admin.forms import messages_of, page, sent

pytestmark = pytest.mark.one_database

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def source(db):
    return factories.make_source()


@pytest.fixture
def commitment(db):
    return factories.make_commitment()


def address(source, **query):
    return page(source, "quote") + "".join(f"?{name}={value}" for name, value in query.items())


def select(source, words, start=None):
    """Return what the panel sends of a selection: its place in code points, its words."""
    start = source.text.index(words) if start is None else start
    return {"start": start, "end": start + len(words), "words": words.replace("\r\n", "\n")}


def post(client, source, chosen="", *, act="quote", accept=JSON, at=None, **typed):
    place = select(source, chosen, at) if chosen else {}
    fields = {"purpose": "commitment", "role": "supports"} | place | typed
    return client.post(page(source, act), {k: getattr(v, "pk", v) for k, v in fields.items()}, **accept)


def latest():
    return Citation.objects.latest("pk")


def shown_text(html):
    """Return the archived text as a browser reads it from the page."""
    inner = re.search(r'<div id="quote-text".*?>(<span.*?)</div>', html, re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "", inner.group(1))) if inner else ""


# What is stored


def test_a_selected_passage_is_cited_at_its_place(as_analyst, source, commitment):
    response = post(as_analyst, source, factories.ACTION, commitment=commitment.reference)

    made = latest()
    assert set(response.json()) == {"done", "text", "passages"}
    assert (made.source, made.commitment, made.exact, made.role) == (source, commitment, factories.ACTION, "supports")
    assert (made.state, made.verification) == ("draft", "verified")
    assert source.text[made.start : made.end] == factories.ACTION
    assert made.prefix == "de renforcer la Force unifiée."
    assert made.suffix == "Elle annonce d’autres"
    assert made.history.get().history_user.username == "awa"


def test_words_there_twice_get_what_decides(as_analyst, source, commitment):
    second = source.text.rindex("Force unifiée")

    response = post(as_analyst, source, "Force unifiée", at=second, commitment=commitment.reference)

    assert "errors" not in response.json()
    assert (latest().start, latest().verification) == (second, "verified")


def test_words_with_the_same_around_them_are_refused(as_analyst, commitment):
    source = factories.make_source(text="mot " * 400)

    response = post(as_analyst, source, "mot", at=800, commitment=commitment.reference)

    assert "citez-en davantage" in response.json()["errors"]["words"][0]
    assert not source.citations.exists()


def test_places_count_code_points_beyond_the_basic_plane(as_analyst, commitment):
    source = factories.make_source(text=f"😀😀 Le 3 avril 🚜. {factories.ACTION} 😀")

    post(as_analyst, source, "Le 3 avril 🚜", commitment=commitment.reference)
    post(as_analyst, source, factories.ACTION, commitment=commitment.reference)

    assert [source.text[row.start : row.end] for row in source.citations.order_by("pk")] == [
        "Le 3 avril 🚜",
        factories.ACTION,
    ]


@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
def test_line_ends_of_the_archive_keep_the_place(ends, as_analyst, commitment):
    source = factories.make_source(text=f"Un titre{ends}{ends}Le 3 avril,{ends}les parties signent.{ends}Fin.")
    words = f"Le 3 avril,{ends}les parties"

    response = post(as_analyst, source, words, commitment=commitment.reference)

    assert "errors" not in response.json()
    made = latest()
    assert source.text[made.start : made.end] == made.exact == words
    assert shown_text(as_analyst.get(address(source)).content.decode()) == source.text


def test_white_space_around_a_selection_is_left_out(as_analyst, source, commitment):
    post(as_analyst, source, f" {factories.ACTION} ", commitment=commitment.reference)

    assert latest().exact == factories.ACTION


def test_a_selection_that_cuts_a_word_is_refused(as_analyst, source, commitment):
    response = post(as_analyst, source, "nforcer la Force", commitment=commitment.reference)

    assert "coupe un mot" in response.json()["errors"]["words"][0]


@pytest.mark.parametrize(
    "moved", [{"start": 3}, {"end": 10**30}, {"start": -4}, {"start": 40, "end": 20}, {"words": "Autre chose"}]
)
def test_words_that_are_not_at_their_place_are_refused(moved, as_analyst, source, commitment):
    response = post(as_analyst, source, factories.ACTION, commitment=commitment.reference, **moved)

    assert "rechargez-la" in response.json()["errors"]["words"][0]
    assert not source.citations.exists()


# For what


def test_for_an_assessment_with_its_kind_of_evidence(as_analyst, source):
    assessment = factories.make_assessment()

    post(
        as_analyst,
        source,
        factories.ANNOUNCEMENT,
        purpose="assessment",
        assessment=assessment,
        evidence_kind="announcement",
        role="context",
    )

    made = latest()
    assert (made.assessment, made.evidence_kind, made.role) == (assessment, "announcement", "context")
    assert made.commitment is None


def test_for_an_assessment_in_review_the_proposal_is_signed_anew(as_analyst, source, editor):
    assessment = factories.make_assessment(proposed_by=editor)

    post(as_analyst, source, factories.ANNOUNCEMENT, purpose="assessment", assessment=assessment)

    assessment.refresh_from_db()
    assert (assessment.state, assessment.proposed_by.username) == ("in_review", "awa")


def test_for_a_new_note_typed_there(as_analyst, source, commitment):
    post(
        as_analyst,
        source,
        factories.ACTION,
        purpose="note",
        commitment=str(commitment),
        note_text="À recouper.",
        evidence_kind="announcement",
    )

    note = FollowUpNote.objects.get()
    assert (note.commitment, note.body_fr, note.visibility, note.state) == (
        commitment,
        "À recouper.",
        "internal",
        "draft",
    )
    assert note.dated == timezone.localdate()
    assert note.citations.get().evidence_kind == ""


def test_for_a_note_on_file(as_analyst, source):
    note = factories.make_note()

    post(as_analyst, source, factories.ACTION, purpose="note", note=note)

    assert note.citations.filter(source=source).count() == 1
    assert FollowUpNote.objects.count() == 1


def test_for_a_claim_of_a_discrepancy_even_a_public_one(as_analyst, source, editor):
    claim = factories.make_discrepancy(published_by=editor).claims.first()

    post(as_analyst, source, "Le 3 avril", purpose="claim", claim=claim, role="contradicts")

    assert (latest().claim, latest().role, latest().state) == (claim, "contradicts", "draft")


def test_a_published_commitment_gains_a_draft(as_analyst, source, editor):
    commitment = factories.make_commitment(published_by=editor)

    post(as_analyst, source, factories.ACTION, commitment=commitment.reference)

    assert (latest().commitment, latest().state) == (commitment, "draft")


@pytest.mark.parametrize(
    ("typed", "field", "reason"),
    [
        ({}, "commitment", "Choisissez un engagement"),
        ({"commitment": "XX-2020-01"}, "commitment", "«\u00a0XX-2020-01\u00a0»"),
        ({"purpose": "assessment"}, "assessment", "Choisissez une évaluation"),
        ({"purpose": "assessment", "assessment": "99999"}, "assessment", ""),
        ({"purpose": "claim"}, "claim", "Choisissez une version"),
        ({"purpose": "claim", "claim": "9" * 40}, "claim", ""),
        ({"purpose": "note"}, "note_text", "Écrivez la note"),
        ({"purpose": "meeting"}, "purpose", ""),
        ({"role": "nie"}, "role", ""),
        ({"evidence_kind": "rumeur"}, "evidence_kind", ""),
        ({"commitment": "A\x00B"}, "commitment", ""),
        ({"words": "Le\x00"}, "words", ""),
        ({"words": ""}, "words", "Choisissez un passage"),
        ({"words": "x" * 4001}, "words", ""),
        ({"start": "un"}, "start", ""),
        ({"purpose": "note", "note_text": "x" * 4001}, "note_text", ""),
    ],
)
def test_bad_input_is_refused_next_to_its_field(typed, field, reason, as_analyst, source):
    response = post(as_analyst, source, factories.ACTION, **typed)

    assert response.status_code == 200
    assert reason in response.json()["errors"][field][0]
    assert not source.citations.exists()
    assert not FollowUpNote.objects.exists()


def test_published_and_declined_judgements_gain_nothing(as_analyst, source, analyst, editor):
    public = factories.make_assessment(proposed_by=analyst, published_by=editor)
    declined = factories.make_assessment(proposed_by=analyst)
    publication.decline(declined, by=editor, reason="Non.")

    for closed in (public, declined):
        response = post(as_analyst, source, factories.ACTION, purpose="assessment", assessment=closed)
        assert "assessment" in response.json()["errors"]
    assert not source.citations.exists()


def test_a_withdrawn_commitment_gains_nothing(as_analyst, source, editor):
    commitment = factories.make_commitment(published_by=editor)
    publication.withdraw(commitment, by=editor, reason="Erreur.")

    response = post(as_analyst, source, factories.ACTION, commitment=commitment.reference)

    assert "est clos" in response.json()["errors"]["commitment"][0]


def test_an_assessment_of_another_commitment_is_refused(as_analyst, source, commitment):
    assessment = factories.make_assessment()

    response = post(
        as_analyst, source, factories.ACTION, purpose="assessment", assessment=assessment, commitment=str(commitment)
    )

    assert assessment.commitment.reference in response.json()["errors"]["assessment"][0]


def test_a_note_on_file_and_a_new_text_are_refused_together(as_analyst, source):
    note = factories.make_note()

    response = post(as_analyst, source, factories.ACTION, purpose="note", note=note, note_text="Autre")

    assert "note_text" in response.json()["errors"]
    assert not source.citations.exists()


def test_the_same_passage_is_cited_once_for_a_record(as_analyst, source, commitment):
    post(as_analyst, source, factories.ACTION, commitment=commitment.reference)

    response = post(as_analyst, source, factories.ACTION, commitment=commitment.reference)

    assert "déjà cité" in response.json()["errors"]["words"][0]
    assert source.citations.count() == 1


def test_a_refused_citation_leaves_no_note(as_analyst, source, commitment):
    response = post(as_analyst, source, "nforcer", purpose="note", commitment=str(commitment), note_text="Note")

    assert "words" in response.json()["errors"]
    assert not FollowUpNote.objects.exists()


# A new assessment


@pytest.mark.parametrize("accept", [JSON, {}])
def test_a_new_assessment_starts_with_the_passage(accept, as_analyst, source, commitment):
    before = Citation.objects.count()

    typed = select(source, factories.ACTION) | {"act": "assess", "commitment": str(commitment)}
    response = as_analyst.post(page(source, "quote"), typed, **accept)

    start = source.text.index(factories.ACTION)
    wanted = f"commitment={commitment.pk}&source={source.pk}&start={start}&end={start + len(factories.ACTION)}"
    assert (response.json()["go"] if accept else response.url) == f"/admin/commitments/assessment/add/?{wanted}"
    assert Citation.objects.count() == before
    assert not Assessment.objects.exists()


def test_a_new_assessment_starts_with_what_was_said_of_the_passage(as_analyst, source):
    typed = select(source, factories.ACTION) | {"act": "assess", "role": "context", "evidence_kind": "announcement"}

    response = as_analyst.post(page(source, "quote"), typed)

    assert response.url.endswith("&role=context&evidence_kind=announcement")


def test_a_new_assessment_needs_no_commitment_yet(as_analyst, source):
    typed = select(source, factories.ACTION) | {"act": "assess"}

    response = as_analyst.post(page(source, "quote"), typed)

    assert "commitment=" not in response.url
    assert f"source={source.pk}&start=" in response.url


# Without script


def test_typed_words_are_looked_up_and_kept(as_analyst, source, commitment):
    response = post(
        as_analyst, source, accept={}, words="La Russie a  livré dix véhicules", commitment=commitment.reference
    )

    assert response.status_code == 302
    assert latest().exact == "La Russie a livré dix véhicules"
    shown = as_analyst.get(response.url)
    text = shown.content.decode()
    assert "Cité pour" in text
    assert page(latest()) in text
    assert shown.context["form"]["commitment"].value() == commitment.reference


def test_what_was_chosen_stays_chosen(as_analyst, source):
    assessment = factories.make_assessment()

    response = post(
        as_analyst,
        source,
        accept={},
        words=factories.ANNOUNCEMENT,
        purpose="assessment",
        assessment=assessment,
        role="contradicts",
        evidence_kind="announcement",
    )

    kept = sent(as_analyst.get(response.url))
    assert kept["purpose"] == "assessment"
    assert kept["assessment"] == str(assessment.pk)
    assert (kept["role"], kept["evidence_kind"], kept["words"]) == ("contradicts", "announcement", "")


def test_words_typed_that_stand_twice_ask_what_surrounds_them(as_analyst, source, commitment):
    refused = post(
        as_analyst, source, accept={}, words="Force unifiée", commitment=commitment.reference, note_text="Gardé"
    )

    assert "2 endroits" in refused.context["form"].errors["words"][0]
    typed = sent(refused)
    assert (typed["words"], typed["commitment"], typed["note_text"]) == ("Force unifiée", commitment.reference, "Gardé")

    as_analyst.post(page(source, "quote"), typed | {"suffix": "est saluée", "evidence_kind": ""})

    assert latest().start == source.text.rindex("Force unifiée")


def test_wrong_surroundings_are_refused_next_to_them(as_analyst, source, commitment):
    response = post(
        as_analyst, source, accept={}, words=factories.ACTION, prefix="jamais", commitment=commitment.reference
    )

    assert "prefix" in response.context["form"].errors


# Taking it back


def test_undo_deletes_the_draft(as_analyst, source, commitment):
    post(as_analyst, source, factories.ACTION, commitment=commitment.reference)

    response = post(as_analyst, source, act="quote/undo", citation=latest().pk)

    assert "effacée" in response.json()["done"]
    assert not source.citations.exists()


def test_undo_without_script_says_so(as_analyst, source, commitment):
    post(as_analyst, source, factories.ACTION, commitment=commitment.reference)

    response = as_analyst.post(page(source, "quote/undo"), {"citation": latest().pk}, follow=True)

    assert "effacée" in messages_of(response)
    assert response.redirect_chain[0][0] == page(source, "quote")


def test_undo_takes_the_note_made_with_it(as_analyst, source, commitment):
    post(as_analyst, source, factories.ACTION, purpose="note", commitment=str(commitment), note_text="Note")

    post(as_analyst, source, act="quote/undo", citation=latest().pk)

    assert not FollowUpNote.objects.exists()


def test_undo_leaves_a_note_that_stood_before(as_analyst, source):
    note = factories.make_note(recorded_at=timezone.now() - timedelta(hours=1))
    post(as_analyst, source, factories.ACTION, purpose="note", note=note)

    post(as_analyst, source, act="quote/undo", citation=latest().pk)

    assert FollowUpNote.objects.filter(pk=note.pk).exists()
    assert not note.citations.exists()


@pytest.mark.parametrize("key", ["", "x", "0", "9" * 40, "1\x00"])
def test_undo_of_nothing_says_so(key, as_analyst, source):
    response = post(as_analyst, source, act="quote/undo", citation=key)

    assert "n’est plus au dossier" in response.json()["errors"]["__all__"][0]


def test_undo_of_what_is_public_or_of_another_source_is_refused(as_editor, source, editor):
    commitment = factories.make_commitment(published_by=editor)
    public = commitment.citations.get()
    elsewhere = factories.make_citation(commitment=factories.make_commitment(), exact=factories.ACTION)

    for record, at in ((public, public.source), (elsewhere, source)):
        assert "errors" in post(as_editor, at, act="quote/undo", citation=record.pk).json()
        assert Citation.objects.filter(pk=record.pk).exists()


# What the page shows


def test_the_page_shows_the_text_exactly_and_marks_what_is_cited(as_analyst):
    source = factories.make_source(
        text=f"  Titre & <b>\n\n\t«\u00a0{factories.ACTION}\u00a0»  \n{factories.ANNOUNCEMENT}\n"
    )
    cited = factories.make_citation(commitment=factories.make_commitment(), source=source, exact=factories.ACTION)
    across = source.text[source.text.index("10 avril") : source.text.index("annonce") + 7]
    factories.make_citation(meeting=factories.make_meeting(), source=source, exact=across)

    html = as_analyst.get(address(source)).content.decode()

    assert shown_text(html) == source.text
    assert "<b>" not in html
    marked = "".join(
        unescape(re.sub("<[^>]*>", "", part)) for part in re.findall("<mark>(.*?)</mark>", html, re.DOTALL)
    )
    whole = source.text[cited.start : source.text.index("annonce") + 7]
    assert marked == whole
    assert page(cited) in html
    assert page(cited.commitment) in html


def test_sentences_that_nothing_cites_are_counted(as_analyst, source):
    factories.make_citation(commitment=factories.make_commitment(), source=source, exact=factories.ACTION)

    shown = as_analyst.get(address(source))
    coverage = shown.context["coverage"]

    assert (coverage.sentences, coverage.uncited) == (4, 3)
    assert "3 phrases que rien ne cite" in shown.content.decode()
    assert "shows-uncited" not in shown.content.decode()
    assert "shows-uncited" in as_analyst.get(address(source, uncited=1)).content.decode()
    assert shown.content.decode().count("quote-uncited") == 3


def test_what_was_withdrawn_or_declined_cites_nothing(as_analyst, source, analyst, editor):
    commitment = factories.make_commitment(published_by=editor)
    withdrawn = factories.make_citation(
        commitment=commitment, source=source, exact=factories.ACTION, published_by=editor
    )
    publication.withdraw(withdrawn, by=editor, reason="Erreur.")
    declined = factories.make_assessment(commitment=commitment)
    factories.make_citation(assessment=declined, source=source, exact=factories.ANNOUNCEMENT)
    publication.propose(declined, by=analyst)
    publication.decline(declined, by=editor, reason="Non.")

    shown = as_analyst.get(address(source))

    assert shown.context["coverage"].uncited == shown.context["coverage"].sentences
    assert "<mark>" not in shown.content.decode()


def test_citations_without_a_place_are_listed_apart(as_analyst, source):
    lost = factories.make_citation(meeting=factories.make_meeting(), source=source, exact="jamais dit")

    shown = as_analyst.get(address(source))

    assert [entry.words for entry in shown.context["coverage"].unplaced] == ["jamais dit"]
    assert page(lost) in shown.content.decode()


def test_the_source_leads_to_the_page(as_analyst, source):
    assert address(source) in as_analyst.get(page(source)).content.decode()


def test_only_what_may_gain_is_offered(as_analyst, source, analyst, editor):
    open_one = factories.make_assessment()
    closed = factories.make_assessment(proposed_by=analyst, published_by=editor)

    html = as_analyst.get(address(source)).content.decode()

    assert f'<option value="{open_one.pk}">' in html
    assert f'<option value="{closed.pk}">' not in html


@pytest.mark.slow
def test_number_of_queries_does_not_grow(as_analyst, django_assert_num_queries, django_assert_max_num_queries):
    def fill(source, count):
        for index in range(count):
            exact = f"phrase numéro {index}"
            assessment = factories.make_assessment(party=factories.make_party(f"Q{index}"))
            for record in (
                {"commitment": assessment.commitment},
                {"assessment": assessment},
                {"milestone": factories.make_milestone()},
                {"note": factories.make_note()},
                {"claim": factories.make_discrepancy().claims.first()},
                {"meeting": factories.make_meeting()},
                {"instrument": factories.make_instrument()},
            ):
                factories.make_citation(source=source, exact=exact, **record)

    text = "\n".join(f"La phrase numéro {index} dit ceci." for index in range(20))
    one, many = factories.make_source(text=text), factories.make_source(text=text)
    fill(one, 1)
    as_analyst.get(address(one))
    with django_assert_max_num_queries(12) as counted:
        as_analyst.get(address(one))
    fill(many, 4)

    with django_assert_num_queries(len(counted)):
        shown = as_analyst.get(address(many))

    assert shown.content.decode().count("<mark>") == 4


# Who may


def make_client(*codenames):
    user = factories.make_user()
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def test_whoever_may_only_read_sources_has_no_form(db, source, commitment):
    client = make_client("view_source")

    shown = client.get(address(source))
    refused = post(client, source, factories.ACTION, commitment=commitment.reference)

    assert shown.status_code == 200
    assert "quote-panel" not in shown.content.decode()
    assert refused.status_code == 403
    assert not source.citations.exists()


def test_whoever_may_not_read_sources_is_turned_away(db, source):
    client = make_client("add_citation")

    assert client.get(address(source)).status_code == 403
    assert post(client, source, factories.ACTION).status_code == 403
    assert post(client, source, act="quote/undo", citation=1).status_code == 403


def test_whoever_may_not_read_assessments_cites_for_none(db, source):
    client = make_client("view_source", "add_citation", "view_commitment")
    assessment = factories.make_assessment()

    shown = client.get(address(source))
    refused = post(client, source, factories.ACTION, purpose="assessment", assessment=assessment)

    assert assessment.get_status_display() not in shown.content.decode()
    assert "purpose" in refused.json()["errors"]


def test_whoever_may_not_delete_takes_nothing_back(db, source, commitment):
    made = factories.make_citation(source=source, commitment=commitment, exact=factories.ACTION)
    client = make_client("view_source", "add_citation")

    assert "errors" in post(client, source, act="quote/undo", citation=made.pk).json()
    assert Citation.objects.filter(pk=made.pk).exists()


def test_nobody_signed_in_is_asked_to(client, source):
    assert client.get(address(source)).status_code == 302
    assert post(client, source, factories.ACTION).status_code == 401
    assert not source.citations.exists()


def test_a_request_from_elsewhere_is_refused(analyst, source, commitment):
    client = Client(enforce_csrf_checks=True)
    client.force_login(analyst)

    assert post(client, source, factories.ACTION, commitment=commitment.reference).status_code == 403
    assert not source.citations.exists()


@pytest.mark.parametrize("text", ["", " \n "])
def test_a_source_without_text_has_nothing_to_cite(text, as_analyst):
    source = factories.make_source(text=text)

    shown = as_analyst.get(address(source))

    assert "pas de texte archivé" in shown.content.decode()
    assert "quote-panel" not in shown.content.decode()


def test_a_withdrawn_source_is_cited_no_more(as_analyst, editor, commitment):
    source = factories.make_source(published_by=editor)
    publication.withdraw(source, by=editor, reason="Faux.")

    assert as_analyst.get(address(source)).status_code == 200
    assert post(as_analyst, source, factories.ACTION, commitment=commitment.reference).status_code == 403


@pytest.mark.parametrize("key", ["0", "x", "9" * 40, "%00", "1%00"])
def test_no_source_there(key, as_analyst):
    assert as_analyst.get(f"/admin/commitments/source/{key}/quote/").status_code == 404
    assert as_analyst.post(f"/admin/commitments/source/{key}/quote/undo/").status_code == 404


def test_other_methods_are_not_allowed(as_analyst, source):
    assert as_analyst.put(address(source)).status_code == 405
    assert as_analyst.get(page(source, "quote/undo")).status_code == 405


@pytest.mark.parametrize(
    "query", ["purpose=x&assessment=y", "commitment=%00", "cited=x", "cited=" + "9" * 40, "note=%00"]
)
def test_an_address_with_nonsense_shows_the_page(query, as_analyst, source):
    assert as_analyst.get(f"{address(source)}?{query}").status_code == 200


def test_a_citation_made_here_passes_the_desks_own_form(as_analyst, source, commitment):
    second = source.text.rindex("Force unifiée")
    post(as_analyst, source, "Force unifiée", at=second, commitment=commitment.reference)
    made = latest()

    shown = as_analyst.get(page(made))
    as_analyst.post(page(made), sent(shown) | {"role": "context"})

    made.refresh_from_db()
    assert (made.role, made.start) == ("context", second)
    assert quotes.locate(source.text, made.exact, made.prefix, made.suffix).start == second


@pytest.mark.slow
def test_a_long_text_with_many_citations_is_shown_whole(as_analyst, commitment):
    text = "\n\n".join(f"Phrase {index} d’un long article. " + "Elle continue ainsi. " * 18 for index in range(500))
    source = factories.make_source(text=text)
    for index in range(500):
        factories.make_citation(source=source, commitment=commitment, exact=f"Phrase {index} d’un long")

    shown = as_analyst.get(address(source))

    assert len(text) > 200_000
    assert shown.content.decode().count("<mark>") == 500
