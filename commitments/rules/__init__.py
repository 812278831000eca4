"""The domain, with no HTTP: quotations, evidence, publication, schedule, search, past days.

Every way in (admin, import, command, fixture) goes through these; `guards` puts them under every save.
"""
