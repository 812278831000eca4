"""The machines' side: open data that others build on. What it says comes from the rows that the public pages show."""
