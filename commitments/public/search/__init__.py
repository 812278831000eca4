"""The search of all that is public: what it finds, why, and what is offered where it finds nothing."""
