"""The work queue: what is next for each person at the desk, and the reminders of it."""
