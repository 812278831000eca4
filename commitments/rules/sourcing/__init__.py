"""What is on file of sources: articles taken in, passages tied to their text, which of them count as one voice."""
