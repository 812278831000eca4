"""Everything public in one file, and back: `making` writes it, `loading` reads it into an empty tracker."""
