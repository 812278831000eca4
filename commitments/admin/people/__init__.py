"""The people of the desk: accounts, signing in, the second factor, preferences."""
