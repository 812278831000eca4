"""What the page of one record shows: its judgements, its passages, its story, what its words mean."""
