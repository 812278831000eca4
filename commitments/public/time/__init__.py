"""The day a page is read for, and what changed from one day to another."""
