"""Nothing of a draft, of an internal note or of a withdrawn judgement is on any public page, in either language.

Each has marked words of its own; the words are looked for on every page, also where they are searched and filtered.
"""

from datetime import date

import pytest

from commitments.models import Source
from commitments.rules.review import publication
from commitments.rules.work_queue import assignment
from tests import factories
from tests.data.addresses import followed, linked
from tests.public.conftest import addresses, frames, make_internal, on, text_of

MARK = "ZYGOMAR"


@pytest.fixture
def planted(record, analyst, editor):
    """Beside the public record, one of each thing that must not show; each wears MARK and a name of its own."""
    commitment, meeting = record.commitment, record.meeting

    def words(*names):
        return {f"{name}_{tongue}": f"{MARK} {name} {tongue}" for name in names for tongue in ("fr", "en")}

    draft_instrument = factories.make_instrument(reference="zygomar-instrument", meeting=meeting, **words("title"))
    draft_meeting = factories.make_meeting(reference="zygomar-rencontre", **words("title", "place", "summary"))
    draft_source = factories.make_source(
        reference="ZYGOMAR1",
        title=f"{MARK} source",
        publisher=f"{MARK} éditeur",
        text=f"{MARK} texte. {factories.TEXT}",
    )
    draft = factories.make_commitment(
        reference="ZYGOMAR-2025-01",
        sector=factories.make_sector("zygomar", name_fr=f"{MARK} secteur", name_en=f"{MARK} sector"),
        instrument=draft_instrument,
        undertakes="ZYGOMAR",
        **words("title", "statement", "criterion"),
    )
    expected = factories.make_commitment(reference="ZYGOMAR-2025-02", basis="expected", **words("title", "statement"))
    publication.propose(expected, by=analyst)
    hearsay = draft.undertakings.get(role="benefits")
    hearsay.according_to = factories.make_party("ZYGOMAR2", name_fr=f"{MARK} partie", name_en=f"{MARK} party")
    hearsay.save()
    envisaged = factories.make_commitment(reference="ZYGOMAR-2025-03", basis="envisaged", **words("title", "statement"))
    publication.propose(envisaged, by=analyst)
    for party in (None, factories.make_party("AES")):
        factories.make_assessment(commitment=commitment, party=party, status="complete", **words("rationale"))
    proposed = factories.make_assessment(
        commitment=commitment, status="abandoned", proposed_by=analyst, **words("rationale")
    )
    lone = factories.make_commitment(reference="AES-RU-2025-02", published_by=editor)
    searched = words("searched_where", "sought", "searched_by")
    for about in ({}, {"party": factories.make_party("RU")}, {"milestone": record.milestone}):
        factories.make_search(commitment=commitment, **about, **searched)
    drafts = [factories.make_search(commitment=lone, **searched)]
    drafts.append(factories.make_search(commitment=lone, proposed_by=analyst, **searched))
    gone = factories.make_search(commitment=lone, proposed_by=analyst, published_by=editor, **searched)
    publication.withdraw(gone, by=editor, reason="Motif que le public lit.")
    factories.make_citation(commitment=commitment, source=draft_source, exact=f"{MARK} texte.")
    factories.make_citation(commitment=draft, source=record.source, exact="La Force unifiée est saluée.")
    factories.make_milestone(commitment=commitment, **words("title"))
    internal = factories.make_note(commitment=commitment, published_by=editor, **words("body"))
    factories.make_citation(note=internal, source=record.source, exact="Elle annonce", published_by=editor)
    make_internal(internal)
    factories.make_note(commitment=commitment, **words("body"))
    for noted in ({"instrument": record.instrument}, {"meeting": record.meeting}):
        factories.make_note(**noted, **words("body"))
        inside = factories.make_note(**noted, published_by=editor, **words("body"))
        factories.make_citation(note=inside, source=record.source, exact="Elle annonce", published_by=editor)
        make_internal(inside)
    discrepancy = factories.make_discrepancy(
        reference="ZYGOMAR-D01", meeting=meeting, settled_by=editor, **words("question", "reason")
    )
    discrepancy.commitments.add(commitment)
    record.discrepancy.commitments.add(draft)
    withdrawn = factories.make_assessment(
        commitment=commitment,
        status="substantial",
        supersession_reason="",
        exact="Elle annonce d’autres livraisons. La Force unifiée est saluée.",
        proposed_by=analyst,
        published_by=editor,
        **words("rationale"),
    )
    publication.withdraw(withdrawn, by=editor, reason="Motif que le public lit.")
    gone = factories.make_commitment(
        # Its reference is told, with the day and the reason: by its own address, and among the withdrawals.
        reference="AES-RU-2024-03",
        sector=draft.sector,
        published_by=editor,
        **words("title", "statement"),
    )
    publication.withdraw(gone, by=editor, reason="Doublon.")
    # Public records that point at what is not public.
    lone.instrument = draft_instrument
    lone.save()
    adrift = factories.make_discrepancy(reference="AES-RU-D02", published_by=editor)
    adrift.meeting = draft_meeting
    adrift.save()
    factories.make_membership("AES", "RU", source=draft_source, stated_on=date(2019, 9, 8), **words("role"))
    # Who follows a public commitment at the desk.
    follower = factories.make_user("zygomar", first_name="Zygomar", last_name=MARK)
    assignment.assign(commitment, to=follower, by=editor)
    return {
        "hidden": [draft, expected, envisaged, draft_source, discrepancy, draft_instrument],
        "withdrawn": [gone],
        "uids": [record.uid.hex[:8] for record in (proposed, internal, *drafts)],
    }


@pytest.mark.slow
def test_no_page_has_a_trace_of_what_is_not_public(client, record, planted):
    days = ["", "as_of=2026-11-20", "known_on=2026-11-20", "known_on=2026-11-21"]
    filters = [
        f"q={MARK}",
        "q=renforcer",
        "status=complete",
        "status=abandoned",
        "status=substantial",
        "status=no_evidence",
        "basis=expected",
        "basis=envisaged",
        "sort=-status",
        "timeliness=overdue",
    ]
    machines = [*linked(record), *followed(record)]
    pages = [*addresses(record), *frames(record), *machines, "/engagements/AES-RU-2025-02/", "/divergences/AES-RU-D02/"]

    for prefix in ("", "/en"):
        for page in pages:
            # Every page is read on days, in one language; the list alone is narrowed, here and in another site's frame.
            is_narrowed = page.partition("?")[0].endswith("/engagements/")
            for query in (days if prefix == "" else days[:1]) + filters * is_narrowed:
                joint = "&" if "?" in page else "?"
                response = client.get(f"{prefix}{page}{joint}{query}")
                html = response.content.decode().replace(f'value="{MARK}"', "").replace(f": {MARK} <a", "")
                html = html.replace(f"q={MARK}", "").replace(f"q%3D{MARK}", "").replace(f"<em>{MARK}</em>", "")

                assert MARK not in html, f"{prefix}{page}{joint}{query}"
                assert "zygomar" not in html.lower(), f"{prefix}{page}{joint}{query}"
                words = text_of(response)
                # Cited by an internal note, a withdrawn judgement and a draft only, in a source that is public.
                assert "Elle annonce" not in words, f"{prefix}{page}{joint}{query}"
                assert "est saluée" not in words, f"{prefix}{page}{joint}{query}"
                for uid in planted["uids"]:
                    assert uid not in html


def test_the_search_finds_nothing_that_is_not_public(client, record, planted):
    for prefix in ("", "/en"):
        for query in (MARK, "zygomar", MARK[:-1] + "x"):
            page = client.get(f"{prefix}/recherche/?q={query}")
            assert page.context["search"].count == 0, query
            assert page.context["search"].unknown == [query]
            assert page.context["offers"].near() == []
            assert client.get(f"/api/v1/search?q={query}").json()["count"] == 0


@pytest.mark.slow
def test_the_address_of_what_is_not_public_answers_as_one_that_never_was(client, record, planted):
    never = client.get("/engagements/JAMAIS-2025-01/").content.decode().replace("JAMAIS-2025-01", "")

    for hidden in planted["hidden"][:3]:
        page = client.get(f"/engagements/{hidden.reference}/")
        assert page.status_code == 404
        assert page.content.decode().replace(hidden.reference, "") == never
    hidden = ("sources/ZYGOMAR1", "divergences/ZYGOMAR-D01", "rencontres/zygomar-instrument")
    for path in (*hidden, "instruments/zygomar-instrument", "secteurs/zygomar", "parties/ZYGOMAR"):
        assert client.get(f"/{path}/").status_code == 404


@pytest.mark.slow
def test_a_filter_on_what_only_a_draft_uses_answers_as_on_what_never_was(client, record, planted):
    for name, hidden, never in (
        ("sector", "zygomar", "jamaisvu"),
        ("party", "ZYGOMAR", "JAMAISV"),
        ("instrument", "zygomar-instrument", "jamais-vu-instrumen"),
    ):
        told, other = (client.get("/engagements/", {name: value}) for value in (hidden, never))

        assert told.status_code == other.status_code == 400
        assert told.content.decode().replace(hidden, "") == other.content.decode().replace(never, "")


@pytest.mark.slow
def test_counts_leave_out_what_is_not_public(client, record, planted):
    context = client.get("/").context

    assert (context["total"], context["assessed"], context["apart"]) == (2, 1, [])
    assert {bar.value: bar.n for bar in context["status_bars"] if bar.n} == {"limited": 1, "not_assessed": 1}
    listed = {source.reference: source.citation_count for source in client.get("/sources/").context["records"]}
    assert listed[record.source.reference] == 1
    for source in Source.objects.exclude(reference__in=listed):
        assert client.get(source.get_absolute_url()).status_code in (404, 410)
    assert "ZYGOMAR1" not in listed
    assert client.get(record.commitment.get_absolute_url()).context["whole"].status == "limited"


def test_who_has_no_name_signs_for_the_desk_and_never_by_a_login(client, analyst, editor):
    assessment = factories.make_assessment(proposed_by=analyst, published_by=editor)

    words = text_of(client.get(assessment.commitment.get_absolute_url()))

    assert "le bureau" in words
    assert analyst.username not in words
    assert editor.username not in words


def test_the_short_context_of_a_passage_is_all_that_shows_of_a_closed_text(client, editor):
    far = "loin " * 100
    text = f"{MARK}-DEBUT {far}{factories.TEXT} {far}{MARK}-FIN"
    source = factories.make_source(text=text, published_by=editor)
    factories.make_citation(meeting=factories.make_meeting(published_by=editor), source=source, published_by=editor)

    html = client.get(source.get_absolute_url()).content.decode()

    assert factories.AGREEMENT in html
    assert MARK not in html


@pytest.mark.one_database
@pytest.mark.slow
def test_who_follows_a_commitment_changes_nothing_that_the_public_reads(client, record, analyst, editor):
    def read():
        queries = (
            "",
            "q=renforcer",
            "sort=-reference",
            "as_of=2026-11-22",
            "known_on=2026-11-21",
            "known_on=2026-11-22",
        )
        pages = [(page, query) for page in addresses(record) for query in queries]
        return {
            (page, query): client.get(f"{page}{'&' if '?' in page else '?'}{query}").content for page, query in pages
        }

    with on("2026-11-22"):
        before = read()
        assignment.assign(record.commitment, to=analyst, by=editor)
        after = read()

    assert record.commitment.assigned_to == analyst
    assert after == before
