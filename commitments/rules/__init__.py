"""The domain, with no HTTP: quotations, evidence, publication, schedule, search, reading back in time.

Every way in (admin, import, command, fixture) goes through these; `guards` puts them under every save.
"""
