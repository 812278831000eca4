"""Nothing of what is not public is in any file that is published, the index of words among them."""

import io
from zipfile import ZipFile

import pytest

from commitments.data.publishing.site_build import publish
from tests.data.published import written
from tests.public.test_leaks import MARK, planted  # noqa: F401 - fixtures are found by name


def texts(files):
    """Yield the text of every file, and of every file within an archive or a workbook."""
    for name, (_time, content) in files.items():
        if content[:2] != b"PK":
            yield name, content.decode()
            continue
        with ZipFile(io.BytesIO(content)) as archive:
            for part in archive.namelist():
                yield f"{name}/{part}", archive.read(part).decode()


@pytest.mark.one_database
@pytest.mark.slow
def test_no_file_has_a_trace_of_what_is_not_public(record, planted, tmp_path):  # noqa: F811 - a fixture
    publish(tmp_path / "site")

    files = written(tmp_path / "site")
    assert {"recherche/mots.js", "recherche/lignes-fr.js", "recherche/lignes-en.js"} < files.keys()
    for name, text in texts(files):
        assert MARK.lower() not in name.lower()
        assert MARK.lower() not in text.lower(), name
        # Cited by an internal note, a withdrawn judgement and a draft only, in a source that is public. Other sources
        # have the same text: there, the same words may be the short context of a public passage, but no passage.
        is_around = name.endswith("texts/shown.jsonl") or (
            "sources/" in name and f"sources/{record.source.reference}/" not in name
        )
        assert ("<mark>Elle annonce" if is_around else "Elle annonce") not in text, name
        assert "est saluée" not in text, name
        for uid in planted["uids"]:
            assert uid not in text, name
    words = files["recherche/mots.js"][1].decode()
    assert '"renforc"' in words
    assert '"salu"' not in words
