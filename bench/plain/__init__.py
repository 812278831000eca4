"""What the tracker is measured beside: a view that says "ok", and a table as it is usually written."""
