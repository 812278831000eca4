"""English is complete, and what is compiled is what is written."""

import gettext
from pathlib import Path

import polib

CATALOGUE = Path(__file__).resolve().parent.parent / "commitments" / "locale" / "en" / "LC_MESSAGES"


def test_every_string_is_in_english():
    catalogue = polib.pofile(str(CATALOGUE / "django.po"))

    assert len(catalogue) > 100
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


def test_the_compiled_catalogue_is_up_to_date():
    written = {
        entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE / "django.po")) if not entry.msgid_plural
    }
    with (CATALOGUE / "django.mo").open("rb") as compiled:
        messages = gettext.GNUTranslations(compiled)

    assert {msgid for msgid, msgstr in written.items() if messages.gettext(msgid) != msgstr} == set()


def test_placeholders_survive_translation():
    import re

    holes = re.compile(r"%\((\w+)\)")
    for entry in polib.pofile(str(CATALOGUE / "django.po")):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                assert set(holes.findall(text)) == set(holes.findall(entry.msgid)), entry.msgid
