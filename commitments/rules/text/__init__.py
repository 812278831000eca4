"""Texts, with no database: what a file says, where a quotation stands, how two wordings differ."""
