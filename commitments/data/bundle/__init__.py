"""Everything public in one file, and back: `export` writes it, `load` reads it into an empty tracker."""
