"""Blocks of passages: the first ones in the open, the others folded away, and what came of looking all of them up."""

import re
from datetime import UTC, datetime

import pytest
from django.template import Context, Template

from commitments.choices import Verification
from commitments.models import Citation, Source
from tests import factories
from tests.public.conftest import text_of

pytestmark = pytest.mark.one_database

FOLDED = re.compile(r'<details class="more">.*?</details>', re.DOTALL)


def passages(*outcomes, day=3):
    """Return passages that are in no database, one for each of `outcomes`; what could be looked up was, on `day`."""
    source = Source(reference="A000", language="fr")
    return [
        Citation(source=source, exact="x", verification=outcome, verified_at=datetime(2026, 11, day, 12, tzinfo=UTC))
        for outcome in outcomes
    ]


def told(citations):
    """Return what a block of `citations` says of the outcomes, as text."""
    html = Template("{% load quotations %}{% verifications citations %}").render(Context({"citations": citations}))
    return " ".join(re.sub(r"<[^>]+>", "", html).replace("\u00a0", " ").split())


def test_passages_after_the_second_are_folded_away_under_their_number_and_sources(client, editor):
    commitment = factories.make_commitment(published_by=editor)
    for publisher in ("", "L’Essor"):
        source = factories.make_source(published_by=editor, publisher=publisher)
        factories.make_citation(commitment=commitment, source=source, published_by=editor)
    named = [citation.source for citation in commitment.citations.all()]

    page = client.get(commitment.get_absolute_url())

    html = page.content.decode()
    [folded] = FOLDED.findall(html)
    assert (html.count("<blockquote"), folded.count("<blockquote")) == (3, 1)
    assert f"<summary> Encore 1 passage : {named[2].reference} (L’Essor) </summary>" in " ".join(
        folded.replace("\u00a0", " ").split()
    )
    assert "✓ 3 passages, tous retrouvés mot pour mot dans le texte archivé, vérifiés le" in text_of(page)
    assert html.count(str(Verification.VERIFIED.label)) == 3  # each passage has its own mark, in words for who hears it


def test_a_block_of_which_every_passage_was_found_says_so_with_the_days():
    assert told(passages("verified", "verified")) == (
        "✓ 2 passages, tous deux retrouvés mot pour mot dans le texte archivé, vérifiés le 3 novembre 2026"
    )
    assert told([*passages("verified"), *passages("verified", "verified", day=5)]) == (
        "✓ 3 passages, tous retrouvés mot pour mot dans le texte archivé, "
        "vérifiés entre le 3 novembre 2026 et le 5 novembre 2026"
    )


def test_a_block_of_which_some_passage_was_not_found_counts_each_outcome():
    assert told(passages("verified", "verified", "not_found", "ambiguous", "no_archive")) == (
        "5 passages : 2 retrouvés mot pour mot, 1 présent à plusieurs endroits du texte archivé, 1 introuvable dans "
        "le texte archivé, 1 d’une source sans texte archivé (dernière vérification le 3 novembre 2026)"
    )
    assert told(passages("no_archive", "no_archive")) == "2 passages : 2 de sources sans texte archivé"


@pytest.mark.parametrize("outcome", ["not_found", "ambiguous", "no_archive"])
def test_a_passage_that_was_not_found_says_so_itself_and_is_never_only_told_in_a_fold(outcome):
    template = Template("{% load quotations %}{% quotations citations shown=0 %}")

    html = template.render(Context({"citations": passages("verified", outcome)}))

    assert f"⚠ {Verification(outcome).label}" in html
    assert "2 passages\u00a0: 1 retrouvé mot pour mot" in FOLDED.sub("", html)
