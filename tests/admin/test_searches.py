"""A search that found nothing, on its own page: about one commitment, signed by two people, then only read."""

from datetime import date

import pytest
from django.utils.html import strip_tags

from commitments.models import Search
from commitments.rules.review import publication
from tests import factories
from tests.admin.forms import page, sent, typed_back
from tests.admin.test_expired_session import carried, posted_back, sign_in

pytestmark = pytest.mark.one_database  # the rules behind the forms are tried on both in tests/rules

LIST = "/admin/commitments/search/"
ADD = f"{LIST}add/"
TYPED = {"searched_on": "20/11/2026", "searched_where_fr": "Presse des quatre États", "sought_en": "To keep."}


def add(commitment):
    return f"{ADD}?commitment={commitment.pk}"


def text_of(client, address):
    """Return the page at `address`, with plain spaces."""
    return client.get(address).content.decode().replace("\u00a0", " ")


def review(record, act):
    return f"/admin/commitments/{record._meta.model_name}/review/{act}/?pk={record.pk}"


@pytest.fixture
def commitment(editor):
    return factories.make_commitment(published_by=editor)


@pytest.fixture
def proposed(analyst, commitment):
    return factories.make_search(commitment=commitment, proposed_by=analyst)


# The form


def test_search_is_proposed_from_the_page_of_its_commitment(as_analyst, analyst, commitment):
    step = factories.make_milestone(commitment=commitment)
    other = factories.make_milestone()
    shown = as_analyst.get(add(commitment))

    as_analyst.post(ADD, sent(shown) | TYPED | {"milestone": step.pk, "_propose": "1"})

    assert list(shown.context["adminform"].form.fields["milestone"].queryset) == [step]
    assert other.title_fr
    made = Search.objects.get()
    assert (made.commitment, made.milestone, made.searched_on) == (commitment, step, date(2026, 11, 20))
    assert (made.state, made.proposed_by) == ("in_review", analyst)


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"searched_on": "01/04/2025"}, "searched_on", "précède l’engagement"),
        ({"searched_on": "22/11/2026"}, "searched_on", "à venir"),
        ({"searched_where_fr": ""}, "searched_where_fr", "obligatoire"),
        ({"milestone": "another"}, "milestone", "autre engagement"),
        ({"period_from": "02/05/2026", "period_to": "01/05/2026"}, "__all__", "finit avant de commencer"),
        ({"milestone": "its own", "period_to": "01/05/2026"}, "__all__", "pas sur les deux"),
    ],
)
def test_refusal_is_next_to_its_field_and_loses_nothing(typed, field, said, as_analyst, commitment):
    steps = {"its own": factories.make_milestone(commitment=commitment), "another": factories.make_milestone()}
    typed = {name: str(getattr(steps.get(value), "pk", value)) for name, value in typed.items()}

    response = as_analyst.post(ADD, typed_back(as_analyst, add(commitment)) | TYPED | typed | {"_propose": "1"})

    assert said in " ".join(response.context["adminform"].form.errors[field])
    again = sent(response)
    for name, value in (TYPED | typed).items():
        assert again[name] == value or typed.get("milestone") == str(steps["another"].pk)
    assert not Search.objects.exists()


def test_steps_are_offered_once_the_commitment_is_known(as_analyst, commitment):
    step = factories.make_milestone(commitment=commitment)
    shown = as_analyst.get(ADD)

    again = as_analyst.post(ADD, sent(shown) | TYPED | {"commitment": commitment.pk, "searched_on": "x"})

    assert list(shown.context["adminform"].form.fields["milestone"].queryset) == []
    assert "une fois l’engagement choisi" in shown.content.decode()
    assert list(again.context["adminform"].form.fields["milestone"].queryset) == [step]


def test_step_withdrawn_since_stays_the_one_chosen(as_analyst, analyst, editor, commitment):
    step = factories.make_milestone(commitment=commitment, published_by=editor)
    draft = factories.make_search(commitment=commitment, milestone=step)
    publication.withdraw(step, by=editor, reason="Erreur.")

    assert sent(as_analyst.get(page(draft)))["milestone"] == str(step.pk)
    assert list(as_analyst.get(add(commitment)).context["adminform"].form.fields["milestone"].queryset) == []


def test_what_somebody_else_changed_meanwhile_is_shown(as_analyst, commitment):
    draft = factories.make_search(commitment=commitment)
    typed = typed_back(as_analyst, page(draft), searched_where_fr="Presse de Bamako")
    draft.searched_where_fr = "Presse de Niamey"
    draft.save()

    response = as_analyst.post(page(draft), typed)

    assert "Presse de Niamey" in response.content.decode()
    assert sent(response)["searched_where_fr"] == "Presse de Bamako"
    draft.refresh_from_db()
    assert draft.searched_where_fr == "Presse de Niamey"


def test_what_was_typed_outlives_the_session(client, analyst, commitment):
    typed = TYPED | {"commitment": commitment.pk, "party": "", "_propose": "1"}

    shown = sign_in(client, analyst, carried(client.post(ADD, typed)))
    response = client.post(*posted_back(shown))

    assert ("Où la recherche a porté", "Presse des quatre États") in [tuple(line) for line in shown.context["lines"]]
    assert sent(response)["sought_en"] == "To keep."
    assert not Search.objects.exists()


# The list


@pytest.mark.parametrize(
    "by", ["state__exact=published", "commitment__id__exact={}", "q=Bamako", "searched_on__year=2026"]
)
def test_list_is_narrowed(by, as_editor, analyst, editor, commitment):
    wanted = factories.make_search(
        commitment=commitment,
        searched_on=date(2026, 1, 2),
        searched_where_fr="Presse de Bamako",
        proposed_by=analyst,
        published_by=editor,
    )
    factories.make_search(commitment=factories.make_commitment(published_by=editor))

    shown = as_editor.get(f"{LIST}?{by.format(commitment.pk)}")

    assert list(shown.context["cl"].result_list) == [wanted]


def test_list_says_what_each_is_about(as_editor, commitment):
    party, step = factories.make_party("ML"), factories.make_milestone(commitment=commitment, title_fr="Une étape")
    factories.make_search(commitment=commitment, milestone=step)
    days = {"period_from": date(2025, 4, 4), "period_to": date(2025, 4, 18)}
    factories.make_search(commitment=commitment, party=party, **days)
    factories.make_search(commitment=commitment, period_to=date(2025, 4, 18))

    text = text_of(as_editor, LIST)

    for words in ("quatre États<", "Une étape", f"{party}, du 4 avril 2025 au 18 avril 2025", "jusqu’au 18 avril 2025"):
        assert words in text


# Two people, and then nobody


@pytest.mark.slow
def test_proposal_says_all_that_becomes_public_and_what_the_status_becomes(as_editor, analyst, editor, commitment):
    step = factories.make_milestone(commitment=commitment, published_by=editor, title_fr="Une étape")
    search = factories.make_search(
        commitment=commitment, milestone=step, sought_fr="Une livraison", sought_en="A delivery", proposed_by=analyst
    )

    pages = [text_of(as_editor, address) for address in (page(search, "relecture"), review(search, "publish"))]

    for text in pages:
        for words in ("20 avril 2025", "Presse des quatre États", "Press of the four", "A delivery", "Une étape"):
            assert words in text
        assert "L’état publié devient « Aucune preuve disponible » ; il est « Non évalué »." in text
    assert "Passages cités" not in pages[0]


def test_proposal_that_was_sent_back_says_what_changed_since(as_editor, as_analyst, editor, proposed):
    publication.send_back(proposed, by=editor, reason="Dites où.")
    typed = typed_back(as_analyst, page(proposed), searched_where_fr="Presse des quatre États et sites officiels")

    as_analyst.post(page(proposed), typed | {"_propose": "1", "answer": "C’est dit."})
    text = text_of(as_editor, page(proposed, "relecture"))

    for words in ("Ce qui a changé depuis le renvoi", "et sites officiels", "Dites où.", "C’est dit."):
        assert words in text


def test_proposal_beside_a_judgement_leaves_the_status(as_editor, analyst, editor, commitment, proposed):
    factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)

    assert "L’état publié reste « Progrès limité »." in text_of(as_editor, page(proposed, "relecture"))


def test_proposal_on_one_party_names_it(as_editor, analyst, commitment):
    search = factories.make_search(commitment=commitment, party=factories.make_party("ML"), proposed_by=analyst)

    assert f"L’état publié pour {search.party} devient" in text_of(as_editor, page(search, "relecture"))


def test_editor_who_amends_a_proposal_is_warned_and_does_not_publish_it(as_editor, editor, proposed):
    shown = as_editor.get(page(proposed))

    as_editor.post(page(proposed), sent(shown) | {"searched_where_fr": "Presse de Bamako"})

    assert "Qui modifie une proposition la signe aussi" in shown.content.decode()
    proposed.refresh_from_db()
    assert (proposed.state, proposed.proposed_by) == ("in_review", editor)
    assert "une autre personne doit la publier" in text_of(as_editor, review(proposed, "publish"))


def test_draft_is_published_only_once_it_was_proposed(as_editor, commitment):
    draft = factories.make_search(commitment=commitment)

    assert 'name="_publish"' not in text_of(as_editor, page(draft))


@pytest.mark.parametrize("state", ["published", "withdrawn"])
def test_public_search_is_only_read(state, as_editor, editor, proposed):
    publication.publish(proposed, by=editor)
    if state == "withdrawn":
        publication.withdraw(proposed, by=editor, reason="Erreur.")
    shown = as_editor.get(page(proposed))

    as_editor.post(page(proposed), sent(shown) | TYPED | {"searched_where_fr": "Ailleurs", "_save": "1"})

    assert 'name="searched_where_fr"' not in shown.content.decode()
    assert 'name="_save"' not in shown.content.decode()
    proposed.refresh_from_db()
    assert proposed.searched_where_fr == "Presse des quatre États"


def test_withdrawal_says_what_the_public_will_read(as_editor, client, editor, proposed):
    editor.first_name, editor.last_name = "Boubacar", "Maïga"
    editor.save()
    publication.publish(proposed, by=editor)

    text = text_of(as_editor, review(proposed, "withdraw"))
    publication.withdraw(proposed, by=editor, reason="[votre motif]")

    notice = "Recherche du 20 avril 2025, retirée par Boubacar Maïga. Motif : [votre motif]"
    assert notice in text
    assert notice in " ".join(strip_tags(text_of(client, proposed.commitment.get_absolute_url())).split())
    assert "L’état publié devient « Non évalué » ; il est « Aucune preuve disponible »." in text


def test_withdrawal_of_the_last_judgement_falls_back_on_the_search(as_editor, analyst, editor, commitment, proposed):
    judged = factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)
    before = text_of(as_editor, review(judged, "withdraw"))

    publication.publish(proposed, by=editor)
    after = text_of(as_editor, review(judged, "withdraw"))

    for text, status in ((before, "Non évalué"), (after, "Aucune preuve disponible")):
        assert f"Aucun jugement ne sera plus en vigueur : le public lira « {status} »." in text
