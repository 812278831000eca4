"""What the page of an assessment is made of: the rules that would refuse it, and the passages behind it."""
