"""Digests of archived texts, and of the files that they came from."""

import hashlib


def sha256(content: str | bytes) -> str:
    """Return the SHA-256 of `content`, in UTF-8 if it is text, in hexadecimal: what `sha256sum` prints for its file."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()
