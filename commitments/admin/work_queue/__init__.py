"""The work queue at the desk, and who follows a commitment."""
