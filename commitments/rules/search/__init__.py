"""Search: how texts and queries are read alike, and the index of the words of each record."""
