"""Markdown becomes a few plain tags, and nothing that was typed becomes code."""

import pytest

from commitments.rules.text import markdown


def test_plain_markdown_is_rendered():
    html = markdown.html("Dix *véhicules*, selon [l’article](https://example.org/a).\n\n- un\n- deux")

    assert "<em>véhicules</em>" in html
    assert 'href="https://example.org/a"' in html
    assert html.count("<li>") == 2


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://example.org/pixel.png)",
        '<img src="x" onerror="alert(1)">',
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
    ],
)
def test_nothing_typed_becomes_code(typed):
    html = markdown.html(typed)

    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html


def test_heading_is_kept_as_words():
    assert "Motifs" in markdown.html("# Motifs")
    assert "<h1" not in markdown.html("# Motifs")
