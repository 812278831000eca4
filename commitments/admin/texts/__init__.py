"""Texts at the desk: articles taken in, and passages quoted by selecting them."""
