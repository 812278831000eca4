"""Style sheets as they are served: shorter than as written, and saying the same."""

import pytest
from django.core.files.base import ContentFile

from tracker.static_files import TerseStaticFilesStorage, terse

pytestmark = pytest.mark.one_database

WRITTEN = """/* Text */
a:hover { color: var(--ink);
  margin: 0 -1px; }
@media (min-width: 60rem) { .a > .b, .c :is(p) + p::after { content: " : " counter(page); } }
"""
SERVED = (
    "a:hover{color:var(--ink);margin:0 -1px;}"
    '@media (min-width:60rem){.a > .b,.c :is(p) + p::after{content:" : " counter(page);}}'
)


def test_a_style_sheet_keeps_all_that_a_browser_reads():
    assert terse(WRITTEN) == SERVED
    assert terse(SERVED) == SERVED


def test_only_our_own_style_sheets_are_shortened(tmp_path):
    storage = TerseStaticFilesStorage(location=tmp_path)

    for name in ("commitments/public.css", "admin/css/base.css"):
        storage.save(name, ContentFile(WRITTEN.encode()))
    named = {
        name: hashed
        for name, hashed, _done in storage.post_process({"commitments/public.css": (storage, "commitments/public.css")})
    }

    assert (tmp_path / "commitments/public.css").read_text() == SERVED
    assert (tmp_path / named["commitments/public.css"]).read_text() == SERVED
    assert (tmp_path / "admin/css/base.css").read_text() == WRITTEN
