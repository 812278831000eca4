"""Days: when something happened, when it is due, and what the records said on a past day."""
