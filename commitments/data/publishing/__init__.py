"""The whole site as files: every public page in both languages, for any static host or a USB stick.

The site is asked itself, through all of its middleware, so that a copy says what is served. Addresses become relative
and name their file, so that it reads the same from a server that knows nothing and from a disk (`file://`).
"""
