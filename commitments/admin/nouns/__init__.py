"""The pages of each noun at the desk, one module each; `registration` imports them all."""
