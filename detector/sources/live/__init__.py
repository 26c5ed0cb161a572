"""Live sources: one file for each kind of feed that a monitor can read."""
