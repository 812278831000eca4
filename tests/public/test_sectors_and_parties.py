"""The pages of sectors and of parties: their figures, deadlines and commitments, each counted in one place."""

from datetime import date

import pytest

from commitments.models import Membership, Undertaking
from commitments.public.lists.deadlines import SHOWN
from commitments.public.views import PAGE_SIZE
from tests import factories
from tests.public.conftest import on, text_of


def figures(context):
    return {bar.value: bar.n for bar in context["status_bars"] if bar.n}


@pytest.mark.slow
def test_a_sector_has_the_figures_the_deadlines_and_the_commitments_of_its_own(client, record, analyst, editor):
    energy = factories.make_sector("energie")
    mine = factories.make_commitment(sector=energy, published_by=editor)
    factories.make_assessment(commitment=mine, status="complete", proposed_by=analyst, published_by=editor)
    factories.make_commitment(sector=energy, published_by=editor)
    factories.make_commitment(sector=energy, basis="expected", published_by=editor)
    late = factories.make_milestone(commitment=mine, title_fr="Étape en retard", published_by=editor)
    soon = factories.make_milestone(commitment=mine, due_on=date(2028, 1, 1), published_by=editor)

    page = client.get("/secteurs/energie/")

    context = page.context
    assert (context["total"], context["assessed"], context["overdue_total"], context["apart"]) == (
        *(2, 1, 1),
        [("expected", 1)],
    )
    assert figures(context) == {"not_assessed": 1, "complete": 1}
    assert [item.pk for item in context["overdue"]] == [late.pk]
    assert [item.pk for item in context["coming"]] == [soon.pk]
    assert {row.sector_id for row in context["records"]} == {energy.pk}
    assert context["count"] == 2
    html = page.content.decode()
    assert 'href="/engagements/?sector=energie"' in html
    assert 'href="/engagements/?status=complete&amp;sector=energie"' in html
    assert "2 engagements, dont un est évalué." in text_of(page)


def test_the_sectors_are_listed_with_their_figures(client, record, editor):
    factories.make_commitment(sector=factories.make_sector("energie", position=5), published_by=editor)
    factories.make_commitment(sector=factories.make_sector("brouillon"))
    attended = factories.make_sector("attendu", position=9)
    factories.make_commitment(sector=attended, basis="expected", published_by=editor)

    rows = client.get("/secteurs/").context["rows"]

    assert [(sector.slug, row.total, row.assessed, row.overdue_total) for sector, row in rows] == [
        ("securite", 1, 1, 1),
        ("energie", 1, 0, 0),
        ("attendu", 0, 0, 0),
    ]


def test_a_party_s_figures_are_of_what_it_undertakes_and_its_list_is_of_all(client, record, editor):
    factories.make_commitment(undertakes="AES", benefits="RU", published_by=editor)
    both = factories.make_commitment(undertakes="RU", benefits="ML", published_by=editor)
    Undertaking.objects.create(commitment=both, party=factories.make_party("RU"), role="benefits")

    page = client.get("/parties/RU/")

    context = page.context
    assert (context["total"], context["assessed"], context["benefits"], context["count"]) == (2, 1, 2, 3)
    assert figures(context) == {"limited": 1, "not_assessed": 1}
    assert [item.pk for item in context["overdue"]] == [record.milestone.pk]
    roles = [[str(role.label) for role in row.roles] for row in context["records"]]
    assert roles == [["S’engage"], ["Bénéficie"], ["S’engage", "Bénéficie"]]
    assert "2 engagements de sa part, dont un est évalué." in text_of(page)
    assert 'href="/engagements/?party=RU"' in page.content.decode()


def test_a_party_that_only_benefits_has_nothing_late(client, record):
    page = client.get("/parties/AES/")

    assert (page.context["total"], page.context["benefits"], page.context["overdue"]) == (0, 1, [])
    assert "Aucun engagement à compter." in text_of(page)
    assert "Bénéficie de 1 engagement." in text_of(page)


def test_the_parties_are_listed_with_what_each_undertakes(client, record, editor):
    factories.make_commitment(undertakes="AES", published_by=editor)
    factories.make_commitment(undertakes="XX")

    rows = client.get("/parties/").context["rows"]

    assert [(party.code, row.total, row.assessed, n) for party, row, n in rows] == [("AES", 1, 0, 2), ("RU", 1, 1, 0)]


@pytest.mark.slow
def test_a_party_names_its_organisation_and_its_members_of_the_day(client, record, editor):
    aes = factories.make_party("AES")
    for code, since in (("ML", None), ("NE", date(2026, 1, 1)), ("ZZ", None)):
        Membership.objects.create(organisation=aes, member=factories.make_party(code), since=since)
    for code in ("ML", "NE"):
        factories.make_commitment(undertakes=code, published_by=editor)

    def members(query=""):
        return [item.party.code for item in client.get(f"/parties/AES/{query}").context["members"]]

    assert members() == ["ML", "NE"]
    assert members("?as_of=2025-12-31") == ["ML"]
    assert [item.party.code for item in client.get("/parties/ML/").context["organisations"]] == ["AES"]


@pytest.mark.slow
def test_a_membership_says_its_role_on_whose_word_and_of_which_day(client, record, editor):
    source = factories.make_source(published_on=date(2025, 4, 4), published_by=editor)
    said = {"role_fr": "Présidence tournante", "stated_on": date(2025, 4, 2)}
    for code, told in (("ML", said | {"source": source}), ("BF", {"source": source}), ("NE", said)):
        factories.make_membership(member=code, **told)
        factories.make_commitment(undertakes=code, published_by=editor)

    page = client.get("/parties/AES/")

    assert f"Partie BF · selon la source {source.reference} (article de presse) Partie ML" in text_of(page)
    told = f"Partie ML · Présidence tournante · selon la source {source.reference} (article de presse), le 2 avril 2025"
    assert told in text_of(page)
    assert f'<a href="{source.get_absolute_url()}">selon' in page.content.decode()
    assert f"Partie AES · Présidence tournante · selon la source {source.reference} (article de presse)" in text_of(
        client.get("/parties/ML/")
    )
    # What only a draft says, or a source that had not appeared on the day read, is not told.
    assert text_of(page).count("· Présidence") == 1
    assert "Présidence" not in text_of(client.get("/parties/AES/?as_of=2025-04-03"))


@pytest.mark.slow
def test_known_on_a_day_a_membership_has_the_role_and_the_source_of_then(client, record, editor):
    with on("2026-11-22"):
        source = factories.make_source(published_by=editor)
        membership = factories.make_membership(source=source, stated_on=date(2025, 4, 2), role_fr="Présidence")
        factories.make_commitment(undertakes="ML", published_by=editor)
    with on("2026-11-24"):
        membership.role_fr, membership.stated_on = "Vice-présidence", date(2025, 5, 2)
        membership.save()

        then, now = (text_of(client.get(f"/parties/AES/{query}")) for query in ("?known_on=2026-11-23", ""))

    assert f"· Présidence · selon la source {source.reference} (article de presse), le 2 avril 2025" in then
    assert f"· Vice-présidence · selon la source {source.reference} (article de presse), le 2 mai 2025" in now


@pytest.mark.parametrize("path", ["secteurs/brouillon", "secteurs/jamais", "parties/BR", "parties/br", "parties/a%00"])
def test_what_no_public_commitment_names_has_no_page(client, record, path):
    factories.make_commitment(sector=factories.make_sector("brouillon"), undertakes="BR", benefits="BR2")

    assert client.get(f"/{path}/").status_code == 404


def test_before_the_first_commitment_there_is_no_such_page(client, record):
    for path in ("secteurs/securite", "parties/RU"):
        assert client.get(f"/{path}/?as_of=2025-04-02").status_code == 404
        assert client.get(f"/{path}/?as_of=2025-04-03").status_code == 200
    for path in ("secteurs", "parties"):
        assert client.get(f"/{path}/?as_of=2025-04-02").context["rows"] == []


@pytest.mark.slow
def test_known_on_a_day_figures_names_and_roles_are_those_of_then(client, analyst, editor):
    with on("2026-05-01"):
        sector = factories.make_sector("energie", name_fr="Énergie d’alors")
        party = factories.make_party("RU", name_fr="Nom d’alors")
        commitment = factories.make_commitment(sector=sector, published_by=editor)
    with on("2026-07-01"):
        sector.name_fr, party.name_fr = "Énergie renommée", "Nom récent"
        sector.save()
        party.save()
        Undertaking.objects.create(commitment=commitment, party=party, role="benefits")
        factories.make_assessment(commitment=commitment, proposed_by=analyst, published_by=editor)

    day = "?known_on=2026-06-01"
    for path, then, since in (
        ("secteurs/energie", "Énergie d’alors", "Énergie renommée"),
        ("secteurs", "Énergie d’alors", "Énergie renommée"),
        ("parties/RU", "Nom d’alors", "Nom récent"),
        ("parties", "Nom d’alors", "Nom récent"),
    ):
        words = text_of(client.get(f"/{path}/{day}"))
        assert then in words, path
        assert since not in words, path
    assert figures(client.get(f"/secteurs/energie/{day}").context) == {"not_assessed": 1}
    assert figures(client.get("/secteurs/energie/").context) == {"limited": 1}
    assert client.get(f"/parties/RU/{day}").context["records"][0].roles == [("S’engage", None)]
    assert client.get("/parties/RU/").context["records"][0].roles == [("S’engage", None), ("Bénéficie", None)]


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/secteurs/securite/", "/parties/RU/"])
def test_the_list_goes_on_over_pages_of_a_fixed_size(client, editor, path):
    for _number in range(PAGE_SIZE + 1):
        factories.make_commitment(published_by=editor)

    first, second = client.get(f"{path}?per_page=500"), client.get(f"{path}?page=2")

    assert (len(first.context["records"]), len(second.context["records"])) == (PAGE_SIZE, 1)
    assert first.context["total"] == second.context["total"] == PAGE_SIZE + 1
    assert client.get(f"{path}?page=3").status_code == 404
    assert client.get(f"{path}?page=abc").status_code == 404


@pytest.mark.parametrize(("path", "noun"), [("/secteurs/", "Aucun secteur"), ("/parties/", "Aucune partie")])
def test_without_any_commitment_the_list_says_so(client, db, path, noun):
    assert f"{noun} n’a encore d’engagement publié." in text_of(client.get(path))


def test_a_commitment_leads_to_its_sector_and_its_parties(client, record):
    html = client.get(f"{record.commitment.get_absolute_url()}?as_of=2026-11-20").content.decode()

    for address in ("/secteurs/securite/", "/parties/RU/", "/parties/AES/"):
        assert f'<a href="{address}?as_of=2026-11-20">' in html


@pytest.mark.slow
def test_of_many_deadlines_the_first_are_listed_and_a_link_leads_to_all(client, record, editor):
    for number in range(SHOWN + 1):
        day = date(2027, 1, 1 + number)
        factories.make_milestone(commitment=record.commitment, due_on=day, published_by=editor)

    page = client.get("/secteurs/securite/")

    assert [item.due_on.day for item in page.context["coming"]] == list(range(1, SHOWN + 1))
    html = page.content.decode()
    assert '<a href="/engagements/?sort=due&amp;sector=securite">' in html
    assert "Tous les engagements dont une échéance est dépassée" not in html
    assert "sort=due" not in client.get("/parties/RU/").content.decode()
