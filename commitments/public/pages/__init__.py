"""The pages with views of their own, a module each."""
