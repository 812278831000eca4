"""The public commitments as a list: found, counted, sorted and drawn."""
