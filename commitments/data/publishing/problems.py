"""What keeps a site from being published."""


class Problem(Exception):
    """Nothing was published; the message says why, and what to do."""
