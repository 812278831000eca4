"""Static files as production serves them: our style sheets without what only their authors read."""

import re
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

PARTS = re.compile(r'("[^"]*")|/\*.*?\*/|\s*([{};,])\s*|(?<=:)\s+|(\s+)', re.DOTALL)
"""A string; a comment; what separates rules, declarations and values; white space, needless or not."""


class TerseStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Each file under a name with its digest, compressed; style sheets of ours are a tenth lighter than as written."""

    def _save(self, name: str, content: Any) -> str:
        if name.startswith("commitments/") and name.endswith(".css"):
            written = b"".join(content.chunks())  # from its beginning, also where its digest was taken
            content = ContentFile(terse(written.decode()).encode())
        return super()._save(name, content)


def terse(css: str) -> str:
    """Return the style sheet `css` without comments and needless white space; strings stay as they are."""
    return PARTS.sub(lambda part: part[1] or part[2] or (" " if part[3] else ""), css).strip()
