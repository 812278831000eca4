"""Digests of archived texts."""

from hashlib import sha256 as _sha256


def sha256(text: str) -> str:
    """Return the SHA-256 of `text` in UTF-8, in hexadecimal: what `sha256sum` prints for the file it came from."""
    return _sha256(text.encode("utf-8")).hexdigest()


def sha256_bytes(content: bytes) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    return _sha256(content).hexdigest()
