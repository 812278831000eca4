"""Records in the states that the seed articles do not have: made up, named as examples, for the checks of pages."""

from datetime import date

from commitments.rules.review import publication
from tests import factories

SEARCH = "5ea4c4ed-0f11-4bde-9c05-2b1a7f4e9c11"
"""The identifier of the search on a commitment that nobody has judged."""

FOREIGN = ["Стороны договорились укреплять Единые силы.", "Россия передала десять машин.", "Этих слов больше нет."]
"""A text in another language; the last sentence is gone from its archive since it was quoted."""


def make() -> None:
    """Make, beside the seed articles, a record in each state that a public page shows in its own way."""
    analyst = factories.make_user("exemple-analyste", group="Analysts", first_name="Awa", last_name="Exemple")
    editor = factories.make_user("exemple-editeur", group="Editors", first_name="Luc", last_name="Exemple")
    for code, name in (("EXA", "Alpha"), ("EXB", "Bêta")):
        factories.make_party(code, name_fr=f"Pays {name}", name_en=f"Country {name}")
    meeting = factories.make_meeting(
        reference="exemple", title_fr="Rencontre d’exemple", title_en="", published_by=editor
    )
    instrument = factories.make_instrument(
        reference="exemple", title_fr="Communiqué d’exemple", title_en="", meeting=meeting, published_by=editor
    )
    common = {
        "undertakes": "EXA",
        "benefits": "EXB",
        "instrument": instrument,
        "sector": factories.make_sector("defense"),
        "title_en": "",
        "statement_en": "",
    }
    shown = factories.make_commitment(
        reference="EX-AB-2025-01",
        title_fr="Engagement d’exemple, évalué de toutes les façons",
        criterion_fr="La force est déclarée opérationnelle.",
        published_by=editor,
        **common,
    )
    gone = factories.make_commitment(
        reference="EX-AB-2025-02", title_fr="Engagement d’exemple, retiré", published_by=editor, **common
    )
    publication.withdraw(gone, by=editor, reason="Cet engagement était compté deux fois.")
    sought = factories.make_commitment(
        reference="EX-AB-2025-03", title_fr="Engagement d’exemple, cherché sans résultat", published_by=editor, **common
    )
    factories.make_search(uid=SEARCH, commitment=sought, proposed_by=analyst, published_by=editor)
    signed = {"commitment": shown, "proposed_by": analyst, "published_by": editor}
    where = "Les journaux d’exemple."
    factories.make_former_search(searched_where_fr=where, **signed)
    searched = {"searched_where_fr": where, "searched_where_en": "", **signed}
    factories.make_search(sought_fr="Une livraison d’exemple.", searched_on=date(2025, 5, 4), **searched)
    first = factories.make_assessment(status="not_started", as_of=date(2025, 5, 1), rationale_en="", **signed)
    factories.make_assessment(
        as_of=date(2025, 5, 1), supersedes=first, supersession_reason="Une livraison avait échappé.", **signed
    )
    factories.make_search(party=factories.make_party("EXA"), searched_by_fr="La rédaction d’exemple", **searched)
    gone = factories.make_search(**searched)
    publication.withdraw(gone, by=editor, reason="Cette recherche comptait double.")
    withdrawn = factories.make_assessment(status="substantial", as_of=date(2025, 6, 1), **signed)
    publication.withdraw(withdrawn, by=editor, reason="Le journal s’est rétracté.")
    for code, status in (("EXA", "complete"), ("EXB", "abandoned")):
        factories.make_assessment(status=status, party=factories.make_party(code), as_of=date(2025, 5, 2), **signed)
    for due, met in (
        (date(2025, 5, 1), None),
        (date(2025, 5, 2), date(2025, 5, 2)),
        (date(2025, 5, 3), date(2025, 6, 3)),
        (date(2031, 1, 1), None),
    ):
        factories.make_milestone(commitment=shown, due_on=due, met_on=met, title_en="", published_by=editor)
    factories.make_note(
        commitment=shown, body_fr="Suivi **en cours** :\n\n- une étape", body_en="", published_by=editor
    )
    source = factories.make_source(
        reference="EX1",
        title="Пример статьи",
        publisher="Journal d’exemple",
        author="Jeanne Exemple",
        language="ru",
        url="https://example.org/" + "adresse-longue/" * 8,
        published_on=date(2025, 4, 4),
        text=" ".join(FOREIGN),
        published_by=editor,
    )
    for exact, role in zip(FOREIGN, ("supports", "contradicts", "context"), strict=True):
        factories.make_citation(commitment=shown, source=source, exact=exact, role=role, published_by=editor)
    source.text = " ".join(FOREIGN[:2])
    source.save()
    settled = factories.make_discrepancy(
        reference="EX-AB-D01", question_en="", meeting=meeting, settled_by=editor, published_by=editor
    )
    settled.commitments.add(shown)
    for claim in settled.claims.all():
        claim.value_en = ""
        claim.save()
