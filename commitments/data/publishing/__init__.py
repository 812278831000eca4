"""The whole site as files: every public page in both languages, for any static host or a USB stick.

Pages are requested from the site itself, through all of its middleware, so that a copy has what is served. Addresses
become relative and name their file, so that it reads the same from any plain server and from a disk (`file://`).
"""
