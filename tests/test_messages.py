"""English is complete, and what is compiled is what is written."""

import gettext
from pathlib import Path

import polib
from django.utils import translation
from django.utils.translation import ngettext

CATALOGUE = Path(__file__).resolve().parent.parent / "commitments" / "locale" / "en" / "LC_MESSAGES"


def test_every_string_is_in_english():
    catalogue = polib.pofile(str(CATALOGUE / "django.po"))

    assert len(catalogue) > 100
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


def test_the_compiled_catalogue_is_up_to_date():
    with (CATALOGUE / "django.mo").open("rb") as compiled:
        messages = gettext.GNUTranslations(compiled)

    stale = []
    for entry in polib.pofile(str(CATALOGUE / "django.po")):
        if entry.msgid_plural:
            found = [messages.ngettext(entry.msgid, entry.msgid_plural, n) for n in (1, 2)]
            if entry.msgctxt:
                found = [messages.npgettext(entry.msgctxt, entry.msgid, entry.msgid_plural, n) for n in (1, 2)]
            stale += [] if found == list(entry.msgstr_plural.values()) else [entry.msgid]
        else:
            found = messages.pgettext(entry.msgctxt, entry.msgid) if entry.msgctxt else messages.gettext(entry.msgid)
            stale += [] if found == entry.msgstr else [entry.msgid]
    assert stale == []


def test_french_plurals_are_all_there():
    french = polib.pofile(str(CATALOGUE.parents[1] / "fr" / "LC_MESSAGES" / "django.po"))
    english = polib.pofile(str(CATALOGUE / "django.po"))

    plurals = {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in english if entry.msgid_plural}
    assert {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in french} == plurals


def test_none_is_singular_in_french():
    with translation.override("fr"):
        assert ngettext("engagement convenu", "engagements convenus", 0) == "engagement convenu"
    with translation.override("en"):
        assert ngettext("engagement convenu", "engagements convenus", 0) == "commitments agreed"


def test_placeholders_survive_translation():
    import re

    holes = re.compile(r"%\((\w+)\)")
    for entry in polib.pofile(str(CATALOGUE / "django.po")):
        plurals = [entry.msgstr_plural[number] for number in sorted(entry.msgstr_plural)]
        of_plurals = zip([entry.msgid, entry.msgid_plural], plurals, strict=False)
        for said, text in [(entry.msgid, entry.msgstr), *of_plurals]:
            if text:
                assert set(holes.findall(text)) == set(holes.findall(said)), said
