"""What becomes of a source's citations when its text is edited."""

from tests import factories


def test_a_citation_looked_up_again_is_signed_by_whoever_edited_the_text(editor):
    citation = factories.make_citation(commitment=factories.make_commitment())
    source = citation.source
    source._history_user, source._change_reason = editor, "Importé de « sources.csv »"
    source.text = "Un autre texte."

    source.save()

    latest = citation.history.latest()
    assert (latest.verification, latest.history_user) == ("not_found", editor)
    assert latest.history_change_reason == "Importé de « sources.csv »"
