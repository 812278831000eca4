"""Nothing typed is lost: not over signing in, nor over somebody else's save, nor when the database gives up."""
