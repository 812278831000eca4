"""How a page is quoted, shared, framed by other sites and found by search engines."""
