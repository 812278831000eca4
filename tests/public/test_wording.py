"""What the template tags make of texts."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import translation

from commitments.models import Citation, FollowUpNote, Source
from commitments.reading import Reading
from commitments.templatetags import public

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Un **mot**.", "<p>Un <strong>mot</strong>.</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;"),
        ("<b onclick=x>a</b>", "&lt;b onclick=x&gt;"),
        ("# Titre", "Titre"),
        ("- un", "<li>un</li>"),
    ],
)
def test_markdown_keeps_a_few_plain_tags(written, shown):
    html = public.markdown(FollowUpNote(body_fr=written), "body")

    assert shown in html
    assert "<h1" not in html


@pytest.mark.parametrize(
    "written",
    ["![x](http://a.example/x.png)", "[x](javascript:alert(1))", "<img src=x onerror=y>", "[x](data:text/html,1)"],
)
def test_markdown_loads_and_runs_nothing(written):
    html = public.markdown(FollowUpNote(body_fr=written), "body")

    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html


def test_markdown_in_another_language_says_so():
    with translation.override("en"):
        assert 'lang="fr"' in public.markdown(FollowUpNote(body_fr="Suivi."), "body")
        assert "lang=" not in public.markdown(FollowUpNote(body_fr="Suivi.", body_en="Follow-up."), "body")


@pytest.mark.parametrize(
    ("language", "exact", "shown"),
    [
        ("fr", "un mot", "«\u00a0un mot\u00a0»"),
        ("en", "a word", "“a word”"),
        ("fr", "« un mot »", "« un mot »"),
        ("fr", "<b>", "«\u00a0&lt;b&gt;\u00a0»"),
    ],
)
def test_a_quotation_has_the_marks_of_its_language(language, exact, shown):
    assert public.quote(Citation(source=Source(language=language), exact=exact)) == shown


@pytest.mark.parametrize(
    ("url", "parameters", "expected"),
    [
        ("/a/", {}, "/a/?as_of=2026-01-02&known_on=2026-02-03"),
        ("/a/#b", {"status": "limited"}, "/a/?status=limited&as_of=2026-01-02&known_on=2026-02-03#b"),
    ],
)
def test_a_link_keeps_the_days_before_its_fragment(url, parameters, expected):
    context = Context({"reading": Reading(as_of=date(2026, 1, 2), known_on=date(2026, 2, 3))})

    assert public.at(context, url, **parameters) == expected


def test_a_link_today_stays_as_it_is():
    assert public.at(Context(), "/a/#b") == "/a/#b"


def test_the_first_of_the_month_is_written_as_the_french_do():
    assert ">1er mai 2025<" in public.day(date(2025, 5, 1))
    assert ">21 mai 2025<" in public.day(date(2025, 5, 21))
    with translation.override("en"):
        assert ">1 May 2025<" in public.day(date(2025, 5, 1))


def test_who_signs_is_named_in_full_where_the_name_is_known():
    assert public.signature(SimpleNamespace(get_full_name=lambda: "", get_username=lambda: "awa")) == "le bureau"
    assert public.signature(SimpleNamespace(get_full_name=lambda: "Awa T.", get_username=lambda: "awa")) == "Awa T."


def test_an_unknown_language_is_named_by_its_code():
    assert public.language_label("zz") == "zz"


def test_a_status_leads_to_its_word_its_mark_and_its_colour():
    paths = re.findall(r"`([\w/.]+[.]\w+)`", public.Status.__doc__)

    found = {path: [root / path for root in (ROOT, ROOT / "commitments") if (root / path).is_file()] for path in paths}

    assert len(paths) == 4
    assert all(found.values()), found
    [colours] = found["static/commitments/public.css"]
    assert all(f".status-{word}" in colours.read_text(encoding="utf-8") for word in public.Status.values)


def test_a_reference_in_a_text_is_not_broken_at_its_hyphens():
    assert public.wording(FollowUpNote(body_fr="Voir AES-RU-2025-04 & <AES-RU>."), "body") == (
        'Voir <span class="ref">AES-RU-2025-04</span> &amp; &lt;AES-RU&gt;.'
    )


def test_every_status_has_its_own_mark():
    marks = {
        word: Template(f"{{% load public %}}{{% status_mark '{word}' %}}").render(Context())
        for word in public.Status.values
    }

    drawings = {mark.split("</svg>")[0].split(">", 2)[2] for mark in marks.values()}
    assert len(drawings) == len(marks)
