"""Review: the acts from draft to withdrawal, what waits for them, and what was said about a proposal."""
